import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Control, Target } from '../../config/index.ts';
import { CHECK_SCHEMA, type CheckReport } from '../../core/contract/check.ts';
import { receiptBodySchema } from '../../core/contract/receipt.ts';
import type { Verdict } from '../../core/verdict.ts';
import { createScope, type Scope, systemEnvironment } from '../../net/index.ts';
import type { ProbeResult } from '../../probe/service.ts';
import { join } from '../join.ts';
import { result, service, world } from '../testing/world.ts';
import type { Verbs } from '../verbs.ts';
import { runVerify, type VerifyInput } from './run-verify.ts';
import type { Visit } from './through/ask.ts';

const HOST = 'shop-search.bluemarket.example';
const NOW = new Date('2026-03-02T00:00:00.000Z');

function scopeOf(...addresses: string[]): Promise<Scope> {
  return createScope([{ host: HOST, addresses, resolve: 'listed', authority: 'loopback' }], systemEnvironment([]));
}

function reportOf(...results: ProbeResult[]): CheckReport {
  const joined = join(world({ results }));
  return {
    ...joined,
    schema: CHECK_SCHEMA,
    tool: { name: 'postern', version: '0' },
    startedAt: '2026-03-01T00:00:00.000Z',
    finishedAt: '2026-03-01T00:00:01.000Z',
    vantage: 'office',
    scopeHash: '0',
    known: [],
    suppressed: [],
    summary: { exposed: 1, closed: 0, unknown: 0, worst: 'critical', documents: 0, complete: true },
  };
}

function target(...controls: Control[]): Target {
  return { host: HOST, addresses: ['127.0.0.1'], resolve: 'listed', authority: 'loopback', ports: [], controls };
}

const LOGIN: Control = {
  kind: 'authorized',
  service: 'elasticsearch',
  port: 9200,
  username: 'control',
  password: { env: 'ES_CONTROL' },
};
const INSIDE: Control = { kind: 'trusted-vantage', service: 'elasticsearch', at: { host: '127.0.0.2', port: 9200 } };

/** Answers each round with the next list of verdicts by address; the trusted address with `inside`. */
function verbs(
  rounds: Record<string, Verdict>[],
  options: { login?: boolean; inside?: Verdict } = {},
): Verbs & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    services: [service('elasticsearch')],
    findingsOf: () => [],
    classifyFields: () => [],
    inspectPackage: () => Promise.reject(new Error('not in verify')),
    auditPaths: () => Promise.reject(new Error('not in verify')),
    async *probe(targets) {
      for (const one of targets) {
        asked.push(`${one.target.host}:${one.port}/${one.service}`);
        const answers = one.target.host === HOST ? rounds.shift() : { [one.target.host]: options.inside ?? 'refused' };
        for (const [address, verdict] of Object.entries(answers ?? {})) {
          yield result(one.target.host, one.port ?? 0, { target: one.label, address, verdict });
        }
      }
    },
    runControl: (_target, id, port, { username, password }) => {
      asked.push(`login ${username}:${password === 'made-up' ? 'right' : 'wrong'}@${id}:${port}`);
      return Promise.resolve({ ok: options.login ?? false, detail: 'the login was tried', at: NOW.toISOString() });
    },
  };
}

async function input(own: Verbs, more: Partial<VerifyInput> = {}): Promise<VerifyInput> {
  return {
    report: reportOf(result(HOST, 9200, { address: '127.0.0.1' })),
    reportBytes: Buffer.from('the report'),
    scope: await scopeOf('127.0.0.1'),
    targets: [target(LOGIN)],
    vantage: 'office',
    env: { ES_CONTROL: 'made-up' },
    now: () => NOW,
    verbs: own,
    ...more,
  };
}

const SHUT = { '127.0.0.1': 'refused' } as const;

describe('runVerify', () => {
  it('closes a story after two refused rounds around a working login, and says so in a receipt', async () => {
    const own = verbs([SHUT, SHUT], { login: true });
    const { body, report } = await runVerify(await input(own));
    expect(own.asked).toEqual([
      `${HOST}:9200/elasticsearch`,
      'login control:right@elasticsearch:9200',
      `${HOST}:9200/elasticsearch`,
    ]);
    expect(body.stories[0]).toMatchObject({
      before: 'exposed',
      state: 'closed',
      rules: ['probe/elasticsearch-open'],
      control: { kind: 'authorized', ok: true },
    });
    expect(body.stories[0]?.attempts.map(({ verdict }) => verdict)).toEqual(['refused', 'refused']);
    expect(body.reportHash).toBe(createHash('sha256').update('the report').digest('hex'));
    expect(receiptBodySchema.parse(body)).toEqual(body);
    expect(report.summary).toMatchObject({ exposed: 0, closed: 1, unknown: 0, complete: true, worst: null });
    expect(report.findings).toEqual([]);
    expect(JSON.stringify({ body, report })).not.toContain('made-up');
  });

  it('asks the project again that the story is about, where a provider has one host for all', async () => {
    const host = 'firestore.googleapis.com';
    const ids = ['bluemarket', 'bluemarket-test'];
    const scope = await createScope(
      ids.map((id) => ({
        host,
        addresses: [],
        resolve: 'dns' as const,
        authority: { project: { provider: 'firestore', id } },
      })),
      systemEnvironment([]),
    );
    const asked: (string | undefined)[] = [];
    const own: Verbs = {
      ...verbs([]),
      services: [service('firestore', { managed: true })],
      async *probe(targets) {
        for (const { label, target: one, port = 0 } of targets) {
          asked.push(one.project);
          const project = one.project ?? '';
          yield result(host, port, { target: label, service: 'firestore', project, verdict: 'secured' });
        }
      },
    };
    const open = (project: string) => result(host, 443, { service: 'firestore', project });
    const report = reportOf(...ids.map(open));
    const [story] = report.stories.filter(({ outsider }) => outsider[0]?.project === 'bluemarket-test');
    await runVerify(await input(own, { report, scope, targets: [], only: [story?.id ?? ''] }));
    expect(asked).toEqual(['bluemarket-test', 'bluemarket-test']);
  });

  it('falls back on the trusted vantage where the login fails', async () => {
    const own = verbs([SHUT, SHUT], { login: false, inside: 'secured' });
    const { body } = await runVerify(await input(own, { targets: [target(INSIDE, LOGIN)] }));
    expect(body.stories[0]).toMatchObject({ state: 'closed', control: { kind: 'trusted-vantage', ok: true } });
    expect(own.asked[1]).toContain('login');
  });

  it('keeps a story exposed when the second round gets in', async () => {
    const own = verbs([SHUT, { '127.0.0.1': 'anonymous-read' }], { login: true });
    const { body, report } = await runVerify(await input(own));
    expect(body.stories[0]?.state).toBe('exposed');
    expect(report.findings).toHaveLength(1);
  });

  it.each([
    ['no control is configured', { targets: [] }, /add a control/],
    ['the control is for another port', { targets: [target({ ...LOGIN, port: 9201 })] }, /add a control/],
    ['the password is not there', { env: {} }, /ES_CONTROL is not set/],
    ['the vantage is another', { vantage: 'home' }, /sent from office, and this run is at home/],
    [
      'the trusted address is nobody’s',
      { targets: [target({ ...INSIDE, at: { host: '203.0.113.9', port: 9200 } })] },
      /neither loopback/,
    ],
  ])('does not know when %s', async (_what, more, reason) => {
    const { body, report } = await runVerify(await input(verbs([SHUT, SHUT], { login: true }), more));
    expect(body.stories[0]?.state).toBe('unknown');
    expect(body.stories[0]?.reason).toMatch(reason);
    expect(report.summary.complete).toBe(false);
  });

  it('does not know when an address of the earlier request was not asked again', async () => {
    const report = reportOf(result(HOST, 9200, { address: '127.0.0.1' }), result(HOST, 9200, { address: '127.0.0.3' }));
    const { body } = await runVerify(await input(verbs([SHUT, SHUT], { login: true }), { report }));
    expect(body.stories[0]).toMatchObject({
      state: 'unknown',
      reason: expect.stringMatching(/127\.0\.0\.3 was not asked again/),
    });
  });

  it('does not know when the host is not in scope any more, and asks nobody', async () => {
    const own = verbs([SHUT, SHUT], { login: true });
    const scope = await createScope([], systemEnvironment([]));
    const { body } = await runVerify(await input(own, { scope }));
    expect(body.stories[0]).toMatchObject({ state: 'unknown', reason: expect.stringMatching(/not in scope any more/) });
    expect(own.asked).toEqual([]);
  });

  it('is exposed by a further address that the name has now', async () => {
    const both = { ...SHUT, '127.0.0.4': 'anonymous-read' } as const;
    const { body } = await runVerify(await input(verbs([both, both], { login: true })));
    expect(body.stories[0]?.state).toBe('exposed');
  });

  it('does not know when the run is stopped', async () => {
    const { body } = await runVerify(
      await input(verbs([SHUT, SHUT], { login: true }), { signal: AbortSignal.abort() }),
    );
    expect(body.stories[0]?.state).toBe('unknown');
  });

  describe('of a store behind a gateway', () => {
    const guardedBy = {
      host: HOST,
      port: 9443,
      tls: false,
      index: 'orders',
      scheme: 'Bearer',
      credentials: { env: 'ES_CONTROL' },
      policy: '/guard.yaml',
    } as const;
    const seen: Visit = {
      strangers: [{ name: 'banner', status: 401 }],
      controls: [{ ok: true, detail: '', total: 3 }],
      attempts: [{ name: '_sql', status: 403, total: null, narrowable: false }],
    };
    const guarded = (visit: Visit, more: Partial<VerifyInput> = {}) => {
      const asked: string[] = [];
      const own = verbs([SHUT, SHUT], { login: true });
      return input(own, {
        targets: [{ ...target(LOGIN), guardedBy }],
        visit: ({ target: { host }, port, authorization }) => {
          asked.push(`${host}:${port} ${authorization}`);
          return Promise.resolve(visit);
        },
        ...more,
      }).then(async (given) => ({ ...(await runVerify(given)), asked, own }));
    };

    it('asks around it and through it, with the signed-in control in place of the login', async () => {
      const { body, asked, own } = await guarded(seen);
      expect(asked).toEqual([`${HOST}:9443 Bearer made-up`]);
      expect(own.asked.filter((one) => one.startsWith('login'))).toEqual([]);
      expect(body.stories[0]).toMatchObject({
        state: 'closed',
        control: { kind: 'authorized', ok: true },
        through: { gateway: `${HOST}:9443`, attempts: { tried: 1, refused: 1 }, observed: [] },
      });
      expect(receiptBodySchema.parse(body)).toEqual(body);
      expect(JSON.stringify(body)).not.toContain('made-up');
    });

    it('keeps the story exposed while a role is only watched', async () => {
      const { body } = await guarded(seen, { observedRoles: new Map([['/guard.yaml', ['customer']]]) });
      expect(body.stories[0]).toMatchObject({ state: 'exposed', through: { observed: ['customer'] } });
    });

    it('does not fall back on another control when the gateway does not answer', async () => {
      const { body } = await guarded({ strangers: [], controls: [], attempts: [] });
      expect(body.stories[0]).toMatchObject({ state: 'unknown', control: { ok: false } });
    });
  });

  it('leaves a story that nobody could ask unknown', async () => {
    const story = { ...reportOf(result(HOST, 9200, { address: '127.0.0.1' })).stories[0]!, outsider: [] };
    const report = { ...reportOf(), stories: [story] };
    const { body } = await runVerify(await input(verbs([]), { report }));
    expect(body.stories[0]).toMatchObject({ state: 'unknown', attempts: [], control: null });
  });
});
