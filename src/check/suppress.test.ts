import { describe, expect, it } from 'vitest';
import type { IgnoreEntry } from '../config/index.ts';
import { knownSince } from './baseline.ts';
import { checkExitCode } from './exit-code.ts';
import { join } from './join.ts';
import { summaryOf } from './run-check.ts';
import { suppress } from './suppress.ts';
import { audited, declared, finding, result, world } from './testing/world.ts';

const OFF = finding(
  'audit/elasticsearch-security-disabled',
  'config:dev/elasticsearch.yml',
  'dev/elasticsearch.yml',
  3,
);
const { findings, stories } = join(
  world({
    audited: audited([declared('search')], [{ path: 'dev/elasticsearch.yml', format: 'elasticsearch.yml' }], [OFF]),
    results: [result('shop.example', 9200)],
  }),
);
const story = stories[0]!;
const open = findings.find(({ rule }) => rule === 'probe/elasticsearch-open')!;

function entry(more: Partial<IgnoreEntry>): IgnoreEntry {
  return {
    id: OFF.rule,
    statement: 'test data',
    expires: '2027-01-01',
    expired: false,
    at: { path: 'i', line: 1, column: 1 },
    ...more,
  };
}

describe('suppress', () => {
  it('sets a finding aside with its statement and its day, by rule id and by fingerprint', () => {
    for (const id of [OFF.rule, OFF.fingerprint]) {
      const judged = suppress(findings, stories, [entry({ id })]);
      expect(judged.suppressed).toMatchObject([{ statement: 'test data', expires: '2027-01-01' }]);
      expect(judged.findings.map(({ rule }) => rule)).toEqual(['probe/elasticsearch-open']);
      expect(judged.stories).toHaveLength(1);
    }
  });

  it.each([
    ['deploy/dev/elasticsearch.yml', 1],
    ['deploy/dev/**', 1],
    ['deploy/prod/**', 0],
  ])('keeps to the path %s', (path, count) => {
    expect(suppress(findings, stories, [entry({ path })]).suppressed).toHaveLength(count);
  });

  it('does not tell a story whose open door is accepted, by its finding or by its own fingerprint', () => {
    for (const id of [open.fingerprint, open.rule, story.id]) {
      const judged = suppress(findings, stories, [entry({ id })]);
      expect(judged.stories).toEqual([]);
      expect(judged.suppressed.map(({ finding: one }) => one.rule)).toEqual([open.rule]);
    }
  });

  it('lets an expired entry silence nothing, and says so', () => {
    const judged = suppress(findings, stories, [entry({ expired: true })]);
    expect(judged.suppressed).toEqual([]);
    expect(judged.notes).toMatchObject([{ code: 'IGNORE_EXPIRED', severity: 'note' }]);
  });
});

describe('knownSince', () => {
  const earlier = { findings, stories, suppressed: [] };

  it('knows nothing without a baseline, and everything that is in it', () => {
    expect(knownSince(undefined, earlier)).toEqual([]);
    expect(knownSince(earlier, earlier)).toHaveLength(findings.length + stories.length);
  });

  it('takes a story for new that was closed before and stands open now', () => {
    const closed = { ...earlier, stories: [{ ...story, state: 'closed' as const }] };
    expect(knownSince(closed, earlier)).not.toContain(story.id);
  });

  it('knows what the baseline had suppressed', () => {
    const before = {
      findings: [],
      stories: [],
      suppressed: [{ finding: open, statement: 's', expires: '2020-01-01' }],
    };
    expect(knownSince(before, earlier)).toEqual([open.fingerprint]);
  });
});

describe('checkExitCode', () => {
  const complete = summaryOf(stories, findings, []);
  const incomplete = { ...complete, complete: false };
  const policy = { failOn: 'high', exitZero: false } as const;

  it('is 1 for findings at or above the floor, whether or not the run is complete', () => {
    expect(checkExitCode({ findings, stories, known: [], summary: complete }, policy)).toBe(1);
    expect(checkExitCode({ findings, stories, known: [], summary: incomplete }, policy)).toBe(1);
  });

  it('is 3 for an incomplete run without such findings, else 0', () => {
    const nothing = { findings: [], stories: [], known: [] };
    expect(checkExitCode({ ...nothing, summary: incomplete }, policy)).toBe(3);
    expect(checkExitCode({ ...nothing, summary: complete }, policy)).toBe(0);
    const minor = { ...nothing, findings: [{ ...OFF, severity: 'low' as const }], summary: complete };
    expect(checkExitCode(minor, policy)).toBe(0);
    expect(checkExitCode(minor, { ...policy, failOn: 'low' })).toBe(1);
  });

  it('does not count what a baseline knows, nor anything with failOn never', () => {
    const known = knownSince({ findings, stories, suppressed: [] }, { findings, stories });
    expect(checkExitCode({ findings, stories, known, summary: complete }, policy)).toBe(0);
    expect(checkExitCode({ findings, stories, known: [], summary: complete }, { ...policy, failOn: 'never' })).toBe(0);
  });

  it('counts an exposed story even when its findings are known', () => {
    const known = findings.map(({ fingerprint }) => fingerprint);
    expect(checkExitCode({ findings, stories, known, summary: complete }, policy)).toBe(1);
  });

  it('is 0 with exitZero', () => {
    expect(checkExitCode({ findings, stories, known: [], summary: incomplete }, { ...policy, exitZero: true })).toBe(0);
  });
});
