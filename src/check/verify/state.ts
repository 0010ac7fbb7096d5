import { isExposed, isShut, type StoryState, type Verdict } from '../../core/verdict.ts';

/** What one verify run learnt about a story. */
export interface Proof {
  /** Verdicts of every attempt, round by round. */
  rounds: readonly (readonly Verdict[])[];
  /** Why an attempt could not be made at all; one entry is enough. */
  gaps: readonly string[];
  /** Null when no control is configured for the store. */
  control: { ok: boolean; detail: string } | null;
}

/** The outsider is asked this often: one refusal may be chance. */
export const ROUNDS = 2;

/**
 * `closed` is proven, never assumed: every attempt of two rounds was turned away, and in the same run the service was
 * seen alive by those who may use it. One attempt that got something is enough for `exposed`.
 */
export function judgeProof({ rounds, gaps, control }: Proof): { state: StoryState; reason: string } {
  const verdicts = rounds.flat();
  const open = verdicts.find(isExposed);
  if (open !== undefined) return { state: 'exposed', reason: `the same request still ends in ${open}` };
  const unknown = (reason: string) => ({ state: 'unknown' as const, reason });
  const [gap] = gaps;
  if (gap !== undefined) return unknown(gap);
  if (rounds.length < ROUNDS || rounds.some((round) => round.length === 0)) {
    return unknown(`the request was not repeated ${ROUNDS === 2 ? 'twice' : `${ROUNDS} times`}`);
  }
  const unsure = verdicts.find((verdict) => !isShut(verdict));
  if (unsure !== undefined) return unknown(`an attempt ended in ${unsure}, which proves nothing`);
  if (control === null) {
    return unknown(
      'every attempt was turned away, and nothing shows that the service is alive: add a control for it under `controls` in postern.yaml (a login, or a trustedAddress)',
    );
  }
  if (!control.ok) return unknown(`every attempt was turned away, and the control failed, too: ${control.detail}`);
  const kinds = [...new Set(verdicts)].sort().join(' or ');
  return { state: 'closed', reason: `every attempt of ${ROUNDS} rounds ended in ${kinds}, while ${control.detail}` };
}
