/** All cases, by section. */
import type { BypassCase, BypassStory } from './case.ts';
import { SECTION_A } from './section-a.ts';
import { SECTION_B } from './section-b.ts';
import { SECTION_C } from './section-c.ts';
import { SECTION_D, STORIES_D } from './section-d.ts';
import { SECTION_E } from './section-e.ts';
import { STORIES_F } from './section-f.ts';
import { SECTION_G, STORIES_G } from './section-g.ts';
import { STORIES_H } from './section-h.ts';
import { STORIES_I } from './section-i.ts';
import { STORIES_J } from './section-j.ts';

export interface Section {
  readonly letter: string;
  readonly title: string;
  /** Where its requests go through. */
  readonly through: string;
  readonly cases: readonly (BypassCase | BypassStory)[];
}

const MEMORY = 'memory';

export const SECTIONS: readonly Section[] = [
  { letter: 'A', title: 'Path and index expressions', through: MEMORY, cases: SECTION_A },
  { letter: 'B', title: 'Query string', through: MEMORY, cases: SECTION_B },
  { letter: 'C', title: 'Body encoding, and what readers of JSON disagree about', through: MEMORY, cases: SECTION_C },
  { letter: 'D', title: 'Query DSL', through: MEMORY, cases: [...SECTION_D, ...STORIES_D] },
  { letter: 'E', title: 'Options of the search body', through: MEMORY, cases: SECTION_E },
  { letter: 'F', title: 'Stateful ids', through: MEMORY, cases: STORIES_F },
  { letter: 'G', title: 'Other endpoints, and writes', through: MEMORY, cases: [...SECTION_G, ...STORIES_G] },
  { letter: 'H', title: 'The HTTP layer', through: 'sockets, memory', cases: STORIES_H },
  { letter: 'I', title: 'Authentication, limits, failures', through: 'real authenticator, memory', cases: STORIES_I },
  {
    letter: 'J',
    title: 'Declared resources and encrypted fields',
    through: 'search store and database in memory',
    cases: STORIES_J,
  },
];
