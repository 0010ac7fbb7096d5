/** Cases: about half of them valid, the rest nearly so or hostile. */
import type { FuzzCase } from './draft.ts';
import { plant } from './hostile.ts';
import { mutate } from './mutate.ts';
import { caseSeed, createRandom } from './random.ts';
import { validCase } from './requests.ts';

export type Kind = 'valid' | 'nearly valid' | 'hostile';

export interface Generated {
  kind: Kind;
  fuzz: FuzzCase;
}

export interface Choices {
  seed: number;
  opensearch?: boolean;
}

/** The case of that number in the run of that seed. */
export function generate({ seed, opensearch = false }: Choices, index: number): Generated {
  const random = createRandom(caseSeed(seed, index));
  const kind = random.weighted<Kind>([
    [50, 'valid'],
    [28, 'nearly valid'],
    [22, 'hostile'],
  ]);
  const fuzz = validCase(random, opensearch);
  if (kind === 'valid') return { kind, fuzz };
  // It may share parts with other cases.
  fuzz.steps = structuredClone(fuzz.steps);
  // What a later step needs of an earlier one mostly stays.
  const step = fuzz.steps.length > 1 && random.chance(0.7) ? 1 + random.int(fuzz.steps.length - 1) : 0;
  const draft = fuzz.steps[step]!;
  if (kind === 'hostile') plant(random, draft);
  else {
    mutate(random, draft);
    if (random.chance(0.1)) mutate(random, draft);
  }
  return { kind, fuzz };
}
