import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { applyEdits, changesOnlyEditedLines } from '../edits.ts';
import { FORMAT_NAMES } from '../formats/index.ts';
import { type AuditResult, auditRules, auditText, prepareFormats } from '../index.ts';
import { RULES } from './index.ts';

beforeAll(() => prepareFormats());

function audited(text: string, rule: (typeof auditRules)[number]): AuditResult {
  return auditText(text, { format: rule.format, experimental: rule.experimental === true });
}

describe('audit rules', () => {
  it('have unique ids and say who fixes what, with sources', () => {
    expect(auditRules.length).toBeGreaterThan(40);
    expect(new Set(auditRules.map(({ id }) => id)).size).toBe(auditRules.length);
    for (const rule of auditRules) {
      expect(rule.id).toMatch(/^audit\/[a-z0-9-]+$/);
      expect(rule.references.length, rule.id).toBeGreaterThan(0);
      for (const url of rule.references) expect(url, rule.id).toMatch(/^https:\/\//);
      for (const cwe of rule.cwe) expect(cwe, rule.id).toMatch(/^CWE-\d+$/);
    }
  });

  it('say what they protect, and how it is known that they are right, or are marked experimental', () => {
    for (const rule of auditRules) {
      expect(rule.topic, rule.id).toBeDefined();
      expect(rule.verified !== undefined || rule.experimental === true, rule.id).toBe(true);
      expect(rule.verified?.how ?? 'experimental', rule.id).toMatch(/\S{3}/);
    }
  });

  it('decide every candidate: a rule has it as an alias, or it was dropped with a reason', () => {
    const file = join(dirname(fileURLToPath(import.meta.url)), '../../../test/golden/fixtures/audit-candidates.json');
    const candidates = Object.keys(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>);
    expect(candidates.length).toBeGreaterThan(300);
    const kept = new Set(auditRules.flatMap(({ aliases = [] }) => aliases));
    const dropped = new Map(FORMAT_NAMES.flatMap((format) => Object.entries(RULES[format].dropped ?? {})));
    expect(candidates.filter((id) => !kept.has(id) && !dropped.has(id))).toEqual([]);
    expect([...dropped.keys()].filter((id) => kept.has(id))).toEqual([]);
    for (const [id, reason] of dropped) expect(reason, id).toMatch(/\w+ \w+ \w+/);
  });

  for (const format of FORMAT_NAMES) {
    it(`of ${format} say how to fix in at least one runtime, and how to see that it is fixed`, () => {
      const { rules, guidance } = RULES[format];
      expect(rules.length).toBeGreaterThan(0);
      for (const rule of rules) {
        const { fixes, check } = { ...guidance, ...rule.guidance };
        expect(Object.keys(fixes).length, rule.id).toBeGreaterThan(0);
        expect(check, rule.id).toMatch(/\S+ \S+/);
      }
    });
  }

  for (const rule of auditRules) {
    it(`${rule.id} is raised by each bad example and by no good one`, () => {
      expect(rule.examples.bad.length).toBeGreaterThan(0);
      expect(rule.examples.good.length).toBeGreaterThan(0);
      for (const text of rule.examples.bad) {
        const { report } = audited(text, rule);
        expect(
          report.findings.map((finding) => finding.rule),
          text,
        ).toContain(rule.id);
        expect(report.files[0]?.status, text).toBe('read');
      }
      for (const text of rule.examples.good) {
        const { report } = audited(text, rule);
        expect(
          report.findings.map((finding) => finding.rule),
          text,
        ).not.toContain(rule.id);
        expect(report.files[0]?.status, text).toBe('read');
      }
    });
  }

  for (const rule of auditRules) {
    it(`${rule.id}: a patch of a bad example clears it, raises nothing new and touches its lines only`, () => {
      for (const text of rule.examples.bad.filter((one) => !one.startsWith('=== '))) {
        const before = audited(text, rule);
        const known = new Set(before.outcome.findings.map(({ fingerprint }) => fingerprint));
        for (const finding of before.outcome.findings.filter((one) => one.rule === rule.id)) {
          const [patch] = finding.patches ?? [];
          if (patch === undefined) continue;
          const after = applyEdits(text, patch.edits);
          expect(after, text).not.toBeNull();
          expect(changesOnlyEditedLines(text, after ?? '', patch.edits), text).toBe(true);
          const left = audited(after ?? '', rule).outcome.findings;
          expect(
            left.filter(({ fingerprint }) => fingerprint === finding.fingerprint),
            after ?? '',
          ).toEqual([]);
          expect(
            left.filter(({ fingerprint }) => !known.has(fingerprint)).map((one) => one.rule),
            after ?? '',
          ).toEqual([]);
        }
      }
    });
  }
});
