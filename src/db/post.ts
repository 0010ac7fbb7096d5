/** Sends small JSON documents to an address that the policy names: checkpoints to the journal's witness, alarms to a webhook. */
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { PosternError } from '../core/errors.ts';
import { isTrustedUrl } from '../guard/policy/schema/names.ts';

const TIMEOUT_MS = 5_000;

/**
 * @param url http is for loopback only
 * @param what names the address in errors
 * @returns sends one body and resolves with the HTTP status
 * @throws PosternError `E_GUARD`
 */
export function jsonSender(
  url: string,
  what: string,
): (body: string, headers?: Readonly<Record<string, string>>) => Promise<number> {
  if (!isTrustedUrl(url)) throw new PosternError('E_GUARD', `${what} must be reached by https`);
  const request = url.startsWith('https:') ? secure : plain;
  return (body, headers) =>
    new Promise((resolve, reject) => {
      const sending = request(
        url,
        { method: 'POST', timeout: TIMEOUT_MS, headers: { 'content-type': 'application/json', ...headers } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        },
      );
      sending.on('timeout', () => sending.destroy(new Error(`${what} did not answer in time`)));
      sending.on('error', reject);
      sending.end(body);
    });
}
