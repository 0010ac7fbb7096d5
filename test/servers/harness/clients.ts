/** The official clients behind one set of calls, each used as its documentation says. */
import { Client as Elasticsearch, Transport, type TransportOptions } from '@elastic/elasticsearch';
import { Client as OpenSearch } from '@opensearch-project/opensearch';

/** Answers are looked at by path. */
// biome-ignore lint/suspicious/noExplicitAny: of three products and five versions
export type Said = any;
type Body = Record<string, unknown>;

/** `apiKey` is the encoded form. */
type Credentials = { bearer: string } | { apiKey: string };

export interface Speaker {
  ping(): Promise<boolean>;
  info(): Promise<Said>;
  health(): Promise<Said>;
  index(index: string, document: Body, id?: string): Promise<Said>;
  create(index: string, id: string, document: Body): Promise<Said>;
  get(index: string, id: string): Promise<Said>;
  source(index: string, id: string): Promise<Said>;
  exists(index: string, id: string): Promise<boolean>;
  update(index: string, id: string, doc: Body): Promise<Said>;
  remove(index: string, id: string): Promise<Said>;
  mget(index: string, ids: readonly string[]): Promise<Said>;
  count(index: string, body?: Body): Promise<Said>;
  search(index: string, body: Body): Promise<Said>;
  msearch(searches: readonly Body[]): Promise<Said>;
  /** Each search by the msearch helper, with what it calls documents. */
  multiSearch(
    searches: readonly (readonly [index: string, body: Body])[],
  ): Promise<{ body: Said; documents: Said[] }[]>;
  /** By hand: first page, further pages, and what clearing the scroll said. */
  scroll(index: string, body: Body): Promise<{ hits: Said[]; cleared: Said }>;
  scrollSearch(index: string, body: Body): Promise<Said[]>;
  scrollDocuments(index: string, body: Body): Promise<Said[]>;
  /** Every hit by a point in time and `search_after`, and what closing it said. */
  pointInTime(index: string, body: Body): Promise<{ hits: Said[]; closed: Said }>;
  fieldCaps(index: string, fields: string): Promise<Said>;
  bulk(operations: readonly Body[]): Promise<Said>;
  /** By the bulk helper: what `actionOf` makes of each document. */
  bulkHelper(documents: readonly Body[], actionOf: (document: Said) => Said): Promise<{ stats: Said; dropped: Said[] }>;
  close(): Promise<void>;
}

/** The bulk helper sends whenever it has this many bytes. */
const FLUSH = { flushBytes: 2000, concurrency: 2, retries: 1, wait: 100 };

/** @param media `plain`: media types without a version, which is what servers of version 7 read */
export function elasticsearch(node: string, credentials: Credentials, media: 'versioned' | 'plain'): Speaker {
  const client = new Elasticsearch({
    node,
    auth: 'bearer' in credentials ? { bearer: credentials.bearer } : { apiKey: credentials.apiKey },
    maxRetries: 0,
    ...(media === 'plain' && { Transport: PlainTransport }),
  });
  const refresh = true;
  return {
    ping: () => client.ping(),
    info: () => client.info(),
    health: () => client.cluster.health({ wait_for_status: 'yellow', timeout: '5s' }),
    index: (index, document, id) => client.index({ index, document, refresh, ...(id !== undefined && { id }) }),
    create: (index, id, document) => client.create({ index, id, document, refresh }),
    get: (index, id) => client.get({ index, id }),
    source: (index, id) => client.getSource({ index, id }),
    exists: (index, id) => client.exists({ index, id }),
    update: (index, id, doc) => client.update({ index, id, doc, refresh }),
    remove: (index, id) => client.delete({ index, id, refresh }),
    mget: (index, ids) => client.mget({ index, ids: [...ids] }),
    count: (index, body) => client.count({ index, ...body }),
    search: (index, body) => client.search({ index, ...body }),
    msearch: (searches) => client.msearch({ searches: [...searches] }),
    multiSearch: async (searches) => {
      const multi = client.helpers.msearch({ operations: 10, flushInterval: 50, concurrency: 2 });
      const answers = searches.map(async ([index, body]) => {
        const { body: answer, documents } = await multi.search({ index }, body);
        return { body: answer as Said, documents: documents as Said[] };
      });
      const all = await Promise.all(answers);
      multi.stop();
      return all;
    },
    async scroll(index, body) {
      let page = await client.search({ index, scroll: '1m', ...body });
      const hits: Said[] = [];
      while (page.hits.hits.length > 0) {
        hits.push(...page.hits.hits);
        page = await client.scroll({ scroll_id: page._scroll_id ?? '', scroll: '1m' });
      }
      return { hits, cleared: await client.clearScroll({ scroll_id: page._scroll_id ?? '' }) };
    },
    async scrollSearch(index, body) {
      const hits: Said[] = [];
      for await (const page of client.helpers.scrollSearch({ index, scroll: '1m', ...body }))
        hits.push(...page.body.hits.hits);
      return hits;
    },
    async scrollDocuments(index, body) {
      const documents: Said[] = [];
      for await (const one of client.helpers.scrollDocuments({ index, scroll: '1m', ...body })) documents.push(one);
      return documents;
    },
    async pointInTime(index, body) {
      let { id } = await client.openPointInTime({ index, keep_alive: '1m' });
      const hits: Said[] = [];
      for (;;) {
        const after = hits.at(-1)?.sort;
        const page = await client.search({
          pit: { id, keep_alive: '1m' },
          ...body,
          ...(after && { search_after: after }),
        });
        id = page.pit_id ?? id;
        if (page.hits.hits.length === 0) return { hits, closed: await client.closePointInTime({ id }) };
        hits.push(...page.hits.hits);
        if (page.hits.hits.at(-1)?.sort === undefined) throw new Error('a page that nothing can be asked for behind');
      }
    },
    fieldCaps: (index, fields) => client.fieldCaps({ index, fields }),
    bulk: (operations) => client.bulk({ operations: [...operations], refresh }),
    async bulkHelper(documents, actionOf) {
      const dropped: Said[] = [];
      const stats = await client.helpers.bulk({
        ...FLUSH,
        datasource: [...documents],
        onDocument: actionOf,
        onDrop: (one: Said) => dropped.push(one),
        refreshOnCompletion: false,
        refresh,
      });
      return { stats, dropped };
    },
    close: () => client.close(),
  };
}

/** What the client for version 7 sends: media types of no version. The rest is the client's own. */
class PlainTransport extends Transport {
  constructor(options: TransportOptions) {
    const { vendoredHeaders: _, ...plain } = options;
    super(plain);
  }
}

export function openSearch(node: string, credentials: Credentials): Speaker {
  const authorization = 'bearer' in credentials ? `Bearer ${credentials.bearer}` : `ApiKey ${credentials.apiKey}`;
  const client = new OpenSearch({ node, headers: { authorization }, maxRetries: 0 });
  const refresh = true;
  const bodyOf = async (answer: PromiseLike<{ body: Said }>): Promise<Said> => (await answer).body;
  return {
    ping: () => bodyOf(client.ping()),
    info: () => bodyOf(client.info()),
    health: () => bodyOf(client.cluster.health({ wait_for_status: 'yellow', timeout: '5s' })),
    index: (index, body, id) => bodyOf(client.index({ index, body, refresh, ...(id !== undefined && { id }) })),
    create: (index, id, body) => bodyOf(client.create({ index, id, body, refresh })),
    get: (index, id) => bodyOf(client.get({ index, id })),
    source: (index, id) => bodyOf(client.getSource({ index, id })),
    exists: (index, id) => bodyOf(client.exists({ index, id })),
    update: (index, id, doc) => bodyOf(client.update({ index, id, body: { doc }, refresh })),
    remove: (index, id) => bodyOf(client.delete({ index, id, refresh })),
    mget: (index, ids) => bodyOf(client.mget({ index, body: { ids: [...ids] } })),
    count: (index, body) => bodyOf(client.count({ index, ...(body && { body }) })),
    search: (index, body) => bodyOf(client.search({ index, body })),
    msearch: (searches) => bodyOf(client.msearch({ body: [...searches] })),
    multiSearch: async (searches) => {
      const multi = client.helpers.msearch({ operations: 10, flushInterval: 50, concurrency: 2 });
      const answers = searches.map(async ([index, body]) => {
        const { body: answer, documents }: Said = await multi.search({ index }, body);
        return { body: answer, documents };
      });
      const all = await Promise.all(answers);
      multi.stop();
      return all;
    },
    async scroll(index, body) {
      let page: Said = await bodyOf(client.search({ index, scroll: '1m', body }));
      const hits: Said[] = [];
      while (page.hits.hits.length > 0) {
        hits.push(...page.hits.hits);
        page = await bodyOf(client.scroll({ body: { scroll_id: page._scroll_id, scroll: '1m' } }));
      }
      return { hits, cleared: await bodyOf(client.clearScroll({ body: { scroll_id: page._scroll_id } })) };
    },
    async scrollSearch(index, body) {
      const hits: Said[] = [];
      for await (const page of client.helpers.scrollSearch({ index, scroll: '1m', body }))
        hits.push(...(page.body as Said).hits.hits);
      return hits;
    },
    async scrollDocuments(index, body) {
      const documents: Said[] = [];
      for await (const one of client.helpers.scrollDocuments({ index, scroll: '1m', body })) documents.push(one);
      return documents;
    },
    async pointInTime(index, body) {
      const { pit_id: id } = await bodyOf(client.createPit({ index: [index], keep_alive: '1m' }));
      const hits: Said[] = [];
      for (;;) {
        const after = hits.at(-1)?.sort;
        const page: Said = await bodyOf(
          client.search({ body: { pit: { id, keep_alive: '1m' }, ...body, ...(after && { search_after: after }) } }),
        );
        if (page.hits.hits.length === 0)
          return { hits, closed: await bodyOf(client.deletePit({ body: { pit_id: [id] } })) };
        hits.push(...page.hits.hits);
        if (page.hits.hits.at(-1)?.sort === undefined) throw new Error('a page that nothing can be asked for behind');
      }
    },
    fieldCaps: (index, fields) => bodyOf(client.fieldCaps({ index, fields: [fields] })),
    bulk: (operations) => bodyOf(client.bulk({ body: [...operations], refresh })),
    async bulkHelper(documents, actionOf) {
      const dropped: Said[] = [];
      const stats = await client.helpers.bulk({
        ...FLUSH,
        datasource: [...documents],
        onDocument: actionOf,
        onDrop: (one: Said) => dropped.push(one),
        refreshOnCompletion: false,
        refresh,
      });
      return { stats, dropped };
    },
    close: () => client.close(),
  };
}
