import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { CHECK_SCHEMA, type CheckReport } from '../core/contract/check.ts';
import { CHECK_DIFF_SCHEMA, type CheckDiff } from '../core/contract/check-diff.ts';
import { PosternError } from '../core/errors.ts';
import { checkSchedule, deliver, type Notice, nextRun, openWatchFolder, type WatchOptions, watch } from './index.ts';

const folders: string[] = [];
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
const temporary = () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-watch-'));
  folders.push(folder);
  return folder;
};

describe('the schedule', () => {
  const at = (text: string) => new Date(text);

  it('counts from the last start and adds the jitter', () => {
    const schedule = { every: 3_600_000, jitter: 60_000 };
    expect(nextRun(schedule, at('2026-03-01T12:00:00Z'), 0).toISOString()).toBe('2026-03-01T13:00:00.000Z');
    expect(nextRun(schedule, at('2026-03-01T12:00:00Z'), 0.5).toISOString()).toBe('2026-03-01T13:00:30.000Z');
  });

  it('reads cron expressions in their time zone', () => {
    const schedule = { cron: '17 3 * * *', timezone: 'Europe/Berlin', jitter: 0 };
    expect(nextRun(schedule, at('2026-03-01T12:00:00Z'), 0).toISOString()).toBe('2026-03-02T02:17:00.000Z');
    expect(nextRun(schedule, at('2026-07-01T12:00:00Z'), 0).toISOString()).toBe('2026-07-02T01:17:00.000Z');
  });

  it('refuses what never comes, comes too often, or is no expression', () => {
    const codeOf = (cron: string) => {
      try {
        checkSchedule({ cron, jitter: 0 });
        return 'fine';
      } catch (error) {
        return error instanceof PosternError ? error.code : 'defect';
      }
    };
    expect(codeOf('0 */6 * * *')).toBe('fine');
    expect(codeOf('not a cron')).toBe('E_CONFIG_INVALID');
    expect(codeOf('0 0 31 2 *')).toBe('E_CONFIG_INVALID');
    expect(codeOf('* * * * * *')).toBe('E_CONFIG_INVALID');
    expect(() => checkSchedule({ cron: '0 3 * * *', timezone: 'Europe/Atlantis', jitter: 0 })).toThrow('no time zone');
    expect(() => checkSchedule({ every: 1_000, jitter: 0 })).toThrow(PosternError);
  });
});

describe('the folder', () => {
  it('is held by one process, and taken over from one that is gone', () => {
    const path = join(temporary(), 'watch');
    const folder = openWatchFolder(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    writeFileSync(join(path, 'lock'), '1\n');
    expect(() => openWatchFolder(path)).toThrow('watches with');
    // No process has this number: the kernel's largest is 2^22.
    writeFileSync(join(path, 'lock'), '99999999\n');
    openWatchFolder(path).release();
    folder.release();
  });

  it('keeps the newest reports, private', () => {
    const path = temporary();
    const folder = openWatchFolder(path);
    for (let day = 1; day <= 5; day++) folder.keepReport('{}', new Date(`2026-03-0${day}T00:00:00Z`), 3);
    const reports = readdirSync(path).filter((name) => name.startsWith('check-'));
    expect(reports.sort()).toEqual([
      'check-20260303T000000Z.json',
      'check-20260304T000000Z.json',
      'check-20260305T000000Z.json',
    ]);
    expect(statSync(join(path, reports[0] ?? '')).mode & 0o777).toBe(0o600);
  });

  it('says what to do about a state that cannot be read', () => {
    const path = temporary();
    writeFileSync(join(path, 'state.json'), '{"version":1');
    expect(() => openWatchFolder(path).state()).toThrow('cannot be read');
  });
});

function report(documents = 0): CheckReport {
  return {
    schema: CHECK_SCHEMA,
    tool: { name: 'postern', version: '0' },
    startedAt: '2026-03-01T12:00:00.000Z',
    finishedAt: '2026-03-01T12:00:00.000Z',
    vantage: 'here',
    scopeHash: '',
    assets: [],
    edges: [],
    stories: [],
    findings: [],
    known: [],
    suppressed: [],
    proposals: [],
    skips: [],
    summary: { exposed: 0, closed: 0, unknown: 0, worst: null, documents, complete: true },
  };
}

const drift = (opened: number): CheckDiff => ({
  schema: CHECK_DIFF_SCHEMA,
  before: { path: 'a', finishedAt: '', vantage: '', scopeHash: '', complete: true },
  after: { path: 'b', finishedAt: '', vantage: '', scopeHash: '', complete: true },
  changes: Array.from({ length: opened }, (_, n) => ({
    kind: 'store' as const,
    change: 'opened' as const,
    id: `store:${n}`,
    title: 'redis is open',
  })),
  summary: { opened, changed: 0, lost: 0, closed: 0, new: 0, gone: 0 },
});

/** A world with its own clock: sleeping moves it on. */
function world(path: string, more: Partial<WatchOptions> = {}) {
  let clock = Date.parse('2026-03-01T00:00:00Z');
  const stopped = new AbortController();
  const told: { receiver: number; notice: Notice }[] = [];
  const starts: string[] = [];
  let running = 0;
  const options: WatchOptions = {
    project: 'shop',
    schedule: { every: 3_600_000, jitter: 0 },
    folder: openWatchFolder(path),
    keep: 10,
    tell: 'changes',
    receivers: 1,
    deliver: (receiver, notice) => {
      told.push({ receiver, notice });
      return Promise.resolve();
    },
    check: async () => {
      running++;
      expect(running).toBe(1);
      starts.push(new Date(clock).toISOString());
      await Promise.resolve();
      running--;
      const one = report(starts.length);
      return { report: one, text: JSON.stringify(one) };
    },
    readReport: async (file) => JSON.parse(readFileSync(file, 'utf8')) as CheckReport,
    diff: () => drift(0),
    say: () => undefined,
    complain: () => undefined,
    signal: stopped.signal,
    once: false,
    now: () => new Date(clock),
    random: () => 0,
    sleep: async (ms) => {
      clock += ms;
      if (clock > Date.parse('2026-03-01T05:30:00Z')) stopped.abort();
    },
    ...more,
  };
  return { options, told, starts, stop: () => stopped.abort(), at: (text: string) => (clock = Date.parse(text)) };
}

describe('watch', () => {
  it('runs at each time, one at a time, and tells the first state once', async () => {
    const { options, told, starts } = world(temporary());
    await watch(options);
    expect(starts).toEqual([0, 1, 2, 3, 4, 5].map((hour) => `2026-03-01T0${hour}:00:00.000Z`));
    expect(told.map(({ notice }) => notice.title)).toEqual([
      'shop: watching from now on: 0 exposed, 0 closed, 0 unknown',
    ]);
  });

  it('tells what changed, to every receiver', async () => {
    const path = temporary();
    const { options, told } = world(path, { receivers: 2, diff: () => drift(2), once: true });
    await watch(options);
    await watch(options);
    expect(told.slice(2).map(({ receiver, notice }) => `${receiver} ${notice.title}`)).toEqual([
      '0 shop: 2 stores opened',
      '1 shop: 2 stores opened',
    ]);
  });

  it('makes up for missed runs once after a restart', async () => {
    const path = temporary();
    const first = world(path, { once: true });
    await watch(first.options);
    first.options.folder.release();
    const second = world(path);
    second.at('2026-03-01T04:10:00Z');
    await watch(second.options);
    expect(second.starts).toEqual(['2026-03-01T04:10:00.000Z', '2026-03-01T05:10:00.000Z']);
  });

  it('tries a message again until it is delivered, also after a restart', async () => {
    const path = temporary();
    let down = true;
    const got: string[] = [];
    const send = (_receiver: number, notice: Notice) => {
      if (down) return Promise.reject(new PosternError('E_NOTIFY', 'the receiver answered 503'));
      got.push(notice.title);
      return Promise.resolve();
    };
    const first = world(path, { once: true, deliver: send });
    await watch(first.options);
    expect(first.options.folder.state().outbox).toHaveLength(1);
    first.options.folder.release();
    down = false;
    const second = world(path, { deliver: send });
    second.at('2026-03-01T00:05:00Z');
    await watch(second.options);
    expect(got).toEqual(['shop: watching from now on: 0 exposed, 0 closed, 0 unknown']);
    expect(second.options.folder.state().outbox).toEqual([]);
  });

  it('does not take the part that a stopped run saw for the whole', async () => {
    const path = temporary();
    const { options, stop } = world(path);
    const stopping = {
      ...options,
      check: async () => {
        stop();
        return { report: report(), text: '{}' };
      },
    };
    await watch(stopping);
    expect(options.folder.state().lastReport).toBeUndefined();
    expect(readdirSync(path).filter((name) => name.startsWith('check-'))).toEqual([]);
  });

  it('begins a run anew that took the process with it, but not for ever', async () => {
    const path = temporary();
    for (let attempt = 0; attempt < 6; attempt++) {
      const { options, starts, stop } = world(path, {
        check: () => Promise.reject(new Error('the process is killed')),
      });
      options.sleep = async () => stop();
      await watch({ ...options, say: (line) => line.startsWith('check started') && starts.push(line) }).catch(() => {});
      options.folder.release();
      expect(starts).toHaveLength(attempt < 4 ? 1 : 0);
    }
  });

  it('is not put off by a clock that was set back', async () => {
    const path = temporary();
    const { options, starts } = world(path);
    options.folder.save({ version: 1, outbox: [], lastStart: '2031-01-01T00:00:00.000Z' });
    await watch(options);
    expect(starts[0]).toBe('2026-03-01T01:00:00.000Z');
  });

  it('goes on after a check that failed, and says so once', async () => {
    const path = temporary();
    const { options, told } = world(path, {
      check: () => Promise.reject(new PosternError('E_CONFIG_INVALID', 'postern.yaml is broken')),
      deliver: () => Promise.reject(new PosternError('E_NOTIFY', 'down')),
    });
    await watch(options);
    expect(told).toEqual([]);
    const titles = options.folder.state().outbox.map(({ notice }) => notice.title);
    expect(titles).toEqual(['shop: the check did not run']);
  });
});

const NOTICE: Notice = {
  at: '2026-03-01T00:00:00.000Z',
  title: 'shop: 1 store opened',
  lines: ['<redis> & more'],
  drift: null,
};

/** A receiver that keeps what it got. */
async function receiver(
  status = 200,
): Promise<{ url: string; got: { headers: Record<string, unknown>; body: string }[] }> {
  const got: { headers: Record<string, unknown>; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      got.push({ headers: request.headers, body });
      response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:9/' } : {}).end();
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closers.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}/hook`, got };
}

describe('deliver', () => {
  it('signs the body and its time for a webhook', async () => {
    const { url, got } = await receiver();
    await deliver({ kind: 'webhook', url, secret: 'key' }, NOTICE);
    const [one] = got;
    const [, time = '', hmac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(one?.headers['postern-signature'])) ?? [];
    expect(createHmac('sha256', 'key').update(`${time}.${one?.body}`).digest('hex')).toBe(hmac);
    expect(JSON.parse(one?.body ?? '').title).toBe(NOTICE.title);
  });

  it('escapes what Slack would read as markup', async () => {
    const { url, got } = await receiver();
    await deliver({ kind: 'slack', url }, NOTICE);
    expect(JSON.parse(got[0]?.body ?? '').text).toBe('*shop: 1 store opened*\n• &lt;redis&gt; &amp; more');
  });

  it('follows no redirect and says what the receiver answered, without its address', async () => {
    for (const status of [302, 404, 500]) {
      const { url } = await receiver(status);
      const error = await deliver({ kind: 'slack', url }, NOTICE).catch((one: unknown) => one);
      expect(error).toBeInstanceOf(PosternError);
      expect(String(error)).toContain(`answered ${status}`);
      expect(String(error)).not.toContain('hook');
    }
  });

  it('sends nothing in clear beyond this machine', async () => {
    const clear = { kind: 'slack', url: 'http://hooks.example.org/x' } as const;
    await expect(deliver(clear, NOTICE)).rejects.toThrow('https');
    const mail = {
      kind: 'email',
      host: 'mail.example.org',
      port: 25,
      security: 'none',
      login: undefined,
      from: 'a@b.example',
      to: ['c@d.example'],
    } as const;
    await expect(deliver(mail, NOTICE)).rejects.toThrow('encrypted');
  });

  it('sends a mail, with a subject that is one line', async () => {
    const heard: string[] = [];
    const server = createTcp((socket) => {
      let data = false;
      socket.on('error', () => {});
      socket.write('220 test ESMTP\r\n');
      socket.on('data', (chunk) => {
        for (const line of chunk
          .toString('utf8')
          .split('\r\n')
          .filter((text) => text !== '')) {
          heard.push(line);
          if (data) {
            if (line !== '.') continue;
            data = false;
            socket.write('250 ok\r\n');
          } else if (line === 'DATA') {
            data = true;
            socket.write('354 go\r\n');
          } else if (line === 'QUIT') socket.end('221 bye\r\n');
          else socket.write('250 ok\r\n');
        }
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    closers.push(() => server.close());
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    await deliver(
      {
        kind: 'email',
        host: '127.0.0.1',
        port: address.port,
        security: 'none',
        login: undefined,
        from: 'postern@example.org',
        to: ['it@example.org'],
      },
      { ...NOTICE, title: 'one\r\nBcc: evil@example.org' },
    );
    expect(heard).toContain('RCPT TO:<it@example.org>');
    expect(heard.filter((line) => /^Bcc:/i.test(line))).toEqual([]);
    expect(heard.filter((line) => line.startsWith('Subject:')).join()).toContain('[Postern] one');
  });
});
