/** The gateway as processes: one is killed, all are told to end, a proof is sent to each of them. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeKey, makeProof } from '../../../src/guard/authn/testing/issuer.ts';
import { verifyJournal } from '../../../src/guard/journal/index.ts';
import { type FakeStore, honest, http, searchAnswer, startStore } from '../../../src/guard/upstream/testing/store.ts';
import { freePort } from '../../servers/harness/daemon.ts';
import { buildCommand, killAll, type Program, type Running, runGuard } from './child.ts';
import { ask, type Got, makePlace, type Place, policyText, search, stopAll, tagsIn, tokenFor } from './gateway.ts';

let program: Program;
let store: FakeStore;

beforeAll(async () => {
  program = await buildCommand();
});

afterAll(() => program.remove());

beforeEach(async () => {
  store = await startStore();
});

afterEach(async () => {
  await killAll();
  await stopAll();
  await store.stop();
});

interface Bench {
  readonly place: Place;
  readonly url: string;
  readonly port: number;
  readonly admin: string;
  readonly token: string;
  readonly running: Running;
}

async function bench(...args: string[]): Promise<Bench> {
  const port = await freePort();
  const adminPort = await freePort();
  const place = await makePlace(
    policyText({
      stores: [store.port],
      listener: `{ address: '127.0.0.1:${port}' }`,
      more: `journal: { durability: fsync }\nadmin: { address: '127.0.0.1:${adminPort}' }`,
    }),
  );
  const running = runGuard(program, [place.policy, ...args], place.folder);
  const admin = `http://127.0.0.1:${adminPort}`;
  const count = Number(args[args.indexOf('--workers') + 1] ?? 1) || 1;
  await expect.poll(() => running.listening().length, { timeout: 20_000 }).toBe(count);
  await expect.poll(() => statusOf(`${admin}/readyz`), { timeout: 10_000 }).toBe(200);
  return { place, url: `http://127.0.0.1:${port}`, port, admin, token: await tokenFor(place.key), running };
}

/** 0 where nobody answers. */
async function statusOf(url: string): Promise<number> {
  try {
    const answer = await request(url);
    await answer.body.dump();
    return answer.statusCode;
  } catch {
    return 0;
  }
}

/** On a connection of its own, so that any of the workers may get it. */
async function alone(url: string, path: string, headers: Record<string, string>, body: unknown): Promise<Got> {
  const answer = await request(`${url}${path}`, {
    method: 'POST',
    reset: true,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.statusCode, json: await answer.body.json(), headers: answer.headers };
}

/** Every process begins the ids of its requests in its own way. */
const processOf = ({ headers }: Got) => String(headers['x-request-id']).replace(/-[0-9a-z]+$/, '');

function idsIn(files: readonly string[]): Set<string> {
  return new Set(
    files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/"id":"([\w-]+-[0-9a-z]+)"/g)].map(([, id]) => id ?? ''),
    ),
  );
}

async function refuses(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', () => resolve(true));
  });
}

/** The system deals out the connections: asked again until both processes have answered. */
async function overBoth(ask: () => Promise<readonly Parameters<typeof processOf>[0][]>): Promise<void> {
  const seen = new Set<unknown>();
  for (let round = 0; round < 20 && seen.size < 2; round++) {
    for (const answer of await ask()) seen.add(processOf(answer));
  }
  expect(seen.size).toBe(2);
}

describe('a worker that is killed under load', () => {
  it('takes nothing with it but its connections, and another one takes its place', async () => {
    const { place, url, token, running, admin } = await bench('--workers', '2');
    const answered: Got[] = [];
    const wrong: unknown[] = [];
    let cut = 0;
    let going = true;
    let number = 0;
    const client = async () => {
      while (going) {
        const tag = `t${number++}`;
        const got = await search(url, token, tag).catch(() => undefined);
        if (got === undefined) cut++;
        else if (got.status === 200 && tagsIn(got).join() === `${tag},${tag}`) answered.push(got);
        else wrong.push([tag, got]);
      }
    };
    const clients = Array.from({ length: 16 }, client);
    for (let killed = 0; killed < 2; killed++) {
      const enough = answered.length + 300;
      await expect.poll(() => answered.length, { timeout: 15_000 }).toBeGreaterThan(enough);
      process.kill(running.listening()[killed] ?? Number.NaN, 'SIGKILL');
      await expect.poll(() => running.listening().length, { timeout: 15_000 }).toBe(3 + killed);
    }
    const enough = answered.length + 300;
    await expect.poll(() => answered.length, { timeout: 15_000 }).toBeGreaterThan(enough);
    going = false;
    await Promise.all(clients);
    expect(wrong).toEqual([]);
    // What ran on the killed ones, or met a connection of theirs that was not seen to be closed yet.
    expect(cut).toBeLessThan(100);
    expect(answered.length).toBeGreaterThan(900);
    expect(new Set(answered.map(processOf)).size).toBeGreaterThanOrEqual(3);
    expect(running.lines.filter(({ msg }) => msg.includes('ended (SIGKILL); another one is started'))).toHaveLength(2);
    expect(await statusOf(`${admin}/readyz`)).toBe(200);
    running.child.kill('SIGTERM');
    expect(await running.exit).toEqual({ code: 0, signal: null });
    // No answer had left before its entry was on the disk.
    const kept = idsIn(place.journals());
    expect(answered.map(({ headers }) => String(headers['x-request-id'])).filter((id) => !kept.has(id))).toEqual([]);
    const verified = await verifyJournal(place.journals());
    expect(verified.problems).toEqual([]);
    expect(verified.entries).toBeGreaterThanOrEqual(answered.length);
  }, 60_000);

  it('while the policy on the disk is bad leaves the others at work, and comes back when it is good', async () => {
    const { place, url, token, running } = await bench('--workers', '2');
    const good = readFileSync(place.policy, 'utf8');
    place.write(good.slice(0, 300));
    process.kill(running.listening()[0] ?? Number.NaN, 'SIGKILL');
    const failed = () => running.lines.filter(({ msg }) => /^worker \d ended/.test(msg)).length;
    await expect.poll(failed, { timeout: 15_000 }).toBeGreaterThan(1);
    for (let at = 0; at < 10; at++) {
      const got = await alone(
        url,
        '/things/_search',
        { authorization: `Bearer ${token}` },
        { query: { term: { tag: `t${at}` } } },
      );
      expect(tagsIn(got)).toEqual([`t${at}`, `t${at}`]);
    }
    place.write(good);
    await expect.poll(() => running.listening().length, { timeout: 15_000 }).toBe(3);
    running.child.kill('SIGTERM');
    expect(await running.exit).toEqual({ code: 0, signal: null });
  }, 60_000);
});

describe('several workers', () => {
  it('take a DPoP proof once and not once each', async () => {
    const { place, url } = await bench('--workers', '2');
    const device = await makeKey('device');
    const { calculateJwkThumbprint } = await import('jose');
    const token = await tokenFor(place.key, { cnf: { jkt: await calculateJwkThumbprint(device.jwk) } });
    const changes = { claims: { htm: 'POST', htu: `${url}/things/_search`, iat: Math.floor(Date.now() / 1000) } };
    const send = async (proof: string) =>
      alone(url, '/things/_search', { authorization: `DPoP ${token}`, dpop: proof }, { query: { match_all: {} } });
    const proofs: string[] = [];
    await overBoth(async () => {
      const more = await Promise.all(Array.from({ length: 8 }, () => makeProof(device, token, changes)));
      proofs.push(...more);
      const fresh = await Promise.all(more.map(send));
      expect(fresh.map(({ status }) => status)).toEqual(more.map(() => 200));
      return fresh;
    });
    // Each of them once more, at the same time and one after the other.
    const again = await Promise.all([...proofs, ...proofs].map(send));
    expect(again.map(({ status }) => status)).toEqual([...proofs, ...proofs].map(() => 401));
    await overBoth(async () => {
      const one = await makeProof(device, token, changes);
      const race = await Promise.all(Array.from({ length: 12 }, () => send(one)));
      expect(race.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(race.filter(({ status }) => status === 401)).toHaveLength(11);
      return race;
    });
  }, 60_000);

  it('read each other’s scroll ids, also those that made the keys together', async () => {
    const { url, token } = await bench('--workers', '2');
    store.behave = (asked) => {
      if (!asked.path.includes('scroll')) return honest(asked);
      const [, body = ''] = searchAnswer('x').split('\r\n\r\n');
      return http({ _scroll_id: 's', ...JSON.parse(body) });
    };
    const authorization = `Bearer ${token}`;
    const first = await alone(url, '/things/_search?scroll=1m', { authorization }, { size: 1 });
    expect(first.status).toBe(200);
    const scroll_id = (first.json as { _scroll_id: string })._scroll_id;
    await overBoth(async () => {
      const pages = await Promise.all(
        Array.from({ length: 8 }, () => alone(url, '/_search/scroll', { authorization }, { scroll: '1m', scroll_id })),
      );
      expect(pages.map(({ status }) => status)).toEqual(pages.map(() => 200));
      return pages;
    });
  }, 60_000);

  it.each([
    ['a listener', 'EADDRINUSE', (text: string, own: number) => text.replace(/(admin: .*:)\d+/, `$1${own}`)],
    ['the admin', 'admin address', (text: string, own: number) => text.replace(/(listeners: .*:)\d+/, `$1${own}`)],
  ])(
    'that cannot have the address of %s end the command, and do not try for ever',
    async (_what, why, change) => {
      const first = await bench();
      const second = await makePlace(
        change(readFileSync(first.place.policy, 'utf8'), await freePort()),
        first.place.key,
      );
      const running = runGuard(program, [second.policy, '--workers', '2'], second.folder);
      expect(await running.exit).toMatchObject({ code: 2 });
      expect(running.text).toContain(why);
      expect(tagsIn(await search(first.url, first.token, 'x'))).toEqual(['x', 'x']);
    },
    60_000,
  );
});

describe('a gateway that is told to end', () => {
  it.each([
    ['one process', []],
    ['two workers', ['--workers', '2']],
  ])(
    'finishes what runs, takes nothing new, and ends with 0: %s',
    async (_what, args) => {
      const waiting: (() => void)[] = [];
      const { place, url, port, token, running } = await bench(...args);
      store.behave = (asked, socket) => {
        waiting.push(() => socket.write(honest(asked)));
        return undefined;
      };
      const tags = Array.from({ length: 12 }, (_, at) => `t${at}`);
      const answers = tags.map((tag) => search(url, token, tag));
      await expect.poll(() => waiting.length).toBe(tags.length);
      running.child.kill('SIGTERM');
      await expect.poll(() => refuses(port), { timeout: 10_000 }).toBe(true);
      expect(running.child.exitCode).toBeNull();
      for (const release of waiting) release();
      expect((await Promise.all(answers)).map(tagsIn)).toEqual(tags.map((tag) => [tag, tag]));
      expect(await running.exit).toEqual({ code: 0, signal: null });
      expect(await verifyJournal(place.journals())).toMatchObject({ problems: [], unsigned: 0, entries: tags.length });
    },
    60_000,
  );

  it('waits no longer than its grace for a store that does not answer', async () => {
    const { url, token, running } = await bench('--grace', '1');
    store.behave = () => undefined;
    const cut = search(url, token, 'x').then(
      ({ status }) => status,
      () => 'cut',
    );
    await expect.poll(() => store.asked.length).toBe(1);
    const begun = performance.now();
    running.child.kill('SIGTERM');
    expect(await running.exit).toEqual({ code: 0, signal: null });
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(await cut).toBe('cut');
  }, 60_000);

  it('on SIGHUP reads its policy again, and says why where it cannot', async () => {
    const { place, url, token, running } = await bench();
    const good = readFileSync(place.policy, 'utf8');
    writeFileSync(place.policy, `${good}}\n`);
    running.child.kill('SIGHUP');
    const said = (text: string) => running.lines.some(({ msg }) => msg.includes(text));
    await expect.poll(() => said('the old one stays in force'), { timeout: 10_000 }).toBe(true);
    expect(tagsIn(await search(url, token, 'x'))).toEqual(['x', 'x']);
    rmSync(join(place.folder, 'jwks.json'));
    place.write(good.replace('operations: [search,', 'operations: ['));
    running.child.kill('SIGHUP');
    await expect.poll(() => said('is in force'), { timeout: 10_000 }).toBe(true);
    expect((await search(url, token, 'x')).status).toBe(403);
    expect((await ask(url, '/things/_count', { token, body: {} })).status).toBe(200);
  }, 60_000);
});
