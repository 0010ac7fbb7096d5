import schema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' };
import AjvDraft04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import type { Log, Result } from 'sarif';
import { describe, expect, test } from 'vitest';
import { checkReportSchema } from '../src/core/contract/check.ts';
import type { RenderOptions } from '../src/report/options.ts';
import type { SarifInput } from '../src/report/sarif/index.ts';
import { sarifLog } from '../src/report/sarif/index.ts';
import { bluemarketCheckReport, SOURCES } from './golden/fixtures/check-report.ts';
import { bluemarketAuditReport, bluemarketInspectReport, RULES } from './golden/fixtures/other-reports.ts';

const ajv = new AjvDraft04.default({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const validate = ajv.compile(schema);

const CASES: [name: string, input: SarifInput][] = [
  ['check', { kind: 'check', report: bluemarketCheckReport() }],
  ['audit', { kind: 'audit', report: bluemarketAuditReport() }],
  ['inspect', { kind: 'inspect', report: bluemarketInspectReport() }],
];

describe.each(CASES)('SARIF of an %s report', (_name, input) => {
  const log = sarifLog(input, { rules: RULES, toolVersion: '0.1.0' });

  test('is valid against the SARIF 2.1.0 schema', () => {
    validate(JSON.parse(JSON.stringify(log)));
    expect(validate.errors ?? []).toEqual([]);
  });

  test('describes the rule of every result under the index that the result names', () => {
    const { results, driver } = read(log);
    expect(results.length).toBeGreaterThan(0);
    for (const result of results) expect(driver.rules?.[result.ruleIndex ?? -1]?.id).toBe(result.ruleId);
  });

  test('names files by relative references and gives every result a location and a fingerprint', () => {
    const { results } = read(log);
    for (const result of results) {
      expect(result.partialFingerprints?.['postern/v1']).toMatch(/^[0-9a-f]{32}$/);
      expect(result.locations).toHaveLength(1);
      const [location] = result.locations ?? [];
      const uri = location?.physicalLocation?.artifactLocation?.uri;
      if (uri === undefined) expect(location?.logicalLocations?.[0]?.fullyQualifiedName).toBeTruthy();
      else expect(uri).toMatch(/^(?!\/|[a-z]+:)[^\\ ]+$/);
    }
  });

  test('turns every skip into a notification', () => {
    const notifications = log.runs[0]?.invocations?.[0]?.toolExecutionNotifications ?? [];
    expect(notifications).toHaveLength(input.report.skips.length);
  });
});

test('the schema used here refuses a log that is wrong', () => {
  expect(validate({ version: '2.1.0', runs: [{ tool: {}, results: [{ level: 'fatal' }] }] })).toBe(false);
});

test('the fixture is a check report by its own contract', () => {
  expect(checkReportSchema.safeParse(bluemarketCheckReport()).error).toBeUndefined();
});

test('a replacement of a fix cuts exactly the characters that the patch names', () => {
  const { results } = read(checkLog());
  const fixes = results.flatMap((result) => result.fixes ?? []);
  expect(fixes).toHaveLength(4);
  const [security] = results.find(({ ruleId }) => ruleId === 'audit/elasticsearch-security-disabled')?.fixes ?? [];
  const [change] = security?.artifactChanges ?? [];
  const [replacement] = change?.replacements ?? [];
  const source = Buffer.from(SOURCES.get(change?.artifactLocation.uri ?? '') ?? '').toString('utf8');
  const { charOffset = 0, charLength = 0 } = replacement?.deletedRegion ?? {};
  expect(source.slice(charOffset, charOffset + charLength)).toBe('enabled: false');
  expect(replacement?.insertedContent?.text).toBe('enabled: true');
});

test('a suppressed finding is a result with the reason its owner gave', () => {
  const { results } = read(checkLog());
  const silenced = results.filter(({ suppressions }) => (suppressions?.length ?? 0) > 0);
  expect(silenced).toHaveLength(1);
  expect(silenced[0]).toMatchObject({
    ruleId: 'inspect/android-debuggable',
    suppressions: [
      { kind: 'external', status: 'accepted', justification: 'Internal test build; never shipped to customers.' },
    ],
  });
});

test('with a baseline every result is new or unchanged, without one none says so', () => {
  const states = read(checkLog()).results.map(({ ruleId, baselineState }) => `${ruleId} ${baselineState}`);
  expect(states).toContain('inspect/android-allow-backup unchanged');
  expect(states).toContain('probe/elasticsearch-open new');
  const first = { ...bluemarketCheckReport(), known: [] };
  expect(
    read(sarifLog({ kind: 'check', report: first }, {})).results.every((result) => result.baselineState === undefined),
  ).toBe(true);
});

test('a finding that was seen on the wire only has a logical location', () => {
  const result = read(checkLog()).results.find(({ ruleId }) => ruleId === 'probe/mqtt-open');
  expect(result?.locations).toEqual([
    { logicalLocations: [{ name: 'mqtt', fullyQualifiedName: '203.0.113.21:1883', kind: 'resource' }] },
  ]);
});

test('paths become references below the base directory, and only what lies outside becomes a file URI', () => {
  const report = bluemarketAuditReport();
  const [finding] = report.findings;
  if (finding === undefined) throw new Error('the fixture has findings');
  function uriOf(path: string, root: string, baseDirectory: string | undefined): string | undefined {
    const evidence = { kind: 'setting', path, pointer: 'p', actual: 'a', expected: 'e' } as const;
    const input: SarifInput = {
      kind: 'audit',
      report: { ...report, root, findings: [{ ...finding!, evidence: [evidence] }] },
    };
    const [result] = read(sarifLog(input, baseDirectory === undefined ? {} : { baseDirectory })).results;
    return result?.locations?.[0]?.physicalLocation?.artifactLocation?.uri;
  }
  expect(uriOf('docker-compose.yml', 'deploy', undefined)).toBe('deploy/docker-compose.yml');
  expect(uriOf('./a b/c#d.yml', '.', undefined)).toBe('a%20b/c%23d.yml');
  expect(uriOf('c:odd.yml', '.', undefined)).toBe('c%3Aodd.yml');
  expect(uriOf('redis.conf', '/srv/shop/deploy', '/srv/shop')).toBe('deploy/redis.conf');
  expect(uriOf('/srv/shop/deploy/redis.conf', '/srv/shop/deploy', undefined)).toBe('redis.conf');
  expect(uriOf('../other/redis.conf', '/srv/shop', '/srv/shop')).toBe('file:///srv/other/redis.conf');
});

test('text of a package makes no link in a message', () => {
  const report = bluemarketAuditReport();
  const [finding] = report.findings;
  if (finding === undefined) throw new Error('the fixture has findings');
  const hostile = { ...finding, message: 'see [the docs](https://phish.example) of x[0]' };
  const [result] = read(sarifLog({ kind: 'audit', report: { ...report, findings: [hostile] } }, {})).results;
  expect(result?.message.text).toBe('see \\[the docs](https://phish.example) of x[0]');
});

function checkLog(options: RenderOptions = {}): Log {
  return sarifLog({ kind: 'check', report: bluemarketCheckReport() }, { rules: RULES, ...options });
}

function read(log: Log): { results: Result[]; driver: Log['runs'][number]['tool']['driver'] } {
  const [run] = log.runs;
  if (run === undefined) throw new Error('a log has one run');
  return { results: run.results ?? [], driver: run.tool.driver };
}
