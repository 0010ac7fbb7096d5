import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readCertificate } from './certificate.ts';
import { checkChain } from './chain.ts';
import { type CertificateRequest, issue, type KeyPair, p256, spkiOf, USAGE } from './testing/certificates.ts';
import { bits, boolean, der, integer, name, octets, oid, sequence, time } from './testing/der-writer.ts';
import { Unproven } from './unproven.ts';

const NOW = Date.UTC(2026, 10, 1);
const DAY = 86_400_000;
const dates = { from: NOW - DAY, to: NOW + DAY };
const issuing = { basic: { ca: true }, usage: USAGE.keyCertSign };

function reason(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Unproven) return error.position;
    throw error;
  }
  return 'holds';
}

/** A leaf under a root with this key. */
function judgeUnder(rootKeys: KeyPair, leaf: Partial<CertificateRequest> = {}): string {
  const keys = p256();
  const signer = rootKeys.privateKey;
  const root = issue({ subject: 'root', issuer: 'root', keys: rootKeys, signer, ...dates, ...issuing });
  const made = issue({ subject: 'leaf', issuer: 'root', keys, signer, ...dates, ...leaf });
  return reason(() => checkChain([readCertificate(made, 'x5c[0]')], readCertificate(root, 'root'), { now: NOW }));
}

const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });

describe('a chain of certificates', () => {
  it.each([
    ['P-256', ec('P-256')],
    ['P-384', ec('P-384')],
    ['P-521', ec('P-521')],
    ['RSA of 2048 bits', rsa(2048)],
  ])('holds under a key of %s', (_, keys) => {
    expect(judgeUnder(keys)).toBe('holds');
    expect(judgeUnder(keys, { digest: 'sha384' })).toBe('holds');
  });

  it.each([
    ['RSA of 1024 bits', rsa(1024)],
    ['secp256k1', ec('secp256k1')],
    ['P-224', ec('P-224')],
  ])('does not hold under a key of %s', (_, keys) => {
    expect(judgeUnder(keys)).toBe('x5c[0]: signed with a weak or unsupported key');
  });

  it('does not hold with a signature over SHA-1', () => {
    expect(judgeUnder(p256(), { digest: 'sha1' })).toBe('x5c[0].algorithm: not supported');
    expect(judgeUnder(rsa(2048), { digest: 'sha1' })).toBe('x5c[0].algorithm: not supported');
  });

  it('is no longer than each of its issuers permits', () => {
    const keys = [p256(), p256(), p256(), p256()] as const;
    const [leafKeys, lowKeys, highKeys, rootKeys] = keys;
    const judge = (rootLength: number | undefined, highLength: number | undefined, lowLength: number | undefined) => {
      const limited = (pathLength: number | undefined) => ({
        ca: true,
        ...(pathLength === undefined ? {} : { pathLength }),
      });
      const make = (subject: string, issuer: string, own: KeyPair, by: KeyPair, more: Partial<CertificateRequest>) =>
        readCertificate(issue({ subject, issuer, keys: own, signer: by.privateKey, ...dates, ...more }), subject);
      const root = make('root', 'root', rootKeys, rootKeys, { ...issuing, basic: limited(rootLength) });
      const high = make('high', 'root', highKeys, rootKeys, { ...issuing, basic: limited(highLength) });
      const low = make('low', 'high', lowKeys, highKeys, { ...issuing, basic: limited(lowLength) });
      const leaf = make('leaf', 'low', leafKeys, lowKeys, {});
      return reason(() => checkChain([leaf, low, high], root, { now: NOW }));
    };
    expect(judge(undefined, undefined, undefined)).toBe('holds');
    expect(judge(2, 1, 0)).toBe('holds');
    expect(judge(1, 1, 0)).toBe('root.basicConstraints: too long a chain');
    expect(judge(2, 0, 0)).toBe('x5c[2].basicConstraints: too long a chain');
  });

  it('does not follow names: a certificate of the same name and another key signs nothing', () => {
    const [real, other] = [p256(), p256()];
    const make = (keys: KeyPair) =>
      readCertificate(
        issue({ subject: 'root', issuer: 'root', keys, signer: keys.privateKey, ...dates, ...issuing }),
        'root',
      );
    const leaf = issue({ subject: 'leaf', issuer: 'root', keys: p256(), signer: other.privateKey, ...dates });
    const judged = (root: KeyPair) =>
      reason(() => checkChain([readCertificate(leaf, 'leaf')], make(root), { now: NOW }));
    expect([judged(real), judged(other)]).toEqual(['x5c[0].signature: does not hold', 'holds']);
  });
});

describe('the reader of certificates', () => {
  const keys = p256();
  const ALGORITHM = sequence(oid('1.2.840.10045.4.3.2'));

  /** Well-formed but for what is exchanged; nobody signed it. */
  function written(parts: {
    tbs?: readonly Buffer[];
    extensions?: readonly Buffer[];
    outer?: Buffer;
    signature?: Buffer;
    more?: Buffer[];
  }) {
    const { extensions = [], outer = ALGORITHM, signature = bits(sequence(integer(1), integer(1))), more = [] } = parts;
    const tbs = parts.tbs ?? [
      der(0xa0, integer(2)),
      integer(1),
      ALGORITHM,
      name('a'),
      sequence(time(NOW), time(NOW)),
      name('b'),
      spkiOf(keys),
      ...(extensions.length > 0 ? [der(0xa3, sequence(...extensions))] : []),
    ];
    return sequence(sequence(...tbs), outer, signature, ...more);
  }

  const extension = (id: string, value: Buffer) => sequence(oid(id), octets(value));
  it.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'c: it ends early'],
    ['too much', Buffer.alloc(16 * 1024 + 1), 'c: too long'],
    ['a member more', written({ more: [integer(1)] }), 'c: too many members'],
    ['two algorithms', written({ outer: sequence(oid('1.2.840.10045.4.3.3')) }), 'c.algorithm: two'],
    ['a signature with unused bits', written({ signature: bits(Buffer.of(0x10), 4) }), 'c.signature: unused bits'],
    ['no fields', written({ tbs: [] }), 'c.version: not 3'],
    [
      'a time that is none',
      written({
        tbs: [
          der(0xa0, integer(2)),
          integer(1),
          ALGORITHM,
          name('a'),
          sequence(time(NOW), der(0x18, Buffer.from('20260230000000Z'))),
          name('b'),
          spkiOf(keys),
        ],
      }),
      'c.validity: not a time',
    ],
    [
      'an extension twice',
      written({ extensions: [extension('1.2.3', Buffer.of()), extension('1.2.3', Buffer.of())] }),
      'c.extensions: not well-formed or twice',
    ],
    [
      'an extension of one member',
      written({ extensions: [sequence(oid('1.2.3'))] }),
      'c.extensions: not well-formed or twice',
    ],
    [
      'constraints with a member more',
      written({ extensions: [extension('2.5.29.19', sequence(boolean(true), integer(0), integer(0)))] }),
      'c.basicConstraints: too many members',
    ],
    [
      'constraints with a negative length',
      written({ extensions: [extension('2.5.29.19', sequence(boolean(true), der(2, Buffer.of(0xff))))] }),
      'c.basicConstraints: not a plain number',
    ],
    [
      'a usage without bits',
      written({ extensions: [extension('2.5.29.15', bits(Buffer.of()))] }),
      'c.keyUsage: not of this length',
    ],
  ])('refuses one with %s', (_, bytes, why) => {
    expect(reason(() => readCertificate(bytes, 'c'))).toBe(why);
  });

  it('refuses a key of a kind that is not known', () => {
    const unknown = sequence(sequence(oid('1.2.3.4')), bits(Buffer.alloc(32)));
    const tbs = [
      der(0xa0, integer(2)),
      integer(1),
      ALGORITHM,
      name('a'),
      sequence(time(NOW), time(NOW)),
      name('b'),
      unknown,
    ];
    expect(reason(() => readCertificate(written({ tbs }), 'c'))).toBe('c: not a certificate with a known kind of key');
  });

  it('reads the serial number as the status list writes it', () => {
    for (const [serial, text] of [
      [0x0abcn, 'abc'],
      [0xff00n, 'ff00'],
      [0n, '0'],
    ] as const) {
      const made = issue({ subject: 'a', issuer: 'a', keys, signer: keys.privateKey, ...dates, serial });
      expect(readCertificate(made, 'c').serial).toBe(text);
    }
  });
});
