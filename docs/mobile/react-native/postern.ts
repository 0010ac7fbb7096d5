// A client of Postern's gateway for React Native: `postern/client` does the protocol, a small native module of the app the rest.
// Hermes has no WebCrypto: call `install()` of react-native-quick-crypto first, for `crypto.subtle.digest` and `randomUUID`.
import { type Client, createClient, type DeviceKey, type Enrolment } from 'postern/client';
import { NativeModules, Platform } from 'react-native';

/**
 * What the native module does – Swift and Kotlin for it are in the samples beside this one. Bytes travel as base64.
 *
 * iOS: a key of the Secure Enclave, App Attest. Android: a key of the Android Keystore, Key Attestation.
 */
interface PosternDevice {
  /** Of the app: bundle id or package name; on Android `version` is the version code. */
  app(): Promise<{ id: string; version: string }>;
  /** Coordinates of the device's key, base64url; null where it has none yet. */
  publicKey(): Promise<{ x: string; y: string } | null>;
  /** Makes the key; Android: with this attestation challenge. */
  createKey(challenge: string | null): Promise<{ x: string; y: string }>;
  /** ECDSA with SHA-256, r and s of 32 bytes each. */
  sign(bytes: string): Promise<string>;
  /** iOS: `generateKey` and `attestKey`. Android: the certificates of the key, the leaf first. */
  attest(clientDataHash: string): Promise<{ attestation: string | string[]; keyId?: string }>;
  /** iOS: `generateAssertion`. Android: a JWS of the key, `typ` postern-assertion+jwt, claims `{ hash }`. */
  assert(clientDataHash: string): Promise<string>;
  /** Of the Keychain, or SharedPreferences. */
  load(): Promise<string | null>;
  save(text: string | null): Promise<void>;
}

const device: PosternDevice = NativeModules.PosternDevice;

const ios = Platform.OS === 'ios';

function keyOf({ x, y }: { x: string; y: string }): DeviceKey {
  return {
    publicJwk: { kty: 'EC', crv: 'P-256', x, y },
    sign: async (bytes) => fromBase64(await device.sign(toBase64(bytes))),
  };
}

/** @param userToken the person's own access token, fresh: asked for whenever the device enrols or renews */
export async function openClient(baseUrl: string, userToken: () => Promise<string>): Promise<Client> {
  const { id, version } = await device.app();
  return createClient({
    baseUrl,
    key: keyOf((await device.publicKey()) ?? (await device.createKey(null))),
    app: { id, version, platform: ios ? 'ios' : 'android' },
    userToken,
    async attest(data) {
      if (ios) return { format: 'app-attest', ...(await device.attest(toBase64(data.hash))) };
      // A Keystore key is attested when it is made: each enrolment has a new one.
      const challenge = toBase64(data.beforeKey.hash);
      const key = keyOf(await device.createKey(challenge));
      return { format: 'key-attestation', ...(await device.attest(challenge)), key };
    },
    async assert(data) {
      return { format: ios ? 'app-attest' : 'key-attestation', assertion: await device.assert(toBase64(data.hash)) };
    },
    storage: {
      async load(): Promise<Enrolment | null> {
        const text = await device.load();
        return text === null ? null : JSON.parse(text);
      },
      save: (enrolment) => device.save(enrolment === null ? null : JSON.stringify(enrolment)),
    },
  });
}

interface Order {
  readonly status: 'open' | 'paid';
  readonly total: number;
}

/** What a screen does with it. */
export async function openOrders(client: Client): Promise<readonly Order[]> {
  const orders: Order[] = [];
  for await (const order of client.resource<Order>('/v1/orders').list({ status: 'open', sort: '-placed' })) {
    orders.push(order);
    if (orders.length === 50) break;
  }
  return orders;
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
