import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { receiptSchema } from '../../src/core/contract/receipt.ts';
import { bluemarketCheckReport } from '../golden/fixtures/check-report.ts';
import { run } from './run.ts';

const HOST = 'shop-search.bluemarket.example';

function policy(observe: string): string {
  return `version: 1
listeners: [{ address: 127.0.0.1:9280 }]
upstreams: { shop: { store: elasticsearch, version: 8, nodes: ['http://127.0.0.1:9200'] } }
identity:
  issuers:
    - { name: shop, issuer: 'https://id.example.org/', audience: [shop], jwks: { file: jwks.json }, algorithms: [ES256] }
roles:
  customer:
    match: { issuer: shop }
${observe}    rules:
      - { indices: [orders], operations: [search], filter: all, fields: { status: keyword } }
`;
}

/** A project whose search service is guarded by a gateway that is not there. */
async function project(guard: string | undefined): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'postern-verify-guard-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const report = bluemarketCheckReport();
  await writeFile(join(root, 'report.json'), JSON.stringify(report));
  if (guard !== undefined) await writeFile(join(root, 'guard.yaml'), guard);
  await writeFile(
    join(root, 'postern.yaml'),
    `version: 1
vantage: ${report.vantage}
targets:
  - host: ${HOST}
    addresses: [127.83.55.1]
    authority: loopback
    guardedBy: { url: 'http://${HOST}:9280', index: orders, tokenEnv: CONTROL, policy: guard.yaml }
`,
  );
  return root;
}

async function verified(root: string) {
  const ran = await run(['verify', 'report.json'], { cwd: root, env: { CONTROL: 'made-up-token' } });
  expect(`${ran.stdout}${ran.stderr}`).not.toContain('made-up-token');
  const text = await readFile(join(root, 'postern-receipt.json'), 'utf8');
  expect(text).not.toContain('made-up-token');
  const stories = receiptSchema.parse(JSON.parse(text)).body.stories;
  return { ...ran, guarded: stories.find(({ headline }) => headline.includes(HOST)) };
}

test('a role that the gateway only watches keeps its story open', async () => {
  const until = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
  const { code, stdout, guarded } = await verified(await project(policy(`    observe: { until: ${until} }\n`)));
  expect(code).toBe(1);
  expect(guarded).toMatchObject({
    state: 'exposed',
    reason: expect.stringContaining('only watches the role customer'),
  });
  expect(stdout).toContain('only watches the role customer');
});

test('a gateway that does not answer proves nothing', async () => {
  const { code, guarded } = await verified(await project(policy('')));
  expect(code).toBe(3);
  expect(guarded).toMatchObject({ state: 'unknown', control: { ok: false } });
});

test('a policy that is not there or not valid is told before anything is asked', async () => {
  for (const [guard, message] of [
    [undefined, 'guard.yaml is not there'],
    ['version: 2\n', 'guard.yaml'],
  ] as const) {
    const ran = await run(['verify', 'report.json'], { cwd: await project(guard), env: { CONTROL: 'made-up-token' } });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(message);
  }
});
