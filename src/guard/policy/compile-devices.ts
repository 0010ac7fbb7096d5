import { secretOf } from './compile-upstreams.ts';
import type { AppCheckConfig, DevicesConfig, KeyAttestationConfig, PlayIntegrityConfig } from './devices-config.ts';
import type { Role } from './policy.ts';
import type { Problems } from './problems.ts';
import type { DevicesFile } from './schema/device.ts';
import type { PolicyFile } from './schema/policy.ts';

type Resolve = (file: string) => string;
type PlayFile = NonNullable<DevicesFile['playIntegrity']>;

const LONGEST_TOKEN = 86_400_000;
const LONGEST_VERDICT = 3_600_000;

/** Null where no device can be enrolled. */
export function compileDevices(
  file: PolicyFile,
  roles: readonly Role[],
  resolve: Resolve,
  problems: Problems,
): DevicesConfig | null {
  const { devices } = file;
  if (!devices) return null;
  const { tokens, appAttest, playIntegrity, keyAttestation, appCheck } = devices;
  checkPath(devices.path, file, roles, problems);
  if (!appAttest && !playIntegrity && !keyAttestation && !appCheck) {
    problems.add(
      ['devices'],
      'no attestation is accepted',
      'Add `appAttest`, `playIntegrity`, `keyAttestation` or `appCheck`.',
    );
  }
  if (tokens.lifetime > LONGEST_TOKEN) {
    problems.add(
      ['devices', 'tokens', 'lifetime'],
      'is longer than a day',
      'A short one is renewed by the app without the person: 10m by default.',
    );
  }
  if (file.identity.issuers.some(({ issuer }) => issuer === tokens.issuer)) {
    problems.add(
      ['devices', 'tokens', 'issuer'],
      'is an issuer of `identity`',
      'The gateway’s own tokens have an issuer of their own.',
    );
  }
  if (resolve(tokens.key) === resolve(devices.challengeKey)) {
    problems.add(['devices', 'challengeKey'], 'is the key of the tokens', 'Each use has a key of its own.');
  }
  return Object.freeze({
    path: devices.path,
    tokens: Object.freeze({ issuer: tokens.issuer, lifetime: tokens.lifetime, key: resolve(tokens.key) }),
    challengeKey: resolve(devices.challengeKey),
    nonce: devices.nonce,
    maxDevices: devices.maxDevices,
    appAttest: appAttest
      ? Object.freeze({ appIds: distinct(appAttest.appIds), environment: appAttest.environment })
      : null,
    playIntegrity: playIntegrity ? playOf(playIntegrity, resolve, problems) : null,
    keyAttestation: keyAttestation ? keyAttestationOf(keyAttestation, resolve) : null,
    appCheck: appCheck ? appCheckOf(appCheck, resolve) : null,
  });
}

/** The endpoints' first segment is nobody else's. */
function checkPath(path: string, file: PolicyFile, roles: readonly Role[], problems: Problems): void {
  const at = ['devices', 'path'];
  if (/^v\d/.test(path)) problems.add(at, 'looks like a version of resources', 'For example `path: device`.');
  for (const rule of roles.flatMap((role) => role.rules)) {
    if (!rule.indices.includes(path) && !rule.aliases.includes(path)) continue;
    problems.add(
      file.devices?.path === undefined ? ['devices'] : at,
      `${path} is a name that ${rule.position} grants in the search API`,
      'Choose another path.',
    );
  }
}

function playOf(file: PlayFile, resolve: Resolve, problems: Problems): PlayIntegrityConfig {
  const { classic, standard } = file;
  if (file.maxAge > LONGEST_VERDICT) {
    problems.add(
      ['devices', 'playIntegrity', 'maxAge'],
      'is longer than an hour',
      'A verdict is of this moment: 2m by default.',
    );
  }
  return Object.freeze({
    packages: distinct(file.packages),
    certificates: distinct(file.certificates.map((text) => bytesOf(text).toString('base64url'))),
    classic: classic
      ? Object.freeze({
          decryptionKey: secretOf(classic.decryptionKeyFile, classic.decryptionKeyEnv, resolve) ?? { env: '' },
          verificationKey: secretOf(classic.verificationKeyFile, classic.verificationKeyEnv, resolve) ?? { env: '' },
        })
      : null,
    standard: standard ? Object.freeze({ serviceAccountFile: resolve(standard.serviceAccountFile) }) : null,
    integrity: file.integrity,
    licensed: file.licensed,
    maxAge: file.maxAge,
  });
}

function keyAttestationOf(file: NonNullable<DevicesFile['keyAttestation']>, resolve: Resolve): KeyAttestationConfig {
  return Object.freeze({
    packages: distinct(file.packages),
    certificates: distinct(file.certificates.map((text) => bytesOf(text).toString('hex'))),
    roots: file.roots === undefined ? null : resolve(file.roots),
    securityLevel: file.securityLevel,
    patchLevel: file.patchLevel ?? null,
    statusList: file.statusList === undefined ? null : resolve(file.statusList),
  });
}

function appCheckOf(file: NonNullable<DevicesFile['appCheck']>, resolve: Resolve): AppCheckConfig {
  return Object.freeze({
    project: file.project,
    appIds: distinct(file.appIds),
    jwks: file.jwks === undefined ? null : resolve(file.jwks),
  });
}

/** A fingerprint in any of its spellings. */
function bytesOf(fingerprint: string): Buffer {
  const hex = fingerprint.replaceAll(':', '');
  return hex.length === 64 ? Buffer.from(hex, 'hex') : Buffer.from(fingerprint, 'base64url');
}

function distinct(values: readonly string[]): readonly string[] {
  return Object.freeze([...new Set(values)]);
}

/** Files that decide which device is believed. */
export function deviceFiles(devices: DevicesConfig | null): readonly string[] {
  if (!devices) return [];
  const { playIntegrity, keyAttestation, appCheck } = devices;
  const secrets = [playIntegrity?.classic?.decryptionKey, playIntegrity?.classic?.verificationKey];
  return [
    ...secrets.map((secret) => (secret !== undefined && 'file' in secret ? secret.file : null)),
    playIntegrity?.standard?.serviceAccountFile,
    keyAttestation?.roots,
    keyAttestation?.statusList,
    appCheck?.jwks,
  ].filter((file) => file !== null && file !== undefined);
}
