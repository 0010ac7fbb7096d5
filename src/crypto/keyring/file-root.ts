/**
 * A root key in a file of mode 0600, one line, made on first use:
 *
 *   postern-root-key-1 <32 bytes, base64url>
 */
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { PosternError } from '../../core/errors.ts';
import { loadOrCreateKeyFile } from '../key-file.ts';
import { strictBase64url } from '../public-key.ts';
import { syncFolder } from './durable.ts';
import { createLocalRoot, ROOT_BYTES } from './local-root.ts';
import type { RootKey } from './root-key.ts';

const PREFIX = 'postern-root-key-1 ';

/** @throws PosternError `E_KEY` */
export async function openFileRoot(path: string): Promise<RootKey> {
  const text = await loadOrCreateKeyFile(path, () => `${PREFIX}${randomBytes(ROOT_BYTES).toString('base64url')}\n`);
  const root = text.startsWith(PREFIX) ? strictBase64url(text.slice(PREFIX.length).trimEnd()) : undefined;
  if (root?.length !== ROOT_BYTES) {
    throw new PosternError('E_KEY', `${path} does not hold a root key`, {
      hint: 'Restore it from a copy. With a new one nothing in the vault can be read any more.',
    });
  }
  // What it wraps will outlast a power cut; so must its name.
  await syncFolder(dirname(path));
  return createLocalRoot('file', root);
}
