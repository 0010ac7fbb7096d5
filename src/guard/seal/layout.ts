/**
 * A sealed id, before base64url (RFC 4648 section 5, no padding):
 *
 *   offset  bytes
 *        0      3   mark: every sealed id begins with the four letters `psg1`
 *        3      4   id of the master key
 *        7     16   salt: the data key is HKDF-SHA-256(master key, salt)
 *       23     12   nonce, random
 *       35      n   ciphertext (AES-256-GCM) of the content as a compact JSON array
 *     35+n     16   tag
 *
 * Additional data: the 23 bytes in front, and the name of the kind. A text sealed as one kind opens as no other.
 *
 * Each process draws a salt of its own and a new one every 2^30 seals, so that no data key sees more than 2^30 random
 * nonces however many processes share the master key (NIST SP 800-38D section 8.3 permits 2^32).
 */
export const MARK: Uint8Array = Buffer.from('psg1', 'base64url');
/** What every sealed id begins with; what does not is no id of this gateway's. */
export const MARK_TEXT = 'psg1';
export const KEY_ID_BYTES = 4;
export const SALT_BYTES = 16;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
export const KEY_BYTES = 32;
export const FRONT_BYTES = MARK.length + KEY_ID_BYTES + SALT_BYTES;
export const OVERHEAD_BYTES = FRONT_BYTES + NONCE_BYTES + TAG_BYTES;
/** Longest sealed text that is looked at. */
export const MAX_TEXT = 64 * 1024;
