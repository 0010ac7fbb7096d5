import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEpochKeys } from '../../crypto/keyring/epoch-keys.ts';
import { openFileRoot } from '../../crypto/keyring/file-root.ts';
import { createEmbeddedData } from '../../db/embedded.ts';
import { bundle } from './testing/bundle.ts';
import { createVault } from './vault.ts';

let program = '';
beforeAll(async () => {
  program = await bundle('opener');
});
afterAll(() => rmSync(program, { force: true }));

async function open(folder: string, gateway: string) {
  const data = await createEmbeddedData(join(folder, 'data'));
  const root = await openFileRoot(join(folder, 'root.key'));
  const keys = await openEpochKeys(join(folder, 'keys'), root, { epochMs: 3_600_000 });
  return await createVault({ store: data.vault, keys, gateway, cache: { subjects: 100, ttl: 60_000 } });
}

describe('a rotation beside gateways in other processes', () => {
  it('is done without any of them noticing, and loses nobody', { timeout: 120_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-rotate-'));
    const operator = await open(folder, 'operator');
    let said = '';
    const gateways = ['one', 'two'].map((name) => {
      const child = spawn(process.execPath, [program, folder, name], { stdio: ['pipe', 'pipe', 'inherit'] });
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk;
      });
      return { child, ended: once(child, 'close') };
    });
    await expect.poll(() => said.includes('one-') && said.includes('two-'), { timeout: 30_000 }).toBe(true);
    for (let i = 0; i < 3; i++) {
      const rotation = await operator.rotate({ force: true, settle: 50, batch: 50 });
      expect(rotation).toMatchObject({ begun: true, kept: [] });
      expect(rotation.destroyed).toHaveLength(1);
    }
    for (const { child } of gateways) child.stdin.end();
    for (const { ended } of gateways) expect(await ended).toEqual([0, null]);

    const lines = said.trim().split('\n');
    expect(lines.length).toBeGreaterThan(100);
    const later = await open(folder, 'later');
    for (const line of lines) {
      const [person = '', sealed = ''] = line.split(' ');
      const key = await later.find(person);
      expect(key && later.unseal(key, { store: 'postgresql', column: 'note' }, sealed)).toBe(person);
    }
    const { epochs, stranded } = await later.status();
    expect(stranded).toBe(0);
    expect(epochs.map(({ destroyed, subjects }) => destroyed === null || subjects === 0)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(new Set(lines.map((line) => line.split(' ')[0])).size).toBe((await later.status()).subjects);
    await later.close();
    await operator.close();
    rmSync(folder, { recursive: true });
  });
});
