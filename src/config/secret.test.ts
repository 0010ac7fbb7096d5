import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSecret } from './secret.ts';

function secretFile(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'postern-secret-')), 'password');
  writeFileSync(path, text);
  return path;
}

describe('readSecret', () => {
  it.each([
    ['made-up', 'made-up'],
    ['made-up\n', 'made-up'],
    ['made-up\r\n', 'made-up'],
    ['made-up\n\n', 'made-up\n'],
    [' made up ', ' made up '],
  ])('takes %j without the one line break that editors add', async (text, secret) => {
    expect(await readSecret({ file: secretFile(text) })).toBe(secret);
  });

  it('reads the environment it is given', async () => {
    expect(await readSecret({ env: 'CONTROL' }, { CONTROL: 'made-up' })).toBe('made-up');
  });

  it.each([
    { env: 'CONTROL' },
    { file: '/nonexistent/password' },
    { file: secretFile('') },
    { file: secretFile('\n') },
  ])('says E_INPUT_NOT_FOUND for %j', async (reference) => {
    await expect(readSecret(reference, { CONTROL: '' })).rejects.toMatchObject({ code: 'E_INPUT_NOT_FOUND' });
  });
});
