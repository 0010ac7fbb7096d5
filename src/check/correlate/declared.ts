/**
 * Which compose service deployed a running store. Told by what both sides show: the published port, the engine, the
 * published address, the version, and the owner's hint. Where that leaves several, nothing is claimed.
 */
import type { DeclaredService, PublishedPort } from '../../audit/declared.ts';
import { own } from '../../core/own.ts';
import { isLoopbackText } from '../../net/index.ts';
import type { RunningStore } from '../gather/running.ts';
import { compare } from '../graph.ts';
import { authorityOf } from '../words.ts';

/** A compose service and the publication that leads to the store; none with the host's own network. */
export interface Deployment {
  service: DeclaredService;
  port: PublishedPort | null;
}

export type DeploymentMatch =
  | { kind: 'found'; deployment: Deployment; doubts: string[] }
  | { kind: 'ambiguous'; reason: string }
  | { kind: 'none' };

/** One dialect, several products. */
const FAMILY: Readonly<Record<string, string>> = {
  opensearch: 'elasticsearch',
  valkey: 'redis',
  keydb: 'redis',
  mariadb: 'mysql',
  percona: 'mysql',
  ferretdb: 'mongodb',
  minio: 's3',
};

export function familyOf(service: string): string {
  return own(FAMILY, service) ?? service;
}

interface Candidate {
  deployment: Deployment;
  score: number;
  /** The owner says that this file deploys this host. */
  hinted: boolean;
}

/**
 * @param hintOf the file that the owner says deploys a host, relative to the project
 */
export function matchDeployments(
  stores: readonly RunningStore[],
  declared: readonly DeclaredService[],
  hintOf: (host: string) => string | undefined,
): Map<string, DeploymentMatch> {
  const candidates = new Map(stores.map((store) => [store.id, candidatesOf(store, declared, hintOf)]));
  return new Map(stores.map((store) => [store.id, judge(store, stores, candidates)]));
}

function judge(
  store: RunningStore,
  stores: readonly RunningStore[],
  candidates: ReadonlyMap<string, Candidate[]>,
): DeploymentMatch {
  const own = candidates.get(store.id) ?? [];
  const [first, ...others] = own;
  if (!first) return { kind: 'none' };
  if (others.length > 0) {
    const places = own.map(({ deployment }) => place(deployment)).sort(compare);
    return {
      kind: 'ambiguous',
      reason: `several compose services could be this store: ${places.join(', ')}; name the right file with \`configuredBy\``,
    };
  }
  // Other running stores that the same compose service fits, too.
  const rivals = stores.flatMap((other) => {
    if (other.id === store.id) return [];
    const same = candidates.get(other.id)?.find(({ deployment }) => deployment.service === first.deployment.service);
    return same ? [{ store: other, ...same }] : [];
  });
  if (!first.hinted && rivals.some((rival) => rival.hinted || rival.score > first.score)) return { kind: 'none' };
  const equals = rivals.filter((rival) => rival.score === first.score);
  if (!first.hinted && equals.length > 0) {
    const names = equals.map((rival) => authorityOf(rival.store.host, rival.store.port)).sort(compare);
    return {
      kind: 'ambiguous',
      reason: `${place(first.deployment)} could be this store or ${names.join(', ')}; name the file with \`configuredBy\``,
    };
  }
  return { kind: 'found', deployment: first.deployment, doubts: doubtsOf(store, first.deployment) };
}

function candidatesOf(
  store: RunningStore,
  declared: readonly DeclaredService[],
  hintOf: (host: string) => string | undefined,
): Candidate[] {
  if (store.managed) return [];
  const hints = new Set(store.hosts.flatMap((host) => hintOf(host) ?? []));
  // A hint that names another kind of file (elasticsearch.yml) says nothing about compose files.
  const hinted = declared.some(({ file }) => hints.has(file));
  const found = declared
    .filter(({ file }) => !hinted || hints.has(file))
    .flatMap((service) => leads(store, service) ?? [])
    .map((one) => ({ ...one, hinted }));
  const best = Math.max(...found.map(({ score }) => score));
  return found.filter(({ score }) => score === best);
}

/** How well a compose service fits; undefined when it cannot be the store. */
function leads(store: RunningStore, service: DeclaredService): { deployment: Deployment; score: number } | undefined {
  if (service.engine === null || familyOf(service.engine) !== familyOf(store.service)) return undefined;
  const version = versionScore(store.version, service.version);
  if (service.hostNetwork) return { deployment: { service, port: null }, score: version };
  const ports = service.published
    .filter((port) => port.protocol === 'tcp' && port.hostPort === store.port)
    .map((port) => ({ port, score: bindScore(store, port) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  const [best] = ports;
  return best && { deployment: { service, port: best.port }, score: version + best.score };
}

/** A publication on the very address says most; one on loopback cannot be seen from elsewhere. */
function bindScore(store: RunningStore, port: PublishedPort): number {
  if (port.allInterfaces || port.hostIp === null) return 2;
  if (store.addresses.includes(port.hostIp)) return 3;
  if (isLoopbackText(port.hostIp) && !store.addresses.every(isLoopbackText)) return 0;
  // Another address than the one that was reached: possible behind address translation.
  return 1;
}

function versionScore(running: string | undefined, declared: string | null): number {
  if (running === undefined || declared === null) return 0;
  if (running === declared) return 40;
  return sameMajor(running, declared) ? 20 : -40;
}

function doubtsOf(store: RunningStore, { service, port }: Deployment): string[] {
  const doubts: string[] = [];
  if (store.version !== undefined && service.version !== null && !sameMajor(store.version, service.version)) {
    doubts.push(
      `${service.file} declares version ${service.version}, and ${store.version} runs: it may not be deployed as written`,
    );
  }
  if (port && bindScore(store, port) === 1) {
    doubts.push(
      `${service.file} publishes the port on ${port.hostIp}, and it was reached at ${store.addresses.join(', ')}`,
    );
  }
  return doubts;
}

function sameMajor(a: string, b: string): boolean {
  return a.split('.')[0] === b.split('.')[0];
}

function place({ service, port }: Deployment): string {
  return `${service.name} (${service.file}:${port?.line ?? service.line})`;
}
