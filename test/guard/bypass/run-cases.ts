import { describe, expect, it } from 'vitest';
import { createWorlds, type Outcome } from '../harness/fixture.ts';
import type { Attempt, BypassCase, BypassStory, Expected } from './case.ts';

const STATUS: Readonly<Record<Expected, readonly number[]>> = {
  'refused-400': [400],
  'refused-401': [401],
  'refused-403': [403],
  'refused-404': [404],
  'refused-422': [422],
  undeclared: [404, 405],
  refused: [400, 403, 405, 406, 413, 415],
  absent: [404],
  rewritten: [200, 201],
  filtered: [200],
  synthesised: [200],
  forbidden: [403],
  'failed-closed': [429, 500, 502, 503, 504],
  harmless: [200],
};

const NOTHING: ReadonlySet<Expected> = new Set([
  ...(['refused', 'refused-400', 'refused-401', 'refused-403', 'refused-404', 'undeclared', 'synthesised'] as const),
]);

/** A test for every case; each attempt runs in two fresh worlds and is held against the four oracles. */
export function runCases(cases: readonly BypassCase[]): void {
  for (const one of cases) {
    describe(`${one.id} ${one.title}`, () => {
      for (const [at, attempt] of one.attempts.entries()) {
        it(`${at + 1}. ${nameOf(attempt)} → ${attempt.expect}`, async () => {
          const outcome = await createWorlds().send(attempt.sent);
          expectOutcome(attempt, outcome);
        });
      }
    });
  }
}

/** The steps say themselves what must come of them. */
export function runStories(stories: readonly BypassStory[]): void {
  for (const one of stories) {
    describe(`${one.id} ${one.title}`, () => {
      for (const { does, expect: expected, run, possible = true } of one.steps)
        it.skipIf(!possible)(`${does} → ${expected}`, run);
    });
  }
}

export function expectOutcome({ expect: expected, check }: Attempt, outcome: Outcome): void {
  expect(STATUS[expected], `${outcome.entry?.code} ${outcome.entry?.detail}`).toContain(outcome.answer.status);
  if (NOTHING.has(expected)) expect(outcome.upstream).toEqual([]);
  if (expected === 'rewritten' || expected === 'filtered') expect(outcome.upstream.length).toBeGreaterThan(0);
  check?.(outcome);
}

function nameOf({ sent }: Attempt): string {
  const { method, target, body } = sent;
  const text =
    body === undefined
      ? ''
      : ` ${typeof body === 'string' ? JSON.stringify(body) : Buffer.isBuffer(body) ? 'bytes' : JSON.stringify(body)}`;
  return `${method ?? (body === undefined ? 'GET' : 'POST')} ${target}${text}`.slice(0, 160);
}
