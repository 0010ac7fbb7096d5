/** Sends checkpoints of the guard's journal to the witness that the policy names. */
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { PosternError } from '../core/errors.ts';
import { isTrustedUrl } from '../guard/policy/schema/names.ts';

const TIMEOUT_MS = 5_000;

/**
 * @param url http is for loopback only
 * @returns sends one body and resolves with the HTTP status
 * @throws PosternError `E_GUARD`
 */
export function witnessSender(url: string): (body: string) => Promise<number> {
  if (!isTrustedUrl(url)) {
    throw new PosternError('E_GUARD', 'the witness of the journal must be reached by https');
  }
  const request = url.startsWith('https:') ? secure : plain;
  return (body) =>
    new Promise((resolve, reject) => {
      const sending = request(
        url,
        { method: 'POST', timeout: TIMEOUT_MS, headers: { 'content-type': 'application/json' } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        },
      );
      sending.on('timeout', () => sending.destroy(new Error('the witness did not answer in time')));
      sending.on('error', reject);
      sending.end(body);
    });
}
