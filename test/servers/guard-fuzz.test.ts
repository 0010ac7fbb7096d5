/**
 * Generated requests through the gateway to real stores: one node holds the two worlds one after the other, and what was
 * answered in the first is held against the second by the oracles of the runs in memory.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../src/guard/contract/request.ts';
import type { Dialect, Upstream } from '../../src/guard/contract/store.ts';
import { type Client, createClient } from '../../src/guard/upstream/client.ts';
import {
  createTally,
  describe as describeFailure,
  note,
  printTally,
  SEED,
  shareAnswered,
} from '../guard/fuzz/campaign.ts';
import { renderDraft } from '../guard/fuzz/draft.ts';
import { type Generated, generate } from '../guard/fuzz/generate.ts';
import { changes, compare, type Place, type Walked, walk } from '../guard/fuzz/run.ts';
import { createBench } from '../guard/harness/fixture.ts';
import type { SeenRequest } from '../guard/harness/memory-store.ts';
import { createWorld } from '../guard/harness/world.ts';
import { type Distribution, requireSearch, type SearchNode, startSearch } from './harness/search.ts';

const STORES: readonly { distribution: Distribution & Dialect; settings: readonly string[] }[] = [
  { distribution: 'elasticsearch-8', settings: ['xpack.security.enabled: false'] },
  { distribution: 'opensearch-2', settings: [] },
];

/** Of each store; `POSTERN_FUZZ_SCALE=10` sends ten times as many. */
const REQUESTS = 3000 * Number(process.env.POSTERN_FUZZ_SCALE ?? 1);
/** Cases that write change what later ones read, alike in both worlds; now and then all is as it was. */
const CASES_PER_RESET = 250;

const TEXT = (own: object) => ({ type: 'text', ...own });
const MAPPINGS = {
  dynamic: 'strict',
  properties: {
    name: TEXT({ fields: { keyword: { type: 'keyword' } } }),
    city: { type: 'keyword' },
    age: { type: 'integer' },
    tenant: { type: 'keyword' },
    email: { type: 'keyword' },
    ip: { type: 'ip' },
    phone: TEXT({ fields: { keyword: { type: 'keyword' } }, copy_to: 'all_text' }),
    tel: { type: 'alias', path: 'phone' },
    ssn: { type: 'keyword' },
    salary: { type: 'long' },
    notes: { properties: { private: { type: 'keyword' } } },
    all_text: TEXT({}),
    reviews: { type: 'nested', properties: { stars: { type: 'integer' }, secret: { type: 'keyword' } } },
    joined: { type: 'date' },
  },
};
/** Refreshed when a request says so and not in between, so that both worlds see alike; then `wait_for` would wait for ever. */
const SETTINGS = { number_of_shards: 1, number_of_replicas: 0, refresh_interval: '-1' };

for (const { distribution, settings } of STORES) {
  const folder = requireSearch(distribution);
  describe.skipIf(folder === undefined)(`generated requests to ${distribution}`, () => {
    let node: SearchNode;
    let client: Client;
    /** What the store itself refused or failed at. */
    const errors = new Map<string, number>();

    beforeAll(async () => {
      node = await startSearch(distribution, { settings });
      client = createClient({
        nodes: [{ host: '127.0.0.1', port: node.port, tls: null }],
        authorization: null,
        connections: 4,
        timeout: 5000,
        answerBytes: 16 * 1024 * 1024,
      });
    }, 180_000);
    afterAll(async () => {
      client?.close();
      await node?.stop();
    });

    /** The whole world, or the one index that is written to. */
    async function fill(variant: 1 | 2, tenant: 't1' | 't2', whole: boolean): Promise<void> {
      const names = whole ? 'profiles,orders,profiles-archive,canaryidx-1,canaryidx-2' : 'profiles';
      await node.ask('DELETE', `/${names}?ignore_unavailable=true`);
      for (const { name, documents } of createWorld(variant, distribution, tenant).indices.values()) {
        if (name.startsWith('.') || (!whole && name !== 'profiles')) continue;
        const aliases = name === 'profiles' ? { people: {}, me: { filter: { term: { tenant } } } } : {};
        const mapped = name === 'profiles' ? { mappings: MAPPINGS } : {};
        await node.ask('PUT', `/${name}`, { settings: SETTINGS, aliases, ...mapped });
        const lines = documents.flatMap(({ id, source }) => [{ index: { _id: id } }, source]);
        const answer = await fetch(`http://127.0.0.1:${node.port}/${name}/_bulk?refresh=true`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-ndjson' },
          body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
        });
        expect(await answer.json()).toMatchObject({ errors: false });
      }
    }

    function createPlace(variant: 1 | 2): Place {
      const seen: SeenRequest[] = [];
      const upstream: Upstream = {
        async send(request) {
          seen.push({ method: request.method, path: request.path, body: request.body });
          const answer = await client.send(request);
          if (answer.status >= 400 && answer.status !== 404) {
            const text = Buffer.from(answer.body).toString('utf8');
            const reason = /"reason":"((?:[^"\\]|\\.)*)/.exec(text)?.[1] ?? text;
            const known = UNDERSTOOD.find((one) => one.test(reason));
            const kind =
              known === undefined ? `${answer.status} ${reason.slice(0, 200)} to ${request.path}` : known.source;
            errors.set(kind, (errors.get(kind) ?? 0) + 1);
          }
          return answer;
        },
      };
      return { bench: createBench(variant, { dialect: distribution, upstream }), seen };
    }

    /** Every case of one side in one world, in turn. */
    async function runAll(variant: 1 | 2, tenant: 't1' | 't2', cases: readonly Generated[]): Promise<Walked[][]> {
      const place = createPlace(variant);
      const all: Walked[][] = [];
      let changed = true;
      for (const [at, { fuzz }] of cases.entries()) {
        if (changed && at % CASES_PER_RESET === 0) {
          await fill(variant, tenant, at === 0);
          changed = false;
        }
        const walked = await walk(place, fuzz, variant === 1);
        changed ||= changes(walked);
        for (const { told } of walked) told.answer = withoutStoreIds(told.answer);
        all.push(walked);
      }
      return all;
    }

    it('are answered alike in two worlds, show nothing hidden, and are what a store understands', async () => {
      const choices = { seed: SEED + 100, opensearch: distribution.startsWith('opensearch') };
      const cases: (Generated & { index: number })[] = [];
      for (let index = 0, requests = 0; requests < REQUESTS; index++) {
        const generated = generate(choices, index);
        requests += generated.fuzz.steps.length;
        for (const { params } of generated.fuzz.steps)
          for (const param of params) if (param[1] === 'wait_for') param[1] = 'true';
        cases.push({ ...generated, index });
      }
      const tally = createTally();
      const failures: string[] = [];
      for (const side of ['t1', 't2'] as const) {
        const own = cases.filter(({ fuzz }) => fuzz.side === side);
        const first = await runAll(1, side, own);
        const second = await runAll(2, side, own);
        for (const [at, { kind, fuzz, index }] of own.entries()) {
          const ran = compare(fuzz, first[at]!, second[at]!);
          note(tally, kind, ran);
          for (const violation of ran.violations)
            failures.push(describeFailure(choices, index, fuzz.steps.map(renderDraft), violation));
        }
      }
      console.info(`${distribution}, seed ${choices.seed}: ${printTally(tally)}`);
      console.info(`  the store itself said: ${[...errors].map(([kind, count]) => `${kind} ${count}`).join(', ')}`);
      expect(failures.slice(0, 5).join('\n\n'), `${failures.length} failures`).toBe('');
      expect(tally.requests).toBeGreaterThanOrEqual(REQUESTS);
      expect(shareAnswered(tally)).toBeGreaterThan(0.4);
      const understood = UNDERSTOOD.map(({ source }) => source);
      const unknown = [...errors].filter(([kind]) => !understood.includes(kind));
      expect(unknown.filter(([kind]) => kind.startsWith('5'))).toEqual([]);
      // A store knows more limits than a grammar can; that it meets many of them would be a fault of the grammar.
      expect(unknown.reduce((sum, [, count]) => sum + count, 0)).toBeLessThan(REQUESTS / 100);
    }, 600_000);
  });
}

/** The stores make ids of their own for documents without one, and say when a point in time was opened: never the same twice. */
function withoutStoreIds(answer: Answer): Answer {
  const text = Buffer.from(answer.body as Uint8Array).toString('utf8');
  const body = text
    .replace(/"_id":"[\w-]{20}"/g, '"_id":"made by the store"')
    .replace(/"creation_time":\d{13}/g, '"creation_time":0');
  return { ...answer, body };
}

/** What the stores themselves refuse of what the grammar permits. */
const UNDERSTOOD: readonly RegExp[] = [
  // A writer gave a field several values; OpenSearch calls this a failure of its own.
  /failed to (?:extract|collapse)|the (?:grouping|collapse) field must be single valued/,
  // What was looked up was changed by a request that did not refresh.
  /version conflict/,
  // The gateway leaves it to the store: the answer is an error in either case.
  /\[composite\] aggregation cannot be used with a parent aggregation/,
  /out of range for an integer/,
  /disabling \[track_total_hits\] is not allowed in a scroll context/,
];
