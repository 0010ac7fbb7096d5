/**
 * A root key that a passphrase seals, in a file of mode 0600, JSON:
 *
 *   schema   postern-sealed-root-1
 *   kdf      scrypt (RFC 7914) with its parameters n, r, p and salt (16 bytes)
 *   sealed   nonce 12 | the root key, encrypted 32 | tag 16       AES-256-GCM; additional data: schema and kdf, canonical JSON
 *
 * The parameters are read from the file, within bounds: a file that somebody swapped can neither take the machine's memory
 * nor be cheaper to guess at than the oldest file of ours.
 */
import { createCipheriv, createDecipheriv, randomBytes, type ScryptOptions, scrypt } from 'node:crypto';
import { PosternError } from '../../core/errors.ts';
import { canonicalJson } from '../canonical.ts';
import { readKeyFile } from '../key-file.ts';
import { strictBase64url } from '../public-key.ts';
import { createFile, replaceFile } from './durable.ts';
import { createLocalRoot, ROOT_BYTES } from './local-root.ts';
import type { RootKey } from './root-key.ts';

const SCHEMA = 'postern-sealed-root-1';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SALT_BYTES = 16;
/** 128 MiB and about half a second (OWASP's first choice for scrypt). */
const DEFAULT_COST = { n: 2 ** 17, r: 8, p: 1 };
const MIN_N = 2 ** 14;
const MAX_N = 2 ** 20;
/** 128 · n · r: what scrypt takes. */
const MAX_MEMORY = 2 ** 30;
const MAX_P = 4;
const MIN_PASSPHRASE = 12;
const MAX_PASSPHRASE = 1024;

export interface ScryptCost {
  /** A power of two, 2^14 to 2^20. */
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

interface Sealed {
  readonly kdf: ScryptCost & { readonly name: 'scrypt'; readonly salt: string };
  readonly sealed: Buffer;
}

/**
 * A new root key in a new file.
 *
 * @throws PosternError `E_KEY` when there is a file already (it is left as it is), or the passphrase is too short
 */
export async function createSealedRoot(
  path: string,
  passphrase: string,
  cost: ScryptCost = DEFAULT_COST,
): Promise<void> {
  checkNew(passphrase);
  const root = randomBytes(ROOT_BYTES);
  try {
    if (await createFile(path, await seal(root, passphrase, cost))) return;
  } finally {
    root.fill(0);
  }
  throw new PosternError('E_KEY', `${path} exists already`, {
    hint: 'A root key is made once. To change its passphrase, open it with the one it has.',
  });
}

/** The same root key under another passphrase. Copies of the file open with the old one for ever. @throws PosternError `E_KEY` */
export async function changeSealedPassphrase(
  path: string,
  from: string,
  to: string,
  cost: ScryptCost = DEFAULT_COST,
): Promise<void> {
  checkNew(to);
  const root = await unsealFile(path, from);
  try {
    await replaceFile(path, await seal(root, to, cost));
  } finally {
    root.fill(0);
  }
}

/** @throws PosternError `E_KEY`: no file, damaged, or another passphrase */
export async function openSealedRoot(path: string, passphrase: string): Promise<RootKey> {
  return createLocalRoot('sealed', await unsealFile(path, passphrase));
}

function checkNew(passphrase: string): void {
  if ([...passphrase].length < MIN_PASSPHRASE) {
    throw new PosternError('E_KEY', `the passphrase is shorter than ${MIN_PASSPHRASE} characters`, {
      hint: 'Whoever has the file can guess without end: take a random one, or five random words.',
    });
  }
}

async function seal(root: Uint8Array, passphrase: string, cost: ScryptCost): Promise<string> {
  const salt = randomBytes(SALT_BYTES).toString('base64url');
  const kdf = { name: 'scrypt', n: cost.n, r: cost.r, p: cost.p, salt } as const;
  if (!withinBounds(kdf)) throw new RangeError('scrypt parameters are out of bounds');
  const key = await derive(passphrase, kdf);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(additionalData(kdf));
  const body = cipher.update(root);
  cipher.final();
  key.fill(0);
  const sealed = Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url');
  return `${JSON.stringify({ schema: SCHEMA, kdf, sealed }, null, 2)}\n`;
}

async function unsealFile(path: string, passphrase: string): Promise<Buffer> {
  const text = await readKeyFile(path);
  if (text === undefined) {
    throw new PosternError('E_KEY', `there is no sealed root key at ${path}`, {
      hint: 'Make it with `postern vault init`, or restore it from a copy.',
    });
  }
  const { kdf, sealed } = parse(path, text);
  const key = await derive(passphrase, kdf);
  const end = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(additionalData(kdf));
  decipher.setAuthTag(sealed.subarray(end));
  const root = decipher.update(sealed.subarray(NONCE_BYTES, end));
  key.fill(0);
  try {
    decipher.final();
    return root;
  } catch {
    root.fill(0);
    throw new PosternError('E_KEY', `the passphrase does not open ${path}`, {
      hint: 'It is another one, or the file was changed.',
    });
  }
}

function parse(path: string, text: string): Sealed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged(path);
  }
  if (!isObject(value) || value.schema !== SCHEMA || !isObject(value.kdf) || typeof value.sealed !== 'string') {
    throw damaged(path);
  }
  const { name, n, r, p, salt } = value.kdf;
  const sealed = strictBase64url(value.sealed);
  if (name !== 'scrypt' || typeof n !== 'number' || typeof r !== 'number' || typeof p !== 'number') throw damaged(path);
  if (typeof salt !== 'string' || strictBase64url(salt)?.length !== SALT_BYTES) throw damaged(path);
  if (sealed?.length !== NONCE_BYTES + ROOT_BYTES + TAG_BYTES) throw damaged(path);
  const kdf = { name, n, r, p, salt } as const;
  if (!withinBounds(kdf)) {
    throw new PosternError('E_KEY', `${path} asks for scrypt parameters that are out of bounds`, {
      hint: 'This tool writes no such file. Restore it from a copy.',
    });
  }
  return { kdf, sealed };
}

function withinBounds({ n, r, p }: ScryptCost): boolean {
  const powerOfTwo = Number.isInteger(n) && n >= MIN_N && n <= MAX_N && (n & (n - 1)) === 0;
  if (!powerOfTwo || !Number.isInteger(r) || !Number.isInteger(p)) return false;
  return r >= 8 && p >= 1 && p <= MAX_P && 128 * n * r <= MAX_MEMORY;
}

/** Composed characters are one text however they were typed (RFC 8265 section 4.2.2). */
function derive(passphrase: string, { n, r, p, salt }: Sealed['kdf']): Promise<Buffer> {
  if (passphrase.length > MAX_PASSPHRASE) throw new PosternError('E_KEY', 'the passphrase is too long to be one');
  const options: ScryptOptions = { N: n, r, p, maxmem: 128 * n * r + 128 * r * p + 2 ** 20 };
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), Buffer.from(salt, 'base64url'), 32, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(new PosternError('E_KEY', 'the passphrase cannot be tried: not enough memory', { cause: error }));
    });
  });
}

function additionalData(kdf: Sealed['kdf']): Buffer {
  return Buffer.from(canonicalJson({ schema: SCHEMA, kdf }));
}

function damaged(path: string): PosternError {
  return new PosternError('E_KEY', `${path} is not a sealed root key of a version this tool reads`, {
    hint: 'It was left as it is. Restore it from a copy.',
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
