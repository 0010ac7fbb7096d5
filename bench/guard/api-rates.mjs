/** What three encrypted fields per document cost a typed API: list, get and create, beside the same without encryption. */
import { join } from 'node:path';
import { ENCRYPTED, order, PAGE, resource, role, SEARCH_RULE, WIDE, writeApiPolicy } from './api-policy.mjs';
import { capturingStore, documentStore, hit, searchAnswer } from './api-stores.mjs';
import { median, script } from './load.mjs';
import { measureRounds, of, ratios, spread, twoPlaces, whole } from './rounds.mjs';
import { writeTokens } from './tokens.mjs';
import { perSecond, wrappedKey } from './vault.mjs';

const CONNECTIONS = 64;
const PACED = { connections: 32, list: 100, one: 500 };
const LISTS = ['one-plain', 'one-sealed', 'many-plain', 'many-sealed'];
const RESOURCES = [
  resource('one-plain'),
  resource('one-sealed', { keys: 'owner' }),
  resource('many-plain', { tenant: true }),
  resource('many-sealed', { keys: 'recipient' }),
  resource('get-plain'),
  resource('get-sealed', { keys: 'owner' }),
  resource('create-plain'),
  resource('create-sealed', { keys: 'owner' }),
  resource('create-found', { keys: 'owner', lookup: true }),
].join('');
const MINE = { sub: 'ann', role: 'mobile' };
const BODY = JSON.stringify({ ...order(7, 'person-7'), phone: '+1202NNNNNNN' });

const recipient = (name, n) => (name.startsWith('many') ? `person-${n}` : 'person-7');

async function call(url, token, { method = 'GET', body, status = 200 } = {}) {
  const reply = await fetch(url, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await reply.text();
  if (reply.status !== status) throw new Error(`${url}: ${reply.status} instead of ${status}: ${text.slice(0, 300)}`);
  return text === '' ? null : JSON.parse(text);
}

function require(condition, what) {
  if (!condition) throw new Error(`checked before measuring: ${what}`);
}

/** @returns a section of the report, and its rows for the JSON */
export async function measureRates({ folder, issuer, guard, keep, ports, rounds, seconds }) {
  const policy = (port, store) =>
    writeApiPolicy(folder, {
      port,
      store,
      vault: 'vault',
      state: 'state',
      resources: RESOURCES,
      roles: role('mobile', `${WIDE}, documents: 100000000/1h`, SEARCH_RULE('one-plain')),
    });
  const documents = await capture();
  const answers = {};
  for (const name of LISTS) {
    answers[name] = searchAnswer(documents.get(name).map(({ id, source }, n) => hit(name, id, n, source)));
  }
  for (const kind of ['plain', 'sealed']) {
    const [{ id, source }] = documents.get(`one-${kind}`);
    answers[`get-${kind}`] = searchAnswer([hit(`get-${kind}`, id, 0, source)]);
  }
  await keep(documentStore(folder, ports.store, answers));
  const gateway = await keep(guard(policy(ports.guard, ports.store), ports.guard));
  const base = `http://127.0.0.1:${ports.guard}`;
  const store = `http://127.0.0.1:${ports.store}`;
  const idOf = (kind) => documents.get(`one-${kind}`)[0].id;
  const question = JSON.stringify({ query: { match_all: {} }, size: PAGE });
  await verify();

  const tokens = join(folder, 'mine.txt');
  writeTokens(tokens, issuer, 512, { role: 'mobile' }, 'ann');
  const scripts = (pauses) =>
    Object.fromEntries(
      [
        ['get', { method: 'GET', file: tokens }],
        ['post', { body: BODY, file: tokens }],
        ['search', { body: question, file: tokens }],
        ['none', { body: question }],
      ].map(([name, options]) => [
        name,
        (kind) => script(folder, `rates-${name}-${pauses?.[kind] ?? 0}`, { ...options, pause: pauses?.[kind] ?? null }),
      ]),
    );
  const full = rowsOf(scripts(null), CONNECTIONS);
  const measured = await measureRounds(full, { rounds, seconds });
  const pause = (rate) => Math.round((1000 * PACED.connections) / rate);
  const paced = rowsOf(scripts({ list: pause(PACED.list), one: pause(PACED.one) }), PACED.connections);
  const fixed = await measureRounds(paced, { rounds, seconds });
  await verify();
  await gateway.stop();

  const floor = [];
  for (let round = 0; round < rounds; round++) floor.push(1e6 / (await perSecond(seconds / 5, 1, wrappedKey().open)));
  return report({ measured, fixed, answers, rounds, seconds, floor: median(floor) });

  /** The built gateway writes every document once, in front of a store that keeps what it gets. */
  async function capture() {
    const capturing = await capturingStore(ports.capture);
    const writer = await guard(policy(ports.writer, ports.capture), ports.writer);
    try {
      const token = issuer.issue(MINE);
      for (const name of LISTS) {
        for (let n = 0; n < PAGE; n++) {
          const body = order(n, recipient(name, n));
          const made = await call(`http://127.0.0.1:${ports.writer}/v1/${name}`, token, {
            ...{ method: 'POST', body, status: 201 },
          });
          require(made.phone === body.phone, 'a creation answers with what was sent');
        }
      }
      return capturing.documents;
    } finally {
      await writer.stop();
      await capturing.stop();
    }
  }

  async function verify() {
    const mine = issuer.issue(MINE);
    const whatIsIn = (name) => JSON.parse(answers[name]).hits.hits.map(({ _source }) => _source);
    for (const name of LISTS) {
      const { items } = await call(`${base}/v1/${name}`, mine);
      require(items.length === PAGE, `${name} has ${PAGE} documents`);
      items.forEach((item, n) => {
        const expected = order(n, recipient(name, n));
        for (const [key, value] of Object.entries(expected)) require(item[key] === value, `${name}: ${key} of ${n}`);
      });
      const direct = await call(`${store}/${name}/_search`, null, { method: 'POST', body: question });
      require(JSON.stringify(direct) === answers[name], `nginx answers what was captured of ${name}`);
      const sealed = name.endsWith('sealed');
      const texts = whatIsIn(name).flatMap((source) => ENCRYPTED.map((key) => source[key]));
      require(texts.every((text) => /^pv1\.[\w-]+$/.test(text) === sealed), `${name} in the store`);
      if (sealed) {
        require(new Set(texts).size === PAGE * ENCRYPTED.length, `every ciphertext of ${name} is another`);
        const people = new Set(whatIsIn(name).map(({ person }) => person));
        require(people.size === (name.startsWith('many') ? PAGE : 1), `people in ${name}`);
        require(!answers[name].includes('mail.example.org'), `no value of ${name} in the clear`);
      }
    }
    for (const kind of ['plain', 'sealed']) {
      const got = await call(`${base}/v1/get-${kind}/${idOf(kind)}`, mine);
      require(got.email === order(0).email && got.id === idOf(kind), `get of ${kind}`);
    }
    for (const kind of ['plain', 'sealed', 'found']) {
      const body = order(3, 'person-3');
      const made = await call(`${base}/v1/create-${kind}`, mine, { method: 'POST', body, status: 201 });
      for (const [key, value] of Object.entries(body)) require(made[key] === value, `create of ${kind}: ${key}`);
    }
    const found = await call(`${base}/one-plain/_search`, mine, { method: 'POST', body: question });
    require(found.hits.hits.length === PAGE && !('customer' in found.hits.hits[0]._source), 'the search is filtered');
    // Another person's documents, if the store should ever answer with them, are shown to nobody.
    const ben = issuer.issue({ ...MINE, sub: 'ben' });
    for (const name of ['one-plain', 'one-sealed']) await call(`${base}/v1/${name}`, ben, { status: 500 });
    await call(`${base}/v1/one-sealed`, null, { status: 401 });
    await call(`${base}/v1/one-sealed`, issuer.issue({ ...MINE, role: 'stranger' }), { status: 404 });
  }

  function rowsOf(make, connections) {
    const row = (key, name, kind, script, url, base, processes = [gateway]) => {
      return { key, name, base, processes, kind, loads: [{ url, script: make[script](kind), connections }] };
    };
    const typed = (key, name, kind, base) =>
      row(key, name, kind, key.startsWith('create') ? 'post' : 'get', `${api(key)}`, base);
    const api = (key) => `${base}/v1/${key}${key.startsWith('get') ? `/${idOf(key.slice(4))}` : ''}`;
    return [
      row(
        'nginx-list',
        'nginx itself: the 100 documents, plain',
        'list',
        'none',
        `${store}/one-plain/_search`,
        null,
        [],
      ),
      row('search', 'search endpoint, strict: the same 100', 'list', 'search', `${base}/one-plain/_search`, null),
      typed('one-plain', "list, plain: caller's own", 'list', null),
      typed('one-sealed', "list, 3 fields encrypted: all of one person's key", 'list', 'one-plain'),
      typed('many-plain', "list, plain: a tenant's", 'list', null),
      typed('many-sealed', 'list, 3 fields encrypted: keys of 100 people', 'list', 'many-plain'),
      row('nginx-get', 'nginx itself: one document, plain', 'one', 'none', `${store}/get-plain/_search`, null, []),
      typed('get-plain', 'get, plain', 'one', null),
      typed('get-sealed', 'get, 3 fields encrypted', 'one', 'get-plain'),
      typed('create-plain', 'create, plain', 'one', null),
      typed('create-sealed', 'create, 3 fields encrypted', 'one', 'create-plain'),
      typed(
        'create-found',
        'create, 3 fields encrypted, one with a look-up (a durable write of the vault)',
        'one',
        'create-plain',
      ),
    ];
  }
}

function report({ measured, fixed, answers, rounds, seconds, floor }) {
  const byKey = Object.fromEntries(measured.map((row) => [row.key, row]));
  const fixedByKey = Object.fromEntries(fixed.map((row) => [row.key, row]));
  const cpu = (row) => (row.processes.length === 0 ? null : median(of(row, 'cpu')));
  const json = measured.map((row) => {
    const base = byKey[row.base];
    const slow = fixedByKey[row.key];
    const before = fixedByKey[row.base];
    return {
      key: row.key,
      name: row.name,
      rate: Math.round(median(of(row, 'rate'))),
      cpuMicros: cpu(row),
      ratio: base ? median(ratios(row, base)) : null,
      cpuRatio: base ? median(ratios(row, base, 'cpu')) : null,
      fixedRate: median(of(slow, 'rate')),
      p50: median(of(slow, 'p50')),
      p99: median(of(slow, 'p99')),
      addedP99: before ? median(slow.rounds.map((round, n) => round.p99 - before.rounds[n].p99)) : null,
    };
  });
  const decrypted = PAGE * ENCRYPTED.length;
  const perField = [
    ['one-sealed', 'one-plain'],
    ['many-sealed', 'many-plain'],
  ].map(([sealed, plain]) => ({
    key: sealed,
    micros: median(byKey[sealed].rounds.map((round, n) => (round.cpu - byKey[plain].rounds[n].cpu) / decrypted)),
  }));
  const bytes = Object.fromEntries(Object.entries(answers).map(([name, text]) => [name, Buffer.byteLength(text)]));
  const show = (n, print) => (n === null ? '–' : print(n));
  const text = [
    '## List, get and create',
    `${CONNECTIONS} connections for ${seconds} s, ${rounds} rounds interleaved, one gateway process. ${PAGE} documents per page; the store's answer is ${whole(bytes['one-plain'])} bytes plain and ${whole(bytes['one-sealed'])} encrypted (one person), ${whole(bytes['many-plain'])} and ${whole(bytes['many-sealed'])} (a tenant's). The encrypted documents were written by the gateway itself in front of a stand-in store, and nginx serves what it wrote. CPU is that of the gateway with all its threads. Ratios are to the row without encryption, within each round: median (range).`,
    [
      '| row | requests/s: median (range) | ÷ plain | CPU µs/request | CPU ÷ plain |',
      '|---|---|---|---|---|',
      ...measured.map((row) => {
        const base = byKey[row.base];
        return `| ${row.name} | ${spread(of(row, 'rate'))} | ${base ? spread(ratios(row, base), twoPlaces) : '–'} | ${show(cpu(row), whole)} | ${base ? spread(ratios(row, base, 'cpu'), twoPlaces) : '–'} |`;
      }),
    ].join('\n'),
    `Per encrypted field of a list (its share of the added CPU): ${perField.map(({ key, micros }) => `${micros.toFixed(1)} µs (${key === 'one-sealed' ? 'one key' : `${PAGE} keys`})`).join(', ')}; opening 60 bytes of AES-256-GCM alone with node:crypto takes ${floor.toFixed(1)} µs, a ratio of ${perField.map(({ micros }) => (micros / floor).toFixed(2)).join(' and ')}. The search endpoint takes ${whole(cpu(byKey.search))} µs of CPU for the ${PAGE} documents that the plain list shows with ${whole(cpu(byKey['one-plain']))} µs: the list is ${median(ratios(byKey['one-plain'], byKey.search)).toFixed(2)}× its requests/s.`,
    '### At a fixed rate',
    `${PACED.connections} connections that pause between requests at random: ${whole(PACED.list)} lists/s, ${whole(PACED.one)} others/s. Added p99 is to the row without encryption, within each round.`,
    [
      '| row | requests/s | p50 ms | p99 ms | added p99 ms |',
      '|---|---|---|---|---|',
      ...json.map(
        ({ name, fixedRate, p50, p99, addedP99 }) =>
          `| ${name} | ${whole(fixedRate)} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${show(addedP99, twoPlaces)} |`,
      ),
    ].join('\n'),
  ];
  return { text, json: { rows: json, bytes, perEncryptedFieldMicros: perField, openMicros: floor } };
}
