/** Rules about keys, passwords and tokens that a package carries. */
import { assetId } from '../../core/asset.ts';
import type { InspectCredential } from '../../core/contract/inspect.ts';
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
      confidence: 'firm' as const,
      evidence: placesOf(inspection.path, credential.evidence, credential.mask),
    }));
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
      (one) => one.sensitivity === 'secret' && !isPasswordInUrl(one),
      (one) => `The package carries a ${one.kind} of ${one.provider} (${one.mask}), which is secret.`,
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

export const credentialFindingRules: readonly InspectRule[] = [passwordInUrl, secretCredential, keyInUrl];
