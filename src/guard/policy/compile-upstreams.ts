import type { SecretReference } from '../../config/secret.ts';
import { DIALECTS } from '../contract/store.ts';
import type { Path, Problems } from './problems.ts';
import { isLoopback } from './schema/names.ts';
import type { PolicyFile } from './schema/policy.ts';
import { databaseOf, type SearchFile } from './schema/upstream.ts';
import type { SqlUpstreamConfig, UpstreamConfig, UpstreamCredentials, UpstreamTls } from './upstream-config.ts';

export function compileUpstreams(
  files: PolicyFile['upstreams'],
  resolve: (file: string) => string,
  problems: Problems,
): ReadonlyMap<string, UpstreamConfig> {
  const upstreams = new Map<string, UpstreamConfig>();
  if (Object.keys(files).length === 0) problems.add(['upstreams'], 'there is no upstream', 'Name at least one store.');
  for (const [name, file] of Object.entries(files)) {
    if (file.store === 'postgresql') continue;
    const path = ['upstreams', name];
    const nodes = file.nodes.map((node) => new URL(node).origin);
    const secure = nodes.filter((node) => node.startsWith('https:')).length;
    if (secure > 0 && secure < nodes.length) {
      problems.add([...path, 'nodes'], 'mixes http and https', 'All nodes of a store are asked the same way.');
    }
    if (file.tls && secure === 0)
      problems.add([...path, 'tls'], 'is for https nodes', 'Write the nodes with https://.');
    upstreams.set(
      name,
      Object.freeze({
        name,
        store: file.store,
        dialect: dialectOf(file, path, problems),
        nodes: Object.freeze([...new Set(nodes)]),
        tls: tlsOf(file.tls, resolve),
        credentials: file.credentials ? credentialsOf(file.credentials, resolve) : null,
        connections: file.connections,
        timeout: file.timeout,
        answerBytes: file.answerBytes,
      }),
    );
  }
  return upstreams;
}

/** Those that only resources can be declared on. */
export function compileDatabases(
  files: PolicyFile['upstreams'],
  resolve: (file: string) => string,
): ReadonlyMap<string, SqlUpstreamConfig> {
  const databases = new Map<string, SqlUpstreamConfig>();
  for (const [name, file] of Object.entries(files)) {
    if (file.store !== 'postgresql') continue;
    const { username, passwordFile, passwordEnv } = file.credentials;
    const off = file.tls === 'off' || file.tls === false;
    databases.set(
      name,
      Object.freeze({
        name,
        store: file.store,
        url: file.url,
        username,
        password: secretOf(passwordFile, passwordEnv, resolve),
        tls: tlsOf(typeof file.tls === 'object' ? file.tls : undefined, resolve),
        secure: typeof file.tls === 'object' || (!off && !isLoopback(databaseOf(file.url)?.host ?? '')),
        connections: file.connections,
        timeout: file.timeout,
      }),
    );
  }
  return databases;
}

function tlsOf(file: SearchFile['tls'], resolve: (file: string) => string): UpstreamTls {
  return Object.freeze({
    ca: file?.ca === undefined ? null : resolve(file.ca),
    serverName: file?.serverName ?? null,
    certificate: file?.certificate === undefined ? null : resolve(file.certificate),
    key: file?.key === undefined ? null : resolve(file.key),
  });
}

function dialectOf(file: SearchFile, path: Path, problems: Problems): UpstreamConfig['dialect'] {
  if (file.version === 'auto') return null;
  const dialect = DIALECTS.find((name) => name === `${file.store}-${file.version}`);
  if (dialect) return dialect;
  const known = DIALECTS.filter((name) => name.startsWith(file.store)).map((name) => name.slice(file.store.length + 1));
  problems.add(
    [...path, 'version'],
    `is not a version of ${file.store} that is spoken here`,
    `Use ${known.join(', ')} or auto.`,
  );
  return null;
}

function credentialsOf(
  file: NonNullable<SearchFile['credentials']>,
  resolve: (file: string) => string,
): UpstreamCredentials {
  const key = secretOf(file.apiKeyFile, file.apiKeyEnv, resolve);
  if (key) return Object.freeze({ kind: 'api-key', key });
  const password = secretOf(file.passwordFile, file.passwordEnv, resolve) ?? { env: '' };
  return Object.freeze({ kind: 'basic', username: file.username ?? '', password });
}

export function secretOf(
  file: string | undefined,
  env: string | undefined,
  resolve: (file: string) => string,
): SecretReference | null {
  if (file !== undefined) return Object.freeze({ file: resolve(file) });
  return env === undefined ? null : Object.freeze({ env });
}
