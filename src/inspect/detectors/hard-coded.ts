/**
 * Constants that reach a cipher, a key store, a database or a login in the code of the app: what makes them secret is
 * where they go, not how they look.
 */
import type { InspectCredential } from '../../core/contract/inspect.ts';
import type { FoundCall } from '../source.ts';
import { isTemplate } from './url.ts';

export interface HardCoded {
  kind: 'hardcoded-key' | 'hardcoded-password' | 'hardcoded-iv' | 'hardcoded-salt';
  /** Where it goes: `cipher`. */
  provider: string;
  value: string;
  sensitivity: InspectCredential['sensitivity'];
  grants: string;
}

interface Sink {
  kind: HardCoded['kind'];
  provider: string;
  /** Which argument is the secret, the first that is a constant of these. */
  args: readonly number[];
  sensitivity: InspectCredential['sensitivity'];
  grants: string;
}

const CIPHER = 'decrypts and forges what the app encrypts or signs with it, on every device alike';

const SINKS: ReadonlyMap<string, Sink> = new Map([
  ['crypto.key', { kind: 'hardcoded-key', provider: 'cipher', args: [0], sensitivity: 'secret', grants: CIPHER }],
  [
    'crypto.seed',
    {
      kind: 'hardcoded-key',
      provider: 'random',
      args: [0],
      sensitivity: 'secret',
      grants: 'foretells the numbers that the app takes for random',
    },
  ],
  [
    'crypto.password',
    { kind: 'hardcoded-password', provider: 'cipher', args: [0], sensitivity: 'secret', grants: CIPHER },
  ],
  [
    'crypto.iv',
    {
      kind: 'hardcoded-iv',
      provider: 'cipher',
      args: [0, 1],
      sensitivity: 'unknown',
      grants: 'tells equal messages by their equal beginnings',
    },
  ],
  [
    'crypto.salt',
    {
      kind: 'hardcoded-salt',
      provider: 'cipher',
      args: [0],
      sensitivity: 'unknown',
      grants: 'lets one table of guesses serve for every user',
    },
  ],
  [
    'jwt.key',
    {
      kind: 'hardcoded-key',
      provider: 'jwt',
      args: [0, 1],
      sensitivity: 'secret',
      grants: 'signs tokens that the server takes for its own',
    },
  ],
  [
    'keystore.password',
    {
      kind: 'hardcoded-password',
      provider: 'keystore',
      args: [1, 2, 0],
      sensitivity: 'secret',
      grants: 'opens the key store of the app',
    },
  ],
  [
    'database.password',
    {
      kind: 'hardcoded-password',
      provider: 'database',
      args: [2, 1, 0],
      sensitivity: 'secret',
      grants: 'opens the database, on every device or at the server',
    },
  ],
  [
    'login.password',
    {
      kind: 'hardcoded-password',
      provider: 'login',
      args: [2, 1, 0],
      sensitivity: 'secret',
      grants: 'signs in at the server as the app does',
    },
  ],
  [
    'field.secret',
    {
      kind: 'hardcoded-password',
      provider: 'field',
      args: [1],
      sensitivity: 'secret',
      grants: 'whatever the code asks it for',
    },
  ],
] as const satisfies readonly (readonly [string, Sink])[]);

/** Names of algorithms and key stores stand beside the secret, never for it. */
const ALGORITHM =
  /^(?:AES|DES|DESede|TripleDES|Blowfish|RC[24]|ARC4|RSA|EC|ECDSA|ChaCha20(?:-Poly1305)?|Hmac\w{2,12}|PBKDF2\w{0,24}|HS\d{3}|RS\d{3}|ES\d{3}|SHA-?\d{1,3}|MD5|UTF-?8|US-ASCII|ISO-8859-1|BKS|JKS|PKCS12|AndroidKeyStore|X\.?509)(?:\/[\w/-]{1,40})?$/i;
const ADDRESS = /^(?:jdbc:|[a-z][a-z0-9+.-]{1,12}:\/\/|\/data\/|\/sdcard\/|[\w.-]{1,80}\.(?:db|sqlite3?|realm)$)/i;

/** The secret that a call carries; undefined when none of its arguments is a constant that could be one. */
export function hardCoded({ api, args }: FoundCall): HardCoded | undefined {
  const sink = SINKS.get(api);
  if (sink === undefined) return undefined;
  const { kind, provider, sensitivity, grants } = sink;
  for (const index of sink.args) {
    const value = args[index];
    if (typeof value !== 'string' || !isSecretText(value)) continue;
    // a name and what it is called by, at one go: `getConnection(url, user, password)`
    if (provider === 'login' && index === 0 && args.length > 1) continue;
    if (provider === 'field' && /iv$|salt$/i.test(String(args[0]))) continue;
    const isKey = provider === 'field' && /key$/i.test(String(args[0]));
    return { kind: isKey ? 'hardcoded-key' : kind, provider, value, sensitivity, grants };
  }
  return undefined;
}

function isSecretText(value: string): boolean {
  return (
    value.length >= 3 && value.length <= 4096 && !ALGORITHM.test(value) && !ADDRESS.test(value) && !isTemplate(value)
  );
}
