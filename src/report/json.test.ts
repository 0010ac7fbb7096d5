import { expect, test } from 'vitest';
import { z } from 'zod';
import { bluemarketCheckReport } from '../../test/golden/fixtures/check-report.ts';
import { bluemarketProbeLines, bluemarketReceiptBody } from '../../test/golden/fixtures/other-reports.ts';
import { auditReportSchema } from '../core/contract/audit.ts';
import { checkReportSchema } from '../core/contract/check.ts';
import { inspectReportSchema } from '../core/contract/inspect.ts';
import { probeLineSchema } from '../core/contract/probe.ts';
import { receiptBodySchema } from '../core/contract/receipt.ts';
import { render } from './index.ts';
import { KEY_ORDER } from './key-order.ts';

test('every key of the contracts has its place, once', async () => {
  const contracts = [auditReportSchema, checkReportSchema, inspectReportSchema, probeLineSchema, receiptBodySchema];
  const keys = new Set(contracts.flatMap((schema) => [...keysOf(z.toJSONSchema(schema))]));
  expect(keys.size).toBeGreaterThan(60);
  const places: readonly string[] = KEY_ORDER;
  expect([...keys].filter((key) => !places.includes(key))).toEqual([]);
  expect(new Set(places).size).toBe(places.length);
});

function* keysOf(schema: unknown): Generator<string> {
  if (schema === null || typeof schema !== 'object') return;
  if ('properties' in schema && schema.properties !== null && typeof schema.properties === 'object') {
    yield* Object.keys(schema.properties);
  }
  for (const part of Object.values(schema)) yield* keysOf(part);
}

test('the order in which a report was built does not show', async () => {
  const report = bluemarketCheckReport();
  const turned = reversed(report);
  expect(Object.keys(turned)[0]).not.toBe('schema');
  expect(await render('json', turned)).toBe(await render('json', report));
  expect(JSON.parse(await render('json', report))).toEqual(JSON.parse(JSON.stringify(report)));
});

function reversed<T>(value: T): T;
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => reversed(item));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

test('JSON Lines says of each line what it is, and says which findings a baseline knew', async () => {
  const lines = (await render('jsonl', bluemarketCheckReport()))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const types = lines.map(({ type }) => type);
  expect(types[0]).toBe('report');
  expect(types.at(-1)).toBe('summary');
  expect(types.filter((type) => type === 'story')).toHaveLength(4);
  expect(types.filter((type) => type === 'skip')).toHaveLength(3);
  expect(lines.filter(({ type, known }) => type === 'finding' && known === true)).toHaveLength(1);
});

test('lines of a probe are the contract, with nothing added', async () => {
  const lines = (await render('jsonl', bluemarketProbeLines())).trimEnd().split('\n');
  expect(lines.map((line) => probeLineSchema.strict().parse(JSON.parse(line)))).toEqual(bluemarketProbeLines());
});

test('a format that a report does not have is the caller’s mistake, with the ones it has', async () => {
  const error: unknown = await (async () => {
    try {
      return await render('sarif' as 'json', bluemarketReceiptBody());
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toMatchObject({ code: 'E_USAGE', hint: 'Choose one of terminal, json, jsonl, markdown.' });
});
