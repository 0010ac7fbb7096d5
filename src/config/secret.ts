import { readFile } from 'node:fs/promises';
import { PosternError } from '../core/errors.ts';

/** Where a secret stands; the secret itself is read at the moment of use and kept nowhere. */
export type SecretReference = { file: string } | { env: string };

const MAX_SECRET_BYTES = 64 * 1024;

/**
 * @returns the secret, without the one line break that editors end files with
 * @throws PosternError `E_INPUT_NOT_FOUND` when it is not there or empty; the message never holds it
 */
export async function readSecret(reference: SecretReference, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  if ('env' in reference) {
    const value = env[reference.env];
    if (value) return value;
    throw new PosternError('E_INPUT_NOT_FOUND', `environment variable ${reference.env} is not set`, {
      hint: 'Set it for this run, or name a file instead (`passwordFile:`, `tokenFile:`, …).',
    });
  }
  const bytes = await readFile(reference.file).catch((cause: unknown) => {
    throw new PosternError('E_INPUT_NOT_FOUND', `password file ${reference.file} cannot be read`, { cause });
  });
  const secret = bytes
    .subarray(0, MAX_SECRET_BYTES)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (secret === '') throw new PosternError('E_INPUT_NOT_FOUND', `password file ${reference.file} is empty`);
  return secret;
}
