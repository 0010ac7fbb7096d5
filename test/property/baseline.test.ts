import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownSince } from '../../src/check/baseline.ts';
import { checkExitCode } from '../../src/check/exit-code.ts';
import { summaryOf } from '../../src/check/run-check.ts';
import { suppress } from '../../src/check/suppress.ts';
import { finding } from '../../src/check/testing/world.ts';
import { atLeast, SEVERITIES } from '../../src/core/severity.ts';

const findings = fc.uniqueArray(
  fc
    .record({
      rule: fc.constantFrom('audit/a', 'audit/b', 'inspect/c'),
      asset: fc.nat(50),
      severity: fc.constantFrom(...SEVERITIES),
    })
    .map(({ rule, asset, severity }) => finding(rule, `config:${asset}`, `deploy/${asset}.yml`, 1, { severity })),
  { selector: ({ fingerprint }) => fingerprint, maxLength: 12 },
);

describe('baseline and ignore file', () => {
  it('know exactly what both reports hold', () => {
    fc.assert(
      fc.property(findings, findings, (before, now) => {
        const known = knownSince({ findings: before, stories: [], suppressed: [] }, { findings: now, stories: [] });
        const earlier = new Set(before.map(({ fingerprint }) => fingerprint));
        expect(known).toEqual(
          now
            .map(({ fingerprint }) => fingerprint)
            .filter((print) => earlier.has(print))
            .sort(),
        );
      }),
    );
  });

  it('fail a run for a new finding at or above the floor, and for no other', () => {
    fc.assert(
      fc.property(findings, findings, fc.constantFrom(...SEVERITIES), fc.boolean(), (before, now, failOn, complete) => {
        const known = knownSince({ findings: before, stories: [], suppressed: [] }, { findings: now, stories: [] });
        const fresh = now.filter(
          ({ fingerprint, severity }) => !known.includes(fingerprint) && atLeast(severity, failOn),
        );
        const summary = { ...summaryOf([], now, []), complete };
        const expected = fresh.length > 0 ? 1 : complete ? 0 : 3;
        expect(checkExitCode({ findings: now, stories: [], known, summary }, { failOn, exitZero: false })).toBe(
          expected,
        );
      }),
    );
  });

  it('lose no finding: each is kept or set aside', () => {
    fc.assert(
      fc.property(
        findings,
        fc.array(fc.constantFrom('audit/a', 'inspect/c'), { maxLength: 2 }),
        fc.boolean(),
        (all, ids, expired) => {
          const ignore = ids.map((id) => ({
            id,
            statement: 's',
            expires: '2026-01-01',
            expired,
            at: { path: 'i', line: 1, column: 1 },
          }));
          const judged = suppress(all, [], ignore);
          const accounted = [...judged.findings, ...judged.suppressed.map((one) => one.finding)];
          expect(accounted.map(({ fingerprint }) => fingerprint).sort()).toEqual(
            all.map(({ fingerprint }) => fingerprint).sort(),
          );
          if (expired) expect(judged.suppressed).toEqual([]);
        },
      ),
    );
  });
});
