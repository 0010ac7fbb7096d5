/**
 * The operations of the published specifications with their methods and paths, as the vendors' clients of fixed versions
 * carry them (`source` in each file), read by `client-api.ts`. Elasticsearch's are the union of three major versions.
 */
import { readFileSync } from 'node:fs';
import type { Product } from './classify.ts';

export interface PublishedOperations {
  readonly source: readonly string[];
  /** `METHOD /path/{variable}` by the operation's name. */
  readonly operations: Readonly<Record<string, readonly string[]>>;
}

export function publishedOperations(product: Product): PublishedOperations {
  return JSON.parse(readFileSync(new URL(`./${product}.json`, import.meta.url), 'utf8'));
}
