/**
 * A secured variant put in place as a person does it: written by the command, its files copied to where the server reads
 * them, its steps and proofs run as they are printed. Only places, ports and accounts of a machine are those of the test.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../../cli/run.ts';
import { type Typed, type TypedOptions, typed } from './typed.ts';

export interface Secured {
  /** The folder that the command wrote: where a person stands who follows the README. */
  folder: string;
  /** Runs the command below this title of the README. @throws Error when a step fails */
  step(title: string, options?: Partial<TypedOptions>): Promise<Typed>;
  /** The same of a proof, which may fail: that is what some of them show. */
  proof(title: string, options?: Partial<TypedOptions>): Promise<Typed>;
}

export interface SecuredOptions {
  /** After `fix --secure`. */
  args: readonly string[];
  /** An empty folder. */
  work: string;
  /** What stands in the printed texts, and what it is here; the first that matches is taken. */
  places: readonly (readonly [there: string, here: string])[];
  env?: NodeJS.ProcessEnv;
}

/** Writes the variant, and puts its files where the server reads them. */
export async function secured({ args, work, places, env = {} }: SecuredOptions): Promise<Secured> {
  const { code, stdout, stderr } = await run(['fix', '--secure', ...args, '--into', 'secured'], { cwd: work });
  if (code !== 0) throw new Error(`fix --secure ended with ${code}: ${stderr}`);
  const folder = join(work, 'secured');
  const here = (text: string): string => {
    let mapped = '';
    for (let at = 0; at < text.length; ) {
      const place = places.find(([there]) => text.startsWith(there, at));
      mapped += place?.[1] ?? text.charAt(at);
      at += place?.[0].length ?? 1;
    }
    return mapped;
  };
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || entry.name === 'README.md' || entry.parentPath === folder) continue;
    const target = here(path.slice(folder.length).replace(/\.lines-to-add$/, ''));
    const text = here(readFileSync(path, 'utf8'));
    mkdirSync(dirname(target), { recursive: true });
    if (entry.name.endsWith('.lines-to-add')) appendFileSync(target, `\n${text}`);
    else writeFileSync(target, text);
    if (!entry.name.endsWith('.lines-to-add')) chmodSync(target, statSync(path).mode & 0o777);
  }
  // Programs of a machine that the test stands in for.
  const bin = join(work, 'bin');
  mkdirSync(bin, { recursive: true });
  program(bin, 'systemctl', 'exit 0');
  program(bin, 'your-secret-store', 'cat > /dev/null');
  program(bin, 'sudo', 'shift 2; exec "$@"');
  const commands = new Map(
    [...stdout.matchAll(/^(?:\d+\. |- )\*\*(.+?)\*\*.*\n\n {3}```sh\n((?:.*\n)+?) {3}```$/gm)].map(
      ([, title, command]) => [
        (title ?? '').replace(/\.$/, ''),
        here((command ?? '').replace(/^ {3}/gm, '').trimEnd()),
      ],
    ),
  );
  const proof: Secured['proof'] = (title, options) => {
    const command = commands.get(title);
    if (command === undefined) throw new Error(`there is no "${title}" among ${[...commands.keys()].join(', ')}`);
    const path = `${bin}:${process.env.PATH}`;
    return typed(command, { cwd: folder, ...options, env: { PATH: path, ...env, ...options?.env } });
  };
  const step: Secured['step'] = async (title, options) => {
    const result = await proof(title, options);
    if (result.code !== 0) throw new Error(`"${title}" ended with ${result.code}: ${result.shown}`);
    return result;
  };
  return { folder, step, proof };
}

/** A program of the machine by another name or with other arguments. */
export function program(folder: string, name: string, script: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** An authority and a server certificate by it, for localhost, in `folder`: server.crt, server.key, ca.crt. */
export function ownCertificates(folder: string): void {
  const make = [
    'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test-ca -keyout ca.key -out ca.crt',
    'openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost -keyout server.key -out server.csr',
    'echo subjectAltName=DNS:localhost,IP:127.0.0.1 > server.ext',
    'openssl x509 -req -days 2 -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -extfile server.ext -out server.crt',
  ];
  execFileSync('bash', ['-ec', make.join(' && ')], { cwd: folder, stdio: 'ignore' });
}
