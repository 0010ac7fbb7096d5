import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadOrCreateRedactionKey } from './redaction-key.ts';
import { loadOrCreateSigningKey } from './signing-key.ts';

function place(): string {
  return join(mkdtempSync(join(tmpdir(), 'postern-key-')), '.postern', 'test.key');
}

describe('key files', () => {
  it('are made on first use, for the owner alone, and read the next time', async () => {
    const path = place();
    const first = await loadOrCreateRedactionKey(path);
    expect(first).toHaveLength(32);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(path, '..', '.gitignore'), 'utf8')).toBe('*\n');
    expect(await loadOrCreateRedactionKey(path)).toEqual(first);
  });

  it('are one key for all who start at the same time, with nothing left beside it', async () => {
    const path = place();
    const keys = await Promise.all(Array.from({ length: 20 }, () => loadOrCreateSigningKey(path)));
    expect(new Set(keys.map(({ publicKey }) => publicKey)).size).toBe(1);
    expect(readdirSync(join(path, '..')).sort()).toEqual(['.gitignore', 'test.key']);
  });

  it.each([0o640, 0o604, 0o660, 0o644])('are refused with mode %o', async (mode) => {
    const path = place();
    await loadOrCreateRedactionKey(path);
    chmodSync(path, mode);
    await expect(loadOrCreateRedactionKey(path)).rejects.toMatchObject({
      code: 'E_KEY',
      hint: expect.stringContaining('chmod 600'),
    });
  });

  it.each(['', 'not a key', 'postern-redaction-key-1 c2hvcnQ'])('are refused with damaged content %j', async (text) => {
    const path = place();
    mkdirSync(join(path, '..'));
    writeFileSync(path, text, { mode: 0o600 });
    await expect(loadOrCreateRedactionKey(path)).rejects.toMatchObject({ code: 'E_KEY' });
    await expect(loadOrCreateSigningKey(path)).rejects.toMatchObject({ code: 'E_KEY' });
  });

  it('are refused where a folder stands in their place', async () => {
    const path = place();
    mkdirSync(path, { recursive: true });
    await expect(loadOrCreateRedactionKey(path)).rejects.toMatchObject({ code: 'E_KEY' });
  });
});
