/** Rules about keys, passwords and tokens that a package carries. */
import { assetId } from '../../core/asset.ts';
import type { InspectCredential } from '../../core/contract/inspect.ts';
import { credentialSeverity } from '../data/credentials/index.ts';
import { placesOf } from './evidence.ts';
import type { Inspection, InspectRule, RuleHit } from './inspect-rule.ts';

function hits(
  inspection: Inspection,
  wanted: (credential: InspectCredential) => boolean,
  message: (credential: InspectCredential) => string,
): RuleHit[] {
  return inspection.credentials
    .filter((credential) => credential.origin === 'app' && wanted(credential))
    .map((credential) => ({
      asset: assetId('credential', credential.provider, credential.kind, credential.hash),
      locator: [credential.provider, credential.kind, credential.hash],
      message: message(credential),
      ...severityOf(credential),
      confidence: 'firm' as const,
      evidence: placesOf(inspection.path, credential.evidence, credential.mask),
    }));
}

/** A key that a rule knows is as bad as what it can do. */
function severityOf({ provider, kind }: InspectCredential): Pick<RuleHit, 'severity'> {
  const severity = credentialSeverity(provider, kind);
  return severity === undefined ? {} : { severity };
}

/** `an api-key`, `a token`. */
function named(kind: string): string {
  return `${/^[aeio]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

function canDo({ grants }: InspectCredential): string {
  return grants === undefined ? '' : ` What it is good for: ${grants}.`;
}

function isHardCoded({ kind }: InspectCredential): boolean {
  return kind.startsWith('hardcoded-');
}

function isPasswordInUrl(credential: InspectCredential): boolean {
  return credential.kind === 'basic-auth' || credential.kind === 'connection-string';
}

const passwordInUrl: InspectRule = {
  id: 'inspect/password-in-url',
  title: 'A password stands in an address of the app',
  severity: 'critical',
  owner: 'developer',
  description:
    'An address in the package carries user name and password (`mongodb://user:password@host`). Everyone who has the app has the password; it opens the server for all of them alike.',
  remediation:
    'Change the password on the server now, take it out of the app, and let users sign in to an API that keeps the server’s password to itself.',
  references: ['https://cwe.mitre.org/data/definitions/798.html', 'https://mas.owasp.org/MASVS/05-MASVS-AUTH/'],
  cwe: ['CWE-798'],
  masvs: ['MASVS-AUTH-1'],
  examples: {
    bad: [
      'mongodb://shop:hunter2-but-longer@db.bluemarket-shop.com:27017/shop',
      'https://shop:hunter2@api.bluemarket-shop.com/',
    ],
    good: [
      'mongodb://db.bluemarket-shop.com:27017/shop',
      'http://user:password@example.com:8080/',
      'postgres://{user}:{password}@db.bluemarket-shop.com/x',
    ],
  },
  find(inspection) {
    return hits(
      inspection,
      isPasswordInUrl,
      (one) => `The package carries the password of ${one.provider} in an address (${one.mask}).`,
    );
  },
};

const secretCredential: InspectRule = {
  id: 'inspect/secret-credential',
  title: 'The package carries a secret key',
  severity: 'critical',
  owner: 'developer',
  description:
    'A key in the package is secret by its provider’s own rules: it acts for the whole account, not for one user. Everyone who has the app can read it with free tools in minutes.',
  remediation:
    'Revoke the key at its provider, issue a new one that only a server of yours holds, and let the app call that server.',
  references: ['https://cwe.mitre.org/data/definitions/798.html', 'https://mas.owasp.org/MASVS/04-MASVS-STORAGE/'],
  cwe: ['CWE-798', 'CWE-321'],
  masvs: ['MASVS-STORAGE-1'],
  examples: {
    bad: [`sk_live_${'aB3dE5gH7jK9mN1pQ3sT5vW7'}`, 'AKIA2345ABCD6723EFGH'],
    good: [
      `pk_live_${'aB3dE5gH7jK9mN1pQ3sT5vW7'}`,
      `AIza${'Sy0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV'}`,
      '-----BEGIN PRIVATE KEY-----',
    ],
  },
  find(inspection) {
    return hits(
      inspection,
      (one) => one.sensitivity === 'secret' && !isPasswordInUrl(one) && !isHardCoded(one),
      (one) => `The package carries ${named(one.kind)} of ${one.provider} (${one.mask}), which is secret.${canDo(one)}`,
    );
  },
};

const keyInUrl: InspectRule = {
  id: 'inspect/key-in-url',
  title: 'An API key stands in an address of the app',
  severity: 'medium',
  owner: 'developer',
  description:
    'A key is part of an address in the package (`?key=…`). It can be read from the package and from the logs of every proxy on the way, and used until its quota or your bill ends it.',
  remediation:
    'Call the service from a server of yours that holds the key, or restrict the key at its provider to this app and to what the app needs.',
  references: ['https://cwe.mitre.org/data/definitions/598.html'],
  cwe: ['CWE-598', 'CWE-798'],
  masvs: ['MASVS-STORAGE-1'],
  examples: {
    bad: ['https://api.bluemarket-weather.com/v1/forecast?key=0a1b2c3d4e5f60718293a4b5'],
    good: [
      'https://api.bluemarket-weather.com/v1/forecast?key=',
      'https://api.bluemarket-weather.com/v1/forecast?key=YOUR_KEY',
      'https://api.bluemarket-weather.com/v1/forecast?days=12345678',
    ],
  },
  find(inspection) {
    return hits(
      inspection,
      (one) => one.kind === 'url-key',
      (one) => `The package carries a key of ${one.provider} in an address (${one.mask}).`,
    );
  },
};

const hardCodedKey: InspectRule = {
  id: 'inspect/hardcoded-key',
  title: 'A key of the app’s own encryption stands in its code',
  severity: 'high',
  owner: 'developer',
  description:
    'A constant of the code reaches a cipher, a signature or a random generator as its key. It is the same on every device and can be read from the package: what it encrypts is not secret, what it signs is not authentic.',
  remediation:
    'Let the platform make and keep the key (Android Keystore, Secure Enclave), one per device; or derive it from what only the user knows.',
  references: ['https://cwe.mitre.org/data/definitions/321.html', 'https://mas.owasp.org/MASVS/06-MASVS-CRYPTO/'],
  cwe: ['CWE-321'],
  masvs: ['MASVS-CRYPTO-2'],
  examples: {
    bad: ['crypto.key("a key of thirty-two letters here")', 'jwt.key("HS256", "bluemarket-signs-with-this")'],
    good: ['crypto.key("AES")', 'crypto.cipher("AES/GCM/NoPadding")', 'a key of thirty-two letters here'],
  },
  find(inspection) {
    return hits(
      inspection,
      (one) => one.kind === 'hardcoded-key',
      (one) => `The code holds the key of a ${NAMES[one.provider] ?? one.provider} (${one.mask}).${canDo(one)}`,
    );
  },
};

const hardCodedPassword: InspectRule = {
  id: 'inspect/hardcoded-password',
  title: 'A password stands in the code of the app',
  severity: 'high',
  owner: 'developer',
  description:
    'A constant reaches a login, a database, a key store or a key derivation as its password, or stands under a name that says so. Everyone who has the app can read it.',
  remediation:
    'Change the password where it is in use, take it out of the app, and let users sign in with what is theirs; for a database on the device, keep a random key in the Android Keystore or the keychain.',
  references: ['https://cwe.mitre.org/data/definitions/798.html', 'https://cwe.mitre.org/data/definitions/259.html'],
  cwe: ['CWE-798', 'CWE-259'],
  masvs: ['MASVS-STORAGE-1', 'MASVS-AUTH-1'],
  examples: {
    bad: [
      'login.password("bluemarket", "h4rd-c0ded")',
      'keystore.password(null, "h4rd-c0ded")',
      'database.password("orders.db", "h4rd-c0ded")',
    ],
    good: [
      'login.password("bluemarket", null)',
      'database.password("jdbc:postgresql://db.bluemarket-shop.com/shop")',
      'password',
    ],
  },
  find(inspection) {
    return hits(
      inspection,
      (one) => one.kind === 'hardcoded-password',
      (one) => `The code holds the password of a ${NAMES[one.provider] ?? one.provider} (${one.mask}).${canDo(one)}`,
    );
  },
};

/** What a constant was found to be for. */
const NAMES: Readonly<Record<string, string>> = {
  cipher: 'cipher',
  keystore: 'key store',
  jwt: 'token signature',
  random: 'random generator',
  field: 'field named for one',
  name: 'setting named for one',
};

const weakConstant: InspectRule = {
  id: 'inspect/constant-iv-or-salt',
  title: 'An initialisation vector or salt of the code is always the same',
  severity: 'medium',
  owner: 'developer',
  description:
    'A constant reaches a cipher as its initialisation vector, or a key derivation as its salt. With the same vector equal messages have equal beginnings, and in GCM two messages give the key away; with the same salt one table of guesses serves for every user.',
  remediation:
    'Take a new random vector for each message and a new random salt for each password, and store it beside the result.',
  references: ['https://cwe.mitre.org/data/definitions/329.html', 'https://cwe.mitre.org/data/definitions/760.html'],
  cwe: ['CWE-329', 'CWE-760'],
  masvs: ['MASVS-CRYPTO-1'],
  examples: {
    bad: ['crypto.iv("0123456789abcdef")', 'crypto.salt("bluemarket-salt")'],
    good: ['crypto.iv(null)', 'crypto.key("AES")'],
  },
  find(inspection) {
    return hits(
      inspection,
      (one) => one.kind === 'hardcoded-iv' || one.kind === 'hardcoded-salt',
      (one) =>
        `The code holds a constant ${one.kind === 'hardcoded-iv' ? 'initialisation vector' : 'salt'} (${one.mask}).`,
    );
  },
};

const possibleSecret: InspectRule = {
  id: 'inspect/possible-secret',
  title: 'The package carries what may be a secret key',
  severity: 'medium',
  owner: 'developer',
  description:
    'A value is random and stands under a name like a secret’s, or is a token that says nothing of its rights. Whether it opens anything is not to be seen from the package.',
  remediation:
    'Find out what the value opens. If it is more than everyone may do, revoke it and keep its successor on a server of yours.',
  references: ['https://cwe.mitre.org/data/definitions/798.html'],
  cwe: ['CWE-798'],
  masvs: ['MASVS-STORAGE-1'],
  examples: {
    bad: [
      `eyJhbGciOiJIUzI1NiJ9.${Buffer.from('{"sub":"shop","scope":"orders"}').toString('base64url')}.c2lnbmF0dXJlLW9mLWEtdGVzdC10b2tlbg`,
    ],
    good: [`pk_live_${'aB3dE5gH7jK9mN1pQ3sT5vW7'}`, 'AKIA2345ABCD6723EFGH'],
  },
  find(inspection) {
    return hits(
      inspection,
      (one) => one.sensitivity === 'unknown' && one.kind !== 'url-key' && one.kind !== KEY_STORE && !isHardCoded(one),
      (one) => `The package carries ${named(one.kind)} of ${one.provider} (${one.mask}).${canDo(one)}`,
    ).map((hit) => ({ ...hit, confidence: 'tentative' }));
  },
};

const KEY_STORE = 'key-store';

/** A constant that opens a key store, or stands under a name that says so. */
function opensKeyStore({ origin, kind, provider, evidence }: InspectCredential): boolean {
  if (origin !== 'app' || kind !== 'hardcoded-password') return false;
  return (
    provider === 'keystore' || evidence.some(({ name = '' }) => /key_?store|trust_?store|p12|pfx|jks|bks/i.test(name))
  );
}

const keyStore: InspectRule = {
  id: 'inspect/key-store',
  title: 'The package carries a private key in a key store',
  severity: 'medium',
  owner: 'developer',
  description:
    'A file of the package is a key store (JKS, BKS, PKCS#12) with a private key in it. Everyone who has the app has the file; what protects the key is the password alone, which can be guessed at any speed, and which the app has to know. When a password of a key store stands in the code as well, the key is open.',
  remediation:
    'Revoke the certificate of the key. Let each device make a key of its own in the Android Keystore or the Secure Enclave, and have your server certify it after the user signed in.',
  references: ['https://cwe.mitre.org/data/definitions/321.html', 'https://mas.owasp.org/MASVS/06-MASVS-CRYPTO/'],
  cwe: ['CWE-321', 'CWE-522'],
  masvs: ['MASVS-CRYPTO-2', 'MASVS-STORAGE-1'],
  examples: {
    bad: [`BKS key store with a private key, SHA-256 ${'0a1b2c3d'.repeat(8)}`],
    good: ['keystore.password(null, "h4rd-c0ded")', 'a BKS key store; certificates only'],
  },
  find(inspection) {
    const open = inspection.credentials.some(opensKeyStore);
    return hits(
      inspection,
      (one) => one.kind === KEY_STORE,
      ({ evidence }) =>
        `The package carries a key store with a private key (${evidence[0]?.entry ?? 'in a file'})${open ? ', and the code holds the password of a key store' : ''}.`,
    ).map((hit) => (open ? { ...hit, severity: 'high' } : hit));
  },
};

const publicKey: InspectRule = {
  id: 'inspect/public-key',
  title: 'The package carries a key that is public by design',
  severity: 'info',
  owner: 'developer',
  description:
    'Such a key (a Google API key, a publishable key, a DSN) has to be in the app and is no secret. What it opens depends on its restrictions and on the rules of the service behind it.',
  remediation:
    'Restrict the key at its provider to this app and to the services that the app uses, and watch its quota.',
  references: [
    'https://cloud.google.com/docs/authentication/api-keys#securing',
    'https://cwe.mitre.org/data/definitions/1220.html',
  ],
  cwe: ['CWE-1220'],
  masvs: ['MASVS-STORAGE-1'],
  examples: {
    bad: [`AIza${'Sy0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV'}`, `pk_live_${'aB3dE5gH7jK9mN1pQ3sT5vW7'}`],
    good: [`sk_live_${'aB3dE5gH7jK9mN1pQ3sT5vW7'}`, 'AIza'],
  },
  find(inspection) {
    return hits(
      inspection,
      (one) => one.sensitivity === 'public',
      (one) =>
        `The package carries ${named(one.kind)} of ${one.provider} (${one.mask}), which is public by design.${canDo(one)}`,
    );
  },
};

export const credentialFindingRules: readonly InspectRule[] = [
  passwordInUrl,
  secretCredential,
  hardCodedKey,
  hardCodedPassword,
  weakConstant,
  keyInUrl,
  possibleSecret,
  keyStore,
  publicKey,
];
