/** Declared resources in Elasticsearch and OpenSearch. */
import type { ResourceStore } from '../../../contract/resource.ts';
import type { Dialect, Upstream } from '../../../contract/store.ts';
import { count, list } from './list.ts';
import { create, get, remove, update } from './one.ts';

/** @param _dialect what is asked here, all of them understand alike */
export function createElasticsearchResources(upstream: Upstream, _dialect: Dialect): ResourceStore {
  return {
    list: (scope, query) => list(upstream, scope, query),
    count: (scope, conditions) => count(upstream, scope, conditions),
    get: (scope, id) => get(upstream, scope, id),
    create: (scope, id, columns) => create(upstream, scope, id, columns),
    update: (scope, id, version, columns) => update(upstream, scope, id, version, columns),
    remove: (scope, id, version) => remove(upstream, scope, id, version),
  };
}
