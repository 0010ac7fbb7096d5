import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { matchRules } from '../../detectors/match-credentials.ts';
import { readAs } from '../dotnet/testing/read.ts';
import { readKeyFile } from './index.ts';
import { keyFileOf } from './magic.ts';

const KINDS = [
  ['jks', 'JKS'],
  ['jceks', 'JCEKS'],
  ['bks', 'BKS'],
  ['p12', 'PKCS#12'],
] as const;
const file = (name: string) => readFileSync(new URL(`./testing/${name}`, import.meta.url));
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const edwards = generateKeyPairSync('ed25519');
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });

describe('a key store', () => {
  it.each(KINDS)('of keytool (%s) with a private key is told by the hash of its bytes alone', async (ending, kind) => {
    const bytes = file(`key.${ending}`);
    const { result, strings } = await readAs(readKeyFile, bytes, { entry: 'assets/client' });
    expect(result).toEqual({ status: 'read', reason: `a ${kind} key store with a private key` });
    expect(strings).toHaveLength(1);
    expect(matchRules(strings[0]?.text ?? '')).toMatchObject([{ provider: 'key-store', kind: 'key-store' }]);
  });

  it.each(KINDS)('of keytool (%s) with certificates only tells nothing', async (ending, kind) => {
    const { result, strings } = await readAs(readKeyFile, file(`certificates.${ending}`));
    expect(result).toEqual({ status: 'read', reason: `a ${kind} key store; certificates only` });
    expect(strings).toEqual([]);
  });

  it.each(['jks', 'bks'])('that is cut off (%s) is told to be damaged', async (ending) => {
    const { result } = await readAs(readKeyFile, file(`certificates.${ending}`).subarray(0, 60));
    expect(result).toMatchObject({ status: 'partial', code: 'KEYSTORE_CORRUPT' });
  });
});

describe('a private key in DER', () => {
  it.each([
    ['PKCS#8', rsa.privateKey.export({ type: 'pkcs8', format: 'der' })],
    ['PKCS#8', ec.privateKey.export({ type: 'pkcs8', format: 'der' })],
    ['PKCS#1', rsa.privateKey.export({ type: 'pkcs1', format: 'der' })],
    ['SEC 1', ec.privateKey.export({ type: 'sec1', format: 'der' })],
    ['PKCS#8', edwards.privateKey.export({ type: 'pkcs8', format: 'der' })],
  ] as const)('(%s) is found as the same key in PEM is', async (kind, bytes) => {
    expect(keyFileOf(bytes)).toBe(kind);
    const { strings } = await readAs(readKeyFile, bytes);
    expect(matchRules(strings[0]?.text ?? '')).toMatchObject([{ kind: 'private-key', validated: 'structure' }]);
  });

  it.each([
    ['a public key', ec.publicKey.export({ type: 'spki', format: 'der' })],
    [
      'an encrypted key',
      ec.privateKey.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: 'x' }),
    ],
    ['some other data', Buffer.from('30820122300d02010102010102010102', 'hex')],
  ])('is not %s', (_what, bytes) => {
    expect(keyFileOf(bytes)).toBeUndefined();
  });
});
