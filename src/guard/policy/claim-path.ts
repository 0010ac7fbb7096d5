/**
 * Claims in a policy: `${claims.tenant}`, `${claims.realm.id}`, and, for names that hold other characters,
 * `${claims["https://shop.example/tenant"]}`. A claim is a whole value, never a part of one: text is not put together
 * with what a token says.
 */
import type { FilterValue } from '../contract/grant.ts';
import type { Path, Problems } from './problems.ts';

const STEP = /(?:^|\.)([A-Za-z0-9_-]+)|\["([^"\\\]]+)"\]/y;
const MAX_STEPS = 8;

/** @returns the names in turn; undefined for text that is no path of claims */
export function parseClaimPath(text: string): readonly string[] | undefined {
  const names: string[] = [];
  if (text.startsWith('.')) return undefined;
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const match = STEP.exec(text);
    if (!match || names.length >= MAX_STEPS) return undefined;
    names.push(match[1] ?? match[2] ?? '');
  }
  return names.length > 0 ? Object.freeze(names) : undefined;
}

/** A literal of the policy, or the claim that it names; a claim inside a longer text is a problem. */
export function filterValueOf(
  value: string | number | boolean,
  path: Path,
  problems: Problems,
): FilterValue | undefined {
  if (
    typeof value === 'number' &&
    (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
  ) {
    problems.add(path, 'the number cannot be held exactly', 'Use a number of at most 15 digits.');
    return undefined;
  }
  if (typeof value !== 'string' || !value.includes('${')) return Object.freeze({ literal: value });
  const [, steps] = /^\$\{claims((?:\.|\[)[^{}]*)\}$/.exec(value) ?? [];
  const claim = steps === undefined ? undefined : parseClaimPath(steps.replace(/^\./, ''));
  if (claim) return Object.freeze({ claim });
  problems.add(
    path,
    'a claim stands alone, as the whole value',
    'Write ${claims.NAME}, or ${claims["NAME"]} for other characters; a claim is never a part of a longer text.',
  );
  return undefined;
}
