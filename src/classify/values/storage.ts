/**
 * How a stored password looks, from its length and alphabet alone. Formats: modular crypt (bcrypt, Argon2, scrypt, PBKDF2,
 * SHA-crypt), LDAP (RFC 2307), Django, Werkzeug, phpass, MySQL; lengths of digests in hex and base64.
 */
export const STORAGE_KINDS = ['slow-hash', 'fast-hash', 'encrypted', 'plaintext-like'] as const;
export type StorageKind = (typeof STORAGE_KINDS)[number];

export interface StorageForm {
  kind: StorageKind;
  /** As people call it: `bcrypt`, `32 hex digits (MD5)`. Never a part of the value. */
  form: string;
}

const PREFIXES: readonly (readonly [RegExp, StorageKind, string])[] = [
  [/^\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}$/, 'slow-hash', 'bcrypt'],
  [/^\$argon2(?:id|i|d)\$/, 'slow-hash', 'Argon2'],
  [/^argon2(?:\$|id)/, 'slow-hash', 'Argon2'],
  [/^(?:\$scrypt\$|\$s[01]\$|\$7\$|scrypt:|scrypt\$|SCRYPT:)/, 'slow-hash', 'scrypt'],
  [/^\$(?:y|gy)\$/, 'slow-hash', 'yescrypt'],
  [/^(?:pbkdf2[_:$-]|\$pbkdf2|sha(?:1|256|512):\d+:|PBKDF2)/i, 'slow-hash', 'PBKDF2'],
  [/^bcrypt(?:_sha256)?\$/, 'slow-hash', 'bcrypt'],
  [/^\$[56]\$/, 'slow-hash', 'SHA-crypt'],
  [/^\$S\$|^\$[PH]\$/, 'slow-hash', 'phpass'],
  [/^SCRAM-SHA-(?:1|256)\$/, 'slow-hash', 'SCRAM'],
  [/^\$1\$|^\$apr1\$/, 'fast-hash', 'MD5-crypt'],
  [/^\{(?:S?SHA(?:256|384|512)?|S?MD5|CRYPT)\}/i, 'fast-hash', 'an LDAP digest'],
  [/^(?:sha1|sha256|md5|unsalted_md5|unsalted_sha1)\$/, 'fast-hash', 'a digest with salt'],
  [/^md5[0-9a-f]{32}$/, 'fast-hash', 'PostgreSQL md5'],
  [/^\*[0-9A-F]{40}$/, 'fast-hash', 'MySQL’s double SHA-1'],
  [/^gAAAAA[A-Za-z0-9_-]{60,}/, 'encrypted', 'a Fernet token'],
  [/^vault:v\d+:/, 'encrypted', 'a Vault transit ciphertext'],
  [/^ENC[([]|^enc:|^aes[:-]|^\{cipher\}|^v\d+:[0-9a-f]{24}/i, 'encrypted', 'a marked ciphertext'],
  [/^ey[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/, 'encrypted', 'JWE'],
  [/^U2FsdGVkX1/, 'encrypted', 'OpenSSL’s salted ciphertext'],
];

const HEX_DIGESTS = new Map([
  [32, 'MD5'],
  [40, 'SHA-1'],
  [56, 'SHA-224'],
  [64, 'SHA-256'],
  [96, 'SHA-384'],
  [128, 'SHA-512'],
]);
const BASE64_DIGESTS = new Map([
  [24, 'MD5'],
  [28, 'SHA-1'],
  [44, 'SHA-256'],
  [88, 'SHA-512'],
]);

/** Only prefixes that no other text has: enough to know a password hash under any name. */
export function knownHash(value: string): StorageForm | undefined {
  const first = value.charCodeAt(0);
  // $ * { s S p P m a A b g v e E U
  if (first !== 36 && first !== 42 && first !== 123 && !/^[sSpPmabgveEU]/.test(value)) return undefined;
  const text = value.slice(0, 512);
  for (const [shape, kind, form] of PREFIXES) if (shape.test(text)) return { kind, form };
  return undefined;
}

/** For fields whose name says that they hold passwords. */
export function storageOf(value: string): StorageForm | undefined {
  const known = knownHash(value);
  if (known) return known;
  const { length } = value;
  if (/^[0-9a-f]+$/i.test(value.slice(0, 1_024))) {
    const digest = HEX_DIGESTS.get(length);
    if (digest !== undefined) return { kind: 'fast-hash', form: `${length} hex digits, as ${digest} makes` };
    if (length >= 48 && length % 32 === 0) return { kind: 'encrypted', form: 'whole cipher blocks in hex' };
  }
  if (
    length >= 22 &&
    /^[A-Za-z0-9+/_-]+={0,2}$/.test(value.slice(0, 1_024)) &&
    /\d/.test(value) &&
    /[A-Z]/.test(value)
  ) {
    const digest = value.endsWith('=') ? BASE64_DIGESTS.get(length) : undefined;
    if (digest !== undefined) return { kind: 'fast-hash', form: `${length} base64 characters, as ${digest} makes` };
    if (length >= 44) return { kind: 'encrypted', form: 'long base64' };
  }
  if (length >= 3 && length <= 40) return { kind: 'plaintext-like', form: 'short text of mixed length' };
  return undefined;
}
