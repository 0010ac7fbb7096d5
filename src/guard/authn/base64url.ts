/**
 * Base64url (RFC 4648 section 5) in its one canonical form: no padding, no foreign character, no bits left over. Text that
 * decodes to the same bytes in two ways would give one token two hashes.
 */
export function decodeBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

/** Base64 with padding (section 4), canonical likewise. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
