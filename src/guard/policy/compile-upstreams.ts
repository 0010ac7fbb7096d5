import type { SecretReference } from '../../config/secret.ts';
import { DIALECTS } from '../contract/store.ts';
import type { Path, Problems } from './problems.ts';
import type { PolicyFile } from './schema/policy.ts';
import type { UpstreamFile } from './schema/upstream.ts';
import type { UpstreamConfig, UpstreamCredentials } from './upstream-config.ts';

export function compileUpstreams(
  files: PolicyFile['upstreams'],
  resolve: (file: string) => string,
  problems: Problems,
): ReadonlyMap<string, UpstreamConfig> {
  const upstreams = new Map<string, UpstreamConfig>();
  if (Object.keys(files).length === 0) problems.add(['upstreams'], 'there is no upstream', 'Name at least one store.');
  for (const [name, file] of Object.entries(files)) {
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
        tls: Object.freeze({
          ca: file.tls?.ca === undefined ? null : resolve(file.tls.ca),
          serverName: file.tls?.serverName ?? null,
          certificate: file.tls?.certificate === undefined ? null : resolve(file.tls.certificate),
          key: file.tls?.key === undefined ? null : resolve(file.tls.key),
        }),
        credentials: file.credentials ? credentialsOf(file.credentials, resolve) : null,
        connections: file.connections,
        timeout: file.timeout,
        answerBytes: file.answerBytes,
      }),
    );
  }
  return upstreams;
}

function dialectOf(file: UpstreamFile, path: Path, problems: Problems): UpstreamConfig['dialect'] {
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
  file: NonNullable<UpstreamFile['credentials']>,
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
