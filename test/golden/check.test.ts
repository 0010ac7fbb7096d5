import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditPaths } from '../../src/audit/index.ts';
import { runCheck } from '../../src/check/run-check.ts';
import { app, endpoint, result, service } from '../../src/check/testing/world.ts';
import type { Verbs } from '../../src/check/verbs.ts';
import { classifyFields } from '../../src/classify/index.ts';
import { checkReportSchema } from '../../src/core/contract/check.ts';
import { createScope, systemEnvironment } from '../../src/net/index.ts';
import { findingsOf } from '../../src/probe/index.ts';

const LAB = join(import.meta.dirname, '../../lab/template');
const SEARCH = 'shop-search.bluemarket.example';
const DATABASE = 'shop-db.bluemarket.example';

/** The range's own configuration, really audited; package and stores as the range shows them, by hand. */
const VERBS: Verbs = {
  inspectPackage: () =>
    Promise.resolve(
      app(
        'com.bluemarket.shop',
        '3.2',
        [
          `http://${SEARCH}:9200/customers/_search`,
          'https://api.bluemarket.example/v2/',
          endpoint('https://tracker.vendor.example/c', { origin: 'sdk' }),
        ],
        {
          stores: [
            {
              kind: 'firebase-rtdb',
              id: 'bluemarket-shop',
              host: 'bluemarket-shop.firebaseio.example',
              origin: 'app',
              evidence: [{ entry: 'resources.arsc', via: 'resource', name: 'string/firebase_database_url' }],
            },
          ],
        },
      ).report,
    ),
  auditPaths,
  async *probe() {
    // Both names lead to one address, so each store is met twice.
    for (const host of [SEARCH, DATABASE]) {
      yield result(host, 9200, { address: '127.83.0.1', version: '7.17.28', notTested: ['writing'] });
      yield result(host, 5432, {
        address: '127.83.0.1',
        service: 'postgresql',
        version: '18.1',
        documents: 10_700,
        datasets: [{ name: 'public.customers', documents: 10_700, fields: ['email', 'phone', 'password_hash'] }],
      });
      yield result(host, 6379, { address: '127.83.0.1', service: 'redis', verdict: 'refused' });
    }
  },
  runControl: () => Promise.reject(new Error('not in check')),
  findingsOf,
  services: [service('elasticsearch'), service('postgresql'), service('redis')],
  classifyFields,
};

describe('the report of check', () => {
  it('is, for the practice range, what it was', async () => {
    const scope = await createScope(
      [SEARCH, DATABASE].map((host) => ({ host, addresses: ['127.83.0.1'], resolve: 'listed', authority: 'loopback' })),
      systemEnvironment([]),
    );
    const controls = (id: string) => [
      {
        kind: 'authorized' as const,
        service: id,
        username: 'control',
        password: { file: join(mkdtempSync(join(tmpdir(), 'p-')), 'x') },
      },
    ];
    const common = { addresses: ['127.83.0.1'], resolve: 'listed' as const, authority: 'loopback' as const, ports: [] };
    const report = await runCheck({
      root: LAB,
      packages: [join(LAB, 'app/bluemarket-3.2.apk')],
      configuration: [join(LAB, 'deploy')],
      scope,
      targets: [
        { ...common, host: SEARCH, controls: controls('elasticsearch') },
        { ...common, host: DATABASE, controls: controls('postgresql') },
      ],
      vantage: 'outside',
      redactionKey: new Uint8Array(32),
      now: () => new Date('2026-03-01T12:00:00.000Z'),
      verbs: VERBS,
    });
    expect(checkReportSchema.parse(report)).toEqual(report);
    const stable = { ...report, tool: { ...report.tool, version: '0.0.0' } };
    await expect(`${JSON.stringify(stable, null, 2)}\n`).toMatchFileSnapshot('check-report.json');
  });
});
