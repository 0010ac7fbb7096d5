/** The first line is that of a private key (RFC 7468, RFC 5958, RFC 8017). */
export function isPemKey(head: Buffer): boolean {
  return /^-----BEGIN [A-Z ]{0,24}PRIVATE KEY/.test(head.toString('latin1', 0, 64));
}
