/** The policy is replaced while requests run: each is decided by one policy, whole, and a bad file changes nothing. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { RawRequest } from '../../../src/guard/contract/request.ts';
import { type Asked, type FakeStore, http, startStore } from '../../../src/guard/upstream/testing/store.ts';
import {
  ask,
  makePlace,
  type Place,
  policyText,
  type Standing,
  search,
  stand,
  stopAll,
  tagsIn,
  tokenFor,
} from './gateway.ts';

const stores: FakeStore[] = [];

afterEach(async () => {
  await stopAll();
  for (const store of stores.splice(0)) await store.stop();
});

/** Two policies that have nothing in common but the index: another filter, other fields, other operations. */
const SIDES = {
  left: { filter: 'owner', field: 'a', operations: 'search, count' },
  right: { filter: 'region', field: 'b', operations: 'search' },
} as const;
type Side = keyof typeof SIDES;

function sideText(port: number, side: Side): string {
  const { filter, field, operations } = SIDES[side];
  return policyText({
    stores: [port],
    rule: `indices: [things]
        operations: [${operations}]
        filter: { term: { ${filter}: '\${claims.tenant}' } }
        filterFields: { ${filter}: keyword }
        fields: { ${field}: keyword }`,
  });
}

/** Which of the two policies the store was asked under; `mixed` if it cannot be said. */
function sideOf({ body }: Asked): Side | 'mixed' {
  const sides = (Object.keys(SIDES) as Side[]).filter((side) => {
    const { filter, field } = SIDES[side];
    const own = body.includes(`{"term":{"${filter}":{"value":"t1"}}}`);
    const includes: unknown = JSON.parse(body)._source?.includes;
    const shown = includes === undefined || JSON.stringify(includes) === JSON.stringify([field, filter].sort());
    const other = SIDES[side === 'left' ? 'right' : 'left'];
    return own && shown && !body.includes(`"${other.filter}"`) && !body.includes(`"${other.field}"`);
  });
  return sides.length === 1 && sides[0] !== undefined ? sides[0] : 'mixed';
}

/** Holds one document with everything, and says by its id under which policy it was asked for. */
function everything(asked: Asked): string {
  const side = sideOf(asked);
  const _shards = { total: 1, successful: 1, skipped: 0, failed: 0 };
  if (asked.path.includes('/_count')) return http({ count: side === 'left' ? 11 : 99, _shards });
  const _source = { a: 'A', b: 'B', owner: 't1', region: 't1' };
  const hits = [{ _index: 'things', _id: side, _score: 1, _source }];
  return http({
    took: 1,
    timed_out: false,
    _shards,
    hits: { total: { value: 1, relation: 'eq' }, max_score: 1, hits },
  });
}

/** What may be asked, and which policies an answer may come from. */
const QUESTIONS = [
  { path: '/things/_search', body: '{"query":{"match_all":{}}}' },
  { path: '/things/_search', body: '{"query":{"term":{"a":"A"}}}' },
  { path: '/things/_search', body: '{"query":{"term":{"b":"B"}}}' },
  { path: '/things/_count', body: '{}' },
] as const;

/** @returns the policy that this answer is right for; undefined where it is for none, or would be for both */
function judge(question: number, status: number, text: string): Side | undefined {
  const answer = JSON.parse(text);
  if (question === 3) return status === 403 ? 'right' : status === 200 && answer.count === 11 ? 'left' : undefined;
  if (status === 403) return question === 1 ? 'right' : question === 2 ? 'left' : undefined;
  const hits: { _id: string; _source: object }[] = answer.hits?.hits ?? [];
  if (status !== 200 || hits.length !== 1) return undefined;
  const shown = JSON.stringify(hits[0]?._source);
  const side = shown === '{"a":"A"}' ? 'left' : shown === '{"b":"B"}' ? 'right' : undefined;
  if (side === undefined || hits[0]?._id !== side) return undefined;
  return (question === 1 && side === 'right') || (question === 2 && side === 'left') ? undefined : side;
}

interface Bench extends Standing {
  readonly place: Place;
  readonly store: FakeStore;
  readonly token: string;
}

async function bench(): Promise<Bench> {
  const store = await startStore((asked) => everything(asked));
  stores.push(store);
  const place = await makePlace(sideText(store.port, 'left'));
  return { ...(await stand(place)), place, store, token: await tokenFor(place.key) };
}

function rawOf(question: number, token: string): RawRequest {
  const { path, body } = QUESTIONS[question] ?? QUESTIONS[0];
  return {
    method: 'POST',
    target: path,
    headers: ['Host', 'a', 'Authorization', `Bearer ${token}`, 'Content-Type', 'application/json'],
    body: Buffer.from(body),
    peer: { address: '192.0.2.1', port: 40_000 },
    protocol: '1.1',
    origin: 'http://127.0.0.1',
  };
}

/** Replaces the policy back and forth until it is told to stop; right after each reload the new one must decide. */
function flipping({ place, store, gateway, handle, token }: Bench): { stop(): Promise<number> } {
  let going = true;
  const done = (async () => {
    let flips = 0;
    for (let side: Side = 'right'; going; side = side === 'left' ? 'right' : 'left') {
      place.write(sideText(store.port, side));
      await gateway.reload();
      flips++;
      const { status, body } = await handle(rawOf(0, token));
      expect(judge(0, status, String(body))).toBe(side);
    }
    return flips;
  })();
  return {
    stop() {
      going = false;
      return done;
    },
  };
}

describe('a policy that is replaced under load', () => {
  it('decides 100,000 requests, each by exactly one of the two policies', async () => {
    const all = await bench();
    const { handle, token, store, logs } = all;
    const flips = flipping(all);
    const counted = { left: 0, right: 0, wrong: 0 };
    let number = 0;
    const client = async () => {
      while (number < 100_000) {
        const question = number++ % QUESTIONS.length;
        const { status, body } = await handle(rawOf(question, token));
        counted[judge(question, status, String(body)) ?? 'wrong']++;
      }
    };
    await Promise.all(Array.from({ length: 32 }, client));
    const flipped = await flips.stop();
    expect(counted.wrong).toBe(0);
    expect(counted.left + counted.right).toBe(100_000);
    expect(Math.min(counted.left, counted.right)).toBeGreaterThan(10_000);
    expect(flipped).toBeGreaterThan(5);
    expect(store.asked.map(sideOf)).not.toContain('mixed');
    expect(logs.filter((line) => line.startsWith('error'))).toEqual([]);
  }, 120_000);

  it('decides thousands that come over sockets so too, and cuts none of them', async () => {
    const all = await bench();
    const { url, token } = all;
    const flips = flipping(all);
    const counted = { left: 0, right: 0, wrong: 0 };
    let number = 0;
    const client = async () => {
      while (number < 4000) {
        const question = number++ % QUESTIONS.length;
        const { path, body } = QUESTIONS[question] ?? QUESTIONS[0];
        const { status, json } = await ask(url, path, { token, body: JSON.parse(body) });
        counted[judge(question, status, JSON.stringify(json)) ?? 'wrong']++;
      }
    };
    await Promise.all(Array.from({ length: 24 }, client));
    await flips.stop();
    expect(counted).toMatchObject({ wrong: 0 });
    expect(Math.min(counted.left, counted.right)).toBeGreaterThan(0);
  });

  it('lets a request finish with the store that it began with', async () => {
    const waiting: (() => void)[] = [];
    const first = await startStore((asked, socket) => {
      waiting.push(() => socket.write(everything(asked)));
      return undefined;
    });
    const second = await startStore((asked) => everything(asked));
    stores.push(first, second);
    const place = await makePlace(sideText(first.port, 'left'));
    const { url, gateway } = await stand(place);
    const token = await tokenFor(place.key);
    const body = { query: { match_all: {} } };
    const begun = ask(url, '/things/_search', { token, body });
    await expect.poll(() => waiting.length).toBe(1);
    place.write(sideText(second.port, 'right'));
    await gateway.reload();
    const after = await ask(url, '/things/_search', { token, body });
    expect(judge(0, after.status, JSON.stringify(after.json))).toBe('right');
    waiting[0]?.();
    const before = await begun;
    expect(judge(0, before.status, JSON.stringify(before.json))).toBe('left');
    // Ending leaves nothing open of the policy before.
    expect(first.sockets.size).toBe(1);
    await gateway.close(0);
    await expect.poll(() => first.sockets.size + second.sockets.size).toBe(0);
  });
});

describe('a policy that cannot be taken', () => {
  const STAYS = 'the policy was not replaced, the old one stays in force';

  async function standFirm() {
    const store = await startStore();
    stores.push(store);
    const good = policyText({ stores: [store.port] });
    const place = await makePlace(good);
    const standing = await stand(place);
    const token = await tokenFor(place.key);
    const refused = async () => {
      const text = await standing.gateway.metrics.registry.metrics();
      return Number(/postern_guard_reloads_total\{applied="false"\} (\d+)/.exec(text)?.[1] ?? 0);
    };
    return { ...standing, store, good, place, token, refused };
  }

  it.each([
    ['is cut in its middle', (good: string) => good.slice(0, good.length / 2), /half-written/],
    ['ends without a line break', (good: string) => good.trimEnd(), /half-written/],
    ['is empty', () => '', /half-written|expected/],
    ['is no YAML', (good: string) => `${good}}}: [\n`, /guard\.yaml:\d+:\d+/],
    ['has a word that it should not have', (good: string) => good.replace('operations:', 'operatoins:'), /operatoins/],
    ['grants what does not exist', (good: string) => good.replace('[search,', '[everything,'), /guard\.yaml:\d+:\d+/],
    [
      'names a secret that is not there',
      (good: string) => good.replace('version: 8', 'version: 8\n    credentials: { username: a, passwordFile: none }'),
      /none/,
    ],
    [
      'names a store that does not say what it is',
      (good: string) => good.replace('version: 8', 'version: auto').replace(/127\.0\.0\.1:\d+'\]/, "127.0.0.1:1']"),
      /does not say what it is/,
    ],
  ])('because it %s is told and left', async (_what, spoil, why) => {
    const { url, token, gateway, logs, refused, place, good } = await standFirm();
    const bad = spoil(good);
    expect(bad).not.toBe(good);
    place.write(bad);
    await gateway.reload();
    expect(logs.at(-1)).toContain(STAYS);
    expect(logs.at(-1)).toMatch(why);
    const count = await refused();
    expect(count).toBeGreaterThan(0);
    expect(tagsIn(await search(url, token, 'x'))).toEqual(['x', 'x']);
    expect(gateway.notReady()).toBeUndefined();
    place.write(good.replace('tag: keyword, tenant', 'tag: { type: keyword, mask: redact }, tenant'));
    await gateway.reload();
    expect(logs.at(-1)).toMatch(/policy [0-9a-f]{12} is in force/);
    expect(await refused()).toBe(count);
    expect((await search(url, token, 'x')).status).toBe(403);
  });

  it('because it was removed is told and left, and what is written in its place is taken', async () => {
    const { url, token, gateway, logs, refused, place, good } = await standFirm();
    rmSync(place.policy);
    await gateway.reload();
    expect(logs.at(-1)).toContain(STAYS);
    expect(await refused()).toBeGreaterThan(0);
    expect(tagsIn(await search(url, token, 'x'))).toEqual(['x', 'x']);
    place.write(good.replace('operations: [search,', 'operations: ['));
    await gateway.reload();
    expect((await search(url, token, 'x')).status).toBe(403);
  });

  it('is noticed without being told, once it has come to rest', async () => {
    const { url, token, logs, refused, place, good } = await standFirm();
    writeFileSync(join(place.folder, 'guard.yaml'), good.slice(0, 200));
    await expect.poll(() => logs.at(-1) ?? '', { timeout: 10_000 }).toContain(STAYS);
    expect(await refused()).toBe(1);
    expect(tagsIn(await search(url, token, 'x'))).toEqual(['x', 'x']);
    writeFileSync(join(place.folder, 'guard.yaml'), good.replace('operations: [search,', 'operations: ['));
    await expect.poll(async () => (await search(url, token, 'x')).status, { timeout: 10_000 }).toBe(403);
  });
});
