import { expect, test } from 'vitest';
import { render } from '../../src/report/index.ts';
import { bluemarketCheckReport, SOURCES } from './fixtures/check-report.ts';
import {
  bluemarketAuditReport,
  bluemarketInspectReport,
  bluemarketProbeLines,
  bluemarketReceiptBody,
  RULES,
} from './fixtures/other-reports.ts';

const options = { rules: RULES, sources: SOURCES, toolVersion: '0.1.0', receiptPath: 'bluemarket-receipt.json' };

test('a check report reads as stories on a terminal of 100 columns', async () => {
  await golden('check.terminal.txt', await render('terminal', bluemarketCheckReport(), { ...options, width: 100 }));
});

test('a check report keeps within a terminal of 48 columns', async () => {
  const text = await render('terminal', bluemarketCheckReport(), { ...options, width: 48 });
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(48);
  await golden('check.narrow.txt', text);
});

test('a quiet check report has one line for each thing to do', async () => {
  await golden('check.quiet.txt', await render('terminal', bluemarketCheckReport(), { ...options, quiet: true }));
});

test('--all shows every exchange, known findings, suppressed ones and notes', async () => {
  await golden(
    'check.all.txt',
    await render('terminal', bluemarketCheckReport(), { ...options, width: 100, all: true }),
  );
});

test('a check report in colour', async () => {
  await golden(
    'check.colour.txt',
    await render('terminal', bluemarketCheckReport(), { ...options, width: 100, color: true }),
  );
});

test('a check report as JSON, JSON Lines, SARIF and Markdown', async () => {
  const report = bluemarketCheckReport();
  await golden('check.json', await render('json', report, options));
  await golden('check.jsonl', await render('jsonl', report, options));
  await golden('check.sarif', await render('sarif', report, options));
  await golden('check.md', await render('markdown', report, options));
});

test('a path is not listed beside the address that code makes of it', async () => {
  const report = bluemarketInspectReport();
  const own = {
    origin: 'app',
    reason: 'test',
    complete: false,
    evidence: [{ entry: 'classes.dex', via: 'dex-code' }],
  } as const;
  const login = {
    ...own,
    url: 'http://{}/login',
    raw: 'http://{}/login',
    path: '/login',
    completeness: 'template',
  } as const;
  const path = (url: string) => ({ ...own, url, raw: url, path: url, completeness: 'relative' }) as const;
  const endpoints = [login, path('/login'), path('/orders')].map((one) => ({ ...one, evidence: [...one.evidence] }));
  const text = await render('terminal', { ...report, endpoints });
  expect(text).toContain('2 endpoints');
  expect(text).toMatch(/^ {2}\/orders/m);
  expect(text).not.toMatch(/^ {2}\/login/m);
});

test('an inspect report in every format', async () => {
  const report = bluemarketInspectReport();
  await golden('inspect.terminal.txt', await render('terminal', report, { ...options, width: 100 }));
  await golden('inspect.json', await render('json', report, options));
  await golden('inspect.jsonl', await render('jsonl', report, options));
  await golden('inspect.sarif', await render('sarif', report, options));
  await golden('inspect.md', await render('markdown', report, options));
});

test('an audit report in every format', async () => {
  const report = bluemarketAuditReport();
  await golden('audit.terminal.txt', await render('terminal', report, { ...options, width: 100 }));
  await golden('audit.json', await render('json', report, options));
  await golden('audit.jsonl', await render('jsonl', report, options));
  await golden('audit.sarif', await render('sarif', report, options));
  await golden('audit.md', await render('markdown', report, options));
});

test('probe lines in every format', async () => {
  const lines = bluemarketProbeLines();
  await golden('probe.terminal.txt', await render('terminal', lines, { ...options, width: 120 }));
  await golden('probe.narrow.txt', await render('terminal', lines, { ...options, width: 60 }));
  await golden('probe.jsonl', await render('jsonl', lines, options));
  await golden('probe.md', await render('markdown', lines, options));
});

test('the result of a verification in every format', async () => {
  const body = bluemarketReceiptBody();
  await golden('verify.terminal.txt', await render('terminal', body, { ...options, width: 100 }));
  await golden('verify.json', await render('json', body, options));
  await golden('verify.md', await render('markdown', body, options));
});

async function golden(name: string, text: string): Promise<void> {
  await expect(text).toMatchFileSnapshot(`./report/${name}`);
}
