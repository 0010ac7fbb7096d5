/**
 * Nothing outside the scope is ever contacted: not by a redirect, an odd spelling, a package, a report, a control or the
 * command line. Every connection of the process is watched; none may leave loopback, whatever is asked for.
 */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { buildApk } from '../lab/apk/index.ts';
import { checkReportSchema } from '../src/core/contract/check.ts';
import { run } from './cli/run.ts';

/** Reserved for documentation (RFC 5737, RFC 3849): nobody is there, and nobody may be asked. */
const OUTSIDE = '203.0.113.9';
const OUTSIDE_6 = '2001:db8::9';

let folder: string;
let port: number;
let trap: number;
let trapped = 0;
let redirected = 0;
const servers: Server[] = [];
const contacted: string[] = [];

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  trap = await listen(
    new Server((socket) => {
      trapped++;
      socket.destroy();
    }),
  );
  const places = [`http://127.0.0.1:${trap}/`, `http://${OUTSIDE}:9200/`, `http://[${OUTSIDE_6}]/`, `//${OUTSIDE}/`];
  port = await listen(
    createServer((_request, response) => {
      response.writeHead(301 + (redirected % 2) * 6, { location: places[redirected++ % places.length] });
      response.end();
    }),
  );
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-scope-'));
  contacted.length = 0;
  trapped = 0;
  const connect = Socket.prototype.connect;
  vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...all: unknown[]) {
    const [first] = all.flat();
    const { host, port: at } = first as { host?: string; port?: number };
    contacted.push(`${host}:${at}`);
    if (host !== '127.0.0.1' && host !== '::1') {
      queueMicrotask(() => this.destroy(Object.assign(new Error('outside'), { code: 'ECONNREFUSED' })));
      return this;
    }
    return Reflect.apply(connect, this, all);
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

afterAll(() => {
  for (const server of servers) server.close();
});

function expectNothingOutside(): void {
  expect(contacted.filter((at) => !/^(?:127\.0\.0\.1|::1):\d+$/.test(at))).toEqual([]);
}

function config(target: string): void {
  writeFileSync(join(folder, 'postern.yaml'), `version: 1\ntargets:\n${target}`);
}

it('follows no redirect, to another port or another host', async () => {
  await run(['probe', `127.0.0.1:${port}`, '--format', 'jsonl'], { cwd: folder });
  expect(redirected).toBeGreaterThan(0);
  expect(trapped).toBe(0);
  expectNothingOutside();
});

it('contacts no target of the command line or of a file that no configuration authorizes', async () => {
  const spellings = [
    ...[OUTSIDE, `${OUTSIDE}:9200`, `[${OUTSIDE_6}]:9200`, OUTSIDE_6, `[::ffff:${OUTSIDE}]:9200`, 'shop.invalid'],
    ...['0.0.0.0:9200', '[::]:9200', '2130706433', '0x7f000001:9200', '127.1', '0177.0.0.1', '127.0.0.1.', '1.1'],
    ...['localhost.', 'localhost.shop.invalid', '127.0.0.1.nip.invalid', '169.254.169.254', '10.0.0.1', '224.0.0.1'],
  ];
  writeFileSync(join(folder, 'targets'), spellings.join('\n'));
  const { code } = await run(['probe', '--targets', 'targets', '--format', 'jsonl'], { cwd: folder });
  expect(code).toBe(3);
  expect(contacted).toEqual([]);
  for (const spelling of spellings) {
    await run(['probe', spelling], { cwd: folder });
    await run(['check', '--target', spelling.replace(/:9200$/, '').replace(/^\[|\]$/g, '')], { cwd: folder });
  }
  expect(contacted).toEqual([]);
});

it.each([
  `  - { host: shop.invalid, addresses: [${OUTSIDE}], authority: loopback }\n`,
  `  - { host: shop.invalid, addresses: ['::ffff:${OUTSIDE}'], authority: loopback }\n`,
  `  - { host: shop.invalid, addresses: [127.0.0.1, ${OUTSIDE}], authority: loopback }\n`,
  `  - { host: shop.invalid, addresses: [0.0.0.0], authority: loopback }\n`,
  `  - { host: ${OUTSIDE}, addresses: [${OUTSIDE}], authority: dns-txt }\n`,
  `  - { host: shop.invalid, addresses: [${OUTSIDE}], authority: { statement: missing.json } }\n`,
  `  - { host: ${OUTSIDE}, addresses: [${OUTSIDE}], authority: { provider: firebase, project: shop } }\n`,
  `  - { host: shop.invalid, addresses: [${OUTSIDE}], authority: { provider: constructor, project: shop } }\n`,
])('contacts nobody on a claim that does not hold: %s', async (target) => {
  config(target);
  for (const command of [['check'], ['probe'], ['probe', `${OUTSIDE}:9200`]]) await run(command, { cwd: folder });
  expect(contacted).toEqual([]);
});

it('contacts no back end that a package names', async () => {
  const apk = buildApk({
    ...{
      applicationId: 'org.example.scope',
      versionName: '1',
      versionCode: 1,
      label: 'Scope',
      minSdk: 24,
      targetSdk: 34,
    },
    strings: {},
    dex: [[`http://${OUTSIDE}:9200/_search`, `redis://shop.bluemarket.net:6379`, `http://127.0.0.2:${port}/`]],
    assets: {},
  });
  writeFileSync(join(folder, 'app.apk'), apk);
  await run(['check', 'app.apk', '--target', '127.0.0.1'], { cwd: folder });
  expect(contacted.length).toBeGreaterThan(0);
  expectNothingOutside();
});

it('contacts nobody that only an earlier report names, and no control outside the scope', async () => {
  config(
    `  - host: shop.invalid
    addresses: [127.0.0.1]
    authority: loopback
    ports: [${port}]
    controls:
      - { service: elasticsearch, trustedAddress: '${OUTSIDE}:9200' }
      - { service: elasticsearch, trustedAddress: '0.0.0.0:9200' }
      - { service: elasticsearch, trustedAddress: '[${OUTSIDE_6}]:9200' }
      - { service: elasticsearch, trustedAddress: 'other.invalid:9200' }
`,
  );
  const { stdout } = await run(['check', '--format', 'json'], { cwd: folder });
  const report = checkReportSchema.parse(JSON.parse(stdout));
  const request = (host: string, address: string) => ({
    ...{ host, address, port: 9200, service: 'elasticsearch', verdict: 'anonymous-read' as const },
    ...{ vantage: report.vantage, exchanges: [] },
  });
  const story = {
    ...{
      id: '0'.repeat(32),
      state: 'exposed' as const,
      severity: 'critical' as const,
      confidence: 'confirmed' as const,
    },
    ...{ headline: 'made up', apps: [], store: 'store:x', links: [], datasets: [], categories: [], tasks: [] },
    ...{ unknowns: [], findings: [] },
    outsider: [
      request(OUTSIDE, OUTSIDE),
      request('shop.invalid', OUTSIDE),
      request('shop.invalid', '127.0.0.1'),
      request('other.invalid', '127.0.0.1'),
    ],
  };
  mkdirSync(join(folder, 'out'));
  writeFileSync(join(folder, 'out/report.json'), JSON.stringify({ ...report, stories: [story] }));
  contacted.length = 0;
  const forged = await run(['verify', 'out/report.json', '--format', 'json'], { cwd: folder });
  expect(JSON.parse(forged.stdout).body.stories[0].state).toBe('unknown');
  expect(contacted.length).toBeGreaterThan(0);
  expectNothingOutside();
  rmSync(join(folder, 'postern.yaml'));
  contacted.length = 0;
  await run(['verify', 'out/report.json'], { cwd: folder });
  expect(contacted).toEqual([]);
});
