import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { mendApi } from '../../lab/demo/powers.ts';
import { announceRange, findRange, type Range, type RangeService, startRange } from '../../lab/index.ts';
import { FALLBACK, type RangeAddresses, USUAL, whyNotFree } from '../../lab/range/addresses.ts';
import { prepareRange } from '../../lab/range/prepare.ts';
import { loadConfig } from '../../src/config/index.ts';

// Each test has addresses of its own, so that nothing depends on what else runs on this machine.
let pairs = 0;
function ownAddresses(): RangeAddresses {
  pairs++;
  return { outside: `127.83.${100 + pairs}.1`, inside: `127.83.${100 + pairs}.2` };
}

const noLoopback = await whyNotFree('127.83.100.1', 0);
if (noLoopback !== undefined) console.warn(`SKIPPED: the practice range is not tested here: ${noLoopback}`);

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'postern-range-test-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

function serviceOf(range: Range, name: RangeService['name']): RangeService {
  const service = range.services.find((candidate) => candidate.name === name);
  if (!service) throw new Error(`the range has no ${name}`);
  return service;
}

async function replaceIn(range: Range, file: string, search: string, replacement: string): Promise<void> {
  const path = join(range.dir, 'deploy', file);
  const text = await readFile(path, 'utf8');
  expect(text).toContain(search);
  await writeFile(path, text.replace(search, replacement));
}

async function sql(host: string, user: string, password: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ host, port: 5432, user, password, database: 'shop' });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

/** CONNECT and SUBSCRIBE `#`, MQTT 3.1.1; resolves with what came back once `enough` bytes did or the peer closed. */
function mqtt(host: string, enough: number): Promise<Buffer> {
  const hello = Buffer.from('101000044d5154540402003c000474657374', 'hex');
  const subscribe = Buffer.from('820600010001' + '2300', 'hex');
  return new Promise((resolve, reject) => {
    let answer = Buffer.alloc(0);
    const socket = connect({ host, port: 1883 }, () => socket.write(Buffer.concat([hello, subscribe])));
    socket.once('error', reject);
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length >= enough) socket.destroy();
    });
    socket.once('close', () => resolve(answer));
  });
}

function reachable(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

describe.skipIf(noLoopback !== undefined)('the practice range', () => {
  const addresses = ownAddresses();
  let range: Range;
  let dir: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'postern-range-test-'));
    range = await startRange(dir, { addresses });
    const db = serviceOf(range, 'db');
    if (db.state === 'skipped') console.warn(`SKIPPED: PostgreSQL in the practice range: ${db.reason}`);
  });
  afterAll(async () => {
    await range.stop();
    await rm(dir, { recursive: true, force: true });
  });

  test('lays out files to read and passwords that only their owner reads', async () => {
    const config = await readFile(range.configPath, 'utf8');
    expect(config).toContain(addresses.outside);
    expect(config).not.toContain('127.83.0.1');
    for (const name of ['es-control', 'shop-app', 'postgres-superuser', 'mqtt-app', 'account-alice', 'account-bob']) {
      const { mode, size } = await stat(join(dir, 'secrets', name));
      if (process.platform !== 'win32') expect(mode & 0o777).toBe(0o600);
      expect(size).toBeGreaterThan(20);
    }
  });

  test('lets a stranger in at the search service, on both sides', async () => {
    for (const host of [addresses.outside, addresses.inside]) {
      const answer = await fetch(`http://${host}:9200/_cat/count?format=json`);
      expect(await answer.json()).toMatchObject([{ count: '12400' }]);
    }
  });

  test('lets a stranger in at the broker, which retains positions', async () => {
    const answer = await mqtt(addresses.outside, 200);
    expect(answer.subarray(0, 4).toString('hex')).toBe('20020000');
    expect(answer.toString('latin1')).toMatch(/deliveries\/\d+\/position/);
  });

  test("gives one account the other's orders, until its code looks whose they are", async () => {
    const url = `http://${addresses.outside}:9282/v2/orders`;
    const as = async (name: string) => {
      const token = (await readFile(join(dir, 'secrets', `account-${name}`), 'utf8')).trim();
      return { headers: { authorization: `Bearer ${token}` } };
    };
    const { data } = z
      .object({ data: z.array(z.object({ id: z.string() })).min(1) })
      .parse(await (await fetch(url, await as('bob'))).json());
    const one = `${url}/${data[0]?.id}`;
    expect((await fetch(one)).status).toBe(401);
    expect((await fetch(one, await as('alice'))).status).toBe(200);

    expect(await mendApi(dir)).toContain('+ checkOwner: true');
    expect(await mendApi(dir)).toEqual([]);
    await range.restart();
    expect((await fetch(one, await as('alice'))).status).toBe(404);
    expect((await fetch(one, await as('bob'))).status).toBe(200);
  });

  test('lets a stranger in at the database as its superuser', async (context) => {
    if (serviceOf(range, 'db').state === 'skipped') return context.skip();
    const rows = await sql(addresses.outside, 'postgres', '', 'SELECT count(*)::int AS orders FROM orders');
    expect(rows).toEqual([{ orders: 6_800 }]);
  });

  test('knows the size of its tables without counting', async (context) => {
    if (serviceOf(range, 'db').state === 'skipped') return context.skip();
    const rows = await sql(
      addresses.outside,
      'postgres',
      '',
      `SELECT relname, reltuples::int AS estimated, n_live_tup::int AS live
         FROM pg_class JOIN pg_stat_user_tables USING (relname) ORDER BY relname`,
    );
    expect(rows).toEqual([
      { relname: 'addresses', estimated: 0, live: 0 },
      { relname: 'customers', estimated: 3_900, live: 3_900 },
      { relname: 'orders', estimated: 6_800, live: 6_800 },
    ]);
  });
});

test('the configuration is valid, also where one loopback address and ::1 take the two parts', async () => {
  const usual = await folder();
  await prepareRange(usual, USUAL);
  const config = await loadConfig(join(usual, 'postern.yaml'), { named: true });
  expect(config.targets.map(({ addresses }) => addresses)).toEqual(Array(4).fill(['127.83.0.1']));
  expect(config.packages).toHaveLength(1);

  const fallback = await folder();
  await prepareRange(fallback, FALLBACK);
  const fitted = await loadConfig(join(fallback, 'postern.yaml'), { named: true });
  expect(fitted.targets.map(({ addresses }) => addresses)).toEqual(Array(4).fill(['127.0.0.1']));
  const text = await readFile(fitted.path, 'utf8');
  expect(text).toContain('[::1]:9200');
  expect(text).not.toContain('127.83.');
});

describe.skipIf(noLoopback !== undefined)('a restart of the range', () => {
  test('is done one at a time, and never after the stop', async () => {
    const range = await startRange(await folder(), { addresses: ownAddresses(), only: ['search', 'live'] });
    await Promise.all([range.restart(), range.restart(), range.stop()]);
    await expect(range.restart()).rejects.toMatchObject({ code: 'E_LAB' });
    for (const port of [9200, 1883]) expect(await whyNotFree(range.addresses.inside, port)).toBeUndefined();
  });

  test('honours what was changed in the files', async () => {
    const addresses = ownAddresses();
    const range = await startRange(await folder(), { addresses });
    onTestFinished(() => range.stop());
    await replaceIn(range, 'elasticsearch/elasticsearch.yml', 'enabled: false', 'enabled: true');
    await replaceIn(range, 'postgres/pg_hba.conf', 'trust', 'scram-sha-256');
    await replaceIn(range, 'docker-compose.yml', '"1883:1883"', '"127.0.0.1:1883:1883"');
    await range.restart();

    expect((await fetch(`http://${addresses.outside}:9200/`)).status).toBe(401);
    const password = (await readFile(join(range.dir, 'secrets', 'es-control'), 'utf8')).trim();
    const authorization = `Basic ${Buffer.from(`postern-control:${password}`).toString('base64')}`;
    expect((await fetch(`http://${addresses.outside}:9200/`, { headers: { authorization } })).status).toBe(200);

    expect(serviceOf(range, 'live').addresses).toEqual([addresses.inside]);
    expect(await reachable(addresses.outside, 1883)).toBe(false);
    expect(await reachable(addresses.inside, 1883)).toBe(true);

    if (serviceOf(range, 'db').state === 'skipped') return;
    const shopApp = (await readFile(join(range.dir, 'secrets', 'shop-app'), 'utf8')).trim();
    await expect(sql(addresses.outside, 'postgres', 'guess', 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect(await sql(addresses.outside, 'shop_app', shopApp, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('skips a service whose own file is broken, with the words of the server', async () => {
    const range = await startRange(await folder(), { addresses: ownAddresses(), only: ['search', 'db'] });
    onTestFinished(() => range.stop());
    if (serviceOf(range, 'db').state === 'skipped') return;
    await replaceIn(range, 'postgres/postgresql.conf', 'max_connections = 40', 'max_connections = many');
    await range.restart();
    expect(serviceOf(range, 'db')).toMatchObject({
      state: 'skipped',
      reason: expect.stringContaining('max_connections'),
    });
    expect(serviceOf(range, 'search').state).toBe('running');
    await replaceIn(range, 'postgres/postgresql.conf', 'max_connections = many', 'max_connections = 30');
    await range.restart();
    expect(serviceOf(range, 'db').state).toBe('running');
  });

  test('says so when the compose file no longer publishes a service, or no longer has it', async () => {
    const range = await startRange(await folder(), { addresses: ownAddresses(), only: ['search', 'live'] });
    onTestFinished(() => range.stop());
    await replaceIn(range, 'docker-compose.yml', '"9200:9200"', '"9300:9300"');
    await replaceIn(range, 'docker-compose.yml', '  live:\n    image', '  broker:\n    image');
    await range.restart();
    expect(serviceOf(range, 'search')).toMatchObject({
      state: 'skipped',
      reason: expect.stringContaining('publishes'),
    });
    expect(serviceOf(range, 'live')).toMatchObject({
      state: 'skipped',
      reason: expect.stringContaining('no longer has'),
    });
  });
});

describe.skipIf(noLoopback !== undefined)('a range that cannot have everything', () => {
  test('skips the service whose port is taken and starts the others', async () => {
    const addresses = ownAddresses();
    const taken: Server = createServer();
    await new Promise<void>((resolve) => taken.listen(9200, addresses.outside, resolve));
    onTestFinished(() => {
      taken.close();
    });
    const lines: string[] = [];
    const range = await startRange(await folder(), {
      addresses,
      only: ['search', 'live'],
      log: (line) => lines.push(line),
    });
    onTestFinished(() => range.stop());
    expect(serviceOf(range, 'search')).toMatchObject({
      state: 'skipped',
      reason: `port 9200 on ${addresses.outside} is taken by another program`,
    });
    expect(serviceOf(range, 'live').state).toBe('running');
    expect(lines.join('\n')).toContain('skipped, port 9200');
  });

  test('never writes into a folder that holds something else', async () => {
    const dir = await folder();
    await writeFile(join(dir, 'thesis.txt'), 'mine');
    await expect(startRange(dir)).rejects.toMatchObject({ code: 'E_LAB' });
  });

  test('keeps the passwords and the edits of a folder that it is started in again', async () => {
    const dir = await folder();
    const addresses = ownAddresses();
    const first = await startRange(dir, { addresses, only: ['search', 'live'] });
    const password = await readFile(join(dir, 'secrets', 'shop-app'), 'utf8');
    await replaceIn(first, 'elasticsearch/elasticsearch.yml', 'enabled: false', 'enabled: true');
    await first.stop();
    const second = await startRange(dir, { addresses, only: ['search', 'live'] });
    onTestFinished(() => second.stop());
    expect(await readFile(join(dir, 'secrets', 'shop-app'), 'utf8')).toBe(password);
    expect((await fetch(`http://${addresses.outside}:9200/`)).status).toBe(401);
  });

  test('refuses to start from a compose file that does not parse, and leaves nothing running', async () => {
    const dir = await folder();
    const addresses = ownAddresses();
    const range = await startRange(dir, { addresses, only: ['search', 'live'] });
    await range.stop();
    await writeFile(join(dir, 'deploy', 'docker-compose.yml'), 'services: [');
    await expect(startRange(dir, { addresses, only: ['search', 'live'] })).rejects.toMatchObject({ code: 'E_LAB' });
    expect(await reachable(addresses.inside, 9200)).toBe(false);
  });
});

describe.skipIf(noLoopback !== undefined)('stopping', () => {
  test('takes less than two seconds, frees the ports and is idempotent', async () => {
    const addresses = ownAddresses();
    const range = await startRange(await folder(), { addresses });
    const started = performance.now();
    await range.stop();
    expect(performance.now() - started).toBeLessThan(2_000);
    await range.stop();
    for (const port of [9200, 5432, 1883]) expect(await whyNotFree(addresses.outside, port)).toBeUndefined();
  });

  test('takes a temporary folder with it, and leaves a named one', async () => {
    const temporary = await startRange(undefined, { addresses: ownAddresses(), only: ['live'] });
    await temporary.stop();
    await expect(stat(temporary.dir)).rejects.toMatchObject({ code: 'ENOENT' });
    const named = await startRange(await folder(), { addresses: ownAddresses(), only: ['live'] });
    await named.stop();
    expect((await stat(named.configPath)).isFile()).toBe(true);
  });

  test.skipIf(process.platform === 'win32')('leaves no server behind when the process is killed', async () => {
    const keeper = new URL('../../lab/range/keeper.js', import.meta.url).pathname;
    const work = await folder();
    const task = {
      command: process.execPath,
      args: ['-e', 'setInterval(() => {}, 1000); console.error("pid " + process.pid)'],
      cwd: tmpdir(),
      remove: work,
    };
    // A parent that dies without a word: its end of the pipe closes, and that is all the keeper learns.
    const parent = `
      const { spawn } = require('node:child_process');
      const keeper = spawn(process.execPath, [${JSON.stringify(keeper)}, ${JSON.stringify(JSON.stringify(task))}], { stdio: ['pipe', 'ignore', 'pipe'] });
      keeper.stderr.on('data', (text) => { process.stdout.write(text, () => process.kill(process.pid, 'SIGKILL')); });`;
    const output = await new Promise<string>((resolve) => {
      execFile(process.execPath, ['-e', parent], (_error, stdout) => resolve(stdout));
    });
    const pid = Number(/pid (\d+)/.exec(output)?.[1]);
    expect(pid).toBeGreaterThan(0);
    await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
    await expect.poll(() => stat(work).catch(() => undefined), { timeout: 5_000 }).toBeUndefined();
  });
});

describe.skipIf(noLoopback !== undefined)('a range in another process', () => {
  test('is found, restarted and stopped by the user who started it', async () => {
    const range = await startRange(await folder(), { addresses: ownAddresses(), only: ['search'] });
    onTestFinished(() => range.stop());
    const state = await folder();
    expect(await findRange(state)).toBeUndefined();
    let asked = 0;
    const announcement = await announceRange(range, () => asked++, state);
    const found = await findRange(state);
    expect(found?.status.dir).toBe(range.dir);
    await replaceIn(range, 'docker-compose.yml', '"9200:9200"', '"127.0.0.1:9200:9200"');
    const status = await found?.restart();
    expect(status?.services.find((service) => service.name === 'search')?.addresses).toEqual([range.addresses.inside]);
    await found?.stop();
    await expect.poll(() => asked).toBe(1);
    await announcement.close();
    expect(await findRange(state)).toBeUndefined();
  });

  test('that was killed is not found, and what it left is cleared away', async () => {
    const state = await folder();
    const path = join(state, 'range.json');
    await writeFile(path, JSON.stringify({ port: 1, token: 'x'.repeat(32), pid: 1 }), { mode: 0o600 });
    expect(await findRange(state)).toBeUndefined();
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
