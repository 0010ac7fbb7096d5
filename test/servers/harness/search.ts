/**
 * Elasticsearch and OpenSearch for a test: a copy of the installed distribution in a temporary folder, because they write
 * into their own folders and refuse to run as root.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { freePort, startDaemon, unprivileged, workFolder } from './daemon.ts';
import { findProgram } from './require-server.ts';

const CACHE = new URL('../../../.cache/servers/', import.meta.url).pathname;

export type Distribution = 'elasticsearch-7' | 'elasticsearch-8' | 'opensearch-2' | 'opensearch-3';

export interface SearchNode {
  port: number;
  transportPort: number;
  /** The folder that it runs from, with its logs. */
  home: string;
  /** One request of the owner's to fill or look at the store; fails on an error status. */
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
  /** The same by another account. */
  as(login: { username: string; password: string }): SearchNode['ask'];
  stop(): Promise<void>;
}

export interface SearchOptions {
  settings: readonly string[];
  /** Writes further files below the distribution's folder before it starts. */
  prepare?: (home: string, port: number) => void | Promise<void>;
  /** `https` when the node speaks TLS. */
  scheme?: 'http' | 'https';
  /** Basic authentication for `ask`. */
  login?: { username: string; password: string };
}

/** The installed distribution's folder, or undefined with a loud line (an error with POSTERN_REQUIRE_SERVERS=1). */
export function requireSearch(distribution: Distribution | 'opensearch-security'): string | undefined {
  const folder = join(CACHE, distribution);
  const problem = !existsSync(folder)
    ? `${distribution} is not installed (bash test/servers/install.sh search)`
    : javaHome(distribution) === undefined
      ? `Java is not installed (bash test/servers/install.sh ${needsJava21(distribution) ? 'java21' : 'debian'})`
      : findProgram(['openssl']) === undefined
        ? 'openssl is not installed (bash test/servers/install.sh debian)'
        : undefined;
  if (problem === undefined) return folder;
  if (process.env.POSTERN_REQUIRE_SERVERS === '1') throw new Error(problem);
  console.warn(`SKIPPED real-server tests: ${problem}`);
  return undefined;
}

function needsJava21(distribution: string): boolean {
  return distribution === 'opensearch-3';
}

/** Where the Java that the distribution runs on lives: the one in PATH, or a newer one of the tests' own. */
export function javaHome(distribution = ''): string | undefined {
  if (needsJava21(distribution)) {
    const newer = join(CACHE, 'java21');
    return existsSync(join(newer, 'bin', 'java')) ? newer : undefined;
  }
  const java = (process.env.PATH ?? '').split(delimiter).find((folder) => existsSync(join(folder, 'java')));
  return java === undefined ? undefined : dirname(dirname(realpathSync(join(java, 'java'))));
}

export async function startSearch(distribution: Distribution, options: SearchOptions): Promise<SearchNode> {
  const account = unprivileged();
  const folder = workFolder(distribution);
  const installed = join(CACHE, distribution);
  const [inner = ''] = readdirSync(installed);
  const home = join(folder, 'home');
  cpSync(join(installed, inner), home, { recursive: true });
  const [port, transport] = [await freePort(), await freePort()];
  const isElastic = distribution.startsWith('elasticsearch');
  const own = [
    'cluster.name: postern-test',
    'discovery.type: single-node',
    'network.host: 127.0.0.1',
    `http.port: ${port}`,
    `transport.port: ${transport}`,
    'cluster.routing.allocation.disk.threshold_enabled: false',
  ];
  // A setting that stands twice is refused.
  const overridden = new Set(options.settings.map(nameOf));
  writeFileSync(
    join(home, 'config', isElastic ? 'elasticsearch.yml' : 'opensearch.yml'),
    [...own.filter((line) => !overridden.has(nameOf(line))), ...options.settings].join('\n'),
  );
  if (needsJava21(distribution)) withoutVectorModule(home);
  await options.prepare?.(home, port);
  if (account !== undefined) execFileSync('chown', ['-R', `${account.uid}:${account.gid}`, folder]);
  const java = javaHome(distribution) ?? '';
  const heap = '-Xms256m -Xmx512m -XX:-AlwaysPreTouch -XX:TieredStopAtLevel=1';
  const daemon = await startDaemon({
    name: distribution,
    command: join(home, 'bin', isElastic ? 'elasticsearch' : 'opensearch'),
    args: [],
    port,
    folder,
    env: { ES_JAVA_HOME: java, OPENSEARCH_JAVA_HOME: java, ES_JAVA_OPTS: heap, OPENSEARCH_JAVA_OPTS: heap },
    readyWithin: 110_000,
    ...(account === undefined ? {} : { account }),
  });
  const ask = (method: string, path: string, body?: unknown) => askNode(port, options, method, path, body);
  const as: SearchNode['as'] = (login) => (method, path, body) =>
    askNode(port, { ...options, login }, method, path, body);
  return { port, transportPort: transport, home, ask, as, stop: daemon.stop };
}

function nameOf(line: string): string {
  return line.split(':', 1)[0] ?? '';
}

/** The small runtime has no incubator modules; Lucene computes without them. */
function withoutVectorModule(home: string): void {
  const path = join(home, 'config', 'jvm.options');
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, lines.filter((line) => !line.includes('jdk.incubator.vector')).join('\n'));
}

async function askNode(
  port: number,
  options: SearchOptions,
  method: string,
  path: string,
  body: unknown,
): Promise<unknown> {
  const { Client } = await import('undici');
  const client = new Client(`${options.scheme ?? 'http'}://127.0.0.1:${port}`, {
    connect: { rejectUnauthorized: false },
  });
  const { login } = options;
  const authorization = `Basic ${Buffer.from(`${login?.username}:${login?.password}`).toString('base64')}`;
  try {
    const answer = await client.request({
      method: method as 'GET',
      path,
      headers: { 'content-type': 'application/json', ...(login === undefined ? {} : { authorization }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 500)}`);
    return text === '' ? null : JSON.parse(text);
  } finally {
    await client.close();
  }
}

/** Waits for a condition of the owner's, e.g. that the security index is there. */
export async function until(condition: () => Promise<boolean>, within = 60_000): Promise<void> {
  const limit = Date.now() + within;
  while (!(await condition().catch(() => false))) {
    if (Date.now() > limit) throw new Error('the condition was not met in time');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Three customers and five orders of people who do not exist. */
export async function seed(node: Pick<SearchNode, 'ask'>): Promise<void> {
  await node.ask('PUT', '/customers', {
    mappings: {
      properties: {
        email: { type: 'keyword' },
        phone: { type: 'keyword' },
        password_hash: { type: 'keyword' },
        home: { properties: { location: { type: 'geo_point' }, city: { type: 'keyword' } } },
      },
    },
  });
  for (let n = 1; n <= 3; n++) {
    await node.ask('PUT', `/customers/_doc/${n}`, {
      email: `person${n}@example.org`,
      phone: `+1-555-010${n}`,
      password_hash: 'made-up',
      home: { location: { lat: n, lon: n }, city: 'Exampleton' },
    });
  }
  for (let n = 1; n <= 5; n++) await node.ask('PUT', `/orders/_doc/${n}`, { order_total: n, card_last4: '0000' });
  await node.ask('POST', '/_refresh');
}
