/** The clients of the stores that a policy names. */
import { readFile } from 'node:fs/promises';
import { readSecret } from '../../config/secret.ts';
import { PosternError } from '../../core/errors.ts';
import type { Dialect, Store } from '../contract/store.ts';
import type { StoreBinding } from '../pipeline/snapshot.ts';
import type { UpstreamConfig } from '../policy/upstream-config.ts';
import { detectDialect } from '../stores/elasticsearch/dialect/index.ts';
import { authorize } from '../stores/elasticsearch/encode.ts';
import { type Client, createClient } from '../upstream/client.ts';
import type { NodeAddress } from '../upstream/connection.ts';

export interface BoundStore extends StoreBinding {
  readonly upstream: Client;
}

/**
 * Makes the client of one store. With `version: auto` the store is asked what it is, as the gateway's own account.
 *
 * @throws PosternError `E_GUARD` when it has to be asked and does not answer, or is something else than the policy says
 */
export async function bindStore(config: UpstreamConfig, store: Store, env: NodeJS.ProcessEnv): Promise<BoundStore> {
  const upstream = createClient({
    nodes: await nodesOf(config),
    authorization: await authorizationOf(config, env),
    connections: config.connections,
    timeout: config.timeout,
    answerBytes: config.answerBytes,
  });
  try {
    return { store, upstream, dialect: config.dialect ?? (await ask(config, upstream)) };
  } catch (error) {
    upstream.close();
    throw error;
  }
}

async function ask(config: UpstreamConfig, upstream: Client): Promise<Dialect> {
  const hint = `Start the store first, or say which version it is: \`version:\` of upstream ${config.name}.`;
  const answer = await upstream.send(authorize({ method: 'GET', segments: [] })).catch((cause: unknown) => {
    throw new PosternError('E_GUARD', `upstream ${config.name} does not say what it is`, { hint, cause });
  });
  const dialect = detectDialect(answer);
  if (dialect === undefined || !dialect.startsWith(config.store)) {
    throw new PosternError(
      'E_GUARD',
      `upstream ${config.name} is not a version of ${config.store} that this gateway knows`,
      { hint },
    );
  }
  return dialect;
}

async function nodesOf(config: UpstreamConfig): Promise<NodeAddress[]> {
  const read = (path: string | null) =>
    path === null
      ? undefined
      : readFile(path).catch((cause: unknown) => {
          throw new PosternError('E_GUARD', `upstream ${config.name}: ${path} cannot be read`, { cause });
        });
  const [ca, cert, key] = await Promise.all([read(config.tls.ca), read(config.tls.certificate), read(config.tls.key)]);
  return config.nodes.map((text) => {
    const url = new URL(text);
    const secure = url.protocol === 'https:';
    return {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
      tls: secure
        ? {
            minVersion: 'TLSv1.2',
            ...(ca && { ca }),
            ...(cert && { cert }),
            ...(key && { key }),
            ...(config.tls.serverName !== null && { servername: config.tls.serverName }),
          }
        : null,
    };
  });
}

async function authorizationOf({ credentials }: UpstreamConfig, env: NodeJS.ProcessEnv): Promise<string | null> {
  if (credentials === null) return null;
  if (credentials.kind === 'api-key') return `ApiKey ${await readSecret(credentials.key, env)}`;
  const password = await readSecret(credentials.password, env);
  return `Basic ${Buffer.from(`${credentials.username}:${password}`).toString('base64')}`;
}
