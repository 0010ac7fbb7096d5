/** The first bytes of key stores and of private keys in DER; what each is stands in `index.ts`. */

export type KeyFile = 'JKS' | 'JCEKS' | 'BKS' | 'PKCS#12' | 'PKCS#8' | 'PKCS#1' | 'SEC 1';

/** OBJECT IDENTIFIER of rsaEncryption and id-ecPublicKey, with which an algorithm begins. */
const RSA = '06092a864886f70d010101';
const EC = '06072a8648ce3d0201';
/** X25519, X448, Ed25519 and Ed448 (RFC 8410): 1.3.101.110 to 113. */
const EDWARDS = /^06032b65(?:6e|6f|70|71)/;
/** data and signedData of PKCS#7: what holds the contents of a PKCS#12 file. */
const CONTENT = /^06092a864886f70d01070[12]/;

export function keyFileOf(head: Buffer): KeyFile | undefined {
  if (head.length < 16) return undefined;
  const magic = head.readUInt32BE(0);
  if (magic === 0xfeedfeed) return head.readUInt32BE(4) <= 2 ? 'JKS' : undefined;
  if (magic === 0xcececece) return head.readUInt32BE(4) <= 2 ? 'JCEKS' : undefined;
  // version 1 or 2, a salt of 20 bytes, a plausible number of iterations
  if ((magic === 1 || magic === 2) && head.length >= 32 && head.readUInt32BE(4) === 20) {
    const iterations = head.readUInt32BE(28);
    return iterations > 0 && iterations <= 0xffff ? 'BKS' : undefined;
  }
  return head[0] === 0x30 ? derKeyOf(head) : undefined;
}

/** SEQUENCE { INTEGER version, SEQUENCE { OBJECT IDENTIFIER … } … }, for PKCS#1 { INTEGER 0, INTEGER modulus … }, for SEC 1 { INTEGER 1, OCTET STRING … }. */
function derKeyOf(head: Buffer): KeyFile | undefined {
  let at = afterLength(head, 1);
  if (head[at] !== 2 || head[at + 1] !== 1) return undefined;
  const version = head[at + 2];
  at += 3;
  if (version === 0 && head[at] === 2 && head[at + 1] === 0x82 && head.readUInt16BE(at + 2) >= 128) return 'PKCS#1';
  // keys of the curves P-256, P-384 and P-521 (RFC 5915)
  if (version === 1 && head[at] === 4 && [32, 48, 66].includes(head[at + 1] ?? 0)) return 'SEC 1';
  if (head[at] !== 0x30) return undefined;
  const oid = head.toString('hex', afterLength(head, at + 1), afterLength(head, at + 1) + 11);
  if (version === 3 && CONTENT.test(oid)) return 'PKCS#12';
  return version === 0 && (oid === RSA || oid.startsWith(EC) || EDWARDS.test(oid)) ? 'PKCS#8' : undefined;
}

/** Where the contents begin, behind a length octet or several. */
function afterLength(head: Buffer, at: number): number {
  const first = head[at] ?? 0;
  return at + 1 + (first > 0x80 ? Math.min(first & 0x7f, 4) : 0);
}
