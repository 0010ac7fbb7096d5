/** The access check from postern.yaml to every format, with the practice API. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiStandIn } from '../../lab/api-stand-in/index.ts';
import { accessLine, createAccess, dryAccessOf } from '../../src/check/access.ts';
import { runCheck } from '../../src/check/index.ts';
import { allRules } from '../../src/cli/rules.ts';
import { loadConfig } from '../../src/config/index.ts';
import { type CheckReport, checkReportSchema } from '../../src/core/contract/check.ts';
import { probeLineSchema } from '../../src/core/contract/probe.ts';
import { createScope, systemEnvironment } from '../../src/net/index.ts';
import { render } from '../../src/report/index.ts';

const TOKENS = { alice: 'made-up-token-of-alice', bob: 'made-up-token-of-bob' };
const VALUES =
  /made-up-token|shop\.example|alice example|bob example|Exampleton|EXMP|R-(?:alice|bob)|\/v2\/(?:orders|addresses|invoices|receipts|products)\/[0-9a-f]/;
const folder = mkdtempSync(join(tmpdir(), 'postern-access-'));
let server: Server;
let mended = false;

beforeAll(async () => {
  server = createApiStandIn({ tokens: TOKENS, mended: () => mended });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const openapi = fileURLToPath(new URL('../../lab/api-stand-in/openapi.yaml', import.meta.url));
  writeFileSync(join(folder, 'alice.token'), `${TOKENS.alice}\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'bob.token'), TOKENS.bob, { mode: 0o600 });
  writeFileSync(
    join(folder, 'postern.yaml'),
    `version: 1
targets:
  - host: 127.0.0.1
    addresses: [127.0.0.1]
    authority: loopback
    api:
      baseUrl: http://127.0.0.1:${port}
      openapi: ${JSON.stringify(openapi)}
      endpoints:
        - { path: "/products/{id}", list: /products, public: true }
      oldApp: { headers: { X-App-Version: <version> }, versions: [1.4.0] }
    accounts:
      - { name: alice, tokenFile: alice.token }
      - { name: bob, tokenFile: bob.token }
`,
  );
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function setting() {
  const config = await loadConfig(folder, { named: true });
  const scope = await createScope(
    [{ host: '127.0.0.1', addresses: ['127.0.0.1'], resolve: 'listed', authority: 'loopback' }],
    systemEnvironment([]),
  );
  return { targets: config.targets, scope };
}

async function check(): Promise<CheckReport> {
  const { targets, scope } = await setting();
  const { loadVerbs } = await import('../../src/check/verbs.ts');
  // What stands on the other ports of this machine is not asked.
  const verbs = { ...(await loadVerbs()), probe: async function* () {} };
  return await runCheck({
    root: folder,
    packages: [],
    configuration: [],
    scope,
    targets,
    vantage: 'here',
    redactionKey: new Uint8Array(32),
    verbs,
  });
}

describe('the access part of a check', () => {
  it('is in the report by its contract, with findings, an asset, and notes of what was not asked', async () => {
    mended = false;
    const report = await check();
    expect(checkReportSchema.parse(report)).toBeTruthy();
    expect(report.findings.map(({ rule, severity }) => [rule, severity])).toEqual([
      ['probe/other-user-reads', 'critical'],
      ['probe/old-app-reads', 'critical'],
    ]);
    const [api] = report.access ?? [];
    expect(api?.endpoints.map(({ what, objects }) => [what, objects])).toEqual([
      ['GET /v2/products/{id}', 'public'],
      ['GET /v2/orders/{orderId}', 'owned'],
      ['GET /v2/addresses/{id}', 'owned'],
      ['GET /v2/invoices/{id}', 'owned'],
    ]);
    expect(report.assets.filter(({ kind }) => kind === 'endpoint')).toHaveLength(1);
    expect(report.findings.every(({ asset }) => report.assets.some(({ id }) => id === asset))).toBe(true);
    expect(report.skips.map(({ severity }) => severity)).toEqual(['note', 'note']);
    expect(report.summary.complete).toBe(true);
  });

  it('is told in every format, without an id, a token or a value', async () => {
    mended = false;
    const report = await check();
    const rules = await allRules();
    for (const format of ['terminal', 'markdown', 'html', 'json', 'jsonl', 'sarif'] as const) {
      const text = await render(format, report, { rules, width: 110 });
      expect(text, format).toContain('GET /v2/orders/');
      expect(text, format).not.toMatch(VALUES);
      expect(text, format).not.toContain('No open back door');
    }
    const text = await render('terminal', report, { width: 110 });
    expect(text).toMatch(/GET \/v2\/orders\/\{orderId\} +no +reads +reads +reads/);
    expect(text).toMatch(/GET \/v2\/addresses\/\{id\} +no +reads +no +no/);
    expect(text).toMatch(/GET \/v2\/invoices\/\{id\} +no +reads +no +reads/);
    expect(text).toContain('2 API endpoints give objects to somebody else than their owner.');
  });

  it('of a mended API has no finding', async () => {
    mended = true;
    const report = await check();
    expect(report.findings).toEqual([]);
    expect(await render('terminal', report, { width: 110 })).toContain('No open back door');
  });

  it('has a line of `postern probe`', async () => {
    mended = false;
    const { targets, scope } = await setting();
    const { reports } = await createAccess(targets, scope).ofApis();
    const lines = reports.map(accessLine);
    expect(lines).toHaveLength(1);
    expect(probeLineSchema.parse(lines[0])).toMatchObject({ service: 'api', verdict: 'secured' });
    for (const format of ['terminal', 'markdown', 'json', 'jsonl'] as const) {
      expect(await render(format, lines, { width: 110 })).toContain('GET /v2/orders/');
    }
  });

  it('is shown before it is sent, without reading a secret', async () => {
    const { targets, scope } = await setting();
    rmSync(join(folder, 'bob.token'));
    const [port] = await dryAccessOf(targets, scope);
    const requests =
      port?.services.flatMap((service) => service.requests.map(({ bytes }) => bytes.toString('utf8'))) ?? [];
    expect(requests).toHaveLength(12);
    expect(requests.every((text) => text.startsWith('GET /v2/'))).toBe(true);
    expect(requests.some((text) => text.includes('x-app-version: 1.4.0'))).toBe(true);
    const { skips, reports } = await createAccess(targets, scope).ofApis();
    expect(reports).toEqual([]);
    expect(skips).toMatchObject([{ code: 'E_INPUT_NOT_FOUND', severity: 'incomplete' }]);
  });
});
