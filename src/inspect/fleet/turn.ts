/** Turns the packages of a folder round: per back end, credential and library, the apps and versions that share it. */

import { storeKind } from '../data/stores/index.ts';
import { compare } from '../detectors/evidence.ts';
import { commonAmong } from './common.ts';
import { FLEET_SCHEMA_ID, type FleetReport, type FleetSharer } from './contract.ts';
import type { PackageSummary } from './summary.ts';

export interface FleetFailure {
  path: string;
  code: string;
  message: string;
}

export interface Turning {
  add(summary: PackageSummary, cached: boolean): void;
  fail(failure: FleetFailure): void;
  /** @param packages how many there are in all, read or not */
  finish(root: string, packages: number): FleetReport;
}

/** App id -> its versions. */
type Sharers = Map<string, Set<string>>;

export function createTurning(): Turning {
  const hosts = new Map<string, { schemes: Set<string>; by: Sharers }>();
  const stores = new Map<string, { kind: string; id: string; by: Sharers }>();
  const credentials = new Map<string, { credential: PackageSummary['credentials'][number]; by: Sharers }>();
  const libraries = new Map<string, { versions: Set<string>; tracker: boolean; by: Sharers }>();
  const apps: FleetReport['apps'] = [];
  const failures: FleetFailure[] = [];
  let cachedOnes = 0;

  return {
    add({ app, hosts: ofHosts, stores: ofStores, credentials: ofCredentials, libraries: ofLibraries }, cached) {
      apps.push(app);
      if (cached) cachedOnes++;
      // a package without an id is its own app: two unknown ones are not the same
      const id = app.id === '' ? app.path : app.id;
      for (const host of ofHosts) {
        const known = at(hosts, host.id, () => ({ schemes: new Set<string>(), by: new Map() }));
        for (const scheme of host.schemes) known.schemes.add(scheme);
        share(known.by, id, app.version);
      }
      for (const store of ofStores) {
        share(at(stores, `${store.kind}\0${store.id}`, () => ({ ...store, by: new Map() })).by, id, app.version);
      }
      for (const credential of ofCredentials) {
        const key = `${credential.provider}\0${credential.kind}\0${credential.hash}`;
        share(at(credentials, key, () => ({ credential, by: new Map() })).by, id, app.version);
      }
      for (const { name, version, tracker } of ofLibraries) {
        const known = at(libraries, name, () => ({ versions: new Set<string>(), tracker, by: new Map() }));
        if (version !== '') known.versions.add(version);
        share(known.by, id, app.version);
      }
    },
    fail: (failure) => failures.push(failure),
    finish(root, packages) {
      const isCommon = commonAmong(apps.map(({ id, path }) => (id === '' ? path : id)));
      return {
        schema: FLEET_SCHEMA_ID,
        root,
        summary: {
          packages,
          read: apps.length,
          partial: apps.filter(({ complete }) => !complete).length,
          failed: failures.length,
          cached: cachedOnes,
          apps: new Set(apps.map(({ id, path }) => (id === '' ? path : id))).size,
        },
        backends: [
          ...[...hosts].map(([id, { schemes, by }]) => ({
            kind: 'host',
            id,
            schemes: [...schemes].sort(),
            ...(isCommon(by.keys()) ? { common: true as const } : {}),
            apps: list(by),
          })),
          ...[...stores.values()].map(({ kind, id, by }) => ({ kind, id, schemes: [], apps: list(by) })),
        ].sort(
          (a, b) =>
            Number('common' in a) - Number('common' in b) ||
            b.apps.length - a.apps.length ||
            worth(a.kind) - worth(b.kind) ||
            compare(a.kind, b.kind) ||
            compare(a.id, b.id),
        ),
        credentials: [...credentials.values()]
          .map(({ credential, by }) => ({ ...credential, apps: list(by) }))
          .sort((a, b) => rank(a) - rank(b) || b.apps.length - a.apps.length || compare(a.hash, b.hash)),
        libraries: [...libraries]
          .map(([name, { versions, tracker, by }]) => ({
            name,
            versions: [...versions].sort(compare),
            tracker,
            apps: list(by),
          }))
          .sort((a, b) => b.apps.length - a.apps.length || compare(a.name, b.name)),
        apps: apps.sort((a, b) => compare(a.path, b.path)),
        failures: failures.sort((a, b) => compare(a.path, b.path)),
      };
    },
  };
}

function at<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function share(by: Sharers, id: string, version: string): void {
  at(by, id, () => new Set<string>()).add(version);
}

function list(by: Sharers): FleetSharer[] {
  return [...by]
    .map(([id, versions]) => ({ id, versions: [...versions].sort(compare) }))
    .sort((a, b) => compare(a.id, b.id));
}

/** What holds data comes before what only names a project. */
function worth(kind: string): number {
  const holds = storeKind(kind)?.holds;
  if (holds === 'records' || holds === 'files') return 0;
  return kind === 'host' ? 1 : 2;
}

const SENSITIVITY = ['secret', 'unknown', 'public'];

function rank({ sensitivity }: { sensitivity: string }): number {
  return SENSITIVITY.indexOf(sensitivity);
}
