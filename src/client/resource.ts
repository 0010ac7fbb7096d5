/** The operations of one declared resource. */
import type { CallOptions, QueryValue, Reply } from './client.ts';

export type Stored<T> = T & { readonly id: string };

export interface Resource<T extends object, New extends object> {
  /** Every document, page after page. Filters as the reference page names them: `status`, `'placed[gte]'`, `sort`, `size`. */
  list(query?: Readonly<Record<string, QueryValue>>): AsyncGenerator<Stored<T>, void, undefined>;
  /** One page; `next` is the cursor of the one after it. */
  page(query?: Readonly<Record<string, QueryValue>>): Promise<Page<T>>;
  count(query?: Readonly<Record<string, QueryValue>>): Promise<number>;
  get(id: string): Promise<Reply<Stored<T>>>;
  /** Safe to send again: with the same key nothing is created twice. Default: a key of its own. */
  create(document: New, idempotencyKey?: string): Promise<Reply<Stored<T>>>;
  /** Sets these fields, null clears; @param etag of the version that was read */
  update(id: string, changes: Changes<New>, etag: string): Promise<Reply<Stored<T>>>;
  remove(id: string, etag?: string): Promise<void>;
}

export interface Page<T> {
  readonly items: readonly Stored<T>[];
  readonly next: string | null;
}

export type Changes<T> = { readonly [K in keyof T]?: T[K] | null };

type Call = <T>(method: string, path: string, options?: CallOptions) => Promise<Reply<T>>;

export function createResource<T extends object, New extends object>(call: Call, path: string): Resource<T, New> {
  const item = (id: string) => `${path}/${encodeURIComponent(id)}`;

  async function page(query: Readonly<Record<string, QueryValue>> = {}): Promise<Page<T>> {
    return (await call<Page<T>>('GET', path, { query })).data;
  }

  return {
    page,
    async *list(query = {}) {
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const { items, next } = await page(cursor === undefined ? query : { ...query, cursor });
        yield* items;
        cursor = next;
      }
    },
    count: async (query = {}) => (await call<{ count: number }>('GET', `${path}/count`, { query })).data.count,
    get: (id) => call('GET', item(id)),
    create: (body, idempotencyKey = crypto.randomUUID()) => call('POST', path, { body, idempotencyKey }),
    update: (id, body, ifMatch) => call('PATCH', item(id), { body, ifMatch }),
    async remove(id, ifMatch) {
      await call('DELETE', item(id), ifMatch === undefined ? {} : { ifMatch });
    },
  };
}
