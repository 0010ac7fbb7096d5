import { prove } from './unproven.ts';

/** SubjectPublicKeyInfo of a P-256 key with an uncompressed point (RFC 5480), up to the point's 0x04. */
const PREFIX = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');
const LENGTH = PREFIX.length + 65;

/** The 65 bytes of the point: 0x04, x, y. @throws Unproven for every other kind of key and encoding */
export function p256Point(spki: Uint8Array, what: string): Uint8Array {
  const prefix = spki.subarray(0, PREFIX.length);
  const point = spki.subarray(PREFIX.length);
  prove(spki.length === LENGTH && PREFIX.equals(prefix) && point[0] === 4, `${what}: not a P-256 key`);
  return point;
}
