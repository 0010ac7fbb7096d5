/**
 * An X.509 certificate (RFC 5280 section 4.1):
 *
 *   SEQUENCE { tbs SEQUENCE { [0] version, serial, algorithm, issuer, validity { from, to }, subject, key, …, [3] extensions },
 *              algorithm, BIT STRING signature }
 *
 * `node:crypto` checks the signature; its `X509Certificate` names no extensions of others and has its dates as text, so
 * those are read here, from the very bytes that were signed.
 */
import { type KeyObject, X509Certificate } from 'node:crypto';
import {
  contextNumber,
  DER,
  type Der,
  derBoolean,
  derInner,
  derNumber,
  derOctets,
  derOid,
  derSequence,
  derTime,
  derWholeBits,
  expectDer,
  isDer,
  readDer,
} from './der.ts';
import { Unproven } from './unproven.ts';

export interface Certificate {
  readonly x509: X509Certificate;
  readonly key: KeyObject;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  /** Names as they are encoded. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** Lower-case hexadecimal without leading zeros. */
  readonly serial: string;
  /** ms since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Dotted identifier of the signature algorithm. */
  readonly algorithm: string;
  readonly extensions: ReadonlyMap<string, Extension>;
  /** basicConstraints; null: it has none. */
  readonly basic: { readonly ca: boolean; readonly pathLength: number | null } | null;
  /** Bits of keyUsage, the first one (digitalSignature) highest in 16; null: it has none. */
  readonly usage: number | null;
}

export interface Extension {
  readonly critical: boolean;
  readonly value: Uint8Array;
}

const MAX_BYTES = 16 * 1024;
const BASIC_CONSTRAINTS = '2.5.29.19';
const KEY_USAGE = '2.5.29.15';

/** @throws Unproven */
export function readCertificate(bytes: Uint8Array, what: string): Certificate {
  if (bytes.length > MAX_BYTES) throw new Unproven(`${what}: too long`);
  const [tbs, algorithm, signature, ...more] = derSequence(readDer(bytes, what), what);
  if (more.length > 0) throw new Unproven(`${what}: too many members`);
  derWholeBits(signature, `${what}.signature`);
  const fields = derSequence(tbs, what);
  const [version, serial, inner, issuer, validity, subject, spki, ...optional] = fields;
  if (version === undefined || contextNumber(version) !== 0) throw new Unproven(`${what}.version: not 3`);
  if (derNumber(derInner(version, `${what}.version`), `${what}.version`) !== 2) {
    throw new Unproven(`${what}.version: not 3`);
  }
  const [from, to, ...others] = derSequence(validity, `${what}.validity`);
  if (others.length > 0) throw new Unproven(`${what}.validity: too many members`);
  const name = algorithmOf(algorithm, `${what}.algorithm`);
  if (name !== algorithmOf(inner, `${what}.algorithm`)) throw new Unproven(`${what}.algorithm: two`);
  const extensions = extensionsOf(optional, what);
  return {
    ...opened(bytes, what),
    spki: expectDer(spki, DER.sequence, `${what}.key`).whole,
    issuer: expectDer(issuer, DER.sequence, `${what}.issuer`).whole,
    subject: expectDer(subject, DER.sequence, `${what}.subject`).whole,
    serial: serialOf(serial, `${what}.serial`),
    notBefore: derTime(from, `${what}.validity`),
    notAfter: derTime(to, `${what}.validity`),
    algorithm: name,
    extensions,
    basic: basicOf(extensions.get(BASIC_CONSTRAINTS), `${what}.basicConstraints`),
    usage: usageOf(extensions.get(KEY_USAGE), `${what}.keyUsage`),
  };
}

function opened(bytes: Uint8Array, what: string): { x509: X509Certificate; key: KeyObject } {
  try {
    const x509 = new X509Certificate(bytes);
    return { x509, key: x509.publicKey };
  } catch {
    throw new Unproven(`${what}: not a certificate with a known kind of key`);
  }
}

function algorithmOf(node: Der | undefined, what: string): string {
  return derOid(derSequence(node, what)[0], what);
}

function serialOf(node: Der | undefined, what: string): string {
  const { content } = expectDer(node, DER.integer, what);
  if (content.length === 0 || content.length > 21) throw new Unproven(`${what}: not a serial number`);
  return Buffer.from(content)
    .toString('hex')
    .replace(/^0+(?=.)/, '');
}

function extensionsOf(optional: readonly Der[], what: string): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>();
  const holder = optional.find((node) => contextNumber(node) === 3);
  if (holder === undefined) return extensions;
  for (const extension of derSequence(derInner(holder, `${what}.extensions`), `${what}.extensions`)) {
    const [id, ...rest] = derSequence(extension, `${what}.extensions`);
    const critical = isDer(rest[0], DER.boolean) ? derBoolean(rest.shift(), `${what}.extensions`) : false;
    const oid = derOid(id, `${what}.extensions`);
    if (rest.length !== 1 || extensions.has(oid)) throw new Unproven(`${what}.extensions: not well-formed or twice`);
    extensions.set(oid, { critical, value: derOctets(rest[0], `${what}.extensions`) });
  }
  return extensions;
}

function basicOf(extension: Extension | undefined, what: string): Certificate['basic'] {
  if (extension === undefined) return null;
  const members = [...derSequence(readDer(extension.value, what), what)];
  const ca = isDer(members[0], DER.boolean) ? derBoolean(members.shift(), what) : false;
  const pathLength = members.length > 0 ? derNumber(members.shift(), what) : null;
  if (members.length > 0) throw new Unproven(`${what}: too many members`);
  return { ca, pathLength };
}

function usageOf(extension: Extension | undefined, what: string): number | null {
  if (extension === undefined) return null;
  const { content } = expectDer(readDer(extension.value, what), DER.bitString, what);
  const [, high = 0, low = 0] = content;
  if (content.length < 2 || content.length > 3) throw new Unproven(`${what}: not of this length`);
  return high * 256 + low;
}
