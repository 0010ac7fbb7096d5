/** Declared resources without a network: the real printers of the stores, and stores that are empty. */
import { type Api, createApi, createMemoryIdempotency } from '../api/index.ts';
import { Refusal } from '../contract/refusal.ts';
import type { ResourceStore } from '../contract/resource.ts';
import type { Sealer, Upstream } from '../contract/store.ts';
import type { Policy } from '../policy/index.ts';
import { createElasticsearchResources } from '../stores/elasticsearch/resources/index.ts';
import { createPostgresqlResources } from '../stores/postgresql/index.ts';
import { createOfflineVault } from './offline-vault.ts';

export interface OfflineParts {
  readonly sealer: Sealer;
  token(field: string, value: string): string;
  readonly upstream: Upstream;
  /** Told of each statement instead of a database: its text, with its values as JSON. */
  onStatement(text: string, values: string): void;
  readonly now: number;
}

/** Null where the policy declares none. */
export function createOfflineApi(
  policy: Policy,
  { sealer, token, upstream, onStatement, now }: OfflineParts,
): Api | null {
  if (policy.api === null) return null;
  const stores = new Map<string, ResourceStore>();
  for (const [name, { dialect, store }] of policy.upstreams) {
    const spoken = dialect ?? (store === 'opensearch' ? 'opensearch-2' : 'elasticsearch-8');
    stores.set(name, empty(createElasticsearchResources(upstream, spoken)));
  }
  for (const name of policy.databases.keys()) {
    const database = {
      async query({ text, values }: { readonly text: string; readonly values: readonly (string | null)[] }) {
        onStatement(text, JSON.stringify(values));
        return { rows: [] };
      },
    };
    stores.set(name, empty(createPostgresqlResources(database)));
  }
  return createApi({
    config: policy.api,
    stores,
    vault: policy.vault && createOfflineVault(),
    sealer,
    token,
    idempotency: createMemoryIdempotency(),
    describe: { openapi: () => '{}', page: () => '' },
    now: () => now,
  });
}

/** A store that says what an empty one would, where the answer of none cannot be read. */
function empty(store: ResourceStore): ResourceStore {
  return {
    ...store,
    count: (scope, conditions) => store.count(scope, conditions).catch(unlessAnswer(0)),
    create: (scope, id, columns) =>
      store
        .create(scope, id, columns)
        .then(() => ({ id, version: '0:1', columns }), unlessAnswer({ id, version: '0:1', columns })),
  };
}

function unlessAnswer<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Refusal && (error.code === 'upstream_answer' || error.code === 'post_check')) return value;
    throw error;
  };
}
