/** The stores behind typed resources: opened for the gateway, and for the verbs that erase and encrypt. */
import type { ResourceStore } from '../contract/resource.ts';
import type { Policy } from '../policy/index.ts';
import type { SqlUpstreamConfig } from '../policy/upstream-config.ts';
import { createElasticsearchStore } from '../stores/elasticsearch/index.ts';
import { createElasticsearchResources } from '../stores/elasticsearch/resources/index.ts';
import { createPostgresqlResources } from '../stores/postgresql/index.ts';
import { openDatabase } from '../upstream/postgresql.ts';
import { type BoundStore, bindStore } from './stores.ts';

export interface OpenDatabase {
  readonly store: ResourceStore;
  close(): Promise<void>;
}

export interface ResourceStores {
  /** By the name of the upstream. */
  readonly stores: ReadonlyMap<string, ResourceStore>;
  close(): Promise<void>;
}

/** @throws PosternError `E_GUARD` */
export async function openResourceDatabase(config: SqlUpstreamConfig, env: NodeJS.ProcessEnv): Promise<OpenDatabase> {
  const database = await openDatabase(config, env);
  return { store: createPostgresqlResources(database), close: () => database.close() };
}

/** The databases that a policy's resources are declared on. @throws PosternError `E_GUARD` */
export async function openDatabases(policy: Policy, env: NodeJS.ProcessEnv): Promise<Map<string, OpenDatabase>> {
  const used = new Set(policy.api?.resources.map(({ upstream }) => upstream));
  const opened = new Map<string, OpenDatabase>();
  try {
    for (const [name, config] of policy.databases) {
      if (!used.has(name)) continue;
      opened.set(name, await openResourceDatabase(config, env));
    }
    return opened;
  } catch (error) {
    await Promise.allSettled([...opened.values()].map((one) => one.close()));
    throw error;
  }
}

/** @param bound clients of Elasticsearch and OpenSearch */
export function resourceStores(
  bound: ReadonlyMap<string, BoundStore>,
  databases: ReadonlyMap<string, OpenDatabase>,
): ReadonlyMap<string, ResourceStore> {
  return new Map([
    ...[...bound].map(
      ([name, { upstream, dialect }]) => [name, createElasticsearchResources(upstream, dialect)] as const,
    ),
    ...[...databases].map(([name, { store }]) => [name, store] as const),
  ]);
}

/** Everything that the resources of a policy need, for a verb. @throws PosternError `E_GUARD` */
export async function openResourceStores(policy: Policy, env: NodeJS.ProcessEnv): Promise<ResourceStores> {
  const used = new Set(policy.api?.resources.map(({ upstream }) => upstream));
  const bound = new Map<string, BoundStore>();
  const databases = await openDatabases(policy, env);
  async function close(): Promise<void> {
    for (const { upstream } of bound.values()) upstream.close();
    await Promise.allSettled([...databases.values()].map((one) => one.close()));
  }
  try {
    const adapter = createElasticsearchStore();
    for (const [name, config] of policy.upstreams) {
      if (used.has(name)) bound.set(name, await bindStore(config, adapter, env));
    }
    return { stores: resourceStores(bound, databases), close };
  } catch (error) {
    await close();
    throw error;
  }
}
