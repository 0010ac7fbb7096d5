/** Hand-made results of the verbs, for tests. Every name and address is reserved for documentation (RFC 2606, 5737). */
import type { AuditResult, DeclaredService } from '../../audit/index.ts';
import type { Category } from '../../core/category.ts';
import type { InspectEndpoint, InspectReport } from '../../core/contract/inspect.ts';
import type { Exposure } from '../../core/exposure.ts';
import type { Finding } from '../../core/finding.ts';
import { fingerprint } from '../../core/fingerprint.ts';
import { allowHttp } from '../../net/allow-list.ts';
import { findingsOf } from '../../probe/findings.ts';
import type { ProbeResult, ProbeService } from '../../probe/service.ts';
import { type Audited, rebase } from '../gather/audited.ts';
import type { InspectedApp } from '../gather/inspected.ts';
import type { JoinInput } from '../join.ts';

const AT = '2026-03-01T12:00:00.000Z';

export function endpoint(url: string, more: Partial<InspectEndpoint> = {}): InspectEndpoint {
  const match = /^([a-z+]+):\/\/([^/:]+)(?::(\d+))?(\/.*)?$/.exec(url);
  return {
    url,
    raw: url,
    ...(match?.[1] !== undefined && { scheme: match[1] }),
    ...(match?.[2] !== undefined && { host: match[2] }),
    ...(match?.[3] !== undefined && { port: Number(match[3]) }),
    ...(match?.[4] !== undefined && { path: match[4] }),
    origin: 'app',
    reason: 'the app’s own',
    complete: true,
    evidence: [{ entry: 'classes.dex', offset: 4711, via: 'dex-string' }],
    ...more,
  };
}

export function app(
  id: string,
  version: string,
  urls: readonly (string | InspectEndpoint)[],
  more: Partial<InspectReport> = {},
): InspectedApp {
  return {
    path: `app/${id}.apk`,
    report: {
      schema: 'https://postern.dev/schema/inspect-1.json',
      app: { platform: 'android', id, version, sha256: 'a'.repeat(64) },
      endpoints: urls.map((url) => (typeof url === 'string' ? endpoint(url) : url)),
      stores: [],
      credentials: [],
      settings: [],
      signatures: [],
      libraries: [],
      declarations: [],
      coverage: [],
      skips: [],
      findings: [],
      ...more,
    },
  };
}

export function result(host: string, port: number, more: Partial<ProbeResult> = {}): ProbeResult {
  const address = more.address === undefined ? '203.0.113.7' : more.address;
  const service = more.service ?? 'elasticsearch';
  const verdict = more.verdict ?? 'anonymous-read';
  const silent = verdict === 'refused' || verdict === 'filtered';
  return {
    target: host,
    host,
    address,
    port,
    service,
    verdict,
    ...(verdict === 'anonymous-read' && service === 'elasticsearch' ? { version: '7.17.9', documents: 12_400 } : {}),
    datasets:
      verdict === 'anonymous-read'
        ? [
            { name: 'customers', documents: 8_000, fields: ['email', 'phone', 'password_hash'] },
            { name: 'visits', documents: 4_400, fields: ['lat', 'lon', 'page'] },
          ]
        : [],
    exchanges: silent
      ? []
      : [{ kind: 'exchange', service, address: address ?? host, port, request: 'GET /', answer: '200, JSON', at: AT }],
    reason: `it ended in ${verdict}`,
    notTested: [],
    elapsedMs: 3,
    ...more,
  };
}

export function declared(name: string, more: Partial<DeclaredService> = {}): DeclaredService {
  const file = more.file ?? 'docker-compose.yml';
  return {
    name,
    file,
    format: 'docker-compose',
    line: 4,
    asset: `config:${file}/${name}`,
    image: 'docker.elastic.co/elasticsearch/elasticsearch:7.17.9',
    engine: 'elasticsearch',
    version: '7.17.9',
    published: [port(9200)],
    mounts: [],
    environment: [],
    hostNetwork: false,
    ...more,
  };
}

export function port(hostPort: number, hostIp: string | null = null): DeclaredService['published'][number] {
  return {
    hostIp,
    hostPort,
    containerPort: hostPort,
    protocol: 'tcp',
    line: 14,
    column: 9,
    pointer: 'services.search.ports[0]',
    allInterfaces: hostIp === null || hostIp === '0.0.0.0',
  };
}

export function finding(rule: string, asset: string, path: string, line: number, more: Partial<Finding> = {}): Finding {
  return {
    fingerprint: fingerprint(rule, asset, 'pointer'),
    rule,
    asset,
    severity: 'critical',
    confidence: 'firm',
    owner: 'it',
    message: `${rule} at ${path}.`,
    evidence: [
      { kind: 'setting', path, pointer: 'xpack.security.enabled', actual: 'false', expected: 'true', line, column: 1 },
    ],
    ...more,
  };
}

export function audit(
  services: readonly DeclaredService[],
  files: readonly { path: string; format: string }[] = [],
  findings: readonly Finding[] = [],
): AuditResult {
  const composeFiles = [...new Set(services.map(({ file }) => file))].map((path) => ({
    path,
    format: 'docker-compose',
  }));
  const all = [...composeFiles, ...files];
  return {
    report: {
      schema: 'https://postern.dev/schema/audit-1.json',
      root: '/project/deploy',
      findings: [],
      files: all.map((file) => ({ ...file, status: 'read' })),
      exposures: services.flatMap((service) => exposure(service, findings)),
      skips: [],
    },
    outcome: {
      assets: [
        ...all.map(({ path, format }) => ({ kind: 'config' as const, id: `config:${path}`, path, format })),
        ...services.map(({ asset, file, name }) => ({
          kind: 'config' as const,
          id: asset,
          path: file,
          format: 'docker-compose',
          name,
        })),
      ],
      edges: [],
      findings: [...findings],
      skips: [],
    },
    services: [...services],
  };
}

export function audited(...parameters: Parameters<typeof audit>): Audited {
  return rebase(audit(...parameters), 'deploy');
}

const NAMES: readonly [RegExp, Category][] = [
  [/mail/, 'email'],
  [/phone/, 'phone'],
  [/password/, 'credentials'],
  [/^(?:lat|lon)/, 'location'],
];

export function classify(names: readonly string[]): { name: string; category: Category }[] {
  return names.flatMap((name) => {
    const found = NAMES.find(([pattern]) => pattern.test(name));
    return found ? [{ name, category: found[1] }] : [];
  });
}

export function service(id: string, more: Partial<ProbeService> = {}): ProbeService {
  return {
    id,
    title: id,
    version: 1,
    transport: 'http',
    serverSpeaksFirst: false,
    ports: [{ port: 9200, tls: 'retry' }],
    allow: allowHttp([], []),
    remediation: {
      developer: 'Call an API instead',
      it: 'Switch security on and publish on loopback only',
      security: 'Assess what was readable',
    },
    references: [],
    tested: [],
    probe: () => Promise.reject(new Error('not probed in this test')),
    ...more,
  };
}

export function world(more: Partial<JoinInput> = {}): JoinInput {
  const results = more.results ?? [];
  return {
    vantage: 'office',
    apps: [],
    audited: undefined,
    results,
    services: [service('elasticsearch'), service('redis'), service('firebase-rtdb', { managed: true })],
    scoped: [...new Set(results.map(({ host }) => host))],
    classify,
    findingsOf,
    hintOf: () => undefined,
    ...more,
  };
}

/** What `audit` says of a container on its own. */
function exposure(service: DeclaredService, findings: readonly Finding[]): Exposure[] {
  if (service.engine === null) return [];
  const open = service.published.find(({ allInterfaces }) => allInterfaces);
  const text = open ? `port ${open.hostPort} published on all interfaces` : 'no port is published';
  const line = open?.line ?? service.line;
  return [
    {
      id: `exposure-${service.name}`,
      store: service.asset,
      file: service.file,
      line: service.line,
      name: service.name,
      service: service.engine,
      version: service.version,
      reach: open ? 'reachable' : 'not-reachable',
      login: 'unknown',
      severity: open ? 'high' : 'info',
      headline: text,
      links: [{ text, state: open ? 'open' : 'closed', evidence: [{ kind: 'file', path: service.file, line }] }],
      datasets: [],
      findings: findings.filter(({ asset }) => asset === service.asset).map(({ fingerprint }) => fingerprint),
      unknowns: [],
    },
  ];
}
