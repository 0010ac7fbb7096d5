/** Attestations and assertions that real devices made. */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifyAssertion } from './app-assertion.ts';
import { verifyWithHash } from './app-attest.ts';
import { APPLE_ROOT_FINGERPRINT, appleRoot } from './apple-root.ts';
import { sha256 } from './sha256.ts';
import { loadVectors } from './testing/vectors.ts';

const vectors = loadVectors('app-attest.json');
const bytes = (text: string) => Buffer.from(text, 'base64');
const spki = (pem: string) => createPublicKey(pem).export({ format: 'der', type: 'spki' });

describe("Apple's root", () => {
  it('has the published fingerprint and its own signature', () => {
    const { x509, key } = appleRoot();
    expect(sha256(x509.raw).toString('hex')).toBe(APPLE_ROOT_FINGERPRINT);
    expect(x509.verify(key)).toBe(true);
    expect(new X509Certificate(x509.raw).subject).toContain('CN=Apple App Attestation Root CA');
  });
});

describe.skipIf(vectors === null)('App Attest of real devices', () => {
  const { attestations, assertions } = vectors ?? { attestations: [], assertions: [] };

  it.each(attestations)('takes the attestation of $name', (vector) => {
    const { keyId, environment, appId } = vector;
    const clientDataHash = vector.clientDataHash ? bytes(vector.clientDataHash) : sha256(bytes(vector.challenge ?? ''));
    const input = { attestation: bytes(vector.attestation), keyId, clientDataHash };
    const config = { appIds: ['ABCDE12345.org.example.other', appId], environment };
    const facts = verifyWithHash(input, config, Date.parse(vector.at));
    expect(facts).toMatchObject({
      counter: 0,
      environment,
      appId,
      receiptPresent: true,
      bundle: vector.bundle ?? null,
    });
    if (vector.publicKey) expect(Buffer.from(facts.publicKey)).toEqual(spki(vector.publicKey));

    const other = environment === 'production' ? 'development' : 'production';
    const refused = [
      () => verifyWithHash(input, { ...config, environment: other }, Date.parse(vector.at)),
      () => verifyWithHash(input, { ...config, appIds: ['ABCDE12345.org.example.other'] }, Date.parse(vector.at)),
      () => verifyWithHash({ ...input, clientDataHash: sha256(clientDataHash) }, config, Date.parse(vector.at)),
      () => verifyWithHash(input, config, Date.parse(vector.at) + 400 * 86_400_000),
      () => verifyWithHash(input, config, Date.parse(vector.at) - 400 * 86_400_000),
    ];
    for (const attempt of refused) expect(attempt).toThrow(expect.objectContaining({ code: 'attestation' }));
  });

  it.each(assertions)('takes the assertion of $name', (vector) => {
    const input = {
      assertion: bytes(vector.assertion),
      clientData: bytes(vector.clientData),
      publicKey: spki(vector.publicKey),
      appIds: [vector.appId],
      lastCounter: vector.counter - 1,
    };
    expect(verifyAssertion(input)).toEqual({ counter: vector.counter, appId: vector.appId, bundle: null });
    expect(() => verifyAssertion({ ...input, lastCounter: vector.counter })).toThrow(
      expect.objectContaining({ code: 'step_up' }),
    );
  });
});
