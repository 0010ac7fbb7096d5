import { PosternError } from '../../core/errors.ts';
import { Refusal } from '../contract/refusal.ts';

export function refusal(cause: Error): Refusal {
  return new Refusal('unavailable', `journal: ${reasonOf(cause)}`, { cause });
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** The system's code where there is one: messages may hold paths. */
export function reasonOf(error: unknown): string {
  if (error instanceof PosternError) return error.message;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}
