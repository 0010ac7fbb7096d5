/** Certificates for tests: made with fresh keys, with every field as it is asked for. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { bits, boolean, der, integer, name, octets, oid, sequence, time } from './der-writer.ts';

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export interface CertificateRequest {
  readonly subject: string;
  readonly issuer: string;
  readonly keys: Pick<KeyPair, 'publicKey'>;
  readonly signer: KeyObject;
  /** ms since the epoch. */
  readonly from: number;
  readonly to: number;
  /** basicConstraints; undefined: none. */
  readonly basic?: { readonly ca: boolean; readonly pathLength?: number } | undefined;
  /** Octets of keyUsage; undefined: none. */
  readonly usage?: number | undefined;
  readonly extensions?: readonly { readonly oid: string; readonly value: Uint8Array; readonly critical?: boolean }[];
  readonly serial?: bigint;
  /** Attribute that the names consist of; common name unless told. */
  readonly attribute?: string;
  /** X.509 version, as its number; 2 is version 3. */
  readonly version?: number;
  readonly digest?: 'sha1' | 'sha256' | 'sha384';
}

export const USAGE = { digitalSignature: 0x80, keyCertSign: 0x04 } as const;

const ALGORITHMS = {
  'ec sha1': sequence(oid('1.2.840.10045.4.1')),
  'ec sha256': sequence(oid('1.2.840.10045.4.3.2')),
  'ec sha384': sequence(oid('1.2.840.10045.4.3.3')),
  'rsa sha1': sequence(oid('1.2.840.113549.1.1.5'), der(0x05)),
  'rsa sha256': sequence(oid('1.2.840.113549.1.1.11'), der(0x05)),
  'rsa sha384': sequence(oid('1.2.840.113549.1.1.12'), der(0x05)),
} as const;

export function p256(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

export function spkiOf({ publicKey }: Pick<KeyPair, 'publicKey'>): Buffer {
  return publicKey.export({ format: 'der', type: 'spki' });
}

export function issue(request: CertificateRequest): Buffer {
  const { digest = 'sha256', signer, basic, usage, attribute } = request;
  const algorithm = ALGORITHMS[`${signer.asymmetricKeyType === 'rsa' ? 'rsa' : 'ec'} ${digest}`];
  const extensions = [...(request.extensions ?? [])];
  if (basic) {
    const { ca, pathLength } = basic;
    const value = sequence(...(ca ? [boolean(true)] : []), ...(pathLength === undefined ? [] : [integer(pathLength)]));
    extensions.unshift({ oid: '2.5.29.19', value, critical: true });
  }
  if (usage !== undefined) extensions.unshift({ oid: '2.5.29.15', value: bits(Buffer.of(usage)), critical: true });
  const written = extensions.map((one) =>
    sequence(oid(one.oid), ...(one.critical ? [boolean(true)] : []), octets(one.value)),
  );
  const tbs = sequence(
    der(0xa0, integer(request.version ?? 2)),
    integer(request.serial ?? BigInt(`0x7f${randomBytes(8).toString('hex')}`)),
    algorithm,
    name(request.issuer, attribute),
    sequence(time(request.from), time(request.to)),
    name(request.subject, attribute),
    spkiOf(request.keys),
    ...(written.length > 0 ? [der(0xa3, sequence(...written))] : []),
  );
  return sequence(tbs, algorithm, bits(sign(digest, tbs, signer)));
}
