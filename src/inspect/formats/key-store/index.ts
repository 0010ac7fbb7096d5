/**
 * Key stores, and private keys in DER. What matters is whether a private key is in it: most stores in apps hold the
 * certificates of authorities, which are for everyone. Nothing is decrypted and no content is handed on: a store is told
 * by the SHA-256 of its bytes, an open key as the PEM text that it is equal to (RFC 7468).
 *
 * JKS, JCEKS (OpenJDK JavaKeyStore): magic u32 · version u32 · count u32 · entries {tag u32: 1 key, 2 certificate,
 *   3 secret key · alias UTF · time u64 · …}
 * BKS (Bouncy Castle BcKeyStoreSpi): version u32 · salt {length u32, bytes} · iterations u32 · entries {type u8:
 *   1 certificate, 2 key, 3 secret, 4 sealed, 0 end · alias UTF · time u64 · chain u32 × {type UTF, length u32, bytes} · …}
 * PKCS#12 (RFC 7292): keys are bags of the types 1.2.840.113549.1.12.10.1.1 and .2, whose identifier stands open, because
 *   only what is in the bag is encrypted; bags of certificates are mostly encrypted as a whole.
 */
import { createHash } from 'node:crypto';
import type { ReadContext } from '../reader.ts';
import { failed, partial, type ReadResult, read } from '../result.ts';
import { type KeyFile, keyFileOf } from './magic.ts';

/** Entries looked at: a list of authorities has some 150. */
const MOST_ENTRIES = 10_000;
const KEY_BAGS = ['060b2a864886f70d010c0a0101', '060b2a864886f70d010c0a0102'].map((hex) => Buffer.from(hex, 'hex'));
/** A file of keys is small; what only begins like one is not hashed. */
const LARGEST = 16 << 20;

export function readKeyFile(bytes: Buffer, context: ReadContext): ReadResult {
  const kind = keyFileOf(bytes);
  if (kind === undefined) return failed('KEYSTORE_BAD_MAGIC', 'no key store');
  if (bytes.length > LARGEST) return partial('LIMIT_ENTRY_BYTES', `a ${kind} file of more than ${LARGEST >> 20} MiB`);
  const label = PEM_LABEL.get(kind);
  if (label !== undefined) return readKey(kind, label, bytes, context);
  const keys = holdsKey(kind, bytes);
  if (keys === undefined) return partial('KEYSTORE_CORRUPT', `a ${kind} key store whose entries are damaged`);
  if (!keys) return read(`a ${kind} key store; certificates only`);
  const hash = createHash('sha256').update(bytes).digest('hex');
  context.string(`${kind} key store with a private key, SHA-256 ${hash}`, 0);
  return read(`a ${kind} key store with a private key`);
}

const PEM_LABEL: ReadonlyMap<KeyFile, string> = new Map([
  ['PKCS#8', 'PRIVATE KEY'],
  ['PKCS#1', 'RSA PRIVATE KEY'],
  ['SEC 1', 'EC PRIVATE KEY'],
]);

function readKey(kind: KeyFile, name: string, bytes: Buffer, context: ReadContext): ReadResult {
  const lines = bytes.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  if (lines.length > context.limits.stringLength) return partial('LIMIT_STRINGS', 'a private key of unlikely length');
  context.string(`-----BEGIN ${name}-----\n${lines}\n-----END ${name}-----`, 0);
  return read(`a private key (${kind})`);
}

/** @returns undefined when that cannot be told */
function holdsKey(kind: KeyFile, bytes: Buffer): boolean | undefined {
  if (kind === 'PKCS#12') return KEY_BAGS.some((bag) => bytes.includes(bag));
  return kind === 'BKS' ? holdsBksKey(bytes) : holdsJksKey(bytes);
}

/** Steps through big-endian fields; past the end it stays there and says so. */
class Fields {
  at: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  get over(): boolean {
    return this.at > this.#bytes.length;
  }

  number(size: 1 | 2 | 4): number {
    const at = this.at;
    this.at += size;
    return this.over ? 0 : this.#bytes.readUIntBE(at, size);
  }

  /** Steps over bytes that have their length in front. */
  skip(size: 2 | 4): void {
    const length = this.number(size);
    this.at += length;
  }
}

function holdsJksKey(bytes: Buffer): boolean | undefined {
  const version = bytes.readUInt32BE(4);
  const count = bytes.readUInt32BE(8);
  const fields = new Fields(bytes, 12);
  for (let entry = 0; entry < Math.min(count, MOST_ENTRIES); entry++) {
    const tag = fields.number(4);
    if (fields.over) return undefined;
    if (tag === 1 || tag === 3) return true;
    if (tag !== 2) return undefined;
    fields.skip(2);
    fields.at += 8;
    if (version === 2) fields.skip(2);
    fields.skip(4);
  }
  return fields.over ? undefined : false;
}

function holdsBksKey(bytes: Buffer): boolean | undefined {
  const fields = new Fields(bytes, 4);
  fields.skip(4);
  fields.at += 4;
  for (let entry = 0; entry < MOST_ENTRIES; entry++) {
    const type = fields.number(1);
    if (fields.over || type > 4) return undefined;
    if (type === 0) return false;
    if (type !== 1) return true;
    fields.skip(2);
    fields.at += 8;
    const chain = fields.number(4);
    for (let link = 0; link < chain && !fields.over; link++) {
      fields.skip(2);
      fields.skip(4);
    }
    // the certificate itself
    fields.skip(2);
    fields.skip(4);
  }
  return undefined;
}
