/** Requests bound to device keys (RFC 9449): each line a token and a fresh proof for one request. */
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const sha = (text) => createHash('sha256').update(text).digest('base64url');

/** `count` lines of `token proof`, from `devices` keys in turn. */
export function writeProofs(file, issuer, { count, devices, method, url }) {
  const owners = Array.from({ length: devices }, (_, n) => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
    const jkt = sha(JSON.stringify({ crv, kty, x, y }));
    const token = issuer.issue({ sub: `device-${n}`, cnf: { jkt } });
    return { privateKey, jwk: { kty, crv, x, y }, token, ath: sha(token) };
  });
  const lines = [];
  for (let n = 0; n < count; n++) {
    const { privateKey, jwk, token, ath } = owners[n % devices];
    const head = encode({ typ: 'dpop+jwt', alg: 'ES256', jwk });
    const body = encode({ jti: randomUUID(), htm: method, htu: url, iat: Math.floor(Date.now() / 1000), ath });
    const signature = sign('sha256', Buffer.from(`${head}.${body}`), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    lines.push(`${token} ${head}.${body}.${signature.toString('base64url')}`);
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
}
