/** Two gateways that count in one Redis: budgets of documents, used DPoP proofs, and what the counting costs. */
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import http from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { order, PAGE, resource, role, WIDE, writeApiPolicy } from './api-policy.mjs';
import { documentStore, endlessStore, hit, searchAnswer } from './api-stores.mjs';
import { median, script } from './load.mjs';
import { start } from './peers.mjs';
import { measureRounds, of, ratios, spread, twoPlaces, whole } from './rounds.mjs';
import { writeTokens } from './tokens.mjs';

const LANES = 16;
/** Of a HyperLogLog with 2^14 registers: 1.04 / √16384. */
const STANDARD_ERROR = 0.0081;
const DOCUMENT = '00000000-0000-4000-8000-00000000abcd';
const CONNECTIONS = 64;

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const sha = (text) => createHash('sha256').update(text).digest('base64url');

/** @returns a section of the report, and its figures for the JSON */
export async function measureShared(context) {
  const { folder, issuer, guard, keep, ports, rounds, seconds, quick } = context;
  const budgets = quick ? [137, 300] : [1000, 10_000, 100_000];
  const trials = quick ? 2 : 10;
  const proofs = quick ? 200 : 2000;
  const url = `http://127.0.0.1:${ports.first}`;
  const both = [ports.first, ports.second];
  const agent = new http.Agent({ keepAlive: true });
  const redis = await keep(
    start(
      'redis-server',
      [...['--port', ports.redis, '--bind', '127.0.0.1'], ...['--save', '', '--appendonly', 'no']],
      ports.redis,
    ),
  );

  /** Gateways that share their keys, and Redis unless it is said otherwise. The first is what clients call it. */
  async function gateways(at, { store, limits = '', documents = null, shared = true }) {
    const started = [];
    for (const port of at) {
      const file = writeApiPolicy(folder, {
        ...{ port, store, publicUrl: url, state: 'state-shared' },
        resources: resource('items', { tenant: true, roles: ['budget', 'wide'] }),
        roles:
          role('budget', `${WIDE}${documents === null ? '' : `, documents: ${documents}/1h`}`) + role('wide', WIDE),
        limits: [
          ...(shared ? [`store: { valkey: { url: 'redis://127.0.0.1:${ports.redis}' } }`] : []),
          ...(limits === '' ? [] : [limits]),
        ].join(', '),
      });
      // One after the other: the first makes the keys.
      started.push(await keep(guard(file, port)));
    }
    return { all: started, stop: () => Promise.all(started.map((one) => one.stop())) };
  }

  function ask(port, path, headers) {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path, headers, agent };
      const request = http.get(options, (reply) => {
        const chunks = [];
        reply.on('data', (chunk) => chunks.push(chunk));
        reply.on('end', () => resolve({ status: reply.statusCode, json: JSON.parse(Buffer.concat(chunks)) }));
      });
      request.on('error', reject);
    });
  }

  const bearer = (claims) => {
    const authorization = `Bearer ${issuer.issue(claims)}`;
    return () => ({ authorization });
  };

  /** Headers of requests bound to a new key. */
  function device(claims) {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
    const token = issuer.issue({ ...claims, cnf: { jkt: sha(JSON.stringify({ crv, kty, x, y })) } });
    const head = encode({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } });
    return (path) => {
      const iat = Math.floor(Date.now() / 1000);
      const htu = `${url}${path.split('?')[0]}`;
      const input = `${head}.${encode({ jti: randomUUID(), htm: 'GET', htu, iat, ath: sha(token) })}`;
      const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return { authorization: `DPoP ${token}`, dpop: `${input}.${signature.toString('base64url')}` };
    };
  }

  /** Until both answer as they should: a gateway listens before it has reached Redis. @throws Error after ten seconds */
  async function ready(pair, path, headers) {
    for (const port of both) {
      for (let tries = 0; ; tries++) {
        const { status, json } = await ask(port, path, headers(path));
        if (status === 200) break;
        const told = `${status} ${JSON.stringify(json)} ${pair.all.map(({ log }) => log()).join('')}`;
        if (status !== 503 || tries === 100) throw new Error(`a gateway on Redis: ${told}`);
        await wait(100);
      }
    }
  }

  /**
   * Asks both gateways at once for documents that nobody has seen, until not even one is shown.
   *
   * @returns ids that were; undefined after a 503: whether its documents were counted is not known
   */
  async function exhaust(headers) {
    const shown = new Set();
    let asked = 0;
    let lost = false;
    for (const size of [PAGE, 10, 1]) {
      let spent = false;
      const lane = async () => {
        while (!spent && !lost) {
          const path = `/v1/items?size=${size}`;
          const { status, json } = await ask(both[asked++ % 2], path, headers(path));
          if (status === 429) spent = true;
          else if (status === 503) lost = true;
          else if (status === 200) for (const { id } of json.items) shown.add(id);
          else throw new Error(`a list under a budget: ${status} ${JSON.stringify(json)}`);
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
    }
    return lost ? undefined : shown;
  }

  /** A trial with somebody new, again where an answer was lost. @returns ids, and how often it had to be begun again */
  async function trial(somebody) {
    for (let again = 0; again < 5; again++) {
      const headers = somebody(again);
      const shown = await exhaust(headers);
      if (shown !== undefined) return { headers, shown, again };
    }
    throw new Error('five trials in turn met a 503: the gateways cannot reach Redis in time');
  }

  async function requireSpent(headers, shown) {
    const [one] = shown;
    for (const port of both) {
      const again = `/v1/items/${one}`;
      const { status } = await ask(port, again, headers(again));
      if (status !== 200) throw new Error(`what was shown before costs nothing: ${status}`);
      const more = '/v1/items?size=1';
      const { status: refused } = await ask(port, more, headers(more));
      if (refused !== 429) throw new Error(`the budget is spent for both gateways: ${refused}`);
    }
  }

  async function measureBudgets() {
    const rows = [];
    const store = await keep(endlessStore(ports.endless));
    for (const budget of budgets) {
      console.error(`${new Date().toISOString()} shared: budget of ${budget}`);
      const limits = `device: { documents: ${budget}/1h }, counting: estimate`;
      const pair = await gateways(both, { store: ports.endless, documents: budget, limits });
      await ready(pair, '/v1/items?size=1', bearer({ sub: 'ready', role: 'wide' }));
      const row = { budget, exact: [], estimate: [], repeated: 0 };
      for (let n = 0; n < trials; n++) {
        const exact = await trial((again) => bearer({ sub: `exact-${budget}-${n}-${again}`, role: 'budget' }));
        await requireSpent(exact.headers, exact.shown);
        row.exact.push(exact.shown.size);
        const estimate = await trial((again) => device({ sub: `estimate-${budget}-${n}-${again}`, role: 'wide' }));
        row.estimate.push(estimate.shown.size);
        row.repeated += exact.again + estimate.again;
      }
      await pair.stop();
      rows.push(row);
    }
    return { rows, store };
  }

  /** Each proof to both gateways at the same moment. @returns how many were accepted never, once and twice */
  async function measureReplays(shared) {
    const pair = await gateways(both, { store: ports.endless, shared });
    const path = `/v1/items/${DOCUMENT}`;
    await ready(pair, path, bearer({ sub: 'ready', role: 'wide' }));
    const phones = Array.from({ length: 32 }, (_, n) => device({ sub: `phone-${n}`, role: 'wide' }));
    const accepted = [0, 0, 0];
    let next = 0;
    const lane = async () => {
      while (next < proofs) {
        const headers = phones[next++ % phones.length](path);
        const replies = await Promise.all(both.map((port) => ask(port, path, headers)));
        for (const { status, json } of replies) {
          if (status !== 200 && status !== 401) throw new Error(`a proof: ${status} ${JSON.stringify(json)}`);
        }
        accepted[replies.filter(({ status }) => status === 200).length]++;
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    await pair.stop();
    return accepted;
  }

  async function measureThroughput() {
    const source = { tenant: 't1', ...order(1, 'person-1') };
    const ids = Array.from({ length: PAGE }, (_, n) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`);
    const hits = (all) => searchAnswer(all.map((id, n) => hit('items', id, n, source)));
    const files = join(folder, 'items.txt');
    writeTokens(files, issuer, 512, { role: 'budget' });
    const check = bearer({ sub: 'check', role: 'budget' });
    const rows = [];
    for (const [kind, path, answer] of [
      ['get', `/v1/items/${ids[0]}`, hits(ids.slice(0, 1))],
      ['list', '/v1/items', hits(ids)],
    ]) {
      const store = await keep(documentStore(join(folder, kind), ports.store, { items: answer }));
      const options = { store: ports.store, documents: 100_000_000 };
      const alone = await gateways([ports.alone], { ...options, shared: false });
      const pair = await gateways(both, options);
      for (const port of [ports.alone, ...both]) {
        const { status, json } = await ask(port, path, check());
        const documents = kind === 'get' ? [json] : json.items;
        const right = documents?.length === (kind === 'get' ? 1 : PAGE) && documents[0].email === source.email;
        if (status !== 200 || !right) throw new Error(`${kind}: ${status} ${JSON.stringify(json).slice(0, 300)}`);
      }
      const wrk = script(folder, `shared-${kind}`, { method: 'GET', file: files });
      const load = (port, connections) => ({ url: `http://127.0.0.1:${port}${path}`, script: wrk, connections });
      const what = kind === 'get' ? 'get of one document' : `list of ${PAGE} documents`;
      rows.push(
        ...(await measureRounds(
          [
            {
              key: `${kind}-memory`,
              name: `${what}: one gateway, limits in memory`,
              processes: alone.all,
              loads: [load(ports.alone, CONNECTIONS)],
            },
            {
              key: `${kind}-one`,
              name: `${what}: one gateway on Redis`,
              processes: [pair.all[0]],
              beside: [redis],
              loads: [load(ports.first, CONNECTIONS)],
            },
            {
              key: `${kind}-two`,
              name: `${what}: two gateways on one Redis`,
              processes: pair.all,
              beside: [redis],
              loads: both.map((port) => load(port, CONNECTIONS / 2)),
            },
          ].map((row) => ({ ...row, base: `${kind}-memory` })),
          { rounds, seconds },
        )),
      );
      await Promise.all([alone.stop(), pair.stop()]);
      await store.stop();
    }
    return rows;
  }

  const { rows: spent, store } = await measureBudgets();
  const replays = { shared: await measureReplays(true), memory: await measureReplays(false) };
  await store.stop();
  agent.destroy();
  const throughput = await measureThroughput();
  await redis.stop();
  return report({ spent, replays, throughput, proofs, trials, rounds, seconds });
}

function report({ spent, replays, throughput, proofs, trials, rounds, seconds }) {
  const percent = (part) => `${part < 0 ? '−' : '+'}${Math.abs(100 * part).toFixed(2)} %`;
  const rows = spent.map(({ budget, exact, estimate, repeated }) => {
    const errors = estimate.map((shown) => (shown - budget) / budget);
    return {
      ...{ budget, exact, estimate, errors, repeated },
      exactlyRight: exact.filter((shown) => shown === budget).length,
      rootMeanSquare: Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length),
      withinThree: errors.filter((error) => Math.abs(error) <= 3 * STANDARD_ERROR).length,
    };
  });
  const byKey = Object.fromEntries(throughput.map((row) => [row.key, row]));
  const figures = throughput.map((row) => ({
    key: row.key,
    name: row.name,
    rate: Math.round(median(of(row, 'rate'))),
    ratio: median(ratios(row, byKey[row.base])),
    cpuMicros: median(of(row, 'cpu')),
    redisMicros: row.beside ? median(of(row, 'cpuBeside')) : null,
    p50: median(of(row, 'p50')),
    p99: median(of(row, 'p99')),
  }));
  const text = [
    '## Two gateways on one Redis',
    '### Budgets of distinct documents',
    `${LANES} requests at a time, to both gateways in turn, for documents that nobody has seen: pages of ${PAGE}, of 10 and of 1, until a single one is refused; what was shown is counted by its ids. ${trials} principals (exact) and ${trials} devices (estimate) for each budget. After an exact budget was spent, both gateways still showed what had been shown before, and neither a new document. ${rows.reduce((sum, { repeated }) => sum + repeated, 0)} trials were begun again with somebody new because a gateway could not reach Redis in time (503). The stated standard error of the estimate is ${(100 * STANDARD_ERROR).toFixed(2)} %.`,
    [
      '| budget | exact: shown | exactly the budget | estimate: shown | error of each | root mean square | within three standard errors |',
      '|---|---|---|---|---|---|---|',
      ...rows.map(
        ({ budget, exact, exactlyRight, estimate, errors, rootMeanSquare, withinThree }) =>
          `| ${whole(budget)} | ${[...new Set(exact)].map(whole).join(', ')} | ${exactlyRight} of ${exact.length} | ${estimate.map(whole).join(', ')} | ${errors.map(percent).join(', ')} | ${(100 * rootMeanSquare).toFixed(2)} % | ${withinThree} of ${errors.length} |`,
      ),
    ].join('\n'),
    '### DPoP proofs sent to both gateways at once',
    [
      '| proofs | used proofs are remembered | accepted by none | by exactly one | by both |',
      '|---|---|---|---|---|',
      `| ${whole(proofs)} | in Redis | ${replays.shared.map(whole).join(' | ')} |`,
      `| ${whole(proofs)} | by each gateway alone (the control) | ${replays.memory.map(whole).join(' | ')} |`,
    ].join('\n'),
    '### Throughput',
    `Typed reads without encryption, nginx behind, 512 tokens, ${CONNECTIONS} connections in all for ${seconds} s, ${rounds} rounds interleaved; the exact budget of each principal is counted (one document for a get, ${PAGE} for a list). CPU is that of all gateways of the row, and beside it that of Redis. The ratio is within each round: median (range).`,
    [
      '| row | requests/s: median (range) | ÷ one in memory | CPU µs/request | of Redis | p50 ms | p99 ms |',
      '|---|---|---|---|---|---|---|',
      ...throughput.map(
        (row) =>
          `| ${row.name} | ${spread(of(row, 'rate'))} | ${spread(ratios(row, byKey[row.base]), twoPlaces)} | ${whole(median(of(row, 'cpu')))} | ${row.beside ? whole(median(of(row, 'cpuBeside'))) : '–'} | ${median(of(row, 'p50')).toFixed(1)} | ${median(of(row, 'p99')).toFixed(1)} |`,
      ),
    ].join('\n'),
  ];
  const right = rows.reduce((sum, { exactlyRight }) => sum + exactlyRight, 0);
  const tried = rows.length * trials;
  const overall = Math.sqrt(rows.reduce((sum, { rootMeanSquare }) => sum + rootMeanSquare ** 2, 0) / rows.length);
  const bars = [
    [right === tried, `exact budgets: ${right} of ${tried} showed exactly the budget`],
    [
      overall <= 1.5 * STANDARD_ERROR,
      `estimated budgets: error of ${(100 * overall).toFixed(2)} % (root mean square of ${tried} trials), at most 1.5 × the stated ${(100 * STANDARD_ERROR).toFixed(2)} %`,
    ],
    [
      replays.shared[1] === proofs,
      `DPoP proofs: ${whole(replays.shared[1])} of ${whole(proofs)} accepted exactly once`,
    ],
    [replays.memory[2] === proofs, 'the control: gateways that share nothing accept each proof twice'],
  ];
  return { text, json: { budgets: rows, replays, throughput: figures }, bars };
}
