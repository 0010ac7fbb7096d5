import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runDemo } from '../../lab/demo.ts';
import { whyNotFree } from '../../lab/range/addresses.ts';
import { checkReportSchema } from '../../src/core/contract/check.ts';
import { type Receipt, receiptSchema } from '../../src/core/contract/receipt.ts';
import { whyNotBuilt } from '../built.ts';

const addresses = { outside: '127.83.99.1', inside: '127.83.99.2' };
// The demo runs the compiled command.
const missing = whyNotBuilt() ?? (await whyNotFree(addresses.outside, 0));
if (missing !== undefined) console.warn(`SKIPPED: the story of npm start is not tested: ${missing}`);

test.skipIf(missing !== undefined)('the story of npm start ends with doors that are closed and proven', async () => {
  const reportDir = await mkdtemp(join(tmpdir(), 'postern-story-'));
  onTestFinished(() => rm(reportDir, { recursive: true, force: true }));
  const lines: string[] = [];
  const code = await runDemo({
    keep: false,
    reportDir,
    log: (line) => lines.push(line),
    signal: new AbortController().signal,
    apart: addresses,
  });
  const told = lines.join('\n');
  const noDatabase = /PostgreSQL \(db\): skipped, (.*)/.exec(told)?.[1];
  if (noDatabase !== undefined) console.warn(`SKIPPED: PostgreSQL in the story of npm start: ${noDatabase}`);
  expect(code).toBe(noDatabase === undefined ? 0 : 3);

  const before = checkReportSchema.parse(JSON.parse(await readFile(join(reportDir, 'report.json'), 'utf8')));
  const exposed = before.stories.filter(({ state }) => state === 'exposed');
  const search = exposed.find(({ headline }) => headline.includes(':9200'));
  expect(search?.headline).toContain('com.bluemarket.shop 3.2');
  expect(search?.headline).toContain('docker-compose.yml:14');
  expect(search?.documents).toBe(12_400);

  // How many people, told by the stores themselves.
  expect(search?.people).toBe(3_900);
  expect(told).toMatch(/shop-search \(elasticsearch\): customers 3,900, /);
  if (noDatabase === undefined) expect(told).toMatch(/shop-db \(postgresql\): \S*customers 3,900.*statistics/);

  // Two accounts: one customer reads another's orders, and after the fix nobody does.
  const rules = before.findings.map(({ rule }) => rule).filter((rule) => /reads/.test(rule));
  expect(rules.sort()).toEqual(['probe/old-app-reads', 'probe/other-user-reads', 'probe/stranger-reads-api']);
  expect(told).toContain("3 endpoints gave away what is somebody else's, now none does");
  expect(told).toMatch(/GET \/v2\/orders\/\{id\} +no +reads +no +no\n/);
  const after = checkReportSchema.parse(JSON.parse(await readFile(join(reportDir, 'after.json'), 'utf8')));
  expect(after.access?.[0]?.endpoints).toHaveLength(5);

  // The firewalls, and what is told of the first.
  expect(told).toMatch(
    /tcp dport 9200 goto elasticsearch_9200\n[\s\S]*ip saddr \{ 10\.83\.0\.0\/24 \} accept\n +drop\n/,
  );
  for (const name of ['shop-search', 'live', ...(noDatabase === undefined ? ['shop-db'] : [])]) {
    expect(await readFile(join(reportDir, `${name}.nft`), 'utf8')).toContain('Cuts off com.bluemarket.shop');
  }

  // The receipt speaks of the same stories, and none that was exposed is anything but closed, with a control.
  const receipt: Receipt = receiptSchema.parse(JSON.parse(await readFile(join(reportDir, 'receipt.json'), 'utf8')));
  const { body } = receipt;
  for (const { id } of exposed) {
    expect(body.stories.find((story) => story.id === id)).toMatchObject({ state: 'closed', control: { ok: true } });
  }
  // The search service is behind the guard now, and the receipt knows it from both sides.
  expect(body.stories.find(({ id }) => id === search?.id)?.through).toMatchObject({
    stranger: { status: 401 },
    control: { ok: true },
    attempts: { answered: [], unclear: [] },
    observed: [],
  });
  expect(told).toMatch(/order \d+ of customer \d+: .* phone \*+\d{4}\n/);
  expect(told).toMatch(/tries (\d+) ways around it: \d+ refused/);
  expect(told).not.toMatch(/555 01|eyJ/);
  if (noDatabase === undefined) {
    expect(told).toMatch(/403 {2}the same token in another tool/);
    expect(told).toMatch(/1 found by its encrypted phone/);
    expect(told).toMatch(/404 {2}the same address, asked for by another customer/);
    expect(told).toMatch(/street pv1\.\S+ {3}phone pv1\./);
    expect(told).toMatch(/addresses\/count {3}0\n.*410 {2}a late POST/);
    expect(told).toContain('in the database: no rows');
  }
  const page = await readFile(join(reportDir, 'report.html'), 'utf8');
  expect(page).toContain('com.bluemarket.shop');
  // Nothing listens any more.
  for (const port of [9200, 5432, 1883]) expect(await whyNotFree(addresses.inside, port)).toBeUndefined();
  for (const port of [9280, 9281, 9282]) expect(await whyNotFree(addresses.outside, port)).toBeUndefined();
  expect(told).toMatch(/Closed, and proven: \d/);
});
