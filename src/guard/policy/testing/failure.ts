import { PosternError } from '../../../core/errors.ts';
import { parse } from './policies.ts';

/** What is said of a policy that is refused. */
export function failure(text: string): PosternError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof PosternError) return error;
    throw error;
  }
  throw new Error('the policy was accepted');
}

/** The text that stands at the place of the error. */
export function pointed(text: string): string {
  const { at } = failure(text);
  return text.split('\n')[(at?.line ?? 0) - 1]?.slice((at?.column ?? 0) - 1) ?? '';
}
