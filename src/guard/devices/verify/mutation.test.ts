/** Property: an attestation or assertion that was changed in any byte proves nothing, and brings nothing down. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Refusal } from '../../contract/refusal.ts';
import { verifyAssertion } from './app-assertion.ts';
import { verifyAppAttest } from './app-attest.ts';
import { verifyKeyAttestation } from './key-attestation.ts';
import { verifyPlayIntegrity } from './play-integrity.ts';
import { makeAppAttest, makeAssertion } from './testing/app-attest.ts';
import { makeKeyAttestation } from './testing/key-attestation.ts';
import { makePlayKeys, makePlayToken } from './testing/play-token.ts';

const NOW = Date.UTC(2026, 10, 1);
const APP = 'ABCDE12345.org.example.shop';
const PACKAGE = 'org.example.shop';
const HEX = 'ab'.repeat(32);
const DIGEST = Buffer.from(HEX, 'hex').toString('base64url');
const clientData = Buffer.from('client data');
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const bundle = { version: '1', category: 4 };
// Without its receipt, which is for Apple and which nobody here looks into.
const attested = makeAppAttest({
  appId: APP,
  challenge: clientData,
  now: NOW,
  bundle,
  changes: { receipt: undefined },
});
const asserted = makeAssertion({ appId: APP, clientData, counter: 1, privateKey: attested.keys.privateKey, bundle });
const key = makeKeyAttestation({ package: PACKAGE, certificate: HEX, challenge: clientData, now: NOW });
const playKeys = makePlayKeys();
let playToken: string;

beforeAll(async () => {
  playToken = await makePlayToken({ keys: playKeys, package: PACKAGE, certificate: DIGEST, clientData, now: NOW });
});

/** Anything but a refusal is a defect. */
function accepted(code: 'attestation' | 'step_up', run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.code === code) return false;
    throw error;
  }
}

const attestation = (bytes: Uint8Array) =>
  accepted('attestation', () =>
    verifyAppAttest(
      { attestation: bytes, keyId: attested.keyId, challenge: clientData },
      { appIds: [APP], environment: 'production' },
      NOW,
      attested.authority.root,
    ),
  );
const assertion = (bytes: Uint8Array) =>
  accepted('step_up', () =>
    verifyAssertion({ assertion: bytes, clientData, publicKey: attested.publicKey, appIds: [APP], lastCounter: 0 }),
  );
const chain = (certificates: readonly Uint8Array[]) =>
  accepted('attestation', () =>
    verifyKeyAttestation(
      { chain: certificates, challenge: clientData, key: key.keys.publicKey },
      {
        config: { packages: [PACKAGE], certificates: [HEX], securityLevel: 'trusted-environment', patchLevel: null },
        roots: key.authority.roots,
        status: null,
      },
      NOW,
    ),
  );

function flipped(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
}

/** Cut, grown, or with a part taken from elsewhere in it. */
const surgery = fc.record({
  from: fc.nat({ max: 4096 }),
  length: fc.nat({ max: 40 }),
  to: fc.nat({ max: 4096 }),
  kind: fc.constantFrom('cut' as const, 'copy' as const, 'drop' as const, 'overwrite' as const),
});

function operated(
  bytes: Uint8Array,
  { from, length, to, kind }: { from: number; length: number; to: number; kind: string },
): Buffer {
  const start = from % bytes.length;
  const part = bytes.subarray(start, start + length);
  const target = to % bytes.length;
  const [before, after] = [bytes.subarray(0, target), bytes.subarray(target)];
  if (kind === 'cut') return Buffer.from(before);
  if (kind === 'drop') return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + length)]);
  if (kind === 'copy') return Buffer.concat([before, part, after]);
  return Buffer.concat([before, part, after.subarray(part.length)]);
}

describe('one bit changed', () => {
  it('proves nothing, in each byte of an attestation', () => {
    expect(attestation(attested.attestation)).toBe(true);
    for (let at = 0; at < attested.attestation.length; at++) {
      expect({ at, taken: attestation(flipped(attested.attestation, at, at % 8)) }).toEqual({ at, taken: false });
    }
  });

  it('proves nothing, in each bit of an assertion', () => {
    expect(assertion(asserted)).toBe(true);
    for (let at = 0; at < asserted.length * 8; at++) {
      expect({ at, taken: assertion(flipped(asserted, at >> 3, at & 7)) }).toEqual({ at, taken: false });
    }
  });

  it('proves nothing, in each byte of the leaf of a chain, and in every third above it', () => {
    expect(chain(key.chain)).toBe(true);
    for (const [index, certificate] of key.chain.entries()) {
      for (let at = 0; at < certificate.length; at += index === 0 ? 1 : 3) {
        const changed = key.chain.map((one, other) => (other === index ? flipped(one, at, at % 8) : one));
        expect({ index, at, taken: chain(changed) }).toEqual({ index, at, taken: false });
      }
    }
  });

  it('proves nothing, in each character of a token of Play Integrity', async () => {
    const trust = {
      config: { packages: [PACKAGE], certificates: [DIGEST], integrity: 'device', licensed: false, maxAge: 60_000 },
      keys: playKeys.keys,
      decode: null,
    } as const;
    const take = (token: string) => verifyPlayIntegrity({ token, clientData, package: PACKAGE }, trust, NOW);
    expect(await take(playToken)).toMatchObject({ package: PACKAGE });
    const ends = [...playToken.matchAll(/.(?=\.|$)/g)].map(({ index }) => index);
    const places = Array.from({ length: Math.ceil(playToken.length / 3) }, (_, at) => at * 3);
    for (const at of [...places, ...ends]) {
      // The lowest bit: in the last character of a part it may be one that is left over.
      const character = ALPHABET[ALPHABET.indexOf(playToken[at] ?? '') ^ 1] ?? 'A';
      const changed = playToken.slice(0, at) + character + playToken.slice(at + 1);
      const verdict = await take(changed).then(
        () => 'taken',
        (error: unknown) => (error instanceof Refusal ? error.code : error),
      );
      expect({ at, verdict }).toEqual({ at, verdict: 'attestation' });
    }
  });
});

describe('bytes cut, moved and put in', () => {
  it('prove nothing, in an attestation', () => {
    fc.assert(
      fc.property(fc.array(surgery, { minLength: 1, maxLength: 3 }), (operations) => {
        const changed = operations.reduce(operated, attested.attestation);
        fc.pre(changed.length > 0);
        expect(attestation(changed)).toBe(attested.attestation.equals(changed));
      }),
      { numRuns: 600 },
    );
  });

  it('prove nothing, in an assertion', () => {
    fc.assert(
      fc.property(fc.array(surgery, { minLength: 1, maxLength: 3 }), (operations) => {
        const changed = operations.reduce(
          (bytes: Buffer, one) => (bytes.length > 0 ? operated(bytes, one) : bytes),
          asserted,
        );
        expect(assertion(changed)).toBe(asserted.equals(changed));
      }),
      { numRuns: 1500 },
    );
  });

  it('prove nothing, in a certificate of a chain', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 }), surgery, (index, operation) => {
        const changed = key.chain.map((one, at) => (at === index ? operated(one, operation) : one));
        expect(chain(changed)).toBe(changed.every((one, at) => key.chain[at]?.equals(one)));
      }),
      { numRuns: 600 },
    );
  });

  it('bring nothing down: any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
        expect(attestation(any)).toBe(false);
        expect(assertion(any)).toBe(false);
        expect(chain([any, ...key.chain.slice(1)])).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
