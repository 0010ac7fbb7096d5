import { expect } from 'vitest';
import type { RefusalCode } from '../../../contract/refusal.ts';

/** The detail of the refusal, or `taken`. Anything but a refusal of this code is a defect, and thrown. */
export function detailOf(code: RefusalCode, run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return readRefusal(code, error);
  }
  return 'taken';
}

/** As `detailOf`, for what waits. */
export async function detailLater(code: RefusalCode, run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    return readRefusal(code, error);
  }
  return 'taken';
}

function readRefusal(code: RefusalCode, error: unknown): string {
  if (!(error instanceof Error) || !('detail' in error)) throw error;
  expect(error).toMatchObject({ name: 'Refusal', code });
  return String(error.detail);
}
