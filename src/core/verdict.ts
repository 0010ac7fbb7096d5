/** What a stranger gets from a service, from nothing to everything; `inconclusive` when it cannot be told. */
export const VERDICTS = [
  'refused',
  'filtered',
  'unidentified',
  'secured',
  'metadata-only',
  'anonymous-read',
  'anonymous-write',
  'inconclusive',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** `closed` is proven, never assumed; anything not proven either way is `unknown`. */
export const STORY_STATES = ['exposed', 'closed', 'unknown'] as const;
export type StoryState = (typeof STORY_STATES)[number];

/** A stranger gets data, or could change it. */
export function isExposed(verdict: Verdict): boolean {
  return verdict === 'anonymous-read' || verdict === 'anonymous-write' || verdict === 'metadata-only';
}

/** The outsider's request ends in a way that can count as closed (together with a positive control). */
export function isShut(verdict: Verdict): boolean {
  return verdict === 'secured' || verdict === 'refused' || verdict === 'filtered';
}
