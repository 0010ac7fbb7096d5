/** Keys and tokens in forms that belong to no provider: PEM, JWK, PGP, JWT, HTTP basic authentication. */
import { readJwt } from '../../formats/jwt.ts';
import type { CredentialFamily, Verdict } from './credential-rule.ts';
import { B40, LOWER26 } from './example-values.ts';
import { isPrivateKey, isRandom } from './validate.ts';

const BODY = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj';
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: object) =>
  `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.c2lnbmF0dXJlLW9mLWEtdGVzdC10b2tlbg`;

function judgeJwt(token: string): Verdict | null {
  const read = readJwt(token);
  if (read === undefined || typeof read.header.alg !== 'string') return null;
  const { claims } = read;
  const supabase = claims.iss === 'supabase' || (typeof claims.ref === 'string' && typeof claims.role === 'string');
  if (supabase && claims.role === 'service_role') return { as: 'service', validated: 'structure' };
  if (supabase) return { as: 'anon', validated: 'structure' };
  if (claims.role === 'anon') return { as: 'publicRole', validated: 'structure' };
  return { validated: 'structure', grants: `what its issuer lets the holder do${untilOf(claims.exp)}` };
}

/** Seconds since 1970 (RFC 7519 §4.1.4). */
function untilOf(seconds: unknown): string {
  if (typeof seconds !== 'number' || !(seconds > 0) || seconds > 253_402_300_799) return '';
  return `, until ${new Date(seconds * 1000).toISOString().slice(0, 10)}`;
}

/** RFC 7617: the base64 of `user:password`. */
function judgeBasic(value: string): Verdict | null {
  const plain = Buffer.from(value, 'base64').toString('latin1');
  const [, user, password] = /^([\x21-\x39\x3b-\x7e]{1,100}):([\x21-\x7e]{3,200})$/.exec(plain) ?? [];
  if (user === undefined || password === undefined || /^(?:user(?:name)?|login|your.*)$/i.test(user)) return null;
  return { validated: 'structure' };
}

export const keys: CredentialFamily = {
  name: 'keys',
  rules: [
    {
      provider: 'pem',
      kind: 'private-key',
      sensitivity: 'secret',
      severity: 'critical',
      grants: 'signs and decrypts as its owner: a server, a client of it, or a service account',
      keywords: ['PRIVATE KEY-----'],
      variants: {
        encrypted: {
          kind: 'encrypted-private-key',
          sensitivity: 'unknown',
          severity: 'medium',
          grants: 'with its password: signs and decrypts as its owner',
        },
      },
      // a header alone is a constant of every crypto library: the body must follow
      pattern:
        /(-----BEGIN (?:[A-Z]{2,12} ){0,2}PRIVATE KEY-----(?:\s|\\n|\\r|["'+]){0,40}(?:(?:Proc-Type|DEK-Info)[^\n\\]{0,80}(?:\s|\\n|\\r){1,8}){0,2}[A-Za-z0-9+/=]{40,128})/g,
      judge: (value, text) => {
        const encrypted = /BEGIN ENCRYPTED|Proc-Type/.test(value);
        if (encrypted) return { as: 'encrypted' };
        const at = text.indexOf(value);
        return isPrivateKey(text.slice(at, at + 16_384)) ? { validated: 'structure' } : {};
      },
      source: 'https://www.rfc-editor.org/rfc/rfc7468',
      examples: {
        bad: [
          `-----BEGIN PRIVATE KEY-----\n${BODY}`,
          `-----BEGIN RSA PRIVATE KEY-----\\n${BODY}`,
          `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n${BODY}`,
        ],
        good: [
          '-----BEGIN PRIVATE KEY-----',
          '-----BEGIN RSA PRIVATE KEY-----\n',
          '-----BEGIN PRIVATE KEY----- and -----END PRIVATE KEY-----',
          `-----BEGIN PUBLIC KEY-----\n${BODY}`,
          `-----BEGIN CERTIFICATE-----\n${BODY}`,
        ],
      },
    },
    {
      // what the reader of key stores says of one: see formats/key-store
      provider: 'key-store',
      kind: 'key-store',
      sensitivity: 'unknown',
      severity: 'medium',
      grants: 'with its password: signs, decrypts or signs in as its owner',
      keywords: ['key store with a private key, SHA-256 '],
      pattern: /^(?:JKS|JCEKS|BKS|PKCS#12) key store with a private key, SHA-256 ([0-9a-f]{64})$/g,
      source: 'https://www.rfc-editor.org/rfc/rfc7292',
      examples: {
        bad: [`PKCS#12 key store with a private key, SHA-256 ${'0a1b2c3d'.repeat(8)}`],
        good: ['PKCS#12 key store with a private key', 'key store with a private key, SHA-256 of it'],
      },
    },
    {
      provider: 'jwk',
      kind: 'private-key',
      sensitivity: 'secret',
      severity: 'critical',
      grants: 'signs and decrypts as its owner',
      keywords: ['"kty"'],
      pattern: /"d"\s{0,4}:\s{0,4}"([\w-]{32,700})"/g,
      judge: (value, text) =>
        isRandom(value, 4) && /"kty"\s{0,4}:\s{0,4}"(?:RSA|EC|OKP)"/.test(text) ? { validated: 'structure' } : null,
      source: 'https://www.rfc-editor.org/rfc/rfc7517',
      examples: {
        bad: [`{"kty":"EC","crv":"P-256","x":"a","y":"b","d":"${B40}abc"}`],
        good: [`{"kty":"EC","crv":"P-256","x":"${B40}abc"}`, `{"kty":"oct","d":"${B40}abc"}`],
      },
    },
    {
      provider: 'pgp',
      kind: 'private-key',
      sensitivity: 'secret',
      severity: 'critical',
      grants: 'signs and decrypts as its owner',
      keywords: ['PGP PRIVATE KEY BLOCK-----'],
      pattern:
        /(-----BEGIN PGP PRIVATE KEY BLOCK-----(?:\s|\\n|\\r){1,8}(?:[A-Z][a-z]{2,12}: [^\n\\]{0,80}(?:\s|\\n|\\r){1,8}){0,4}[A-Za-z0-9+/=]{40,128})/g,
      source: 'https://www.rfc-editor.org/rfc/rfc9580',
      examples: {
        bad: [`-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${BODY}`],
        good: ['-----BEGIN PGP PRIVATE KEY BLOCK-----', `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${BODY}`],
      },
    },
    {
      provider: 'age',
      kind: 'private-key',
      sensitivity: 'secret',
      severity: 'critical',
      grants: 'decrypts what was encrypted to its owner',
      keywords: ['AGE-SECRET-KEY-1'],
      pattern: /(?<![\w-])(AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})(?![\w-])/g,
      source: 'https://age-encryption.org/v1',
      examples: {
        bad: [`AGE-SECRET-KEY-1${'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L'.repeat(2).slice(0, 58)}`],
        good: ['AGE-SECRET-KEY-1'],
      },
    },
    {
      provider: 'jwt',
      kind: 'token',
      sensitivity: 'unknown',
      severity: 'medium',
      grants: 'what its issuer lets the holder do',
      keywords: ['eyJ'],
      pattern: /(?<![\w.-])(eyJ[\w-]{10,1024}\.eyJ[\w-]{10,4096}\.[\w-]{20,1024})(?![\w-])/g,
      variants: {
        service: {
          provider: 'supabase',
          kind: 'service-role-key',
          sensitivity: 'secret',
          severity: 'critical',
          grants: 'reads and writes every row of the project, whatever its policies say',
        },
        anon: {
          provider: 'supabase',
          kind: 'anon-key',
          sensitivity: 'public',
          severity: 'info',
          grants: 'what row-level security lets everyone do',
        },
        publicRole: {
          kind: 'anonymous-token',
          sensitivity: 'public',
          severity: 'info',
          grants: 'what the server lets everyone do',
        },
      },
      judge: judgeJwt,
      source: 'https://www.rfc-editor.org/rfc/rfc7519',
      examples: {
        bad: [jwt({ sub: '1' }), jwt({ iss: 'supabase', role: 'service_role' }), jwt({ role: 'anon' })],
        good: ['eyJhbGciOiJIUzI1NiJ9.eyJub3QganNvbg.xxxxxxxxxxxxxxxxxxxxxxxx', 'eyJhbGciOiJIUzI1NiJ9'],
      },
    },
    {
      provider: 'http',
      kind: 'basic-header',
      sensitivity: 'secret',
      severity: 'high',
      grants: 'signs in as the user whose name and password it wraps',
      keywords: ['Basic '],
      pattern: /(?<![\w])Basic ([A-Za-z0-9+/]{8,300}={0,2})(?![A-Za-z0-9+/=])/g,
      judge: judgeBasic,
      source: 'https://www.rfc-editor.org/rfc/rfc7617',
      examples: {
        bad: [`Basic ${Buffer.from('bluemarket:h4rdc0ded').toString('base64')}`],
        good: [
          'Basic ',
          'Basic authentication',
          `Basic ${Buffer.from('username:letmein').toString('base64')}`,
          `Basic ${LOWER26}`,
        ],
      },
    },
  ],
};
