import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { matchRules } from '../../detectors/match-credentials.ts';
import type { ReadContext } from '../reader.ts';
import { isPemKey } from './magic.ts';
import { readPem } from './read-pem.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const secret = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const open = publicKey.export({ type: 'spki', format: 'pem' }).toString();

async function stringsOf(text: string) {
  const found: { text: string; offset: number | undefined }[] = [];
  const context = { string: (one: string, offset: number | undefined) => found.push({ text: one, offset }) };
  const result = await readPem(Buffer.from(text), context as unknown as ReadContext);
  return { found, result };
}

describe('a PEM file', () => {
  it('hands on each private key whole, and no other block', async () => {
    const { found, result } = await stringsOf(`${open}${secret}${open}${secret}`);
    expect(found.map(({ offset }) => offset)).toEqual([open.length, 2 * open.length + secret.length]);
    expect(matchRules(found[0]?.text ?? '')[0]).toMatchObject({ kind: 'private-key', validated: 'structure' });
    expect(result).toEqual({ status: 'read', reason: 'PEM with 2 private keys' });
  });
  it.each(['', open, '-----BEGIN ', secret.slice(0, 80), '-----BEGIN PRIVATE KEY-----'.repeat(5000)])(
    'of %j holds none',
    async (text) => {
      expect((await stringsOf(text)).found).toEqual([]);
    },
  );
  it('with a million beginnings before its only end is read in no time', async () => {
    const started = performance.now();
    const { found } = await stringsOf(`${'-----BEGIN '.repeat(1_000_000)}\n-----END PRIVATE KEY-----\n${secret}`);
    expect(found.map((one) => one.text)).toEqual([secret.trimEnd()]);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
  it('is told by its first line', () => {
    expect(isPemKey(Buffer.from(secret))).toBe(true);
    expect(isPemKey(Buffer.from(open))).toBe(false);
    expect(isPemKey(Buffer.from('x'))).toBe(false);
  });
});
