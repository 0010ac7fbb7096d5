/** `postern fix --secure STORE`: the store's own features in their secured form, as files and steps. */
import { chmodSync, lstatSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { SecuredFile, SecuredVariant } from '../audit/secure/index.ts';
import { PosternError } from '../core/errors.ts';
import { own } from '../core/own.ts';
import type { Io } from './io.ts';
import { makeFolder, print } from './output.ts';

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
  const account = store.withoutAccount ? '' : options.account;
  if (account === undefined || options.data.length === 0) {
    const told = `--data says what it works on: ${store.data}.`;
    throw new PosternError(
      'E_USAGE',
      `--secure ${options.secure} needs ${store.withoutAccount ? '' : '--account and '}--data`,
      { hint: store.withoutAccount ? told : `The account is the one that the app's back end logs in with; ${told}` },
    );
  }
  if (options.may !== 'read' && options.may !== 'write') {
    throw new PosternError('E_USAGE', `--may is read or write, not "${options.may}"`);
  }
  let variant: SecuredVariant;
  try {
    const { data, may, database, from, owner } = options;
    variant = store.make({ account: { name: account, data, may }, database, from, owner, now: new Date() });
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

/** All or nothing: what is there is looked for before the first file is written. */
function write(folder: string, variant: SecuredVariant, options: SecureOptions): void {
  const readme = { name: 'README.md', text: `${summary(variant, options.secure)}\n`, mode: 0o644 };
  const files = [...variant.files.map((file) => ({ name: nameOf(file), text: file.text, mode: file.mode })), readme];
  const taken = files.find(({ name }) => isThere(join(folder, name)));
  if (taken) {
    throw new PosternError('E_USAGE', `${options.into} holds ${taken.name} already`, {
      hint: 'Name an empty folder with --into: nothing that is there is written over.',
    });
  }
  try {
    for (const { name, text, mode } of files) {
      const path = join(folder, name);
      makeFolder(dirname(path));
      writeFileSync(path, text, { mode, flag: 'wx' });
      chmodSync(path, mode);
    }
  } catch (cause) {
    throw new PosternError('E_OUTPUT', `${options.into} cannot be written: ${(cause as Error).message}`, { cause });
  }
}

/** A link to nowhere is there, too. */
function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    // Whatever else is in the way is told by writing.
    return false;
  }
}

/** Where a file stands below the folder: its place on the server, and so that lines to add are no whole file. */
function nameOf({ path, how }: SecuredFile): string {
  const name = path.replace(/^\//, '');
  return how === 'append' ? `${name}.lines-to-add` : name;
}

/** Markdown: a person follows it from top to bottom. */
function summary({ files, steps, proof }: SecuredVariant, store: string): string {
  const inProject = files.every(({ path }) => !path.startsWith('/'));
  return [
    `# ${store}: the secured variant`,
    '',
    '## Files',
    '',
    inProject
      ? 'They stand below this folder; copy them to their places in the project before the first step.'
      : 'They stand below this folder; put them where the server reads them before the first step.',
    '',
    ...files.map(
      (file) =>
        `- \`${file.path}\` (mode ${file.mode.toString(8).padStart(4, '0')}): ${
          file.how === 'append'
            ? `add the lines of \`${nameOf(file)}\`; change a line that is there already, do not repeat it`
            : file.path.startsWith('/')
              ? `copy \`${nameOf(file)}\`; keep what it takes the place of`
              : inProject
                ? 'add what it says to the one of the project, where there is one'
                : 'stays here'
        }`,
    ),
    '',
    '## Steps',
    '',
    inProject
      ? 'In the folder of the project.'
      : 'In this folder, in bash, as an administrator of the machine that the server runs on.',
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
