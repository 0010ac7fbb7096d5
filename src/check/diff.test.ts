import { describe, expect, it } from 'vitest';
import type { CheckReport } from '../core/contract/check.ts';
import { CHECK_SCHEMA } from '../core/contract/check.ts';
import { checkDiffSchema } from '../core/contract/check-diff.ts';
import type { Finding } from '../core/finding.ts';
import type { Story } from '../core/story.ts';
import { diffChecks, newFindings } from './diff.ts';

const AT = '2026-03-01T12:00:00.000Z';
const STORE = 'store:elasticsearch/search.example/9200';

function story(more: Partial<Story> = {}): Story {
  return {
    id: 's1',
    state: 'exposed',
    severity: 'critical',
    confidence: 'confirmed',
    headline: 'a stranger reads the index',
    apps: [],
    store: STORE,
    links: [],
    outsider: [
      {
        host: 'search.example',
        address: '203.0.113.7',
        port: 9200,
        service: 'elasticsearch',
        verdict: 'anonymous-read',
        vantage: 'office',
        exchanges: [],
      },
    ],
    documents: 10,
    datasets: [],
    categories: ['email'],
    tasks: [],
    unknowns: [],
    findings: [],
    ...more,
  };
}

function report(more: Partial<CheckReport> = {}): CheckReport {
  return {
    schema: CHECK_SCHEMA,
    tool: { name: 'postern', version: '0.0.0' },
    startedAt: AT,
    finishedAt: AT,
    vantage: 'office',
    scopeHash: 'a'.repeat(64),
    assets: [],
    edges: [],
    stories: [],
    findings: [],
    known: [],
    suppressed: [],
    proposals: [],
    skips: [],
    summary: { exposed: 0, closed: 0, unknown: 0, worst: null, documents: 0, complete: true },
    ...more,
  };
}

const store = (verdict: 'secured' | 'anonymous-read') => ({
  kind: 'store' as const,
  id: STORE,
  service: 'elasticsearch',
  host: 'search.example',
  address: '203.0.113.7',
  port: 9200,
  verdict,
});

const reach = (unused: 'reset' | 'filtered' | 'unknown') => ({
  host: 'search.example',
  address: '203.0.113.7',
  family: 4 as const,
  unused,
  ports: { accept: 0, reset: 1, filtered: 0 },
  vantage: 'office',
});

function finding(fingerprint: string): Finding {
  return {
    fingerprint,
    rule: 'probe/elasticsearch-open',
    asset: STORE,
    severity: 'critical',
    confidence: 'confirmed',
    owner: 'it',
    message: 'open',
    evidence: [{ kind: 'file', path: 'a' }],
  };
}

const changesOf = (before: CheckReport, after: CheckReport) => {
  const diff = diffChecks({ path: 'a.json', report: before }, { path: 'b.json', report: after });
  expect(checkDiffSchema.parse(diff)).toEqual(diff);
  return diff.changes.map(({ kind, change }) => `${kind} ${change}`);
};

describe('diffChecks', () => {
  it('says nothing where nothing changed', () => {
    expect(changesOf(report({ stories: [story()] }), report({ stories: [story()] }))).toEqual([]);
  });

  it('tells what opened, also from unknown or closed', () => {
    const open = report({ stories: [story()] });
    expect(changesOf(report(), open)).toEqual(['store opened']);
    expect(changesOf(report({ stories: [story({ state: 'unknown' })] }), open)).toEqual(['store opened']);
    expect(changesOf(report({ stories: [story({ state: 'closed' })] }), open)).toEqual(['store opened']);
  });

  it('calls closed only what was seen shut', () => {
    const open = report({ stories: [story()] });
    expect(changesOf(open, report({ assets: [store('secured')] }))).toEqual(['store closed']);
    expect(changesOf(open, report({ stories: [story({ state: 'closed' })] }))).toEqual(['store closed']);
    // The host was reached again, and the port gives no store any more.
    expect(changesOf(open, report({ reach: [reach('reset')] }))).toEqual(['store closed']);
  });

  it('calls lost what was not asked, could not be asked, or was asked from elsewhere', () => {
    const open = report({ stories: [story()] });
    expect(changesOf(open, report())).toEqual(['store lost']);
    expect(changesOf(open, report({ reach: [reach('unknown')] }))).toEqual(['store lost']);
    expect(changesOf(open, report({ reach: [reach('reset')], scopeHash: 'b'.repeat(64) }))).toEqual(['store lost']);
    expect(changesOf(open, report({ reach: [reach('reset')], vantage: 'home' }))).toEqual(['store lost']);
    const skip = { subject: 'search.example', code: 'X', reason: 'x', severity: 'incomplete' as const };
    expect(changesOf(open, report({ reach: [reach('reset')], skips: [skip] }))).toEqual(['store lost']);
    expect(changesOf(open, report({ stories: [story({ state: 'unknown', unknowns: ['why'] })] }))).toEqual([
      'store lost',
    ]);
  });

  it('tells what changed in a store that stays open', () => {
    const before = report({ stories: [story()] });
    const after = report({ stories: [story({ documents: 12, people: 7, categories: ['email', 'phone'] })] });
    const [change] = diffChecks({ path: 'a', report: before }, { path: 'b', report: after }).changes;
    expect(change?.change).toBe('changed');
    expect(change?.after).toBe(
      'amount: 10 documents, now 12 documents; people: none told, now at least 7 people; personal data: e-mail addresses, now e-mail addresses and phone numbers',
    );
  });

  it('tells new and gone findings, and an accepted one is not new', () => {
    const before = report({ findings: [finding('a'), finding('b')] });
    const after = report({ findings: [finding('b'), finding('c')] });
    expect(changesOf(before, after)).toEqual(['finding new', 'finding gone']);
    const accepted = report({ suppressed: [{ finding: finding('c'), statement: 's', expires: '2027-01-01' }] });
    expect(newFindings(accepted, report({ findings: [finding('c')] }))).toEqual([]);
  });

  it('proposes a back end once', () => {
    const proposed = report({ proposals: [{ host: 'new.example', reason: 'in the app', foundIn: [] }] });
    expect(changesOf(report(), proposed)).toEqual(['proposal new']);
    expect(changesOf(proposed, proposed)).toEqual([]);
  });

  it('puts the worst first', () => {
    const before = report({ findings: [finding('a')] });
    const after = report({ stories: [story()], findings: [finding('b')] });
    expect(changesOf(before, after)).toEqual(['store opened', 'finding new', 'finding gone']);
  });
});
