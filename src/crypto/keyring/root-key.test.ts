import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { PosternError } from '../../core/errors.ts';
import { openFileRoot } from './file-root.ts';
import { openRootKey } from './open-root-key.ts';
import type { RootKey } from './root-key.ts';
import { changeSealedPassphrase, createSealedRoot, openSealedRoot } from './sealed-root.ts';

const CHEAP = { n: 2 ** 14, r: 8, p: 1 };
const PASSPHRASE = 'correct horse battery staple';

const folder = (): string => mkdtempSync(join(tmpdir(), 'postern-root-'));

async function errorOf(work: Promise<unknown>): Promise<PosternError> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (error instanceof PosternError && error.code === 'E_KEY') return error;
  throw error ?? new Error('nothing was thrown');
}

const kinds: [string, (path: string) => Promise<RootKey>][] = [
  ['file', openFileRoot],
  [
    'sealed',
    async (path) => {
      await createSealedRoot(path, PASSPHRASE, CHEAP).catch(() => {});
      return await openSealedRoot(path, PASSPHRASE);
    },
  ],
];

describe.each(kinds)('a root key of kind %s', (kind, open) => {
  it('unwraps what it wrapped, also after it was opened again', async () => {
    const path = join(folder(), 'root');
    const root = await open(path);
    expect(root.id).toMatch(new RegExp(`^${kind}:[0-9a-f]{16}$`));
    const plain = Buffer.from('some key');
    const wrapped = await root.wrap(plain, 'context');
    expect(Buffer.from(wrapped).includes(plain)).toBe(false);
    expect(await root.wrap(plain, 'context')).not.toEqual(wrapped);
    const again = await open(path);
    expect(again.id).toBe(root.id);
    expect(Buffer.from(await again.unwrap(wrapped, 'context'))).toEqual(plain);
  });

  it('unwraps nothing in another context, nothing that was changed, nothing of another key', async () => {
    const path = join(folder(), 'root');
    const root = await open(path);
    const wrapped = await root.wrap(Buffer.from('some key'), 'context');
    for (const context of ['', 'contex', 'context ', 'Context']) {
      expect((await errorOf(root.unwrap(wrapped, context))).message).toContain('did not wrap this');
    }
    for (let bit = 0; bit < wrapped.length * 8; bit++) {
      const changed = Uint8Array.from(wrapped);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await errorOf(root.unwrap(changed, 'context'));
    }
    for (let length = 0; length < wrapped.length; length++)
      await errorOf(root.unwrap(wrapped.subarray(0, length), 'context'));
    const other = await open(join(folder(), 'root'));
    await errorOf(other.unwrap(wrapped, 'context'));
  });

  it('stands in a file for this user alone', async () => {
    const path = join(folder(), 'root');
    await open(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    chmodSync(path, 0o644);
    expect((await errorOf(open(path))).message).toContain('can be read by others');
  });

  it('does nothing after it was closed', async () => {
    const root = await open(join(folder(), 'root'));
    root.close();
    expect((await errorOf(root.wrap(Buffer.from('x'), 'context'))).message).toContain('closed');
  });
});

describe('a root key file', () => {
  it.each([
    '',
    'postern-root-key-1 ',
    'postern-root-key-1 AAAA\n',
    `postern-root-key-2 ${'A'.repeat(43)}\n`,
    `${'A'.repeat(43)}\n`,
  ])('that holds %j is left as it is, with an error', async (text) => {
    const path = join(folder(), 'root');
    writeFileSync(path, text, { mode: 0o600 });
    const error = await errorOf(openFileRoot(path));
    expect(error.message).toContain('does not hold a root key');
    expect(error.message).not.toContain('AAAA');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('is what the configuration names', async () => {
    const path = join(folder(), 'root');
    const root = await openRootKey({ kind: 'file', path }, async () => '');
    expect((await openFileRoot(path)).id).toBe(root.id);
  });
});

describe('a sealed root key', () => {
  let path = '';
  let text = '';
  beforeAll(async () => {
    path = join(folder(), 'root.sealed');
    await createSealedRoot(path, PASSPHRASE, CHEAP);
    text = readFileSync(path, 'utf8');
  });

  it('is opened by its passphrase alone, typed in any composition', async () => {
    const other = join(folder(), 'root.sealed');
    await createSealedRoot(other, 'Schlüssel für Größe', CHEAP);
    const { id } = await openSealedRoot(other, 'Schlüssel für Größe'.normalize('NFD'));
    const read = async () => 'Schlüssel für Größe';
    expect((await openRootKey({ kind: 'sealed', path: other, passphrase: { env: 'P' } }, read)).id).toBe(id);
    for (const wrong of ['', 'Schlüssel für Größe ', 'schlüssel für größe', 'x'.repeat(100)]) {
      const error = await errorOf(openSealedRoot(other, wrong));
      expect(error.message).toBe(`the passphrase does not open ${other}`);
    }
    expect((await errorOf(openSealedRoot(other, 'x'.repeat(5000)))).message).toContain('too long');
  });

  it('is made once', async () => {
    expect((await errorOf(createSealedRoot(path, PASSPHRASE, CHEAP))).message).toContain('exists already');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('takes no short passphrase', async () => {
    const other = join(folder(), 'root.sealed');
    expect((await errorOf(createSealedRoot(other, 'eleven char', CHEAP))).message).toContain('shorter than 12');
    expect((await errorOf(changeSealedPassphrase(path, PASSPHRASE, 'short', CHEAP))).message).toContain(
      'shorter than 12',
    );
  });

  it('stays the same key under another passphrase, and the old one opens it no more', async () => {
    const other = join(folder(), 'root.sealed');
    await createSealedRoot(other, PASSPHRASE, CHEAP);
    const wrapped = await (await openSealedRoot(other, PASSPHRASE)).wrap(Buffer.from('key'), 'context');
    const before = readFileSync(other, 'utf8');
    await errorOf(changeSealedPassphrase(other, 'not the passphrase', 'another passphrase', CHEAP));
    expect(readFileSync(other, 'utf8')).toBe(before);
    await changeSealedPassphrase(other, PASSPHRASE, 'another passphrase', CHEAP);
    await errorOf(openSealedRoot(other, PASSPHRASE));
    const root = await openSealedRoot(other, 'another passphrase');
    expect(Buffer.from(await root.unwrap(wrapped, 'context')).toString()).toBe('key');
    expect(statSync(other).mode & 0o777).toBe(0o600);
  });

  it('is sealed at the cost that the documentation says, unless a test asks for less', async () => {
    const other = join(folder(), 'root.sealed');
    await createSealedRoot(other, PASSPHRASE);
    expect(JSON.parse(readFileSync(other, 'utf8')).kdf).toMatchObject({ name: 'scrypt', n: 131_072, r: 8, p: 1 });
    expect((await openSealedRoot(other, PASSPHRASE)).id).toMatch(/^sealed:/);
  });

  it('that is not there is not made', async () => {
    expect((await errorOf(openSealedRoot(join(folder(), 'none'), PASSPHRASE))).hint).toContain('vault init');
  });

  it('asks for no more of the machine than its bounds, whatever the file says', async () => {
    const fields = JSON.parse(text);
    for (const kdf of [
      { n: 2 ** 40 },
      { n: 2 ** 21 },
      { n: 2 ** 13 },
      { n: 16385 },
      { n: 2 ** 20, r: 16 },
      { n: 1.5 },
      { n: -16384 },
      { r: 4 },
      { r: 2 ** 30 },
      { p: 0 },
      { p: 1000 },
      { p: 1.5 },
    ]) {
      const other = join(folder(), 'root.sealed');
      writeFileSync(other, JSON.stringify({ ...fields, kdf: { ...fields.kdf, ...kdf } }), { mode: 0o600 });
      expect((await errorOf(openSealedRoot(other, PASSPHRASE))).message).toContain('out of bounds');
    }
  });

  it('whose file was cut, swapped or edited is an error', async () => {
    const fields = JSON.parse(text);
    const flipped = Buffer.from(fields.sealed, 'base64url');
    flipped[30] = (flipped[30] ?? 0) ^ 1;
    for (const damage of [
      '',
      'null',
      '{}',
      text.slice(0, 80),
      JSON.stringify({ ...fields, schema: 'postern-sealed-root-2' }),
      JSON.stringify({ ...fields, sealed: fields.sealed.slice(4) }),
      JSON.stringify({ ...fields, sealed: flipped.toString('base64url') }),
      JSON.stringify({ ...fields, kdf: { ...fields.kdf, name: 'argon2id' } }),
      JSON.stringify({ ...fields, kdf: { ...fields.kdf, salt: 'AAAA' } }),
      JSON.stringify({ ...fields, kdf: { ...fields.kdf, salt: 'A'.repeat(22) } }),
      JSON.stringify({ ...fields, kdf: { ...fields.kdf, n: 2 ** 15 } }),
      JSON.stringify({ ...fields, kdf: null }),
    ]) {
      const other = join(folder(), 'root.sealed');
      writeFileSync(other, damage, { mode: 0o600 });
      expect((await errorOf(openSealedRoot(other, PASSPHRASE))).message).toMatch(/does not open|not a sealed root key/);
      expect(readFileSync(other, 'utf8')).toBe(damage);
    }
  });
});
