/**
 * Probes before silent, playing and real servers, held byte for byte against the second statement of what may be sent.
 * Every service's own open dialogues are held against it as well in test/property/probe-dialogues.test.ts.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { services } from '../../src/probe/index.ts';
import { askPort } from '../../src/probe/testing/ask.ts';
import { httpServer, type Reply } from '../../src/probe/testing/http-server.ts';
import {
  freePort,
  handOver,
  postgresqlPrograms,
  startDaemon,
  subFolder,
  unprivileged,
  workFolder,
} from './harness/daemon.ts';
import { GRAMMAR, isContradictionCheck, isTls } from './harness/grammar.ts';
import { startRecorder } from './harness/recorder.ts';
import { requireServer } from './harness/require-server.ts';
import { until } from './harness/search.ts';

const closers: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
});

/** Asks a server through the recorder and holds every byte against the service's grammar. */
async function recorded(service: string, upstream?: number) {
  const recorder = await startRecorder(upstream);
  closers.push(recorder.close);
  const result = await askPort(recorder.port, service, upstream === undefined ? 300 : undefined);
  const sent = recorder.sent();
  for (const connection of sent) {
    if (isContradictionCheck(connection) || isTls(connection)) continue;
    const foreign = GRAMMAR[service]?.(connection);
    expect(foreign, `${service} sent what it may not: ${foreign}`).toBeUndefined();
  }
  return { result, bytes: Buffer.concat(sent).length };
}

describe('the grammar of the recorder', () => {
  it('exists for every service', () => {
    expect(Object.keys(GRAMMAR).sort()).toEqual([...new Set(services.map((service) => service.id))].sort());
  });

  it.each<[string, string]>([
    ['elasticsearch', 'PUT /x HTTP/1.1\r\n\r\n'],
    ['elasticsearch', 'GET /_all/_search HTTP/1.1\r\n\r\n'],
    ['redis', '*1\r\n$8\r\nFLUSHALL\r\n'],
    ['redis', '*2\r\n$4\r\nKEYS\r\n$1\r\n*\r\n'],
    ['redis', 'PING\r\nFLUSHALL\r\n'],
    ['memcached', 'version\r\nflush_all\r\n'],
    ['memcached', 'lru_crawler metadump all\r\n'],
    ['postgresql', '\0\0\0\x29\0\x03\0\0user\0postgres\0database\0postgres\0\0Q\0\0\0\x0eDROP TABLE'],
    ['mysql', '\x0b\0\0\0\x03DROP TABLE'],
    ['mysql', "\x16\0\0\0\x03SELECT LOAD_FILE('x')"],
    ['mongodb', '\x24\0\0\0\0\0\0\0\0\0\0\0\xdd\x07\0\0\0\0\0\0\0\x0f\0\0\0\x10insert\0\0\0\0\0\0'],
    ['mqtt', '\x30\x05\0\x01ahi'],
    ['mqtt', '\x82\x06\0\x01\0\x01#\0'],
    ['couchdb', 'DELETE /orders HTTP/1.1\r\n\r\n'],
    ['s3', 'GET /bucket/key HTTP/1.1\r\n\r\n'],
    ['firebase-rtdb', 'GET /.json HTTP/1.1\r\n\r\n'],
  ])('refuses what %s must never be sent: %j', (service, bytes) => {
    expect(GRAMMAR[service]?.(Buffer.from(bytes, 'latin1'))).toBeDefined();
  });
});

describe.each([...new Set(services.map((service) => service.id))])('the %s probe before a silent server', (service) => {
  it('sends nothing but its own first request', async () => {
    expect((await recorded(service)).result.verdict).toBe('inconclusive');
  });
});

describe('HTTP probes before a server that plays their store', () => {
  const XML = '<?xml version="1.0"?>';
  const security = (path: string): Reply | undefined => {
    if (path.startsWith('/_xpack')) return [200, { features: { security: { enabled: true } } }];
    if (path.startsWith('/_security')) return [200, { indices: [{ names: ['*'], privileges: ['all'] }] }];
    return undefined;
  };
  const search =
    (banner: object) =>
    (path: string): Reply | undefined => {
      if (path === '/') return [200, banner];
      if (path.startsWith('/_cat/indices')) {
        return path.includes('expand')
          ? [400, {}]
          : [200, [{ index: 'or%ders', 'docs.count': '1', 'store.size': '1' }]];
      }
      if (path.startsWith('/_cat/plugins')) return [200, []];
      if (path.startsWith('/_all/')) return [200, {}];
      if (/_mapping$|_search/.test(path)) return [200, { hits: { total: 1 } }];
      return path.startsWith('/_plugins') ? [400, { error: 'no handler found for uri' }] : security(path);
    };
  const stores: [string, (path: string) => Reply | undefined][] = [
    ['elasticsearch', search({ tagline: 'You Know, for Search', version: { number: '8.1.0' } })],
    ['opensearch', search({ version: { number: '2.1.0', distribution: 'opensearch' } })],
    [
      'couchdb',
      (path) => {
        if (path === '/') return [200, { couchdb: 'Welcome' }];
        if (path === '/_all_dbs') return [200, ['_users', 'shop/orders', 'a']];
        if (path === '/_session') return [200, { userCtx: { name: null, roles: [] } }];
        if (path.endsWith('/_security')) return [200, {}];
        return path === '/a' || path === '/shop%2Forders' ? [200, { doc_count: 1 }] : undefined;
      },
    ],
    [
      's3',
      (path) => {
        if (path === '/')
          return [
            200,
            `${XML}<ListAllMyBucketsResult><Buckets><Bucket><Name>app</Name></Bucket></Buckets></ListAllMyBucketsResult>`,
          ];
        return path.startsWith('/app?list') ? [200, `${XML}<ListBucketResult></ListBucketResult>`] : undefined;
      },
    ],
    [
      'firebase-rtdb',
      (path) => {
        if (path.startsWith('/.json')) return [200, { users: true }];
        return [200, path.startsWith('/users') ? { a: true } : 'null'];
      },
    ],
  ];

  it.each(stores)('%s sends only what its grammar has', async (service, answer) => {
    const server = await httpServer(answer);
    closers.push(server.close);
    const { result } = await recorded(service, server.port);
    expect(result.verdict).toMatch(/^anonymous-/);
    expect(server.asked.length).toBeGreaterThan(2);
  });
});

/** Starts a real server that is open; undefined when it is not installed. */
type Start = () => Promise<number>;

async function daemon(
  name: string,
  command: string,
  user: string,
  args: (port: number, folder: string) => string[],
): Promise<number> {
  const account = unprivileged(user);
  const folder = workFolder(`recording-${name}`, account);
  const port = await freePort();
  const prepared = args(port, folder);
  const started = await startDaemon({ name, command, args: prepared, port, folder, ...(account ? { account } : {}) });
  closers.push(started.stop);
  return port;
}

const inCache = new URL('../../.cache/servers/bin/ferretdb', import.meta.url).pathname;
const redis = requireServer('redis-server', ['redis-server', 'valkey-server']);
const memcached = requireServer('memcached', ['memcached']);
const mosquitto = requireServer('mosquitto', ['mosquitto']);
const ferretdb = requireServer('ferretdb', [inCache, 'ferretdb']);
const postgres = requireServer('postgresql', [
  ...postgresqlPrograms().map((folder) => join(folder, 'postgres')),
  'postgres',
]);
const mariadb = requireServer('mariadb', ['mariadbd', 'mysqld']);
const mariadbInstaller = mariadb ? requireServer('mariadb', ['mariadb-install-db', 'mysql_install_db']) : undefined;

const REAL: [string, string | undefined, Start][] = [
  [
    'redis',
    redis,
    () => daemon('redis', redis ?? '', 'redis', (port) => ['--bind', '127.0.0.1', '--port', `${port}`, '--save', '']),
  ],
  [
    'memcached',
    memcached,
    () => daemon('memcached', memcached ?? '', 'memcache', (port) => ['-l', '127.0.0.1', '-p', `${port}`]),
  ],
  [
    'mqtt',
    mosquitto,
    () =>
      daemon('mosquitto', mosquitto ?? '', 'mosquitto', (port, folder) => {
        const file = join(folder, 'mosquitto.conf');
        writeFileSync(file, `listener ${port} 127.0.0.1\nallow_anonymous true\n`);
        handOver(unprivileged('mosquitto'), file);
        return ['-c', file];
      }),
  ],
  [
    'mongodb',
    ferretdb,
    () =>
      daemon('ferretdb', ferretdb ?? '', 'nobody', (port, folder) =>
        [
          '--handler=sqlite',
          `--sqlite-url=file:${folder}/`,
          `--state-dir=${folder}`,
          '--telemetry=disable',
          '--debug-addr=-',
        ].concat(['--log-level=error', `--listen-addr=127.0.0.1:${port}`]),
      ),
  ],
  [
    'postgresql',
    postgres,
    () =>
      daemon('postgresql', postgres ?? '', 'postgres', (port, folder) => {
        const account = unprivileged('postgres');
        const data = join(folder, 'data');
        const initdb = join(dirname(postgres ?? ''), 'initdb');
        execFileSync(initdb, ['-D', data, '-A', 'trust', '-U', 'postgres', '--no-sync'], {
          stdio: 'ignore',
          cwd: folder,
          ...account,
        });
        return ['-D', data, '-h', '127.0.0.1', '-p', `${port}`, '-k', folder, '-F'];
      }),
  ],
  [
    'mysql',
    mariadbInstaller,
    () =>
      daemon('mariadb', mariadb ?? '', 'mysql', (port, folder) => {
        const account = unprivileged('mysql');
        const data = subFolder(folder, 'data', account);
        const install = [
          '--no-defaults',
          `--datadir=${data}`,
          '--auth-root-authentication-method=normal',
          '--skip-test-db',
        ];
        execFileSync(mariadbInstaller ?? '', install, { stdio: 'ignore', cwd: folder, ...account });
        return ['--no-defaults', `--datadir=${data}`, `--port=${port}`, '--bind-address=127.0.0.1'].concat([
          `--socket=${join(folder, 's.sock')}`,
          '--innodb-buffer-pool-size=16M',
          '--skip-log-bin',
          '--skip-name-resolve',
          '--skip-ssl',
        ]);
      }),
  ],
];

describe.each(REAL)('the %s probe before a real, open server', (service, program, start) => {
  it.skipIf(program === undefined)('sends only what its grammar has, and finds the door open', async () => {
    const port = await start();
    // An open port is not yet a server that is ready.
    await until(async () => (await askPort(port, service)).verdict !== 'inconclusive');
    const { result, bytes } = await recorded(service, port);
    expect(result.service).toBe(service);
    expect(result.verdict, result.reason).toMatch(/^anonymous-|^metadata-only$/);
    expect(bytes).toBeGreaterThan(10);
    // And on the ladder, without being told what it is.
    const found = await askPort(port);
    expect(found).toMatchObject({ service, verdict: result.verdict });
  });
});
