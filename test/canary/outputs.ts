import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../cli/run.ts';

/** All that a row of command lines puts out: both streams, the log at its finest, and every file below `out/`. */
export async function everything(
  folder: string,
  commands: readonly (readonly string[])[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const all: string[] = [];
  for (const command of commands) {
    const { code, stdout, stderr } = await run(command, { cwd: folder, env: { POSTERN_LOG: 'trace', ...env } });
    all.push(`$ ${command.join(' ')}\n${stdout}\n${stderr}\n-> ${code}\n`);
    if (stderr.includes('E_INTERNAL')) throw new Error(`${command.join(' ')} failed inside`);
  }
  const out = join(folder, 'out');
  for (const name of existsSync(out) ? readdirSync(out, { recursive: true, encoding: 'utf8' }).sort() : []) {
    const file = join(out, name);
    if (statSync(file).isFile()) all.push(`${name}\n${readFileSync(file, 'utf8')}\n`);
  }
  return all.join('');
}
