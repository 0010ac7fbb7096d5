/** Passphrases of sealed root keys: from where the policy says they stand, from a file, or asked for. Never printed. */
import { resolve } from 'node:path';
import { PosternError } from '../../core/errors.ts';
import type { RootKeyConfig } from '../../guard/policy/resources-config.ts';
import type { Io } from '../io.ts';

export type SealedConfig = Extract<RootKeyConfig, { readonly kind: 'sealed' }>;

/**
 * Where the policy says that it stands.
 *
 * @returns undefined when it is not there yet, and there is somebody to ask
 * @throws PosternError `E_INPUT_NOT_FOUND`
 */
export async function knownPassphrase(io: Io, config: SealedConfig): Promise<string | undefined> {
  const { readSecret } = await import('../../config/secret.ts');
  return await readSecret(config.passphrase, io.env).catch((error: unknown) => {
    if (error instanceof PosternError && io.stdin.isTTY === true) return undefined;
    throw error;
  });
}

/**
 * From a file, or from whoever sits there.
 *
 * @param option how the file is named on the command line, for those whom nobody asks
 * @throws PosternError `E_USAGE`, `E_INPUT_NOT_FOUND`
 */
export async function passphraseFrom(
  io: Io,
  file: string | undefined,
  option: string,
  ask: () => Promise<string>,
): Promise<string> {
  if (file !== undefined) {
    const { readSecret } = await import('../../config/secret.ts');
    return await readSecret({ file: resolve(io.cwd, file) }, io.env);
  }
  if (io.stdin.isTTY === true) return await ask();
  throw new PosternError('E_USAGE', 'nobody can be asked for a passphrase here', { hint: `Name a file: ${option}` });
}

/** Nothing of what is typed is shown, not even how long it is. */
export async function askPassphrase(io: Io, message: string): Promise<string> {
  const { password } = await import('@inquirer/prompts');
  return await password({ message }, { input: io.stdin, output: io.stderr });
}

/** @throws PosternError `E_USAGE` */
export async function askTwice(io: Io, what: string): Promise<string> {
  const passphrase = await askPassphrase(io, `${what} (12 characters or more):`);
  if ((await askPassphrase(io, 'Again:')) !== passphrase) {
    throw new PosternError('E_USAGE', 'these were two different passphrases');
  }
  return passphrase;
}

/** `in the file /srv/secrets/root`. */
export function placeOf({ passphrase }: SealedConfig): string {
  return 'file' in passphrase ? `in the file ${passphrase.file}` : `in the variable ${passphrase.env}`;
}
