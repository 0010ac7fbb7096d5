import { describe, expect, it } from 'vitest';
import { inspectRules } from '../../src/inspect/index.ts';
import { reportOfExample } from './inspect-support.ts';

/** Controls of the OWASP MASVS, version 2.1: group -> how many it has. */
const MASVS = Object.entries({
  STORAGE: 2,
  CRYPTO: 2,
  AUTH: 3,
  NETWORK: 2,
  PLATFORM: 3,
  CODE: 4,
  RESILIENCE: 4,
  PRIVACY: 4,
}).flatMap(([group, count]) => Array.from({ length: count }, (_, i) => `MASVS-${group}-${i + 1}`));

describe('the rules of inspect', () => {
  it('exist and have different ids', () => {
    expect(inspectRules.length).toBeGreaterThan(10);
    expect(new Set(inspectRules.map(({ id }) => id)).size).toBe(inspectRules.length);
  });

  for (const rule of inspectRules) {
    describe(rule.id, () => {
      it('has examples of both kinds, sources and a weakness', () => {
        expect(rule.examples.bad.length).toBeGreaterThan(0);
        expect(rule.examples.good.length).toBeGreaterThan(0);
        expect(rule.references.length).toBeGreaterThan(0);
        expect(rule.cwe.every((id) => /^CWE-\d+$/.test(id))).toBe(true);
        for (const id of rule.masvs ?? []) expect(MASVS).toContain(id);
      });
      it.each(rule.examples.bad)('is raised by %s', async (example) => {
        const report = await reportOfExample(example);
        const raised = report.findings.filter((finding) => finding.rule === rule.id);
        expect(raised).not.toHaveLength(0);
        for (const finding of raised) {
          expect(finding.owner).toBe(rule.owner);
          expect(finding.fingerprint).toMatch(/^[0-9a-f]{32}$/);
        }
      });
      it.each(rule.examples.good)('is not raised by %s', async (example) => {
        const report = await reportOfExample(example);
        expect(report.findings.map((finding) => finding.rule)).not.toContain(rule.id);
      });
    });
  }
});
