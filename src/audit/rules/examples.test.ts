import { describe, expect, it } from 'vitest';
import { auditRules, auditText } from '../index.ts';

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

  for (const rule of auditRules) {
    it(`${rule.id} is raised by each bad example and by no good one`, () => {
      expect(rule.examples.bad.length).toBeGreaterThan(0);
      expect(rule.examples.good.length).toBeGreaterThan(0);
      for (const text of rule.examples.bad) {
        const { report } = auditText(text, { format: rule.format });
        expect(
          report.findings.map((finding) => finding.rule),
          text,
        ).toContain(rule.id);
        expect(report.files[0]?.status, text).toBe('read');
      }
      for (const text of rule.examples.good) {
        const { report } = auditText(text, { format: rule.format });
        expect(
          report.findings.map((finding) => finding.rule),
          text,
        ).not.toContain(rule.id);
        expect(report.files[0]?.status, text).toBe('read');
      }
    });
  }
});
