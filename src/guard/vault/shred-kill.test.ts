import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from './testing/bundle.ts';

let folder = '';
let program = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-shred-'));
  program = await bundle('shredder');
  expect((await run('prepare', join(folder, 'prepared'))).status).toBe(0);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(program, { force: true });
});

interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
}

async function run(...given: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...given], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
  });
  await once(child, 'close');
  return { status: child.exitCode, signal: child.signalCode, out };
}

async function newPlace(name: string): Promise<string> {
  const place = join(folder, name);
  await cp(join(folder, 'prepared'), place, { recursive: true });
  return place;
}

/** What was stolen before the shred: berta's three values open, none of anna's. */
const END = {
  report: {
    hadKey: true,
    samples: { readableAfter: 0 },
    receipt: expect.stringMatching(/^[0-9a-f]{64}$/),
    backups: { epochs: [1], unreadableAt: null },
  },
  readable: 3,
  again: 'erased',
  documents: 3,
  lookUps: 1,
  receipts: 1,
  pending: 0,
};

describe('a shred that is killed (SIGKILL) at any point', () => {
  it('goes on at the next run, to the same end: nothing readable, one receipt', { timeout: 600_000 }, async () => {
    const { points, ...end } = JSON.parse((await run('shred', await newPlace('not killed'), '0')).out);
    expect(end).toMatchObject(END);
    expect(points).toBeGreaterThan(20);
    const waiting = Array.from({ length: points }, (_, i) => i + 1);
    const work = async (): Promise<void> => {
      for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
        const place = await newPlace(`killed at ${at}`);
        expect((await run('shred', place, String(at))).signal).toBe('SIGKILL');
        const resumed = await run('shred', place, '0');
        expect(JSON.parse(resumed.out), `killed at ${at}`).toMatchObject(END);
      }
    };
    await Promise.all(Array.from({ length: 6 }, work));
  });
});
