/** What a format reader says about one entry once it is through. */
export interface ReadResult {
  status: 'read' | 'partial' | 'skipped' | 'failed';
  /** For people: what was read, or why it was not. */
  reason: string;
  /** Stable code of the problem when `status` is `partial` or `failed`: `DEX_BAD_OFFSET`. */
  code?: string;
  /** What is missing cannot be told by any reader (strings without ends), so that the run still counts as complete. */
  note?: true;
}

export function read(reason: string): ReadResult {
  return { status: 'read', reason };
}

export function partial(code: string, reason: string): ReadResult {
  return { status: 'partial', reason, code };
}

export function failed(code: string, reason: string): ReadResult {
  return { status: 'failed', reason, code };
}
