/**
 * A signed message (RFC 5652): provisioning profiles, the signatures of Mach-O files and of JARs.
 *
 *   ContentInfo ::= SEQUENCE { OID signedData, [0] SignedData }
 *   SignedData  ::= SEQUENCE { version, SET digestAlgorithms, SEQUENCE { OID, [0] OCTET STRING }, [0] certificates, … }
 *
 * The octet string of the content may be cut into pieces (BER): its bytes are then not one stretch of the file.
 */
import { type DerNode, derChildren, derNode } from './der.ts';

const OID_SIGNED_DATA = Buffer.from('2a864886f70d010702', 'hex');
const MOST_PIECES = 4_096;

/** The parts of SignedData; undefined when the bytes are no signed message. */
export function signedData(bytes: Buffer): DerNode[] | undefined {
  const info = derNode(bytes, 0, bytes.length);
  if (info === undefined || info.tag !== 0x30) return undefined;
  const [type, wrapped] = derChildren(bytes, info, 4);
  if (type === undefined || wrapped === undefined || !bytes.subarray(type.content, type.end).equals(OID_SIGNED_DATA)) {
    return undefined;
  }
  const data = derNode(bytes, wrapped.content, wrapped.end);
  return data === undefined ? undefined : derChildren(bytes, data, 16);
}

/** What was signed; undefined when the bytes are no signed message or it does not hold its content. */
export function cmsContent(bytes: Buffer): Buffer | undefined {
  const encapsulated = signedData(bytes)?.find(({ tag }) => tag === 0x30);
  if (encapsulated === undefined) return undefined;
  const wrapped = derChildren(bytes, encapsulated, 4)[1];
  const octets = wrapped === undefined ? undefined : derNode(bytes, wrapped.content, wrapped.end);
  if (octets === undefined) return undefined;
  if ((octets.tag & 0x20) === 0) return bytes.subarray(octets.content, octets.end);
  return Buffer.concat(derChildren(bytes, octets, MOST_PIECES).map(({ content, end }) => bytes.subarray(content, end)));
}

/** The certificates that come with the message, in DER. */
export function cmsCertificates(bytes: Buffer): Buffer[] {
  const set = signedData(bytes)?.find(({ tag }) => tag === 0xa0);
  return set === undefined ? [] : derChildren(bytes, set, 16).map(({ start, next }) => bytes.subarray(start, next));
}
