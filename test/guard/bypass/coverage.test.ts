/** `docs/guard/bypass-coverage.md`: which ways around the guard are known, and what is sent for each. Written by `vitest -u`. */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { BypassCase, BypassStory, Expected } from './case.ts';
import { CATALOGUE } from './catalogue.ts';
import { SECTIONS, type Section } from './sections.ts';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const cases = SECTIONS.flatMap((section) => section.cases);

describe('the catalogue of bypasses', () => {
  it('has a case for each of its ids, and no case without an id', () => {
    // One that is tried in the search API and on resources stands in both sections.
    expect([...new Set(cases.map(({ id }) => id))].sort()).toEqual([...CATALOGUE.keys()].sort());
    expect(CATALOGUE.size).toBe(186);
  });

  it('has something to send for each, and says the same of it', () => {
    for (const one of cases) {
      expect(sent(one), one.id).toBeGreaterThan(0);
      expect(one.title).toBe(CATALOGUE.get(one.id));
      expect(one.precedent, one.id).not.toBe('');
    }
  });

  it('is described in a table', async () => {
    await expect(page()).toMatchFileSnapshot(join(root, 'docs/guard/bypass-coverage.md'));
  });
});

const MEANING: Readonly<Record<Expected, string>> = {
  'refused-400': 'refused with 400; nothing reaches the store',
  'refused-401': 'refused with 401; nothing reaches the store',
  'refused-403': 'refused with 403; nothing reaches the store',
  'refused-404': 'refused with 404; nothing reaches the store',
  'refused-422': 'refused with 422; nothing is written',
  refused: 'refused with a 4xx; nothing reaches the store',
  undeclared: 'answered with 404 or 405; nothing reaches the store',
  forbidden: '403 after the document was looked for under the filter; nothing is written',
  absent: 'answered like what does not exist',
  rewritten: 'answered from a request that was written anew',
  filtered: 'answered, with what is hidden left out',
  synthesised: 'answered by the gateway itself; nothing reaches the store',
  'failed-closed': 'nothing is shown, or nothing takes effect',
  harmless: 'answered as if it had not been tried',
};

function page(): string {
  const total = cases.reduce((sum, one) => sum + sent(one), 0);
  return [
    '# Known ways around the guard',
    '',
    `Generated. ${CATALOGUE.size} cases with ${total} attempts. Requests run in two worlds that differ in nothing but what is hidden, and are held`,
    'against four oracles besides the outcome below: no byte of an answer holds a hidden value; both worlds give the same answer;',
    'what reaches the store lies in a closed grammar and carries the document filter; and what reached it, sent again, reaches it',
    'once more as it is. Section H sends raw bytes and asks the first three. Steps about a policy, a failing journal or several',
    'workers (in B103, B186, B211, B212, B219) look at that alone. Steps about devices (B210, B211, B213, B214) ask that nothing',
    'was granted and nothing reached a store. Section J sends each attempt to three resources (in a search store, with a pseudonym',
    'as owner, in a database), and asks for encrypted values in all that reaches a store or the journal. Cases with the word',
    '"stores" also reach real Elasticsearch and OpenSearch (`test/servers/guard-bypass.test.ts`). The list is not complete: what',
    'is not in it is refused by default.',
    '',
    '| Outcome | Meaning |',
    '| --- | --- |',
    ...Object.entries(MEANING)
      .filter(([outcome]) => cases.some((one) => outcomes(one).includes(outcome as Expected)))
      .map(([outcome, meaning]) => `| ${outcome} | ${meaning} |`),
    '',
    ...SECTIONS.flatMap(sectionOf),
  ].join('\n');
}

function sectionOf({ letter, title, through, cases: rows }: Section): string[] {
  return [
    `## ${letter}. ${title}`,
    '',
    '| Case | What is tried | Attempts | Outcome | Known from | Runs on |',
    '| --- | --- | ---: | --- | --- | --- |',
    ...[...rows]
      .sort((a, b) => a.id.localeCompare(b.id))
      .map(
        (one) =>
          `| ${one.id} | ${cell(one.title)} | ${sent(one)} | ${outcomes(one).join(', ')} | ${cell(one.precedent)} | ${through}${reachesStores(one) ? ', stores' : ''} |`,
      ),
    '',
  ];
}

function sent(one: BypassCase | BypassStory): number {
  return 'attempts' in one ? one.attempts.length : one.steps.length;
}

const REACHING: ReadonlySet<Expected> = new Set(['rewritten', 'filtered', 'absent', 'forbidden']);

/** `test/servers/guard-bypass.test.ts` sends every attempt; these get as far as the store. */
function reachesStores(one: BypassCase | BypassStory): boolean {
  return 'attempts' in one && one.attempts.some(({ expect: outcome }) => REACHING.has(outcome));
}

function outcomes(one: BypassCase | BypassStory): Expected[] {
  return [...new Set(('attempts' in one ? one.attempts : one.steps).map(({ expect: outcome }) => outcome))].sort();
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*');
}
