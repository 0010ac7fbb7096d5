import { describe, expect, it } from 'vitest';
import { checkReportSchema } from '../core/contract/check.ts';
import { PosternError } from '../core/errors.ts';
import { createScope, type Scope, systemEnvironment } from '../net/index.ts';
import type { CheckInput, CheckProgress } from './input.ts';
import { runCheck } from './run-check.ts';
import { app, audit, classify, declared, finding, port, result, service } from './testing/world.ts';
import type { Verbs } from './verbs.ts';

const HOST = 'shop.bluemarket.example';

function scope(): Promise<Scope> {
  return createScope(
    [
      { host: HOST, addresses: ['127.0.0.1'], resolve: 'listed', authority: 'loopback' },
      { host: 'stranger.example', addresses: ['203.0.113.7'], resolve: 'dns', authority: 'loopback' },
    ],
    systemEnvironment([]),
  );
}

const VERBS: Verbs = {
  inspectPackage: (path, { onProgress }) => {
    onProgress?.({ entry: 'classes.dex', done: 1, total: 2 });
    const { report } = app('com.bluemarket.shop', '3.2', [`http://${HOST}:9200/`], {
      skips: [{ subject: `${path}!broken.dex`, code: 'DEX_BAD_OFFSET', reason: 'cut off', severity: 'incomplete' }],
      findings: [
        finding('inspect/android-debuggable', 'app:com.bluemarket.shop', `${path}!AndroidManifest.xml`, 1, {
          message: 'debuggable',
        }),
      ],
    });
    return Promise.resolve(report);
  },
  auditPaths: () =>
    Promise.resolve(
      audit(
        [declared('search')],
        [],
        [finding('audit/compose-store-published', 'config:docker-compose.yml/search', 'docker-compose.yml', 14)],
      ),
    ),
  async *probe(targets) {
    for (const { target } of targets) yield result(target.host, 9200, { address: '127.0.0.1' });
  },
  runControl: () => Promise.reject(new Error('not in check')),
  findingsOf: () => [],
  services: [service('elasticsearch')],
  classifyFields: classify,
};

async function input(more: Partial<CheckInput> = {}): Promise<CheckInput> {
  return {
    root: '/project',
    packages: ['/project/app/shop.apk'],
    configuration: ['/project/deploy'],
    scope: await scope(),
    vantage: 'office',
    redactionKey: new Uint8Array(32),
    verbs: VERBS,
    ...more,
  };
}

describe('runCheck', () => {
  it('joins the three verbs to a report that the contract knows, with paths as the project sees them', async () => {
    const report = await runCheck(await input());
    expect(checkReportSchema.parse(report)).toEqual(report);
    expect(report.stories).toHaveLength(1);
    expect(report.stories[0]?.headline).toContain('published by deploy/docker-compose.yml:14');
    expect(JSON.stringify(report)).not.toContain('/project');
    expect(report.findings.map(({ evidence: [first] }) => (first.kind === 'setting' ? first.path : ''))).toEqual([
      'deploy/docker-compose.yml',
      'app/shop.apk!AndroidManifest.xml',
    ]);
  });

  it('says what was not checked: skips of the verbs and targets without authority', async () => {
    const { skips, summary } = await runCheck(await input());
    expect(skips.map(({ subject, code }) => [subject, code])).toEqual([
      ['app/shop.apk!broken.dex', 'DEX_BAD_OFFSET'],
      ['stranger.example', 'E_AUTHORITY'],
    ]);
    expect(summary.complete).toBe(false);
  });

  it('goes on without a part that fails', async () => {
    const report = await runCheck(
      await input({
        verbs: {
          ...VERBS,
          inspectPackage: () => Promise.reject(new PosternError('E_INPUT_CORRUPT', 'nothing can be read')),
          auditPaths: () => Promise.reject(new Error('a defect')),
        },
      }),
    );
    expect(report.stories).toHaveLength(1);
    expect(report.skips.map(({ code }) => code).sort()).toEqual(['AUDIT_FAILED', 'E_AUTHORITY', 'E_INPUT_CORRUPT']);
  });

  it('keeps what the probe told before it failed', async () => {
    const report = await runCheck(
      await input({
        verbs: {
          ...VERBS,
          async *probe() {
            yield result(HOST, 9200, { address: '127.0.0.1' });
            throw new PosternError('E_PROBE_IO', 'the network went away');
          },
        },
      }),
    );
    expect(report.summary.exposed).toBe(1);
    expect(report.skips.map(({ code }) => code)).toContain('E_PROBE_IO');
  });

  it('keeps what is known when it is stopped, and is not complete', async () => {
    const stop = new AbortController();
    const report = await runCheck(
      await input({
        packages: ['/project/app/one.apk', '/project/app/two.apk', '/project/app/three.apk'],
        signal: stop.signal,
        verbs: {
          ...VERBS,
          inspectPackage: (...parameters) => {
            if (parameters[0].endsWith('one.apk')) return VERBS.inspectPackage(...parameters);
            stop.abort();
            return Promise.reject(new DOMException('stopped', 'AbortError'));
          },
        },
      }),
    );
    expect(report.assets.some(({ kind }) => kind === 'app')).toBe(true);
    expect(report.skips.filter(({ code }) => code === 'STOPPED').map(({ subject }) => subject)).toContain(
      'app/two.apk',
    );
    expect(report.summary.complete).toBe(false);
  });

  it('tells of its progress in all three parts', async () => {
    const events: CheckProgress[] = [];
    await runCheck(await input({ onProgress: (event) => events.push(event) }));
    expect(new Set(events.map(({ part }) => part))).toEqual(new Set(['inspect', 'audit', 'probe']));
    expect(events.map(({ label }) => label)).toContain('app/shop.apk: classes.dex');
  });

  it('is complete and empty for nothing', async () => {
    const nothing = await createScope([], systemEnvironment([]));
    const report = await runCheck(await input({ packages: [], configuration: [], scope: nothing }));
    expect(report.summary).toEqual({ exposed: 0, closed: 0, unknown: 0, worst: null, documents: 0, complete: true });
  });

  it('takes a configured hint and a control from the targets', async () => {
    const target = {
      host: HOST,
      addresses: ['127.0.0.1'],
      resolve: 'listed' as const,
      authority: 'loopback' as const,
      ports: [],
      configuredBy: '/project/deploy/docker-compose.yml',
      controls: [],
    };
    const two = audit([declared('search'), declared('other', { file: 'other.yml', asset: 'config:other.yml/other' })]);
    const report = await runCheck(
      await input({ targets: [target], verbs: { ...VERBS, auditPaths: () => Promise.resolve(two) } }),
    );
    expect(report.stories[0]?.headline).toContain('published by deploy/docker-compose.yml:14');
  });

  it('also asks the ports that packages and hinted compose files name, on hosts in scope alone', async () => {
    const asked: string[] = [];
    const target = {
      host: HOST,
      addresses: ['127.0.0.1'],
      resolve: 'listed' as const,
      authority: 'loopback' as const,
      ports: [],
      configuredBy: '/project/deploy/docker-compose.yml',
      controls: [],
    };
    const urls = [
      `http://${HOST}:19200/`,
      `mongodb://${HOST}`,
      `https://${HOST}/api`,
      'http://elsewhere.example:9200/',
    ];
    const report = await runCheck(
      await input({
        targets: [target],
        verbs: {
          ...VERBS,
          inspectPackage: () => Promise.resolve(app('com.bluemarket.shop', '3.2', urls).report),
          auditPaths: () => Promise.resolve(audit([declared('search', { published: [port(9200), port(29200)] })])),
          async *probe(targets) {
            for (const one of targets) {
              asked.push(`${one.target.host}:${one.port ?? 'every port'}`);
              const verdict = one.port === undefined ? 'refused' : 'anonymous-read';
              yield result(one.target.host, one.port ?? 9200, { address: '127.0.0.1', verdict });
            }
          },
        },
      }),
    );
    expect(asked).toEqual([`${HOST}:every port`, `${HOST}:19200`, `${HOST}:27017`, `${HOST}:29200`]);
    expect(report.stories.filter(({ state }) => state === 'exposed')).toHaveLength(3);
    expect(report.stories.find(({ state }) => state === 'unknown')?.headline).toContain('elsewhere.example:9200');
  });
});
