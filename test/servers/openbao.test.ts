/** The root key in a real OpenBao (or HashiCorp Vault): its development server, over TLS, with policies and tokens of its own. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PosternError } from '../../src/core/errors.ts';
import { openEpochKeys, openRootKey, type RootKey, type RootKeyOptions } from '../../src/crypto/keyring/index.ts';
import { type Daemon, freePort, startDaemon, subFolder, workFolder } from './harness/daemon.ts';
import { optionalServer } from './harness/require-server.ts';

const CACHED = new URL('../../.cache/servers/openbao/bao', import.meta.url).pathname;
const bao = optionalServer('OpenBao (bao) or HashiCorp Vault (vault)', ['bao', CACHED, 'vault'], 'put one into PATH');

const ROOT_TOKEN = 'made-up-root-token';
const POLICY = `
path "transit/encrypt/postern" { capabilities = ["update"] }
path "transit/decrypt/postern" { capabilities = ["update"] }`;

describe.skipIf(bao === undefined)('a root key in a transit engine (a real one)', () => {
  let daemon: Daemon;
  let ca = '';
  let url = '';
  const roots: RootKey[] = [];

  /** A request of the operator's. */
  async function operate(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    return await new Promise((resolve, reject) => {
      const sent = request(
        `${url}/v1/${path}`,
        { method, ca: readFileSync(ca), headers: { 'x-vault-token': ROOT_TOKEN, 'content-type': 'application/json' } },
        (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => {
            text += chunk;
          });
          response.on('end', () => {
            if ((response.statusCode ?? 500) < 300) resolve(text === '' ? {} : JSON.parse(text));
            else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
          });
        },
      );
      sent.once('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  async function tokenOf(request: Record<string, unknown>): Promise<string> {
    const { auth } = await operate('POST', 'auth/token/create', { policies: ['postern'], ...request });
    if (typeof auth !== 'object' || auth === null || !('client_token' in auth)) throw new Error('no token');
    return String(auth.client_token);
  }

  async function open(token: string, changed: Partial<RootKeyOptions & { kind: 'transit' }> = {}): Promise<RootKey> {
    const options = { kind: 'transit', url, mount: 'transit', key: 'postern', namespace: null, ca } as const;
    const root = await openRootKey({ ...options, token: { env: 'TOKEN' }, ...changed }, async () => token);
    roots.push(root);
    return root;
  }

  async function errorOf(work: Promise<unknown>): Promise<PosternError> {
    const error = await work.then(
      () => undefined,
      (cause: unknown) => cause,
    );
    if (error instanceof PosternError && error.code === 'E_KEY') return error;
    throw error ?? new Error('nothing was thrown');
  }

  beforeAll(async () => {
    const port = await freePort();
    const folder = workFolder('openbao');
    const certificates = subFolder(folder, 'tls');
    daemon = await startDaemon({
      name: 'openbao',
      command: bao ?? '',
      args: ['server', '-dev', '-dev-tls', `-dev-tls-cert-dir=${certificates}`, '-dev-no-store-token'].concat([
        `-dev-listen-address=127.0.0.1:${port}`,
        `-dev-root-token-id=${ROOT_TOKEN}`,
      ]),
      port,
      folder,
      readyWithin: 60_000,
    });
    ca = join(certificates, readdirSync(certificates).find((name) => /-ca\.pem$/.test(name)) ?? '');
    url = `https://127.0.0.1:${port}`;
    // It listens a moment before it is unsealed.
    await vi.waitFor(async () => expect(await operate('GET', 'sys/health')).toMatchObject({ sealed: false }), 30_000);
    await operate('POST', 'sys/mounts/transit', { type: 'transit' });
    await operate('POST', 'transit/keys/postern', { type: 'aes256-gcm96' });
    await operate('POST', 'sys/policies/acl/postern', { policy: POLICY });
  });

  afterAll(async () => {
    for (const root of roots.splice(0)) root.close();
    await daemon?.stop();
  });

  it('holds the keys of a vault, for every process that opens its folder', async () => {
    const token = await tokenOf({ ttl: '1h' });
    const folder = join(mkdtempSync(join(tmpdir(), 'postern-openbao-')), 'keys');
    const first = await openEpochKeys(folder, await open(token), { epochMs: 60_000 });
    const second = await openEpochKeys(folder, await open(token), { epochMs: 60_000 });
    expect(second.derive('a')).toEqual(first.derive('a'));
    expect((await second.current()).key).toEqual((await first.current()).key);
    expect(readFileSync(join(folder, 'vault.json'), 'utf8')).toContain('"root": "transit:transit/postern"');
  });

  it('binds the context: the server itself refuses another', async () => {
    const root = await open(await tokenOf({ ttl: '1h' }));
    const wrapped = await root.wrap(Buffer.from('a key'), 'one context');
    expect(Buffer.from(await root.unwrap(wrapped, 'one context')).toString()).toBe('a key');
    expect((await errorOf(root.unwrap(wrapped, 'another'))).message).toBe('the key service refused (status 400)');
  });

  it('goes on after its key was rotated there, also when what was wrapped before is unwrapped', async () => {
    const root = await open(await tokenOf({ ttl: '1h' }));
    const before = await root.wrap(Buffer.from('a key'), 'context');
    await operate('POST', 'transit/keys/postern/rotate');
    const after = await root.wrap(Buffer.from('a key'), 'context');
    expect(Buffer.from(after).toString()).toMatch(/^vault:v2:/);
    for (const wrapped of [before, after]) {
      expect(Buffer.from(await root.unwrap(wrapped, 'context')).toString()).toBe('a key');
    }
  });

  it('renews a token that ends, and tells of one that cannot be renewed', async () => {
    const token = await tokenOf({ ttl: '2s', explicit_max_ttl: '60s' });
    const root = await open(token);
    expect(root.trouble()).toBeNull();
    const until = Date.now() + 5_000;
    await expect.poll(() => Date.now() > until, { timeout: 10_000 }).toBe(true);
    await root.wrap(Buffer.from('still there'), 'context');
    expect(root.trouble()).toBeNull();
    expect((await open(await tokenOf({ ttl: '1h', renewable: false }))).trouble()).toContain('cannot be renewed');
    expect((await open(ROOT_TOKEN)).trouble()).toBeNull();
  });

  it('says what is wrong with a token, a key and a mount', async () => {
    const revoked = await tokenOf({ ttl: '1h' });
    const root = await open(revoked);
    await operate('POST', 'auth/token/revoke', { token: revoked });
    expect((await errorOf(root.wrap(Buffer.from('x'), 'context'))).hint).toContain('token has ended or was revoked');
    await errorOf(open(await tokenOf({ policies: ['default'] })));
    await errorOf(open(ROOT_TOKEN, { mount: 'nowhere' }));
    await operate('POST', 'transit/keys/derived', { derived: true });
    expect((await errorOf(open(ROOT_TOKEN, { key: 'derived' }))).hint).toContain('derived');
  });

  it('does not talk to a server whose authority it was not told', async () => {
    const error = await errorOf(open(ROOT_TOKEN, { ca: null }));
    expect(error.message).toMatch(/cannot be reached \((UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN)\)/);
  });

  it('finds nothing in a namespace that is not there', async () => {
    await errorOf(open(ROOT_TOKEN, { namespace: 'nowhere' }));
  });

  it('has a message of its own for a sealed service', async () => {
    const root = await open(ROOT_TOKEN);
    await operate('PUT', 'sys/seal').catch(() => {});
    expect((await errorOf(root.wrap(Buffer.from('x'), 'context'))).hint).toContain('sealed');
  });
});
