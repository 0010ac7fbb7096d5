/** Makes ready what attestations are judged by: reads the keys and files that the policy names. The rim of this room. */
import { readFile } from 'node:fs/promises';
import { readSecret } from '../../../config/secret.ts';
import { PosternError } from '../../../core/errors.ts';
import type { GetDocument } from '../../authn/fetch.ts';
import { createKeySource } from '../../authn/key-source.ts';
import type { DevicesConfig, KeyAttestationConfig, PlayIntegrityConfig } from '../../policy/devices-config.ts';
import { createDecoder, type GoogleEndpoints, readServiceAccount } from '../google.ts';
import { type AppCheckTrust, appCheckIssuer } from './app-check.ts';
import { readRootKeys } from './google-roots.ts';
import type { KeyAttestationTrust } from './key-attestation.ts';
import type { PlayIntegrityTrust } from './play-integrity.ts';
import { readPlayKeys } from './play-token.ts';
import type { AttestationTrust } from './registry.ts';
import { openStatusList } from './status-list.ts';
import { Unproven } from './unproven.ts';

export interface OpenTrustOptions {
  /** ms since the epoch. */
  readonly now: () => number;
  readonly log: (message: string) => void;
  readonly env?: NodeJS.ProcessEnv;
  /** Reads Firebase's keys. */
  readonly get?: GetDocument;
  /** Google's addresses, unless told. */
  readonly google?: GoogleEndpoints;
}

export interface OpenedTrust extends AttestationTrust {
  close(): void;
}

/** @throws PosternError `E_CONFIG_INVALID`, `E_INPUT_NOT_FOUND`; no message holds a key */
export async function openAttestationTrust(
  config: Pick<DevicesConfig, 'appAttest' | 'playIntegrity' | 'keyAttestation' | 'appCheck'>,
  options: OpenTrustOptions,
): Promise<OpenedTrust> {
  const { appAttest, playIntegrity, keyAttestation, appCheck } = config;
  const play = playIntegrity && (await openPlay(playIntegrity, options));
  const keys = keyAttestation && (await openKeyAttestation(keyAttestation, options));
  const firebase = appCheck && createKeySource(appCheckIssuer(appCheck), options);
  return {
    appAttest: appAttest && { config: appAttest },
    playIntegrity: play,
    keyAttestation: keys,
    appCheck: appCheck && firebase && ({ config: appCheck, keys: firebase } satisfies AppCheckTrust),
    close: () => firebase?.close(),
  };
}

async function openPlay(config: PlayIntegrityConfig, options: OpenTrustOptions): Promise<PlayIntegrityTrust> {
  const { classic, standard } = config;
  let keys: PlayIntegrityTrust['keys'] = null;
  if (classic) {
    const decryption = await readSecret(classic.decryptionKey, options.env);
    const verification = await readSecret(classic.verificationKey, options.env);
    keys = orInvalid('the response keys of Play Integrity', () => readPlayKeys(decryption, verification));
  }
  let decode: PlayIntegrityTrust['decode'] = null;
  if (standard) {
    const path = standard.serviceAccountFile;
    const bytes = await readNamed(path);
    const account = orInvalid('the service account of Play Integrity', () => readServiceAccount(bytes), path);
    decode = createDecoder(account, options.google);
  }
  return { config, keys, decode };
}

async function openKeyAttestation(
  config: KeyAttestationConfig,
  { log, now }: OpenTrustOptions,
): Promise<KeyAttestationTrust> {
  const { roots, statusList } = config;
  const status = statusList === null ? null : openStatusList(statusList, log, now());
  if (roots === null) return { config, status };
  const pem = (await readNamed(roots)).toString('latin1');
  return { config, status, roots: orInvalid('the roots of Key Attestation', () => readRootKeys(pem), roots) };
}

async function readNamed(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: unknown) => {
    throw new PosternError('E_INPUT_NOT_FOUND', 'a file of the policy cannot be read', { at: { path }, cause });
  });
}

function orInvalid<T>(what: string, read: () => T, path?: string): T {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Unproven ? error.position : error instanceof Error ? error.message : 'unknown';
    const at = path === undefined ? {} : { at: { path } };
    throw new PosternError('E_CONFIG_INVALID', `${what} cannot be used: ${reason}`, at);
  }
}
