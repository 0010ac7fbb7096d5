/** ES256 access tokens for the benches: one key pair, as a JWKS for Postern and as PEM for the peers. */
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const ISSUER = 'https://id.bench.example/';
export const AUDIENCE = 'bench';

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** @returns issue(claims) → token; and the files `jwks.json` and `public.pem` in `folder` */
export function createIssuer(folder) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'ES256', use: 'sig' };
  const files = { jwks: join(folder, 'jwks.json'), pem: join(folder, 'public.pem') };
  writeFileSync(files.jwks, JSON.stringify({ keys: [jwk] }));
  writeFileSync(files.pem, publicKey.export({ type: 'spki', format: 'pem' }));
  const head = encode({ alg: 'ES256', typ: 'at+jwt', kid: 'bench' });
  const issue = (claims = {}) => {
    const now = Math.floor(Date.now() / 1000);
    const body = { iss: ISSUER, aud: AUDIENCE, iat: now, exp: now + 7200, jti: randomUUID(), tenant: 't1', ...claims };
    const input = `${head}.${encode(body)}`;
    return `${input}.${sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  };
  return { issue, files };
}

/** People behind the tokens: somebody who asks often gets many of them. */
const SUBJECTS = 5_000;

/** One token a line; subjects in turn, or all of one. */
export function writeTokens(file, issuer, count, claims = {}, subject = null) {
  const lines = [];
  for (let n = 0; n < count; n++) lines.push(issuer.issue({ sub: subject ?? `user-${n % SUBJECTS}`, ...claims }));
  writeFileSync(file, `${lines.join('\n')}\n`);
}
