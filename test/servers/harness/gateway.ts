/** The gateway in this process, as `postern guard run` starts it: from a policy file, with its journal and limits. */
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openData } from '../../../src/cli/guard/data.ts';
import { addApiKey, createApiKey } from '../../../src/guard/authn/api-key-new.ts';
import { jsonObject } from '../../../src/guard/json/value.ts';
import { loadPolicy } from '../../../src/guard/policy/index.ts';
import { startGateway } from '../../../src/guard/run/gateway.ts';

export interface RunningGateway {
  readonly url: string;
  readonly journal: string;
  /** What it said at `warn` and `error`. */
  readonly said: readonly string[];
  /** An access token of the issuer `shop`, as its clients send it. */
  token(claims: { sub: string; role: string; tenant: string }): string;
  /** Its folder: keys, journal, data. */
  readonly folder: string;
  /** What clients take as `apiKey`, by the key's id. */
  readonly apiKeys: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const ISSUER = 'https://id.shop.example/';
const HOUR = 3600;

/**
 * @param policy `upstreams` and `roles` of a guard.yaml
 * @param keys role and tenant of each API key, by its id
 */
export async function runGateway(
  policy: string,
  keys: Readonly<Record<string, { role: string; tenant: string }>> = {},
): Promise<RunningGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-gateway-'));
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'ES256', use: 'sig' };
  writeFileSync(join(folder, 'jwks.json'), JSON.stringify({ keys: [jwk] }));
  const apiKeys: Record<string, string> = {};
  for (const [id, { role, tenant }] of Object.entries(keys)) {
    const made = createApiKey({ id, roles: [role], claims: jsonObject([['tenant', tenant]]) });
    await addApiKey(join(folder, 'api-keys.json'), made.entry);
    apiKeys[id] = made.encoded;
  }
  const path = join(folder, 'guard.yaml');
  writeFileSync(
    path,
    `version: 1
listeners: [{ address: 127.0.0.1:0 }]
identity:
  issuers:
    - { name: shop, issuer: '${ISSUER}', audience: [shop-search], jwks: { file: jwks.json }, algorithms: [ES256], types: [at+jwt] }
  apiKeys: { file: api-keys.json }
journal: { file: journal/decisions.jsonl }
limits: { peer: { rate: 5000/s, concurrent: 500 } }
${policy}`,
  );
  const said: string[] = [];
  const loaded = await loadPolicy(path);
  const gateway = await startGateway(loaded, {
    ...(loaded.vault !== null || loaded.devices !== null ? { data: await openData(loaded, {}) } : {}),
    worker: { index: 0, count: 1 },
    env: {},
    log: (level, message) => {
      if (level !== 'info') said.push(message);
    },
  });
  const address = gateway.listeners[0]?.address();
  if (!address) throw new Error('the gateway does not listen');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
  return {
    url: `http://127.0.0.1:${address.port}`,
    journal: join(folder, 'journal', 'decisions.jsonl'),
    said,
    token: (claims) => tokenOf(claims, pem),
    apiKeys,
    folder,
    async close() {
      await gateway.close(1000);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function tokenOf(claims: object, pem: string | Buffer): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = part({ alg: 'ES256', typ: 'at+jwt', kid: 'one' });
  const body = part({ iss: ISSUER, aud: 'shop-search', iat: now, exp: now + HOUR, ...claims });
  const key = createPrivateKey(pem);
  const signature = sign('sha256', Buffer.from(`${head}.${body}`), { key, dsaEncoding: 'ieee-p1363' });
  return `${head}.${body}.${signature.toString('base64url')}`;
}
