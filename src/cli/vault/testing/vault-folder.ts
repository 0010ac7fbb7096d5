/** A folder with a policy and its vault, the verbs run in it, and a gateway beside them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { openEpochKeys, openRootKey } from '../../../crypto/keyring/index.ts';
import { createEmbeddedData } from '../../../db/embedded.ts';
import type { Vault } from '../../../guard/contract/vault.ts';
import { createVault } from '../../../guard/vault/index.ts';
import type { Io } from '../../io.ts';
import { main } from '../../main.ts';

/** A policy around a `vault` section. */
export function policyWith(vault: string): string {
  return `version: 1
listeners: [{ address: 127.0.0.1:0 }]
upstreams:
  shop: { store: elasticsearch, version: 8, nodes: ['http://127.0.0.1:9200'] }
identity:
  issuers:
    - { name: shop, issuer: 'https://id.shop.example/', audience: [shop-search], algorithms: [ES256], types: [at+jwt] }
${vault}
roles:
  mobile:
    match: { issuer: shop }
    rules: [{ indices: [orders], operations: [search], filter: all, fields: { total: double } }]
`;
}

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string | Io['stdin'];
  readonly env?: NodeJS.ProcessEnv;
  /** Everything that stderr has shown until now. */
  readonly onStderr?: (shown: string) => void;
}

export async function runVault(folder: string, args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const texts = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof texts) => {
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        texts[name] += chunk.toString('utf8');
        if (name === 'stderr') options.onStderr?.(texts.stderr);
        done();
      },
    });
    // As process.stderr: what is piped into it does not end it.
    return Object.assign(stream, { _isStdio: true });
  };
  const { stdin = '', env = {} } = options;
  const code = await main(['vault', ...args], {
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    stdin: typeof stdin === 'string' ? Readable.from(stdin === '' ? [] : [stdin]) : stdin,
    env,
    cwd: folder,
  });
  return { code, ...texts };
}

/** Runs with the vault of the folder, as a gateway does. */
export async function withGateway<T>(
  folder: string,
  run: (vault: Vault) => Promise<T>,
  rootKey = '.postern/vault-root.key',
): Promise<T> {
  const root = await openRootKey({ kind: 'file', path: join(folder, rootKey) }, async () => '');
  const keys = await openEpochKeys(join(folder, '.postern/vault-keys'), root, { epochMs: 604_800_000 });
  const data = await createEmbeddedData(join(folder, '.postern/guard-data'));
  const gateway = await createVault({
    store: data.vault,
    keys,
    gateway: 'gateway',
    cache: { subjects: 100, ttl: 60_000 },
  });
  try {
    return await run(gateway);
  } finally {
    await gateway.close();
    await data.close();
  }
}

/** Everything that the folder holds, as text. */
export function everythingIn(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.name}\n${readFileSync(join(entry.parentPath, entry.name), 'latin1')}`)
    .join('\n');
}
