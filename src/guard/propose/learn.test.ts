import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DecisionEntry } from '../journal/entry.ts';
import { entryBody, NO_LINE, sealLine } from '../journal/line.ts';
import { NOW, parse, withRoles } from '../policy/testing/policies.ts';
import { learnPolicy } from './learn.ts';
import { readUsage } from './usage.ts';

const TEXT = withRoles(`reader: # kept
  match: { issuer: shop }
  rules:
    - indices: [profiles, orders]
      operations: [search, count, get]
      filter: all
      fields: { f: keyword }
    - { indices: [visits], operations: [search], filter: all, fields: { f: keyword } }
idle:
  match: { issuer: shop }
  rules: [{ indices: [x], operations: [search], filter: all, fields: { f: keyword } }]`);

const ENTRY: DecisionEntry = {
  time: NOW,
  requestId: 'r1',
  operation: 'search',
  decision: 'allow',
  code: null,
  status: 200,
  role: 'reader',
  rules: ['roles.reader.rules[0]'],
  upstream: 'shop',
  indices: ['profiles'],
  documents: 3,
  principal: 'hash',
  peer: null,
  observed: null,
  durationMicros: 10,
  authKind: 'token',
};

function journal(entries: readonly Partial<DecisionEntry>[], more = ''): string {
  const path = join(mkdtempSync(join(tmpdir(), 'postern-learn-')), 'decisions.jsonl');
  let prev = NO_LINE;
  const lines = entries.map((entry, seq) => {
    const sealed = sealLine(entryBody({ ...ENTRY, ...entry }), seq, prev);
    prev = sealed.hash;
    return sealed.line;
  });
  writeFileSync(path, lines.join('') + more);
  return path;
}

describe('readUsage', () => {
  it('sums up decisions by role, operation, index and outcome', async () => {
    const usage = await readUsage([
      journal([
        {},
        {},
        { operation: 'get', decision: 'deny', code: 'forbidden', status: 403 },
        { time: NOW + 1000, observed: 'deny', operation: 'delete' },
      ]),
    ]);
    expect(usage).toMatchObject({
      decisions: 4,
      skipped: 0,
      from: '2026-06-01T00:00:00.000Z',
      to: '2026-06-01T00:00:01.000Z',
    });
    expect(
      usage.uses.map(({ operation, outcome, count, documents }) => ({ operation, outcome, count, documents })),
    ).toEqual([
      { operation: 'search', outcome: 'allow', count: 2, documents: 6 },
      { operation: 'get', outcome: 'deny', count: 1, documents: 3 },
      { operation: 'delete', outcome: 'would-deny', count: 1, documents: 3 },
    ]);
  });

  it('counts what is no decision, and goes on', async () => {
    const usage = await readUsage([journal([{}], 'not json\n{"postern":{}}\n[]\n{"torn":')]);
    expect(usage).toMatchObject({ decisions: 1, skipped: 4 });
  });

  it('makes nothing of strangers and of requests that were not understood', async () => {
    const usage = await readUsage([journal([{ role: null }, { operation: null }, { operation: 'info' }])]);
    expect(usage).toMatchObject({ decisions: 3, uses: [] });
  });
});

describe('learnPolicy', () => {
  it('leaves out operations that nobody used, tells counts, and keeps the rest of the file', async () => {
    const policy = parse(TEXT);
    const usage = await readUsage([
      journal([{}, {}, { operation: 'get' }, { operation: 'count', decision: 'deny', status: 403 }]),
    ]);
    const text = learnPolicy(policy, TEXT, usage);
    const learnt = parse(text);
    expect([...(learnt.roles[0]?.rules[0]?.grants[0]?.operations ?? [])]).toEqual(['search', 'get']);
    expect(text).toContain('used: search 2, get 1');
    expect(text).toContain('not used and left out: count');
    expect(text).toContain('indices never asked for: orders');
    expect(text).toContain('refused: count on profiles, 1 times');
    expect(text).toContain('# kept');
    expect(text.match(/never used/g)).toHaveLength(3);
    expect(text).toMatch(/^# Proposed by `postern guard learn` from 4 decisions, 2026-06-01/);
  });

  it('tells what enforcing an observed role would refuse', async () => {
    const usage = await readUsage([journal([{ observed: 'deny', operation: 'update' }, { observed: 'narrow' }])]);
    const text = learnPolicy(parse(TEXT), TEXT, usage);
    expect(text).toContain('would be refused: update on profiles, 1 times: add update if it is meant');
    expect(text).toContain('would be narrowed: search on profiles, 1 times');
    expect([...(parse(text).roles[0]?.rules[0]?.grants[0]?.operations ?? [])]).toEqual(['search']);
  });

  it('changes no grant when nothing was recorded', async () => {
    const learnt = parse(learnPolicy(parse(TEXT), TEXT, await readUsage([journal([])])));
    expect(learnt.roles.flatMap(({ rules }) => rules.flatMap(({ grants }) => grants.map(({ hash }) => hash)))).toEqual(
      parse(TEXT).roles.flatMap(({ rules }) => rules.flatMap(({ grants }) => grants.map(({ hash }) => hash))),
    );
  });
});
