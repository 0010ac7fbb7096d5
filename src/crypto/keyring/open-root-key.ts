import { openAwsKmsRoot } from './aws-kms.ts';
import { openFileRoot } from './file-root.ts';
import type { RootKey, RootKeyOptions } from './root-key.ts';
import { openSealedRoot } from './sealed-root.ts';
import { openTransitRoot } from './transit.ts';

/** Reads a secret where the configuration says it stands; asked each time that it is needed. */
export type ReadSecret = (reference: { file: string } | { env: string }) => Promise<string>;

/**
 * The root key of the configuration, ready to use: a key service was asked once.
 *
 * @throws PosternError `E_KEY`
 */
export async function openRootKey(options: RootKeyOptions, readSecret: ReadSecret): Promise<RootKey> {
  switch (options.kind) {
    case 'file':
      return await openFileRoot(options.path);
    case 'sealed':
      return await openSealedRoot(options.path, await readSecret(options.passphrase));
    case 'transit':
      return await openTransitRoot(options, () => readSecret(options.token));
    case 'aws-kms':
      return await openAwsKmsRoot(options);
  }
}
