/** Bluemarket's sign-in, in short: a key made at each start, its public half for the guard, and a customer's token. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** As guard/guard.yaml of the template says. */
const ISSUER = 'https://id.bluemarket.example/';
const AUDIENCE = 'shop-search';
const LIFETIME_S = 8 * 3_600;

/** Relative to the range's folder. */
export const CUSTOMER_TOKEN = 'secrets/customer-token';
export const OTHER_TOKEN = 'secrets/other-customer-token';

/** Writes guard/jwks.json and the tokens of one customer and another, for eight hours. The private key is kept nowhere. */
export async function prepareIssuer(dir: string, customer: number): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = randomBytes(8).toString('hex');
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' };
  await mkdir(join(dir, 'guard'), { recursive: true });
  await mkdir(join(dir, 'secrets'), { recursive: true, mode: 0o700 });
  await writeFile(join(dir, 'guard', 'jwks.json'), `${JSON.stringify({ keys: [jwk] }, null, 2)}\n`);
  for (const [file, who] of [
    [CUSTOMER_TOKEN, customer],
    [OTHER_TOKEN, customer + 1],
  ] as const) {
    await writeFile(join(dir, file), `${tokenOf(who, kid, privateKey)}\n`, { mode: 0o600 });
  }
}

function tokenOf(customer: number, kid: string, privateKey: KeyObject): string {
  const now = Math.floor(Date.now() / 1_000);
  const signed = [
    { alg: 'ES256', typ: 'at+jwt', kid },
    {
      iss: ISSUER,
      aud: AUDIENCE,
      sub: `customer-${customer}`,
      scope: 'orders.read addresses',
      customer,
      iat: now,
      exp: now + LIFETIME_S,
    },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  // JOSE wants r and s side by side (RFC 7518, 3.4), not the DER of X.509.
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}
