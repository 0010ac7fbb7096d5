/**
 * A shop whose orders are behind `postern guard run`, for one gateway or several: one folder with a policy for each of them,
 * and their keys in common; apps under a made-up attestation root; orders in a PostgreSQL.
 */
import { spawn } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Client, createClient, createKey, type DeviceKey, makeProof } from '../../../src/client/index.ts';
import { makeGoogleAuthority, makeKeyAttestation } from '../../../src/guard/devices/verify/testing/index.ts';
import type { Program } from '../../guard/faults/child.ts';
import { type Daemon, freePort, startDaemon, unprivileged, workFolder } from './daemon.ts';
import type { PostgresqlServer } from './postgresql-server.ts';

const ISSUER = 'https://id.shop.example/';
const APP = 'org.example.shop';
export const TEAM_APP = `ABCDE12345.${APP}`;
const CERTIFICATE = 'ab'.repeat(32);
/** What apps sign for; which gateway answers is the affair of a load balancer: here of `via`. */
export const PUBLIC = 'https://api.shop.example';

export interface Order {
  readonly id: string;
  readonly status: string;
  readonly total: number;
  readonly phone: string | null;
  readonly note: string | null;
}

export interface GatewayPlace {
  readonly policy: string;
  readonly url: string;
  readonly admin: string;
}

export interface Site {
  readonly folder: string;
  /** Writes a policy; the gateway listens on the same port every time. */
  place(name: string, parts: SiteParts): Promise<GatewayPlace>;
  userToken(sub: string): string;
  install(sub: string, via: () => string, versionCode?: number): Promise<Install>;
  remove(): void;
}

export interface SiteParts {
  /** Port of the PostgreSQL with the orders. */
  readonly orders: number;
  /** YAML of `data`. */
  readonly data: string;
  /** YAML of `limits`. */
  readonly limits?: string;
  /** Of a search store, for the search API. */
  readonly search?: number;
  /** Leaves sections away. */
  readonly without?: readonly ('vault' | 'devices' | 'encrypt')[];
  readonly rootKey?: string;
  /** Of an epoch. */
  readonly epoch?: string;
  /** Of every role: the widest limits of a person's roles are the person's. */
  readonly role?: string;
  /** Further top-level lines. */
  readonly more?: string;
}

/** An app on a phone, whose requests can be looked at and made by hand. */
export interface Install {
  readonly client: Client;
  /** The key that signs at present. */
  key(): DeviceKey;
  /** The device's own access token, as it was last sent. */
  token(): string;
  /** The nonce that a gateway gave last. */
  nonce(): string | undefined;
  proof(method: string, path: string, token?: string): Promise<string>;
  /** One request to one gateway. */
  ask(at: string, method: string, path: string, options?: Ask): Promise<Got>;
}

export interface Ask {
  readonly body?: unknown;
  readonly proof?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Got {
  readonly status: number;
  readonly type: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the gateway says, for `expect`
  readonly json: any;
}

export function makeSite(): Site {
  const folder = mkdtempSync(join(tmpdir(), 'postern-site-'));
  const issuer = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const google = makeGoogleAuthority(Date.now());
  const jwk = { ...issuer.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'ES256', use: 'sig' };
  writeFileSync(join(folder, 'jwks.json'), JSON.stringify({ keys: [jwk] }));
  writeFileSync(join(folder, 'roots.pem'), google.rootPem);
  writeFileSync(join(folder, 'crm'), 'synthetic-gateway', { mode: 0o600 });
  const ports = new Map<string, readonly [number, number]>();

  function userToken(sub: string): string {
    const now = Math.floor(Date.now() / 1000);
    const text = [
      { alg: 'ES256', typ: 'at+jwt', kid: 'one' },
      { iss: ISSUER, aud: 'shop-api', sub, iat: now, exp: now + 3600 },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const signature = sign('sha256', Buffer.from(text), { key: issuer.privateKey, dsaEncoding: 'ieee-p1363' });
    return `${text}.${signature.toString('base64url')}`;
  }

  return {
    folder,
    userToken,
    async place(name, parts) {
      const [port, admin] = ports.get(name) ?? [await freePort(), await freePort()];
      ports.set(name, [port, admin]);
      const policy = join(folder, `${name}.yaml`);
      writeFileSync(policy, policyOf(name, port, admin, parts));
      return { policy, url: `http://127.0.0.1:${port}`, admin: `http://127.0.0.1:${admin}` };
    },
    async install(sub, via, versionCode = 50_200) {
      let key: DeviceKey = await createKey();
      let token = '';
      let nonce: string | undefined;
      const client = createClient({
        baseUrl: PUBLIC,
        key,
        app: { id: APP, version: String(versionCode), platform: 'android' },
        userToken: () => userToken(sub),
        async fetch(input, init) {
          const answer = await fetch(String(input).replace(PUBLIC, via()), init);
          const sent = new Headers(init?.headers).get('authorization') ?? '';
          if (sent.startsWith('DPoP ')) token = sent.slice(5);
          nonce = answer.headers.get('dpop-nonce') ?? nonce;
          return answer;
        },
        async attest({ beforeKey }) {
          const { chain, keys } = makeKeyAttestation({
            package: APP,
            certificate: CERTIFICATE,
            versionCode,
            challenge: beforeKey.hash,
            now: Date.now(),
            authority: google,
          });
          key = await deviceKey(keys.privateKey.export({ format: 'pem', type: 'pkcs8' }));
          return { format: 'key-attestation', attestation: chain.map((one) => one.toString('base64')), key };
        },
      });
      const one: Install = {
        client,
        key: () => key,
        token: () => token,
        nonce: () => nonce,
        proof: (method, path, of = token) =>
          makeProof(key, { method, url: `${PUBLIC}${path.split('?')[0]}`, token: of, nonce, now: Date.now() }),
        async ask(at, method, path, { body, proof, headers = {} } = {}) {
          const answer = await fetch(`${at}${path}`, {
            method,
            headers: {
              authorization: `DPoP ${token}`,
              dpop: proof ?? (await one.proof(method, path)),
              ...(body !== undefined && { 'content-type': 'application/json' }),
              ...headers,
            },
            ...(body !== undefined && { body: JSON.stringify(body) }),
          });
          return gotOf(answer);
        },
      };
      return one;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export async function gotOf(answer: Response): Promise<Got> {
  const text = await answer.text();
  const json: unknown = text.startsWith('{') ? JSON.parse(text) : text;
  return { status: answer.status, type: answer.headers.get('content-type'), json };
}

async function deviceKey(pem: string | Buffer): Promise<DeviceKey> {
  const jwk = createPrivateKey(pem).export({ format: 'jwk' });
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign']);
  const { x = '', y = '' } = jwk;
  return {
    publicJwk: { kty: 'EC', crv: 'P-256', x, y },
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign(algorithm, key, bytes)),
  };
}

function policyOf(name: string, port: number, admin: number, parts: SiteParts): string {
  const has = (section: 'vault' | 'devices' | 'encrypt') => !parts.without?.includes(section);
  const sections = [
    `version: 1
listeners: [{ address: 127.0.0.1:${port}, publicUrl: '${PUBLIC}' }]
admin: { address: 127.0.0.1:${admin} }
journal: { file: journal-${name}/decisions.jsonl, durability: write }
limits: ${parts.limits ?? '{ peer: { rate: 5000/s, burst: 5000, concurrent: 2000 } }'}
data: ${parts.data}
upstreams:
  crm: { store: postgresql, url: 'postgresql://127.0.0.1:${parts.orders}/postgres', credentials: { username: gateway, passwordFile: crm }, tls: off }`,
    ...(parts.search === undefined
      ? []
      : [`  shop: { store: elasticsearch, version: 8, nodes: ['http://127.0.0.1:${parts.search}'] }`]),
    `identity:
  issuers:
    - { name: shop, issuer: '${ISSUER}', audience: [shop-api], jwks: { file: jwks.json }, algorithms: [ES256], types: [at+jwt] }`,
    ...(has('vault')
      ? [
          `vault: { rootKey: ${parts.rootKey ?? '{ file: root.key }'}, keys: vault-keys, epoch: ${parts.epoch ?? '7d'}, retain: 7d }`,
        ]
      : []),
    ...(has('devices')
      ? [
          `devices:
  tokens: { issuer: '${PUBLIC}/device' }
  nonce: true
  appAttest: { appIds: [${TEAM_APP}] }
  keyAttestation: { packages: [${APP}], certificates: ['${CERTIFICATE}'], roots: roots.pem }`,
        ]
      : []),
    `api: { title: Shop }
resources:
  orders:
    upstream: crm
    table: public.orders
    id: { column: id, type: uuid }
    owner: { column: customer, claim: sub }
${has('encrypt') ? '    subjects: { owner: { reference: customer_ref } }' : ''}
    roles: { mobile: [list, count, get, create, update, delete] }
    fields:
      status: { type: keyword, oneOf: [open, paid], filter: [eq], sort: true, write: [create, update], required: true }
      total: { type: number, minimum: 0, filter: [range], sort: true, write: [create] }
${
  has('encrypt')
    ? `      phone: { type: keyword, write: [create, update], encrypt: { lookup: phone }, filter: [eq] }
      note: { type: text, write: [create, update], encrypt: true, nullable: true }`
    : ''
}
    order: -total
    page: { default: 50, max: 100 }
roles:
  mobile:
    match: { issuer: shop }
    ${parts.role ?? ''}
${has('devices') ? '    device: { attested: true }' : ''}
${
  parts.search === undefined
    ? ''
    : `  reader:
    match: { issuer: shop }
    ${parts.role ?? ''}
    rules:
      - indices: [things]
        operations: [search]
        filter: { term: { tenant: t1 } }
        fields: { tag: keyword, tenant: keyword }`
}`,
    parts.more ?? '',
  ];
  return `${sections.join('\n')}\n`;
}

/** Everything of the owner's of a database. */
export async function sql(port: number, text: string, values: readonly unknown[] = []): Promise<pg.QueryResult> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' });
  await client.connect();
  try {
    return await client.query(text, [...values]);
  } finally {
    await client.end();
  }
}

/** The table of the orders, and the accounts of the gateway: one for orders, one for its own rows. */
export async function prepareOrders({ port }: PostgresqlServer): Promise<void> {
  await sql(
    port,
    `CREATE ROLE gateway LOGIN; CREATE ROLE guard LOGIN; GRANT CREATE ON DATABASE postgres TO guard;
     CREATE TABLE orders (id uuid PRIMARY KEY, customer text NOT NULL, customer_ref text, status text, total numeric, phone text, note text);
     GRANT ALL ON orders TO gateway`,
  );
}

export async function startRedis(binary: string, port: number): Promise<Daemon> {
  const account = unprivileged('redis', 'valkey');
  const folder = workFolder('guard-site', account);
  const file = join(folder, 'store.conf');
  writeFileSync(file, ['bind 127.0.0.1', 'save ""', `dir ${folder}`, `port ${port}`].join('\n'));
  const command = { name: 'valkey', command: binary, args: [file], port, folder };
  return startDaemon({ ...command, ...(account && { account }) });
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A verb of the command, as a process of its own; this one goes on meanwhile. */
export async function postern(program: Program, cwd: string, args: readonly string[], input = ''): Promise<Ran> {
  const child = spawn(process.execPath, [program.file, ...args], { cwd, env: { PATH: process.env.PATH ?? '' } });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

/** What `/readyz` says. */
export async function readiness(admin: string): Promise<string> {
  const answer = await fetch(`${admin}/readyz`).catch(() => undefined);
  return answer === undefined ? 'nobody there' : `${answer.status} ${(await answer.text()).trim()}`;
}
