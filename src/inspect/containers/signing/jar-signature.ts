/**
 * APK signature scheme v1, which is JAR signing: META-INF/NAME.RSA (DSA, EC) is a signed message (RFC 5652) over NAME.SF.
 *
 * SignedData: version · SET of digest algorithms · content · [0] certificates · [1] revocations · SET of SignerInfo.
 * SignerInfo: version · SEQUENCE { issuer, serial } · SEQUENCE { digest algorithm } · …
 * Certificate: SEQUENCE { SEQUENCE { [0] version, serial, algorithm, issuer, … }, … }
 */
import { signedData } from '../../formats/cms.ts';
import { type DerNode, derChildren } from '../../formats/der.ts';
import { type SignerFacts, signerFacts } from './certificate.ts';

const SET = 0x31;
const MAX_SIGNERS = 16;
/** Digests whose collisions can be made. */
const WEAK_DIGESTS = new Map([
  ['2a864886f70d0202', 'MD2 digest'],
  ['2a864886f70d0205', 'MD5 digest'],
  ['2b0e03021a', 'SHA-1 digest'],
]);

/** The signers of the message; undefined when the bytes are no signed message. */
export function jarSigners(bytes: Buffer): SignerFacts[] | undefined {
  const parts = signedData(bytes);
  if (parts === undefined) return undefined;
  const certificates = parts.filter(({ tag }) => tag === 0xa0).flatMap((set) => derChildren(bytes, set, MAX_SIGNERS));
  const signers = parts.filter(({ tag }) => tag === SET).at(-1);
  if (certificates.length === 0 || signers === undefined) return undefined;
  const found = derChildren(bytes, signers, MAX_SIGNERS).flatMap((signer): SignerFacts[] => {
    const [, identity, digest] = derChildren(bytes, signer, 4);
    const own = certificates.find((one) => identity !== undefined && isOf(bytes, one, identity)) ?? certificates[0];
    if (own === undefined) return [];
    const algorithm = digest === undefined ? undefined : derChildren(bytes, digest, 2)[0];
    const weak = algorithm === undefined ? undefined : WEAK_DIGESTS.get(hexOf(bytes, algorithm));
    return [signerFacts(bytes.subarray(own.start, own.next), weak === undefined ? [] : [weak])];
  });
  return found.length === 0 ? undefined : found;
}

/** Whether the certificate has the issuer and serial number that the signer names. */
function isOf(bytes: Buffer, certificate: DerNode, identity: DerNode): boolean {
  const [toBeSigned] = derChildren(bytes, certificate, 1);
  if (toBeSigned === undefined) return false;
  const fields = derChildren(bytes, toBeSigned, 5);
  const [serial, , issuer] = fields[0]?.tag === 0xa0 ? fields.slice(1) : fields;
  const [namedIssuer, namedSerial] = derChildren(bytes, identity, 2);
  return hexOf(bytes, serial) === hexOf(bytes, namedSerial) && hexOf(bytes, issuer) === hexOf(bytes, namedIssuer);
}

function hexOf(bytes: Buffer, node: DerNode | undefined): string {
  return node === undefined ? '' : bytes.toString('hex', node.content, Math.min(node.end, node.content + 4096));
}
