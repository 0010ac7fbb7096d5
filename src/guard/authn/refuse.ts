import { Refusal } from '../contract/refusal.ts';

/** What the challenge of a 401 says beside the schemes: RFC 6750 section 3.1, RFC 9449 sections 7.1 and 9. */
export type ChallengeError = 'none' | 'invalid_token' | 'invalid_dpop_proof' | 'use_dpop_nonce';

/** A refusal for want of proof. The client reads one constant sentence; which check failed is for the operator. */
export class Unauthenticated extends Refusal {
  readonly challenge: ChallengeError;

  constructor(detail: string, challenge: ChallengeError = 'invalid_token') {
    // A stranger is no defect: taking down the stack would be nine tenths of what refusing one costs.
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super('unauthenticated', detail);
    Error.stackTraceLimit = limit;
    this.challenge = challenge;
  }
}
