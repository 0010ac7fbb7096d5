/** `postern fix --secure STORE`: the store's own features in their secured form, as files and steps. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { SecuredVariant } from '../audit/secure/index.ts';
import { PosternError } from '../core/errors.ts';
import { own } from '../core/own.ts';
import type { Io } from './io.ts';
import { print } from './output.ts';

export interface SecureOptions {
  secure: string;
  account?: string;
  data: string[];
  may: string;
  database?: string;
  from?: string;
  owner?: string;
  into: string;
}

/** @throws PosternError `E_USAGE`, `E_OUTPUT` */
export async function fixSecure(io: Io, options: SecureOptions): Promise<void> {
  const { SECURED } = await import('../audit/secure/index.ts');
  const store = own(SECURED, options.secure);
  const names = Object.keys(SECURED).sort().join(', ');
  if (store === undefined) {
    throw new PosternError('E_USAGE', `no secured variant is known for "${options.secure}"`, {
      hint: `There are: ${names}.`,
    });
  }
  if (options.account === undefined || options.data.length === 0) {
    throw new PosternError('E_USAGE', `--secure ${options.secure} needs --account and --data`, {
      hint: `The account is the one that the app's back end logs in with; --data says what it works on: ${store.data}.`,
    });
  }
  if (options.may !== 'read' && options.may !== 'write') {
    throw new PosternError('E_USAGE', `--may is read or write, not "${options.may}"`);
  }
  let variant: SecuredVariant;
  try {
    const { account: name, data, may, database, from, owner } = options;
    variant = store.make({ account: { name, data, may }, database, from, owner });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new PosternError('E_USAGE', cause.message, { hint: `--data for ${options.secure}: ${store.data}.`, cause });
  }
  const folder = resolve(io.cwd, options.into);
  write(folder, variant, options);
  const shown = relative(io.cwd, folder) || '.';
  await print(io, `${summary(variant, options.secure)}\n`);
  io.stderr.write(`${variant.files.length + 1} files written to ${shown}; README.md there says the same\n`);
}

function write(folder: string, variant: SecuredVariant, options: SecureOptions): void {
  if (existsSync(join(folder, 'README.md'))) {
    throw new PosternError('E_USAGE', `${options.into} holds a README.md already`, {
      hint: 'Name an empty folder with --into: nothing that is there is written over.',
    });
  }
  try {
    for (const file of variant.files) {
      const path = join(folder, file.how === 'append' ? `${file.path}.lines-to-add` : file.path);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, file.text, { mode: file.mode, flag: 'wx' });
      chmodSync(path, file.mode);
    }
    writeFileSync(join(folder, 'README.md'), `${summary(variant, options.secure)}\n`, { flag: 'wx' });
  } catch (cause) {
    throw new PosternError('E_OUTPUT', `${options.into} cannot be written`, { cause });
  }
}

/** Markdown: a person follows it from top to bottom. */
function summary({ files, steps, proof }: SecuredVariant, store: string): string {
  return [
    `# ${store}: the secured variant`,
    '',
    '## Files',
    '',
    ...files.map(
      ({ path, mode, how }) =>
        `- \`${path}\` (mode ${mode.toString(8).padStart(4, '0')})${how === 'append' ? `: add the lines of \`${path.replace(/^\//, '')}.lines-to-add\`` : ''}`,
    ),
    '',
    '## Steps',
    '',
    ...steps.flatMap(({ title, command, why }, at) => [`${at + 1}. **${title}.** ${why}`, '', ...fenced(command), '']),
    '## Proof',
    '',
    ...proof.flatMap(({ title, command, answers }) => [
      `- **${title}**: answers ${answers}`,
      '',
      ...fenced(command),
      '',
    ]),
  ]
    .join('\n')
    .trimEnd();
}

function fenced(command: string): string[] {
  return ['   ```sh', ...command.split('\n').map((line) => `   ${line}`), '   ```'];
}
