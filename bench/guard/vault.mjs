/**
 * The vault over an embedded store, at several numbers of people: each number has a vault of its own. What it does is timed in
 * this process, over the compiled modules; the memory is that of a gateway process over the same vault. Beside each figure
 * stands what its parts take alone, in the same rounds: one `get` of lmdb, one AES-256-GCM opening of a wrapped key.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { ENCRYPTED, order, PAGE, resource, role, WIDE, writeApiPolicy } from './api-policy.mjs';
import { hit, searchAnswer, walkingStore } from './api-stores.mjs';
import { median, script, wrkBeside } from './load.mjs';
import { spread, twoPlaces, whole } from './rounds.mjs';
import { writeTokens } from './tokens.mjs';

/** Keys that the gateway keeps, the default. */
const CACHE = 50_000;
/** People who are looked up again and again. */
const HOT = 10_000;
/** So few that going around all people finds none of them there. */
const COLD_CACHE = 200;
const SAMPLE = 200_000;
const CONCURRENT = 4096;
const BATCH = 500;
const SLICE_MS = 100;
const WEEK = 7 * 86_400_000;
const NONCE = 12;
const TAG = 16;

const name = (n) => `person-${n}`;
const place = (column) => ({ store: 'elasticsearch', column });

/** @returns a section of the report, and its figures for the JSON */
export async function measureVault(context) {
  const { folder, modules, people, quick } = context;
  const load = (path) => import(pathToFileURL(join(modules, path)).href);
  const parts = {
    ...(await load('crypto/keyring/index.js')),
    ...(await load('db/embedded-environment.js')),
    ...(await load('db/vault-embedded.js')),
    ...(await load('guard/vault/index.js')),
  };
  const settings = {
    rounds: context.rounds,
    /** Of one loop in one round. */
    loopSeconds: quick ? 0.2 : 2,
    /** That the gateway serves reads, at least. */
    readSeconds: quick ? 2 : 90,
    shreds: quick ? 5 : 100,
  };
  const stages = [];
  for (const count of people) {
    console.error(`${new Date().toISOString()} vault: ${count} people`);
    const home = join(folder, `vault-${count}`);
    mkdirSync(home, { recursive: true });
    stages.push(await measureOne({ ...context, ...settings, parts, home, count }));
  }
  return report(stages, settings);
}

async function measureOne(context) {
  const { parts, home, count, shreds } = context;
  const environment = await parts.openEnvironment(join(home, 'data'));
  const open = async (gateway, cache) => {
    const root = await parts.openRootKey({ kind: 'file', path: join(home, 'root.key') }, async () => '');
    const keys = await parts.openEpochKeys(join(home, 'keys'), root, { epochMs: WEEK });
    const store = parts.createEmbeddedVault(environment);
    return parts.createVault({ store, keys, gateway, cache: { subjects: cache, ttl: 300_000 } });
  };
  const warm = await open('bench-warm', CACHE);
  const cold = await open('bench-cold', COLD_CACHE);
  environment.enlist();

  // Those who will be shredded are not among those who are read.
  const { seconds: making, references } = await create(warm, count);
  for (let n = 0; n < shreds; n++) await warm.open(`gone-${n}`);
  const status = await warm.status();
  if (status.subjects !== count + shreds) throw new Error(`${status.subjects} people instead of ${count + shreds}`);
  const disk = diskOf(environment, join(home, 'data'), count + shreds);

  const reads = await measureReads({ ...context, environment, warm, cold, references });
  const records = await seal(cold, count);
  const { memory, gateway } = await measureGateway({ ...context, records, references });
  const shred = await measureShreds({ ...context, environment, vault: warm });
  const rotation = await measureRotation({ ...context, vault: warm, count });
  await verify(cold, count, records);
  const after = diskOf(environment, join(home, 'data'), count + shreds);
  await gateway.stop();
  await Promise.all([warm.close(), cold.close()]);
  await environment.close();
  return {
    count,
    creation: { seconds: making, perSecond: count / making },
    disk,
    after,
    reads,
    memory,
    shred,
    rotation,
  };
}

/** @returns seconds, and everybody's reference: 16 bytes each */
async function create(vault, count) {
  const references = Buffer.alloc(count * 16);
  let next = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: Math.min(CONCURRENT, count) }, async () => {
      while (next < count) {
        const n = next++;
        const { reference } = await vault.open(name(n));
        references.write(reference, n * 16, 'base64url');
      }
    }),
  );
  return { seconds: (performance.now() - began) / 1000, references };
}

const referenceOf = (references, n) => references.toString('base64url', n * 16, n * 16 + 16);

function diskOf(environment, folder, people) {
  const files = readdirSync(folder).filter((file) => file.endsWith('.mdb') && !file.startsWith('lock'));
  const allocated = files.reduce((sum, file) => sum + statSync(join(folder, file)).blocks * 512, 0);
  const { pageSize } = environment.table('subjects').getStats();
  const free = environment.freePages() * pageSize;
  return { allocated, free, perPerson: allocated / people, usedPerPerson: (allocated - free) / people };
}

/** Times a step that does `per` things, in slices, so that leases are renewed in between. @returns things per second */
export async function perSecond(seconds, per, step) {
  let busy = 0;
  let done = 0;
  while (busy < seconds * 1000) {
    await turn();
    const began = performance.now();
    let until = began;
    do {
      const result = step();
      if (result instanceof Promise) await result;
      done += per;
      until = performance.now();
    } while (until - began < SLICE_MS);
    busy += until - began;
  }
  return (done * 1000) / busy;
}

const circle = (all) => {
  let at = 0;
  return () => all[at++ % all.length];
};

function found(key) {
  if (key === undefined) throw new Error('a person has no key');
}

async function measureReads({ environment, warm, cold, references, count, rounds, loopSeconds }) {
  const anyone = () => Math.floor(Math.random() * count);
  const sample = Array.from({ length: SAMPLE }, anyone);
  const names = sample.map(name);
  const hotNames = Array.from({ length: Math.min(HOT, count) }, (_, n) => name(n));
  const pages = (numbers) =>
    Array.from({ length: Math.floor(numbers.length / PAGE) }, (_, n) =>
      numbers.slice(n * PAGE, (n + 1) * PAGE).map((one) => referenceOf(references, one)),
    );
  const ids = names.map((one) => Buffer.from(warm.subjectId(one), 'base64url'));
  const table = environment.table('subjects');
  for (const one of hotNames) found(await warm.find(one));

  const next = {
    hot: circle(hotNames),
    hotPage: circle(pages(hotNames.map((_, n) => n))),
    cold: circle(names),
    coldPage: circle(pages(sample)),
    id: circle(ids),
  };
  const find = (vault, one) => {
    const key = vault.find(one);
    return key instanceof Promise ? key.then(found) : found(key);
  };
  const wholePage = (keys, page) => {
    if (keys.size !== new Set(page).size) throw new Error('a page lacks keys');
  };
  const findPage = (vault, page) => {
    const keys = vault.byReferences(page);
    return keys instanceof Promise ? keys.then((all) => wholePage(all, page)) : wholePage(keys, page);
  };
  const { open } = wrappedKey();
  const loops = {
    hot: [1, () => find(warm, next.hot())],
    hotPage: [PAGE, () => findPage(warm, next.hotPage())],
    cold: [1, () => find(cold, next.cold())],
    coldPage: [PAGE, () => findPage(cold, next.coldPage())],
    get: [1, () => found(table.getBinaryFast(next.id()))],
    aes: [1, open],
  };
  const results = Object.fromEntries(Object.keys(loops).map((key) => [key, []]));
  for (const [per, step] of Object.values(loops)) await perSecond(loopSeconds / 4, per, step);
  for (let round = 0; round < rounds; round++) {
    for (const [key, [per, step]] of Object.entries(loops)) results[key].push(await perSecond(loopSeconds, per, step));
  }
  return results;
}

/** A wrapped key as the vault stores it, 60 bytes: opened, and wrapped again, with nothing around it. */
export function wrappedKey() {
  const key = randomBytes(32);
  const wrap = (plain) => {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG });
    const body = cipher.update(plain);
    cipher.final();
    return Buffer.concat([nonce, body, cipher.getAuthTag()]);
  };
  const wrapped = wrap(randomBytes(32));
  if (wrapped.length !== 60) throw new Error('not 60 bytes');
  const open = () => {
    const decipher = createDecipheriv('aes-256-gcm', key, wrapped.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAuthTag(wrapped.subarray(wrapped.length - TAG));
    const plain = decipher.update(wrapped.subarray(NONCE, wrapped.length - TAG));
    decipher.final();
    return plain;
  };
  return { open: () => void open(), openAndWrap: () => wrap(open()) };
}

const PLAIN = (n) => ENCRYPTED.map((field) => order(n, '')[field]);

/** Three encrypted values of everybody, in bytes of one buffer; texts are made when they are asked for. */
async function seal(vault, count) {
  const widths = PLAIN(count - 1).map((text) => NONCE + Buffer.byteLength(text) + TAG);
  const width = widths.reduce((sum, one) => sum + one, 0);
  const bytes = Buffer.alloc(count * width);
  const lengths = Buffer.alloc(count * ENCRYPTED.length);
  for (let n = 0; n < count; n++) {
    if (n % 1000 === 0) await turn();
    const key = await vault.find(name(n));
    let at = n * width;
    PLAIN(n).forEach((text, column) => {
      const sealed = vault.seal(key, place(ENCRYPTED[column]), text).slice('pv1.'.length);
      lengths[n * ENCRYPTED.length + column] = bytes.write(sealed, at, 'base64url');
      at += widths[column];
    });
  }
  return (n) => {
    let at = n * width;
    return ENCRYPTED.map((_, column) => {
      const text = bytes.toString('base64url', at, at + lengths[n * ENCRYPTED.length + column]);
      at += widths[column];
      return `pv1.${text}`;
    });
  };
}

async function verify(vault, count, records) {
  for (let n = 0; n < 500; n++) {
    const one = Math.floor(Math.random() * count);
    const key = await vault.find(name(one));
    const opened = records(one).map((text, column) => vault.unseal(key, place(ENCRYPTED[column]), text));
    if (opened.join() !== PLAIN(one).join()) throw new Error('a value does not open after the rotation');
  }
}

/** The gateway shows pages of 100 people until everybody was shown, and for the time that is asked for. It stays. */
async function measureGateway(context) {
  const { folder, issuer, guard, keep, ports, count, records, references, readSeconds } = context;
  const uuid = (n) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
  const size = Math.min(PAGE, count);
  const pages = Math.floor(count / size);
  // Far from one another in the store, as people are.
  const step = 7919;
  const personAt = (n) => (n * step) % count;
  const page = (at) =>
    searchAnswer(
      Array.from({ length: size }, (_, n) => {
        const who = personAt(at * size + n);
        const [phone, email, note] = records(who);
        const { status, total, placed } = order(who, '');
        const person = referenceOf(references, who);
        const source = { tenant: 't1', person, recipientId: name(who), status, total, placed, phone, email, note };
        return hit('people', uuid(who), n, source);
      }),
    );
  const store = await keep(walkingStore(ports.walking, { count: pages, page }));
  const port = ports.people;
  const file = writeApiPolicy(folder, {
    ...{ port, store: ports.walking, vault: `vault-${count}`, cache: CACHE, state: `state-${port}` },
    resources: resource('people', { keys: 'recipient' }),
    roles: role('mobile', WIDE),
  });
  const gateway = await keep(guard(file, port));
  const url = `http://127.0.0.1:${port}/v1/people`;
  const reply = await fetch(url, {
    headers: { authorization: `Bearer ${issuer.issue({ sub: 'clerk', role: 'mobile' })}` },
  });
  const { items, ...trouble } = await reply.json();
  if (items?.length !== size) throw new Error(`the gateway answers ${reply.status} ${JSON.stringify(trouble)}`);
  items.forEach((item, n) => {
    const expected = PLAIN(personAt(n));
    ENCRYPTED.forEach((field, column) => {
      if (item[field] !== expected[column]) throw new Error(`the gateway shows another ${field}`);
    });
  });
  const tokens = join(folder, 'people.txt');
  writeTokens(tokens, issuer, 512, { role: 'mobile' });
  const samples = [{ at: 0, ...residentOf(gateway.pid) }];
  const once = { script: script(folder, 'people', { method: 'GET', file: tokens }), connections: 16 };
  const result = { requests: 0, seconds: 0 };
  while (result.seconds < readSeconds || store.served() < pages) {
    const part = await wrkBeside(url, { ...once, seconds: Math.max(1, Math.min(5, readSeconds)) });
    if (part.refused + part.failed > 0) throw new Error(`reads of ${count}: refused or failed. ${gateway.log()}`);
    result.requests += part.requests;
    result.seconds += part.seconds;
    samples.push({ at: Math.round(result.seconds), ...residentOf(gateway.pid) });
  }
  await store.stop();
  const peak = samples.reduce((most, one) => (one.resident > most.resident ? one : most));
  const memory = {
    before: samples[0],
    peak,
    last: samples.at(-1),
    samples,
    shown: store.served() * size,
    perSecond: (result.requests * size) / result.seconds,
  };
  return { memory, gateway };
}

/** MiB: all, and the part that is no file's (the store's file is mapped, and its pages count as resident). */
function residentOf(pid) {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (key) => Number(new RegExp(`${key}:\\s+(\\d+)`).exec(text)[1]) / 1024;
  return { resident: of('VmRSS'), anonymous: of('RssAnon'), file: of('RssFile'), most: of('VmHWM') };
}

async function measureShreds({ parts, home, vault, shreds }) {
  const scratch = await parts.openEnvironment(join(home, 'floor'));
  const table = scratch.table('rows');
  const times = [];
  const writes = [];
  let confirmed = Number.POSITIVE_INFINITY;
  for (let n = 0; n < shreds; n++) {
    const began = performance.now();
    const report = await vault.shredSubject(`gone-${n}`, { deleteDocuments: async () => [], retain: WEEK });
    times.push(performance.now() - began);
    if (!report.hadKey || (await vault.find(`gone-${n}`)) !== undefined) throw new Error('a shred left a key');
    confirmed = Math.min(confirmed, report.gateways.confirmed);
    const before = performance.now();
    await scratch.write(() => void table.put(randomBytes(32), randomBytes(116)));
    writes.push(performance.now() - before);
  }
  await scratch.close();
  // This process has two vaults open, the gateway has a third.
  if (confirmed < 3) throw new Error(`only ${confirmed} gateways confirmed a purge`);
  return { count: shreds, confirmed, times, writes };
}

async function measureRotation({ parts, home, vault, count, loopSeconds, rounds }) {
  const began = performance.now();
  let last = began;
  let moved = 0;
  const rotation = await vault.rotate({
    force: true,
    onProgress: ({ rewrapped }) => {
      moved = rewrapped;
      last = performance.now();
    },
  });
  const seconds = (performance.now() - began) / 1000;
  if (moved !== count || rotation.destroyed.length !== 1 || rotation.kept.length > 0) {
    throw new Error(`rotation moved ${moved} of ${count}: ${JSON.stringify(rotation)}`);
  }
  const { openAndWrap } = wrappedKey();
  const crypto = [];
  for (let round = 0; round < rounds; round++) crypto.push(await perSecond(loopSeconds, 1, openAndWrap));
  // The same rows in the same batches, replaced in a table of nothing else.
  const scratch = await parts.openEnvironment(join(home, 'floor'));
  const table = scratch.table('rows');
  const keys = Array.from({ length: count }, () => randomBytes(32)).sort(Buffer.compare);
  const value = randomBytes(96);
  const write = async () => {
    for (let from = 0; from < count; from += BATCH) {
      await scratch.write(() => {
        for (const key of keys.slice(from, from + BATCH)) table.put(key, value);
      });
    }
  };
  await write();
  const passes = [];
  for (let round = 0; round < rounds; round++) {
    const before = performance.now();
    await write();
    passes.push(count / ((performance.now() - before) / 1000));
  }
  await scratch.close();
  return {
    seconds,
    perSecond: moved / ((last - began) / 1000),
    floors: { crypto: median(crypto), store: median(passes) },
  };
}

const percentile = (values, part) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)];
};

function report(stages, { rounds, loopSeconds, readSeconds }) {
  const row = (cells) => `| ${cells.join(' | ')} |`;
  const table = (head, rows) => [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
  const ratio = (reads, key, floor) =>
    spread(
      reads[key].map((rate, n) => rate / reads[floor][n]),
      twoPlaces,
    );
  const both = (reads, key) =>
    spread(
      reads[key].map((rate, n) => rate * (1 / reads.get[n] + 1 / reads.aes[n])),
      twoPlaces,
    );
  const kinds = {
    hot: 'one person, key cached',
    hotPage: `page of ${PAGE} people, keys cached`,
    cold: 'one person, key not cached',
    coldPage: `page of ${PAGE} people, keys not cached`,
  };
  const text = [
    '## The vault',
    `Over an embedded store (lmdb, every write durable), a vault of its own for each number of people. Rounds interleaved: ${rounds} of ${loopSeconds} s for each loop, in one process with two vaults open. Median (range).`,
    '### Look-ups',
    `People/s. Cached: ${whole(HOT)} people, all in the cache. Not cached: anybody, with a cache of ${COLD_CACHE} keys; the store's file is in the system's memory. A person is asked for by name (a keyed hash, then as below), a page by the names that documents carry (two \`get\`s each). Floors: \`get\` of lmdb alone with the same keys; opening 60 bytes of AES-256-GCM alone with node:crypto. "÷ both" compares with one of each after the other.`,
    table(
      ['people', 'look-up', 'people/s', '÷ lmdb get', '÷ AES-GCM open', '÷ both'],
      stages.flatMap(({ count, reads }) => [
        ...Object.entries(kinds).map(([key, said]) => [
          ...[whole(count), said, spread(reads[key]), ratio(reads, key, 'get'), ratio(reads, key, 'aes')],
          both(reads, key),
        ]),
        [whole(count), 'floor: lmdb get', spread(reads.get), '1', '–', '–'],
        [whole(count), 'floor: AES-256-GCM open of 60 bytes', spread(reads.aes), '–', '1', '–'],
      ]),
    ),
    '### Creation and disk',
    `${whole(CONCURRENT)} at a time, each durable before it is answered. Bytes of the store's file, allocated on the disk and in use (without its free pages), after the creation and after one rotation of everybody.`,
    table(
      ['people', 'created in s', 'people/s', 'bytes per person', 'in use', 'after rotation', 'in use'],
      stages.map(({ count, creation, disk, after }) => [
        ...[whole(count), creation.seconds.toFixed(1), whole(creation.perSecond)],
        ...[disk, after].flatMap(({ perPerson, usedPerPerson }) => [whole(perPerson), whole(usedPerPerson)]),
      ]),
    ),
    '### Memory of a gateway',
    `Resident MiB of one \`postern guard run\` over that vault, with a cache of ${whole(CACHE)} keys, before any request and at its most while it serves pages of ${PAGE} different people (three encrypted fields each) for at least ${readSeconds} s and until everybody was shown. "Of files" is what of the program and of the store's file is mapped; both parts from the largest of the samples taken every 5 s. The store behind is a stand-in in Node, so the rate says little.`,
    table(
      ['people', 'before', 'at its most', 'of it not of files', 'of files', 'at the end', 'people shown', 'people/s'],
      stages.map(({ count, memory: { before, peak, last, shown, perSecond } }) => [
        whole(count),
        ...[before.resident, last.most, peak.anonymous, peak.file, last.resident, shown, perSecond].map(whole),
      ]),
    ),
    '### Shred',
    `ms for one person without documents and without a signature, one after the other, while the gateway process and two vaults of this one hold leases (each confirms the purges of each shred: at least ${Math.min(...stages.map(({ shred }) => shred.confirmed))} did). Floor: one durable write to a store on the same disk.`,
    table(
      ['people', 'shreds', 'p50', 'p99', 'durable write p50', 'p99', 'p50 ÷ write'],
      stages.map(({ count, shred: { times, writes } }) => [
        ...[whole(count), times.length],
        ...[percentile(times, 0.5), percentile(times, 0.99)].map((ms) => ms.toFixed(0)),
        ...[percentile(writes, 0.5), percentile(writes, 0.99)].map((ms) => ms.toFixed(2)),
        (percentile(times, 0.5) / percentile(writes, 0.5)).toFixed(0),
      ]),
    ),
    '### Rotation',
    `Everybody to a new epoch, while the gateway process runs; the seconds include the pause before the old key is destroyed, people/s do not. Floors: opening and wrapping a key alone; replacing the same number of rows alone, in durable batches of ${BATCH}.`,
    table(
      ['people', 's', 'people/s', 'AES-GCM alone', '÷', 'lmdb alone', '÷'],
      stages.map(({ count, rotation: { seconds, perSecond, floors } }) => [
        ...[whole(count), seconds.toFixed(1), whole(perSecond)],
        ...[floors.crypto, floors.store].flatMap((floor) => [whole(floor), (perSecond / floor).toFixed(2)]),
      ]),
    ),
  ];
  return { text, json: stages };
}
