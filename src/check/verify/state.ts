import type { ReceiptThrough } from '../../core/contract/receipt.ts';
import { isExposed, isShut, type StoryState, type Verdict } from '../../core/verdict.ts';
import { series } from '../../core/words.ts';

/** What one verify run learnt about a story. */
export interface Proof {
  /** Verdicts of every attempt, round by round. */
  rounds: readonly (readonly Verdict[])[];
  /** Why an attempt could not be made at all; one entry is enough. */
  gaps: readonly string[];
  /** Null when no control is configured for the store. */
  control: { ok: boolean; detail: string } | null;
  /** What came of asking at the gateway in front of the store, where there is one. */
  through?: ReceiptThrough | undefined;
}

/** The outsider is asked this often: one refusal may be chance. */
export const ROUNDS = 2;

/**
 * `closed` is proven, never assumed: every attempt of two rounds was turned away, and in the same run the service was
 * seen alive by those who may use it. One attempt that got something is enough for `exposed`.
 */
export function judgeProof({ rounds, gaps, control, through }: Proof): { state: StoryState; reason: string } {
  const verdicts = rounds.flat();
  const open = verdicts.find(isExposed);
  if (open !== undefined) return { state: 'exposed', reason: `the same request still ends in ${open}` };
  const gateway = through && judgeThrough(through);
  if (gateway?.state === 'exposed') return gateway;
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
  if (gateway?.state === 'unknown') return gateway;
  const kinds = [...new Set(verdicts)].sort().join(' or ');
  return {
    state: 'closed',
    reason: `every attempt of ${ROUNDS} rounds ended in ${kinds}, while ${control.detail}${gateway?.reason ?? ''}`,
  };
}

/**
 * Through the gateway, `closed` needs that strangers are not let in, that the authorized way works, that no attempt
 * around the policy was answered, and that no role is only watched. The control itself is judged as every control is.
 */
function judgeThrough({ gateway, stranger, attempts, observed }: ReceiptThrough): {
  state: StoryState;
  reason: string;
} {
  const exposed = (reason: string) => ({ state: 'exposed' as const, reason });
  const unknown = (reason: string) => ({ state: 'unknown' as const, reason });
  if (stranger.status !== null && stranger.status < 400) {
    return exposed(`the gateway ${gateway} answers a stranger with ${stranger.status}`);
  }
  if (attempts.answered.length > 0) {
    return exposed(
      `the gateway ${gateway} answers a signed-in user what it should refuse: ${series(attempts.answered)}`,
    );
  }
  if (observed !== null && observed.length > 0) {
    const roles = observed.length === 1 ? 'the role' : 'the roles';
    return exposed(`the gateway ${gateway} only watches ${roles} ${series(observed)}: \`observe\` in its policy`);
  }
  if (stranger.status !== 401) {
    const got = stranger.status === null ? 'no answer' : String(stranger.status);
    return unknown(`at the gateway ${gateway} a stranger got ${got}, which is not 401 and proves nothing`);
  }
  if (attempts.unclear.length > 0 || attempts.refused + attempts.narrowed < attempts.tried || attempts.tried === 0) {
    return unknown(
      `at the gateway ${gateway} some attempts got no clear answer: ${series(attempts.unclear) || 'none was made'}`,
    );
  }
  return {
    state: 'closed',
    reason: `; there a stranger gets 401, and of ${attempts.tried} ways around its policy ${outcomes(attempts)}`,
  };
}

function outcomes({ refused, narrowed }: ReceiptThrough['attempts']): string {
  const shown = narrowed === 1 ? 'shows' : 'show';
  return narrowed === 0 ? `all are refused` : `${refused} are refused and ${narrowed} ${shown} nothing more`;
}
