import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

/** Makes `writer.ts` a program of its own in `folder`, since Node 20 does not read TypeScript. */
export async function buildWriter(folder: string): Promise<string> {
  const program = join(folder, 'writer.mjs');
  const lmdb = join(dirname(createRequire(import.meta.url).resolve('lmdb')), '..', 'node-index.js');
  const bundle = await rolldown({
    input: fileURLToPath(new URL('./writer.ts', import.meta.url)),
    platform: 'node',
    plugins: [
      {
        name: 'native',
        // Its native part lies beside it.
        resolveId: (id) => (id === 'lmdb' ? { id: pathToFileURL(lmdb).href, external: true } : null),
      },
    ],
    external: /^(node:|file:)/,
  });
  await bundle.write({ file: program, format: 'esm', codeSplitting: false });
  await bundle.close();
  return program;
}

export interface Child {
  readonly process: ChildProcess;
  /** What it said so far. */
  readonly lines: readonly string[];
  /** Waits until it has said so many lines. */
  said(lines: number): Promise<void>;
  kill(): Promise<void>;
}

export function startChild(program: string, ...args: string[]): Child {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  let ended = false;
  const exit = once(child, 'close').then(() => {
    ended = true;
  });
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  return {
    process: child,
    lines,
    async said(count) {
      while (lines.length < count) {
        if (ended) throw new Error(`the child ended after ${lines.length} lines`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}
