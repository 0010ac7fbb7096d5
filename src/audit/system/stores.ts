/** Which facts are about one and the same store: a container, and the configuration file of its own that it mounts. */
import type { Corpus } from '../corpus.ts';
import type { DeclaredService } from '../declared.ts';
import type { Place, StoreFact } from '../facts.ts';
import type { ReadFile } from '../model.ts';
import { sourceOf } from '../source.ts';
import type { Told, TreeFacts } from './gather.ts';

/** A store with everything that was said about it. */
export interface JoinedStore {
  fact: StoreFact;
  /** The file that declares it. */
  path: string;
  /** The container it runs in. */
  declared: DeclaredService | null;
  /** Files of its own that it reads. */
  native: readonly Told<StoreFact>[];
}

export function joinStores(corpus: Corpus, facts: TreeFacts): JoinedStore[] {
  const containers = new Map(corpus.services.map((declared) => [declared.asset, declared]));
  const nativeOf = new Map<string, Told<StoreFact>[]>();
  const alone: Told<StoreFact>[] = [];
  const files = filesOf(corpus);
  for (const told of facts.stores) {
    if (told.fact.by === 'container') continue;
    const file = told.fact.by === 'native' ? files.get(keyOf(told.format, told.path)) : undefined;
    const runtimes = file === undefined ? [] : corpus.runtimes(file);
    if (runtimes.length === 0) alone.push(told);
    for (const { declared } of runtimes) {
      const known = nativeOf.get(declared.asset);
      if (known === undefined) nativeOf.set(declared.asset, [told]);
      else known.push(told);
    }
  }
  const told = new Map(
    facts.stores.flatMap((one) => (one.fact.by === 'container' ? [[one.fact.asset, one.fact] as const] : [])),
  );
  const running = corpus.services.flatMap((declared): JoinedStore[] => {
    const fact = told.get(declared.asset) ?? (declared.engine === null ? undefined : bare(files, declared));
    if (fact === undefined) return [];
    const native = nativeOf.get(declared.asset) ?? [];
    return [{ fact: withNative(fact, native), path: declared.file, declared, native }];
  });
  const others = [...told].filter(([asset]) => !containers.has(asset)).map(([, fact]) => fact);
  return [
    ...running,
    ...others.map((fact) => ({ fact, path: fact.place.source.path, declared: null, native: [] })),
    ...joinNative(alone),
  ];
}

/** Files in one folder that configure one engine (postgresql.conf and pg_hba.conf) are one store. */
function joinNative(alone: readonly Told<StoreFact>[]): JoinedStore[] {
  const groups = new Map<string, Told<StoreFact>[]>();
  for (const told of alone) {
    const folder = told.path.slice(0, Math.max(0, told.path.lastIndexOf('/')));
    const key = told.fact.by === 'native' ? JSON.stringify([folder, told.fact.engine]) : told.fact.asset;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [told]);
    else known.push(told);
  }
  return [...groups.values()].flatMap((group) => {
    const main = group.find(({ fact }) => fact.listens.on !== 'unknown') ?? group[0];
    if (main === undefined) return [];
    const native = main.fact.by === 'native' ? group : [];
    return [{ fact: withNative(main.fact, native), path: main.path, declared: null, native }];
  });
}

/** What a file of the store's own says fills in what its container leaves open. */
function withNative(fact: StoreFact, native: readonly Told<StoreFact>[]): StoreFact {
  const own = native.map((told) => told.fact);
  const first = <T>(values: readonly T[], known: (value: T) => boolean): T | undefined => values.find(known);
  return {
    ...fact,
    version:
      fact.version ??
      first(
        own.map((one) => one.version),
        (version) => version !== null,
      ) ??
      null,
    listens:
      first(
        own.map((one) => one.listens),
        ({ on }) => on === 'loopback',
      ) ??
      (fact.listens.on === 'unknown'
        ? first(
            own.map((one) => one.listens),
            ({ on }) => on !== 'unknown',
          )
        : undefined) ??
      fact.listens,
    login: loginOf(fact, own),
    encrypted:
      fact.encrypted.state === 'unknown'
        ? (first(
            own.map((one) => one.encrypted),
            ({ state }) => state !== 'unknown',
          ) ?? fact.encrypted)
        : fact.encrypted,
  };
}

/**
 * The container's own settings win over files in these images, and its format has looked at what it mounts. Where both
 * say the same, the place in the store's own file says it better than the name of the image.
 */
function loginOf(fact: StoreFact, own: readonly StoreFact[]): StoreFact['login'] {
  if (fact.by !== 'container' || fact.login.state === 'unknown')
    return worst([fact.login, ...own.map((one) => one.login)]);
  const same = own.find(({ login }) => login.state === fact.login.state);
  return same ? { ...same.login, place: same.login.place ?? same.place } : fact.login;
}

const LOGINS = ['off', 'weak', 'on', 'unknown'];

/** Two files about one login: what is off in one of them is off. */
function worst(logins: readonly StoreFact['login'][]): StoreFact['login'] {
  const [first, ...rest] = logins;
  if (first === undefined) throw new RangeError('a store has at least one login');
  return rest.reduce((a, b) => (LOGINS.indexOf(b.state) < LOGINS.indexOf(a.state) ? b : a), first);
}

function keyOf(format: string, path: string): string {
  return `${format}\0${path}`;
}

/** Files by format and path. */
function filesOf(corpus: Corpus): Map<string, ReadFile> {
  const files = new Map<string, ReadFile>();
  for (const file of Object.values(corpus.files).flat()) {
    const key = keyOf(file.format, file.source.path);
    if (!files.has(key)) files.set(key, file);
  }
  return files;
}

/** A container that runs a store, where its format tells no more. */
function bare(files: ReadonlyMap<string, ReadFile>, declared: DeclaredService): StoreFact {
  const place = placeIn(files, declared);
  return {
    asset: declared.asset,
    name: declared.name,
    engine: declared.engine,
    version: declared.version,
    by: 'container',
    listens: { on: 'everywhere', port: null, place: null },
    login: { state: 'unknown', text: 'whether it asks for a login is not told', place: null },
    encrypted: { state: 'unknown', place: null },
    behind: [],
    publicAddress: null,
    place,
  };
}

function placeIn(files: ReadonlyMap<string, ReadFile>, declared: DeclaredService): Place {
  const source = files.get(keyOf(declared.format, declared.file))?.source ?? sourceOf(declared.file, '');
  const start = offsetOf(source.text, declared.line);
  return { source, span: { start, end: start }, pointer: declared.name };
}

/** Where a 1-based line begins. */
function offsetOf(text: string, line: number): number {
  let at = 0;
  for (let n = 1; n < line; n += 1) {
    const newline = text.indexOf('\n', at);
    if (newline < 0) return at;
    at = newline + 1;
  }
  return at;
}
