import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { PosternError } from '../../core/errors.ts';
import { loadOrCreateKeyFile } from '../../crypto/key-file.ts';
import type { ReplayStore } from '../authn/index.ts';
import type { DeviceStore } from '../contract/device.ts';
import { createDevices, createVerifiers, type Devices } from '../devices/index.ts';
import type { Pseudonyms } from '../pipeline/ports.ts';
import type { DevicesConfig } from '../policy/devices-config.ts';
import { loadSecretKey } from './keys.ts';

export interface OpenDevices {
  readonly devices: Devices;
  /** For the authenticator: every proof then needs a nonce of ours. */
  readonly nonceKey: Uint8Array | null;
}

/**
 * The device room of a policy, with its keys (made on first use).
 *
 * @param store closed with the devices
 * @throws PosternError `E_KEY`
 */
export async function openDevices(
  config: DevicesConfig,
  parts: {
    readonly store: DeviceStore;
    readonly replay: ReplayStore;
    readonly pseudonyms: Pseudonyms;
    readonly env: NodeJS.ProcessEnv;
    readonly log: (message: string) => void;
  },
): Promise<OpenDevices> {
  const [signingKey, challengeKey] = await Promise.all([
    loadTokenKey(config.tokens.key),
    loadSecretKey(config.challengeKey),
  ]);
  const devices = createDevices({
    config,
    store: parts.store,
    replay: parts.replay,
    signingKey,
    challengeKey,
    pseudonym: (kind, text) => parts.pseudonyms.of(kind, text),
    attester: await createVerifiers(config, { log: parts.log, env: parts.env }),
  });
  return { devices, nonceKey: config.nonce ? challengeKey : null };
}

async function loadTokenKey(path: string): Promise<KeyObject> {
  const text = await loadOrCreateKeyFile(path, () =>
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch {
    // Told below, without anything of the file.
  }
  throw new PosternError('E_KEY', `${path} does not hold a private P-256 key (PKCS #8, PEM)`);
}
