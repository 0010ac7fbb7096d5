import { randomBytes } from 'node:crypto';
import { PosternError } from '../core/errors.ts';
import { loadOrCreateKeyFile } from './key-file.ts';

const PREFIX = 'postern-redaction-key-1 ';
const KEY_BYTES = 32;

/**
 * The project's key for hashing secrets, so that equal secrets compare equal in the reports of one project only.
 * The file is one line: `postern-redaction-key-1 ` and 32 random bytes in base64url.
 *
 * @throws PosternError `E_KEY`
 */
export async function loadOrCreateRedactionKey(path: string): Promise<Uint8Array> {
  const text = (
    await loadOrCreateKeyFile(path, () => `${PREFIX}${randomBytes(KEY_BYTES).toString('base64url')}\n`)
  ).trim();
  const key = Buffer.from(text.slice(PREFIX.length), 'base64url');
  if (!text.startsWith(PREFIX) || key.length !== KEY_BYTES) {
    throw new PosternError('E_KEY', `${path} does not hold a redaction key`, {
      hint: 'Restore it from a copy. A new one (move the file away) makes hashes of earlier reports incomparable.',
    });
  }
  return new Uint8Array(key);
}
