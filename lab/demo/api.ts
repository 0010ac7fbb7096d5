/** The API's part of the story: a phone enrols, keeps an address, and its owner is forgotten. The phone is made up, the rest is real. */
import { createPrivateKey, type webcrypto } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { type Client, createClient, createKey, type DeviceKey, GatewayError } from '../../src/client/index.ts';
import { makeGoogleAuthority, makeKeyAttestation } from '../../src/guard/devices/verify/testing/index.ts';
import { CUSTOMER_TOKEN, OTHER_TOKEN } from '../guard/issuer.ts';

/** As guard/api.yaml of the template says. */
export const API_PORT = 9281;
export const API_POLICY = 'guard/api.yaml';
const APP = { id: 'example.bluemarket.app', version: '32000', platform: 'android' } as const;
const CERTIFICATE = 'b1'.repeat(32);

export interface ApiStory {
  /** Writes what the policy needs before the gateway starts. */
  prepare(): Promise<void>;
  /** The customer's app: enrols, keeps an address, asks for it; another customer, a stranger's tool. */
  use(): Promise<{ subject: string; lines: readonly string[] }>;
  /** What lies in the database now. */
  row(): Promise<readonly string[]>;
  /** What the customer's app gets after the erasure. */
  after(): Promise<readonly string[]>;
}

const ADDRESS = { label: 'home', city: 'Lyon', street: '7 rue des Exemples', phone: '+1 202 555 0147' };

export function createApiStory(dir: string, { outside, inside }: { outside: string; inside: string }): ApiStory {
  const google = makeGoogleAuthority(Date.now());
  const url = `http://${outside.includes(':') ? `[${outside}]` : outside}:${API_PORT}`;
  let client: Client | undefined;

  async function token(file: string): Promise<string> {
    return (await readFile(join(dir, file), 'utf8')).trim();
  }

  /** A phone whose key store is attested by the made-up roots. */
  async function install(file: string): Promise<Client> {
    return createClient({
      baseUrl: url,
      key: await createKey(),
      app: APP,
      userToken: () => token(file),
      async attest({ beforeKey }) {
        const { chain, keys } = makeKeyAttestation({
          package: APP.id,
          certificate: CERTIFICATE,
          versionCode: Number(APP.version),
          challenge: beforeKey.hash,
          now: Date.now(),
          authority: google,
        });
        const pem = keys.privateKey.export({ format: 'pem', type: 'pkcs8' });
        const key = await deviceKeyOf(createPrivateKey(pem).export({ format: 'jwk' }));
        return { format: 'key-attestation', attestation: chain.map((one) => one.toString('base64')), key };
      },
    });
  }

  async function database<T>(run: (client: pg.Client) => Promise<T>): Promise<T> {
    const password = await token('secrets/postgres-superuser');
    const owner = new pg.Client({ host: inside, port: 5432, user: 'postgres', database: 'shop', password });
    await owner.connect();
    try {
      return await run(owner);
    } finally {
      await owner.end();
    }
  }

  return {
    prepare: () => writeFile(join(dir, 'guard', 'attestation-roots.pem'), google.rootPem),
    async use() {
      client = await install(CUSTOMER_TOKEN);
      const lines: string[] = [];
      const bare = await fetch(`${url}/v1/addresses`, {
        headers: { authorization: `Bearer ${await token(CUSTOMER_TOKEN)}` },
      });
      lines.push(`${bare.status}  the same token in another tool, without the app's enrolled device`);
      const { format } = await client.enrol();
      lines.push(`201  the app enrols: its key was attested (${format}), every request is signed with it`);
      const made = await client.call<{ id: string }>('POST', '/v1/addresses', { body: ADDRESS });
      lines.push(`${made.status}  POST /v1/addresses   {label, city, street, phone}`);
      const found = await client.call<{ items: { phone: string }[] }>('GET', '/v1/addresses', {
        query: { phone: ADDRESS.phone },
      });
      const same = found.data.items.filter(({ phone }) => phone === ADDRESS.phone).length;
      lines.push(
        `${found.status}  GET /v1/addresses?phone=…   ${same} found by its encrypted phone, shown as it was sent`,
      );
      const other = await install(OTHER_TOKEN);
      lines.push(
        `${await statusOf(other.call('GET', `/v1/addresses/${made.data.id}`))}  the same address, asked for by another customer`,
      );
      return { subject: subjectIn(await token(CUSTOMER_TOKEN)), lines };
    },
    row: () =>
      database(async (owner) => {
        const { rows } = await owner.query('SELECT label, city, street, phone FROM addresses');
        return rows.length === 0
          ? ['no rows']
          : rows.map((row) =>
              Object.entries(row)
                .map(([name, value]) => `${name} ${String(value).slice(0, 24)}${String(value).length > 24 ? '…' : ''}`)
                .join('   '),
            );
      }),
    async after() {
      if (client === undefined) return [];
      const { data } = await client.call<{ count: number }>('GET', '/v1/addresses/count');
      const late = await statusOf(client.call('POST', '/v1/addresses', { body: ADDRESS }));
      return [`200  GET /v1/addresses/count   ${data.count}`, `${late}  a late POST of the old app`];
    },
  };
}

async function statusOf(asked: Promise<{ status: number }>): Promise<number> {
  try {
    return (await asked).status;
  } catch (error) {
    if (error instanceof GatewayError) return error.status;
    throw error;
  }
}

async function deviceKeyOf(jwk: webcrypto.JsonWebKey): Promise<DeviceKey> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign']);
  return {
    publicJwk: { kty: 'EC', crv: 'P-256', x: jwk.x ?? '', y: jwk.y ?? '' },
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign(algorithm, key, bytes)),
  };
}

function subjectIn(token: string): string {
  const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  return typeof claims === 'object' && claims !== null && 'sub' in claims ? String(claims.sub) : '';
}
