import { Refusal } from '../../contract/refusal.ts';

/**
 * Something that was sent does not prove what it should. The readers and checks of this room throw it; the verifier that
 * was asked turns it into the refusal of its kind, with its own name in front.
 */
export class Unproven extends Error {
  /** A grammar position and what is wrong there; never a value. */
  readonly position: string;

  constructor(position: string) {
    // A stranger is no defect: the stack would cost more than the check.
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(position);
    Error.stackTraceLimit = limit;
    this.name = 'Unproven';
    this.position = position;
  }
}

/** @throws Unproven */
export function prove(holds: boolean, position: string): asserts holds {
  if (!holds) throw new Unproven(position);
}

/**
 * Runs the checks of one verifier.
 *
 * @param what names the verifier in the detail: `app-attest`
 * @throws Refusal with this code for everything that is not proven
 */
export function proving<T>(code: 'attestation' | 'step_up', what: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw refusalOf(error, code, what);
  }
}

/** As `proving`, for checks that wait. */
export async function provingLater<T>(
  code: 'attestation' | 'step_up',
  what: string,
  check: () => Promise<T>,
): Promise<T> {
  try {
    return await check();
  } catch (error) {
    throw refusalOf(error, code, what);
  }
}

function refusalOf(error: unknown, code: 'attestation' | 'step_up', what: string): unknown {
  if (!(error instanceof Unproven)) return error;
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const refusal = new Refusal(code, `${what}: ${error.position}`);
  Error.stackTraceLimit = limit;
  return refusal;
}
