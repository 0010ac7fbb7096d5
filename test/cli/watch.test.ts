/** `postern watch` as its operators meet it: a process with a folder, signals, a store that changes and a receiver that fails. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { COMMAND, whyNotBuilt } from '../built.ts';

const missing = whyNotBuilt() ?? (process.platform === 'linux' ? undefined : 'it needs a second loopback address');
if (missing !== undefined) console.warn(`SKIPPED: watch is not tested as a process: ${missing}`);

const CANARY = 'jane.doe+canary@example.org';
const HOOK_PATH = '/hook/T0K3N-in-the-path';
const HOOK_KEY = 'key-that-signs-0123456789';
/** An address of its own: the whole host is asked, and what other tests start on 127.0.0.1 is none of this one. */
const HOST = `127.71.${process.pid % 250}.7`;

/** Plays a CouchDB that can be open, closed, or too slow to answer. */
const store = { mode: 'open' as 'open' | 'closed' | 'stuck', documents: 3, stuck: 0 };
const couch = createServer((request, response) => {
  if (store.mode === 'stuck') {
    store.stuck++;
    return;
  }
  const answer = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json', server: 'CouchDB/3.3.2' });
    response.end(JSON.stringify(body));
  };
  const path = request.url ?? '';
  if (path === '/') answer(200, { couchdb: 'Welcome', version: '3.3.2', vendor: { name: 'x' } });
  else if (store.mode === 'closed') answer(401, { error: 'unauthorized', reason: 'Authentication required.' });
  else if (path.startsWith('/_all_dbs')) answer(200, ['orders', CANARY]);
  else if (path.startsWith('/_session')) answer(200, { ok: true, userCtx: { name: null, roles: ['_admin'] } });
  else if (path.startsWith('/orders')) {
    answer(200, { db_name: 'orders', doc_count: store.documents, sizes: { file: 100 } });
  } else answer(404, { error: 'not_found', reason: 'missing' });
});

interface Delivery {
  signature: string;
  body: string;
  notice: { schema: string; title: string; lines: string[]; drift: unknown };
}
const hook = { status: 200, got: [] as Delivery[] };
const receiver = createServer((request, response: ServerResponse) => {
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => {
    body += text;
  });
  request.on('end', () => {
    if (hook.status === 200 && request.url === HOOK_PATH) {
      hook.got.push({ signature: String(request.headers['postern-signature']), body, notice: JSON.parse(body) });
    }
    response.writeHead(hook.status).end();
  });
});

async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

let hookPort = 0;
beforeAll(async () => {
  if (missing !== undefined) return;
  await listen(couch, 5984, HOST);
  hookPort = await listen(receiver, 0, '127.0.0.1');
});
afterAll(() => {
  for (const server of [couch, receiver]) {
    server.closeAllConnections();
    server.close();
  }
});

let folder = '';
const running = new Set<ChildProcess>();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-watch-process-'));
  Object.assign(store, { mode: 'open', documents: 3, stuck: 0 });
  Object.assign(hook, { status: 200, got: [] });
  configure();
});
afterEach(async () => {
  for (const one of running) {
    one.kill('SIGKILL');
    await once(one, 'close').catch(() => undefined);
  }
  rmSync(folder, { recursive: true, force: true });
});

function configure(watch = 'every: 6h'): void {
  writeFileSync(
    join(folder, 'postern.yaml'),
    `version: 1
project: shop
targets:
  - { host: '${HOST}', addresses: ['${HOST}'], authority: loopback }
watch:
  ${watch}
  notify:
    - webhook: { urlEnv: HOOK_URL, secretEnv: HOOK_KEY }
`,
  );
}

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  text: string;
}

function start(...args: string[]): { process: ChildProcess; said(what: RegExp): Promise<void>; ended: Promise<Ended> } {
  const node = spawn(process.execPath, [COMMAND, 'watch', ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOOK_URL: `http://127.0.0.1:${hookPort}${HOOK_PATH}`, HOOK_KEY },
  });
  running.add(node);
  let text = '';
  for (const stream of [node.stdout, node.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  }
  const ended = new Promise<Ended>((done) => {
    node.on('close', (code, signal) => {
      running.delete(node);
      done({ code, signal, text });
    });
  });
  async function said(what: RegExp): Promise<void> {
    const end = Date.now() + 30_000;
    while (!what.test(text)) {
      if (Date.now() > end || node.exitCode !== null) throw new Error(`it did not say ${what}, but:\n${text}`);
      await sleep(20);
    }
  }
  return { process: node, said, ended };
}

const run = (...args: string[]): Promise<Ended> => start(...args).ended;
const at = (...names: string[]) => join(folder, '.postern', 'watch', ...names);
const state = () =>
  JSON.parse(readFileSync(at('state.json'), 'utf8')) as Record<string, unknown> & { outbox: unknown[] };
const reports = () => readdirSync(at()).filter((name) => name.startsWith('check-'));

/** As if so much time had gone by since the last run. */
function age(hours: number): void {
  const now = state();
  const lastStart = new Date(Date.now() - hours * 3_600_000).toISOString();
  writeFileSync(at('state.json'), JSON.stringify({ ...now, lastStart }));
}

/** No secret and no personal value in what was printed, delivered or kept. */
function expectNoLeak(...texts: string[]): void {
  const kept = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  expect(kept.length).toBeGreaterThan(3);
  for (const text of [...kept, ...texts, ...hook.got.map(({ body }) => body)]) {
    for (const leak of [CANARY, 'jane.doe', 'T0K3N', HOOK_KEY]) expect(text).not.toContain(leak);
  }
}

describe.skipIf(missing !== undefined)('watch --once, as a process', () => {
  it('tells the first state, then nothing, then what opened and closed', async () => {
    store.mode = 'closed';
    const first = await run('--once');
    expect(first.text).toMatch(/check finished: 0 exposed, 0 unknown; shop: watching from now on: 0 exposed/);
    expect(first.code).toBe(0);
    const same = await run('--once');
    expect([same.code, /nothing changed/.test(same.text)]).toEqual([0, true]);
    expect(hook.got).toHaveLength(1);

    store.mode = 'open';
    const opened = await run('--once');
    expect(opened.code).toBe(1);
    store.mode = 'closed';
    const closed = await run('--once', '--fail-on', 'never');
    expect(closed.code).toBe(0);

    const [begin, drift, end] = hook.got.map(({ notice }) => notice);
    expect(begin?.drift).toBeNull();
    expect(drift?.title).toMatch(/^shop: 1 store opened/);
    expect(drift?.lines.join('\n')).toMatch(/OPENED.*CouchDB/i);
    expect(drift?.drift).toMatchObject({ opened: 1, closed: 0 });
    expect(end?.drift).toMatchObject({ opened: 0, closed: 1 });
    for (const { body, signature } of hook.got) {
      const [, time, hmac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
      expect(createHmac('sha256', HOOK_KEY).update(`${time}.${body}`).digest('hex')).toBe(hmac);
    }
    expect(existsSync(at('lock'))).toBe(false);
    expectNoLeak(first.text, same.text, opened.text, closed.text);
  });

  it('keeps a message for a receiver that is down, and delivers it later, once', async () => {
    hook.status = 503;
    const down = await run('--once', '--quiet');
    // Even the quiet are told what went wrong.
    expect(down.text).toMatch(/^\S+ a message was not delivered: the receiver answered 503; it is tried again\n$/);
    expect(state().outbox).toHaveLength(1);
    expectNoLeak(down.text);

    hook.status = 200;
    const kept = state() as unknown as { outbox: { notice: { at: string } }[] };
    for (const { notice } of kept.outbox) notice.at = new Date(Date.now() - 3_600_000).toISOString();
    writeFileSync(at('state.json'), JSON.stringify(kept));
    store.documents = 4_000;
    await run('--once');
    expect(hook.got.map(({ notice }) => notice.title.replace(/:.*?:/, ':'))[0]).toContain('shop: 1 exposed');
    expect(hook.got).toHaveLength(2);
    expect(hook.got[1]?.notice.drift).toMatchObject({ changed: 1 });
    expect(state().outbox).toEqual([]);
    await run('--once');
    expect(hook.got).toHaveLength(2);
  });

  it('tells a check that cannot run once, however often it cannot', async () => {
    await run('--once');
    writeFileSync(join(folder, '.postern-ignore.yaml'), 'nonsense: [');
    const runs = [await run('--once'), await run('--once', '--quiet')];
    for (const { code, text } of runs) {
      expect(code).toBe(3);
      expect(text).toContain('the check did not run');
    }
    rmSync(join(folder, '.postern-ignore.yaml'));
    await run('--once');
    writeFileSync(join(folder, '.postern-ignore.yaml'), 'nonsense: [');
    await run('--once');
    const failures = hook.got.filter(({ notice }) => notice.title === 'shop: the check did not run');
    expect(failures).toHaveLength(2);
  });

  it('says what is wrong with the configuration, and with what is remembered', async () => {
    const cases: [watch: string, says: RegExp][] = [
      ['every: 30s', /the interval is shorter than a minute/],
      ['every: often', /postern\.yaml:6:\d+.*expected a number and a unit/s],
      ["cron: '17 3 * *'", /is no cron expression/],
      ["cron: '* * * * * *'", /comes more often than every minute/],
      ["cron: '0 0 31 2 *'", /never comes/],
      ["cron: '17 3 * * *'\n  timezone: Europe/Atlantis", /Europe\/Atlantis/],
      ["cron: '17 3 * * *'\n  every: 6h", /the schedule is one of `every` and `cron`/],
      ['evry: 6h', /evry/],
    ];
    for (const [watch, says] of cases) {
      configure(watch);
      const { code, text } = await run('--once');
      expect([watch, code]).toEqual([watch, 2]);
      expect(text).toMatch(says);
      expect(text).not.toMatch(/\n\s+at .*\(|E_INTERNAL/);
    }
    expect(existsSync(at('lock'))).toBe(false);
    configure();
    await run('--once');
    writeFileSync(at('state.json'), '{"version":1');
    const damaged = await run('--once');
    expect(damaged.code).toBe(2);
    expect(damaged.text).toContain('Move it away to start anew');
    expect(existsSync(at('lock'))).toBe(false);
  });

  it('sends a test message to each receiver', async () => {
    const fine = await run('--test-notify');
    expect([fine.code, fine.text]).toEqual([0, 'ok    webhook (1 of 1)\n']);
    expect(hook.got[0]?.notice.title).toBe('shop: a test message of postern watch');
    hook.status = 404;
    const broken = await run('--test-notify');
    expect([broken.code, broken.text]).toEqual([2, 'fail  webhook (1 of 1)  the receiver answered 404\n']);
  });
});

describe.skipIf(missing !== undefined)('watch in the foreground', () => {
  it('checks at its start, waits, lets no second process in, and ends in order at SIGTERM', async () => {
    const watching = start();
    await watching.said(/check finished: 1 exposed/);
    await watching.said(/next check at/);
    const second = await run();
    expect(second.code).toBe(2);
    expect(second.text).toContain(`another process (${watching.process.pid}) watches with`);
    expect((await run('--once')).code).toBe(2);
    const lock = readFileSync(at('lock'), 'utf8');

    watching.process.kill('SIGTERM');
    const ended = await watching.ended;
    expect([ended.code, ended.signal]).toEqual([0, null]);
    expect(readdirSync(at()).sort()).toEqual([...reports(), 'state.json'].sort());
    expect(reports()).toHaveLength(1);
    expectNoLeak(ended.text, second.text);

    // After the machine was restarted, the number in a lock that was left is some other process's: here, this one's.
    writeFileSync(at('lock'), lock.replace(/^\d+/, String(process.pid)));
    expect((await run('--once', '--fail-on', 'never')).code).toBe(0);
  });

  it('goes on after a restart: no run too many, one for those that were missed', async () => {
    const first = start();
    await first.said(/next check at/);
    first.process.kill('SIGINT');
    expect((await first.ended).code).toBe(0);

    const early = start();
    await early.said(/next check at/);
    early.process.kill('SIGTERM');
    expect((await early.ended).text).not.toContain('check started');

    age(30);
    store.mode = 'closed';
    const late = start();
    await late.said(/check finished: 0 exposed/);
    await late.said(/next check at/);
    late.process.kill('SIGTERM');
    expect((await late.ended).text.match(/check started/g)).toHaveLength(1);
    expect(hook.got.map(({ notice }) => notice.drift)).toEqual([null, expect.objectContaining({ closed: 1 })]);
  });

  it('takes over from a process that was killed in the middle of a check, and checks again', async () => {
    store.mode = 'stuck';
    const killed = start();
    await killed.said(/check started/);
    while (store.stuck === 0) await sleep(20);
    killed.process.kill('SIGKILL');
    expect((await killed.ended).signal).toBe('SIGKILL');
    expect(existsSync(at('lock'))).toBe(true);
    expect(reports()).toEqual([]);

    store.mode = 'open';
    const next = start();
    await next.said(/check finished: 1 exposed/);
    next.process.kill('SIGTERM');
    expect((await next.ended).code).toBe(0);
    expect(existsSync(at('lock'))).toBe(false);
    expect(hook.got.map(({ notice }) => notice.title)[0]).toContain('watching from now on: 1 exposed');
  });

  it('keeps nothing of a check that was stopped, and begins it anew', async () => {
    store.mode = 'stuck';
    const stopped = start();
    await stopped.said(/check started/);
    while (store.stuck === 0) await sleep(20);
    stopped.process.kill('SIGTERM');
    const ended = await stopped.ended;
    expect([ended.code, ended.signal]).toEqual([0, null]);
    expect(reports()).toEqual([]);
    expect(hook.got).toEqual([]);

    store.mode = 'open';
    const next = start();
    await next.said(/check finished: 1 exposed/);
    next.process.kill('SIGTERM');
    await next.ended;
    expect(hook.got).toHaveLength(1);
  });

  it('delivers what waits while it waits for the next check', async () => {
    hook.status = 503;
    await run('--once');
    const kept = state() as unknown as { outbox: { notice: { at: string } }[] };
    for (const { notice } of kept.outbox) notice.at = new Date(Date.now() - 3_600_000).toISOString();
    writeFileSync(at('state.json'), JSON.stringify(kept));
    hook.status = 200;
    const watching = start();
    await watching.said(/next check at/);
    const end = Date.now() + 20_000;
    while (hook.got.length === 0 && Date.now() < end) await sleep(20);
    watching.process.kill('SIGTERM');
    expect((await watching.ended).text).not.toContain('check started');
    expect(hook.got.map(({ notice }) => notice.title)).toEqual([expect.stringContaining('watching from now on')]);
    expect(state().outbox).toEqual([]);
  });
});
