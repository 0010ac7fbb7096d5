/**
 * A stand-in store in memory for the guard's tests: answers like Elasticsearch or OpenSearch where it understands, and with
 * everything it has where it does not. It keeps what reached it.
 */
import type { Upstream, UpstreamAnswer, UpstreamRequest } from '../../../src/guard/contract/store.ts';
import { aggregate } from './memory-aggregations.ts';
import { at, isBody, list, matcher, order, valuesOf } from './memory-query.ts';
import type { MemoryDocument, MemoryIndex, Source, World } from './world.ts';

export interface SeenRequest {
  method: string;
  path: string;
  body: string | null;
}

type Body = Record<string, unknown>;
interface Found {
  document: MemoryDocument;
  index: MemoryIndex;
}

export class MemoryStore implements Upstream {
  readonly seen: SeenRequest[] = [];
  readonly #world: World;
  readonly #scrolls = new Map<string, { rest: Body[]; size: number }>();
  readonly #points = new Map<string, string>();
  #sequence = 1000;
  #created = 0;

  constructor(world: World) {
    this.#world = world;
  }

  async send(request: UpstreamRequest): Promise<UpstreamAnswer> {
    this.seen.push({ method: request.method, path: request.path, body: request.body });
    const { status, json } = this.answer(request.method, request.path, request.body);
    return {
      status,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(request.method === 'HEAD' ? '' : JSON.stringify(json)),
    };
  }

  answer(method: string, path: string, text: string | null): { status: number; json: unknown } {
    const url = new URL(path, 'http://store.invalid');
    const segments = url.pathname.split('/').slice(1).map(decodeURIComponent);
    try {
      return this.#route(method, segments, url.searchParams, text ?? '');
    } catch (error) {
      if (error instanceof StoreError) return { status: error.status, json: error.body() };
      throw error;
    }
  }

  #route(method: string, segments: string[], params: URLSearchParams, text: string): { status: number; json: unknown } {
    const [first = '', second = '', third = ''] = segments;
    const last = segments.at(-1);
    const ok = (json: unknown, status = 200) => ({ status, json });
    if (first === '_search' && second === 'scroll') return this.#scroll(method, text);
    if ((first === '_pit' && method === 'DELETE') || (first === '_search' && second === 'point_in_time')) {
      const ids = list(body(text).id ?? body(text).pit_id);
      const freed = ids.filter((id) => this.#points.delete(String(id))).length;
      return ok(
        this.#opensearch
          ? { pits: ids.map((pit_id) => ({ pit_id, successful: true })) }
          : { succeeded: freed > 0, num_freed: freed },
      );
    }
    if (second === '_pit' || (second === '_search' && third === 'point_in_time')) {
      const id = Buffer.from(`pit ${first} ${this.#points.size}`).toString('base64');
      this.#indices(first);
      this.#points.set(id, first);
      return ok(this.#opensearch ? { pit_id: id, creation_time: 1, _shards: SHARDS } : { id });
    }
    if (last === '_search') return ok(this.#search(segments.length > 1 ? first : undefined, body(text), params));
    if (last === '_count') {
      return ok({
        count: this.#matches(segments.length > 1 ? first : undefined, body(text).query).length,
        _shards: SHARDS,
      });
    }
    if (last === '_msearch') return ok(this.#multi(segments.length > 1 ? first : undefined, text));
    if (last === '_mget')
      return ok({ docs: list(body(text).docs ?? body(text).ids).map((item) => this.#multiGet(first, item)) });
    if (last === '_bulk') return ok(this.#bulk(segments.length > 1 ? first : undefined, text));
    if (second === '_doc' || second === '_create' || second === '_update' || second === '_source') {
      return this.#document(method, first, second, third, params, text);
    }
    // Not known: everything there is.
    return ok({ everything: [...this.#world.indices.values()].map(({ name, documents }) => ({ name, documents })) });
  }

  get #opensearch(): boolean {
    return this.#world.dialect.startsWith('opensearch');
  }

  #indices(expression: string | undefined): MemoryIndex[] {
    if (expression === undefined || expression === '_all' || expression === '*')
      return [...this.#world.indices.values()];
    return expression.split(',').flatMap((name) => {
      const concrete = this.#world.aliases.get(name) ?? [name];
      if (name.includes('*')) {
        const start = name.slice(0, name.indexOf('*'));
        return [...this.#world.indices.values()].filter((index) => index.name.startsWith(start));
      }
      return concrete.map((one) => {
        const index = this.#world.indices.get(one);
        if (!index) throw new StoreError(404, 'index_not_found_exception', `no such index [${one}]`);
        return index;
      });
    });
  }

  #matches(expression: string | undefined, query: unknown): Found[] {
    const matches = matcher(query);
    return this.#indices(expression).flatMap((index) =>
      index.documents.filter((document) => matches(document, index)).map((document) => ({ document, index })),
    );
  }

  #search(expression: string | undefined, request: Body, params: URLSearchParams): Body {
    const pit = isBody(request.pit) ? String(request.pit.id) : undefined;
    const named = pit === undefined ? expression : this.#points.get(pit);
    if (pit !== undefined && named === undefined)
      throw new StoreError(404, 'search_context_missing_exception', 'No search context found');
    const found = this.#matches(named, request.query);
    const filter = matcher(request.post_filter);
    const kept = found.filter(({ document, index }) => filter(document, index));
    const sorts = sortsOf(request.sort, pit !== undefined);
    kept.sort((a, b) => compare(a, b, sorts));
    const after = Array.isArray(request.search_after) ? request.search_after : undefined;
    const shown = collapsed(kept, request.collapse);
    const rest = after ? shown.filter((one) => isAfter(one, after, sorts)) : shown;
    const size = Number(request.size ?? params.get('size') ?? 10);
    const from = Number(request.from ?? params.get('from') ?? 0);
    const hits = rest.map((one) => this.#hit(one, request, sorts));
    const answer: Body = {
      took: 3,
      timed_out: false,
      _shards: SHARDS,
      hits: { total: { value: kept.length, relation: 'eq' }, max_score: 1, hits: hits.slice(from, from + size) },
    };
    if (request.track_total_hits === false) delete (answer.hits as Body).total;
    const aggs = request.aggs ?? request.aggregations;
    if (isBody(aggs)) answer.aggregations = aggregate(aggs, found, () => this.#matches(named, undefined));
    if (params.has('scroll')) {
      const id = Buffer.from(`scroll ${this.#scrolls.size} ${named}`).toString('base64');
      this.#scrolls.set(id, { rest: hits.slice(from + size), size });
      answer._scroll_id = id;
    }
    if (pit !== undefined) answer.pit_id = pit;
    if (isBody(request.collapse) && request.collapse.inner_hits !== undefined) answer.inner_hits = found;
    for (const key of ['suggest', 'profile', 'explain', 'script_fields', 'runtime_mappings', 'knn', 'rescore', 'ext']) {
      if (request[key] !== undefined)
        answer[key] = { leaked: [...this.#world.indices.values()].map(({ documents }) => documents) };
    }
    return answer;
  }

  #hit({ document, index }: Found, request: Body, sorts: readonly Sort[]): Body {
    const source = pick(document.source, request._source);
    const hit: Body = { _index: index.name, _id: document.id, _score: sorts.length > 0 ? null : 1 };
    if (this.#world.dialect === 'elasticsearch-7') hit._type = '_doc';
    if (source !== undefined) hit._source = source;
    if (request.version === true) hit._version = document.seq;
    if (request.seq_no_primary_term === true) Object.assign(hit, { _seq_no: document.seq, _primary_term: 1 });
    if (sorts.length > 0) hit.sort = sorts.map((sort) => sort.value({ document, index }));
    const fields = [
      ...[...list(request.fields), ...list(request.docvalue_fields), ...list(request.stored_fields)],
      ...(isBody(request.collapse) ? [request.collapse.field] : []),
    ];
    if (fields.length > 0) {
      hit.fields = Object.fromEntries(
        fields.flatMap((one) => {
          const name = isBody(one) ? String(one.field) : String(one);
          const names = name.includes('*') ? [...index.types.keys()] : [name];
          return names
            .map((each) => [each, valuesOf(document, each)] as const)
            .filter(([, values]) => values.length > 0);
        }),
      );
    }
    if (isBody(request.highlight) && isBody(request.highlight.fields)) {
      hit.highlight = Object.fromEntries(
        Object.keys(request.highlight.fields).flatMap((name) =>
          (name.includes('*') ? [...index.types.keys()] : [name])
            .map((each) => [each, valuesOf(document, each).map((value) => `<em>${value}</em>`)] as const)
            .filter(([, values]) => values.length > 0),
        ),
      );
    }
    return hit;
  }

  #multi(expression: string | undefined, text: string): Body {
    const lines = text.split('\n').filter((line) => line !== '');
    const responses: unknown[] = [];
    for (let n = 0; n + 1 < lines.length; n += 2) {
      const header = body(lines[n] ?? '');
      const named = header.index === undefined ? expression : list(header.index).join(',');
      try {
        responses.push({ ...this.#search(named, body(lines[n + 1] ?? ''), new URLSearchParams()), status: 200 });
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        responses.push(error.body());
      }
    }
    return { took: 3, responses };
  }

  #multiGet(expression: string, item: unknown): Body {
    const [index, id] = isBody(item)
      ? [String(item._index ?? expression), String(item._id)]
      : [expression, String(item)];
    const document = this.#world.indices.get(index)?.documents.find((one) => one.id === id);
    return document
      ? {
          _index: index,
          _id: id,
          _version: 1,
          _seq_no: document.seq,
          _primary_term: 1,
          found: true,
          _source: document.source,
        }
      : { _index: index, _id: id, found: false };
  }

  #scroll(method: string, text: string): { status: number; json: unknown } {
    const ids = list(body(text).scroll_id).map(String);
    if (method === 'DELETE') {
      const freed = ids.filter((id) => this.#scrolls.delete(id)).length;
      return { status: freed > 0 ? 200 : 404, json: { succeeded: true, num_freed: freed } };
    }
    const [id = ''] = ids;
    const scroll = this.#scrolls.get(id);
    if (!scroll)
      throw new StoreError(404, 'search_context_missing_exception', `No search context found for id [${id}]`);
    const hits = scroll.rest.splice(0, scroll.size);
    const total = { value: hits.length + scroll.rest.length, relation: 'eq' };
    return {
      status: 200,
      json: { _scroll_id: id, took: 1, timed_out: false, _shards: SHARDS, hits: { total, max_score: null, hits } },
    };
  }

  #document(
    method: string,
    name: string,
    verb: string,
    id: string,
    params: URLSearchParams,
    text: string,
  ): { status: number; json: unknown } {
    const [index] = this.#indices(name);
    if (!index) throw new StoreError(404, 'index_not_found_exception', `no such index [${name}]`);
    const existing = index.documents.find((one) => one.id === id);
    if (method === 'GET' || method === 'HEAD') {
      if (!existing) return { status: 404, json: { _index: index.name, _id: id, found: false } };
      if (verb === '_source') return { status: 200, json: existing.source };
      return {
        status: 200,
        json: {
          _index: index.name,
          _id: id,
          _version: 1,
          _seq_no: existing.seq,
          _primary_term: 1,
          found: true,
          _source: existing.source,
        },
      };
    }
    const { status, json } = this.#write(index, {
      verb:
        method === 'DELETE'
          ? 'delete'
          : verb === '_create' || params.get('op_type') === 'create'
            ? 'create'
            : verb === '_update'
              ? 'update'
              : 'index',
      id: id === '' ? undefined : id,
      ifSeq: params.has('if_seq_no') ? Number(params.get('if_seq_no')) : undefined,
      source: method === 'DELETE' ? {} : body(text),
    });
    return { status, json };
  }

  #write(
    index: MemoryIndex,
    write: { verb: string; id: string | undefined; ifSeq: number | undefined; source: Body },
  ): { status: number; json: Body } {
    const id = write.id ?? `auto-${++this.#created}`;
    const existing = index.documents.find((one) => one.id === id);
    const head = { _index: index.name, _id: id };
    if (write.ifSeq !== undefined && existing?.seq !== write.ifSeq) {
      throw new StoreError(
        409,
        'version_conflict_engine_exception',
        `[${id}]: version conflict, current [${JSON.stringify(existing?.source)}]`,
      );
    }
    if (write.verb === 'create' && existing) {
      throw new StoreError(
        409,
        'version_conflict_engine_exception',
        `[${id}]: document already exists ${JSON.stringify(existing.source)}`,
      );
    }
    if (write.verb === 'delete') {
      if (!existing)
        return {
          status: 404,
          json: {
            ...head,
            _version: 1,
            result: 'not_found',
            _shards: DONE,
            _seq_no: ++this.#sequence,
            _primary_term: 1,
          },
        };
      index.documents.splice(index.documents.indexOf(existing), 1);
      return {
        status: 200,
        json: { ...head, _version: 2, result: 'deleted', _shards: DONE, _seq_no: ++this.#sequence, _primary_term: 1 },
      };
    }
    if (write.verb === 'update') {
      if (!existing) throw new StoreError(404, 'document_missing_exception', `[${id}]: document missing`);
      existing.source = { ...existing.source, ...(isBody(write.source.doc) ? write.source.doc : {}) };
      existing.seq = ++this.#sequence;
      return {
        status: 200,
        json: { ...head, _version: 2, result: 'updated', _shards: DONE, _seq_no: existing.seq, _primary_term: 1 },
      };
    }
    if (existing) Object.assign(existing, { source: write.source, seq: ++this.#sequence });
    else index.documents.push({ id, source: write.source, seq: ++this.#sequence });
    const result = existing ? 'updated' : 'created';
    return {
      status: existing ? 200 : 201,
      json: { ...head, _version: 1, result, _shards: DONE, _seq_no: this.#sequence, _primary_term: 1 },
    };
  }

  #bulk(expression: string | undefined, text: string): Body {
    const lines = text
      .split('\n')
      .filter((line) => line !== '')
      .map(body);
    const items: Body[] = [];
    for (let n = 0; n < lines.length; n++) {
      const [verb = '', head] = Object.entries(lines[n] ?? {})[0] ?? [];
      const meta = isBody(head) ? head : {};
      const source = verb === 'delete' ? {} : (lines[++n] ?? {});
      try {
        const [index] = this.#indices(String(meta._index ?? expression));
        if (!index) throw new StoreError(404, 'index_not_found_exception', 'no such index');
        const ifSeq = meta.if_seq_no === undefined ? undefined : Number(meta.if_seq_no);
        const done = this.#write(index, {
          verb,
          id: meta._id === undefined ? undefined : String(meta._id),
          ifSeq,
          source,
        });
        items.push({ [verb]: { ...done.json, status: done.status } });
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        items.push({
          [verb]: {
            _index: meta._index,
            _id: meta._id,
            status: error.status,
            error: { type: error.type, reason: error.message },
          },
        });
      }
    }
    return {
      took: 3,
      errors: items.some((item) => Object.values(item).some((one) => isBody(one) && one.error !== undefined)),
      items,
    };
  }
}

const SHARDS = { total: 1, successful: 1, skipped: 0, failed: 0 };
const DONE = { total: 2, successful: 1, failed: 0 };

class StoreError extends Error {
  readonly status: number;
  readonly type: string;
  constructor(status: number, type: string, reason: string) {
    super(reason);
    this.status = status;
    this.type = type;
  }
  body(): Body {
    const cause = { type: this.type, reason: this.message, index_uuid: 'CANARY-DOC-uuid', index: 'canaryidx' };
    return { error: { root_cause: [cause], ...cause }, status: this.status };
  }
}

function body(text: string): Body {
  if (text.trim() === '') return {};
  const value: unknown = JSON.parse(text);
  return isBody(value) ? value : {};
}

/** The first document of each value; one without a value stands with the others without. */
function collapsed(found: readonly Found[], collapse: unknown): Found[] {
  if (!isBody(collapse)) return [...found];
  const seen = new Set<unknown>();
  return found.filter(({ document }) => {
    const [value] = valuesOf(document, String(collapse.field));
    return !seen.has(value) && seen.add(value);
  });
}

interface Sort {
  value(found: Found): unknown;
  type(found: Found): string | undefined;
  descending: boolean;
}

function sortsOf(given: unknown, tie: boolean): Sort[] {
  const sorts = list(given).flatMap((one): Sort[] => {
    const entries = isBody(one)
      ? Object.entries(one)
      : [[String(one).split(':')[0], String(one).split(':')[1] ?? 'asc'] as const];
    return entries.map(([name = '', how]) => ({
      descending: (isBody(how) ? how.order : how) === 'desc',
      type: ({ index }) => (name === '_doc' || name === '_shard_doc' ? 'long' : index.types.get(name)),
      value: ({ document, index }) =>
        name === '_doc' || name === '_shard_doc'
          ? index.documents.indexOf(document)
          : name === '_score'
            ? 1
            : (valuesOf(document, name)[0] ?? null),
    }));
  });
  if (tie)
    sorts.push({
      descending: false,
      type: () => 'long',
      value: ({ document, index }) => index.documents.indexOf(document),
    });
  return sorts;
}

function compare(a: Found, b: Found, sorts: readonly Sort[]): number {
  for (const sort of sorts) {
    const way = order(sort.value(a), sort.value(b), sort.type(a)) * (sort.descending ? -1 : 1);
    if (way !== 0) return way;
  }
  return 0;
}

function isAfter(one: Found, after: readonly unknown[], sorts: readonly Sort[]): boolean {
  for (const [n, sort] of sorts.entries()) {
    const way = order(sort.value(one), after[n], sort.type(one)) * (sort.descending ? -1 : 1);
    if (way !== 0) return way > 0;
  }
  return false;
}

function pick(source: Source, wanted: unknown): Source | undefined {
  if (wanted === false) return undefined;
  const includes = isBody(wanted)
    ? list(wanted.includes ?? wanted.include)
    : wanted === undefined || wanted === true
      ? []
      : list(wanted);
  const excludes = isBody(wanted) ? list(wanted.excludes ?? wanted.exclude) : [];
  if (includes.length === 0 && excludes.length === 0) return source;
  const named = (patterns: unknown[], path: string) =>
    patterns.some((pattern) => {
      const text = String(pattern);
      return text.endsWith('*') ? path.startsWith(text.slice(0, -1)) : path === text || path.startsWith(`${text}.`);
    });
  const walk = (value: unknown, prefix: string): unknown => {
    if (Array.isArray(value)) {
      const inner = value.map((one) => walk(one, prefix)).filter((one) => one !== undefined);
      return inner.length > 0 ? inner : undefined;
    }
    if (isBody(value)) {
      const inner = Object.entries(value)
        .map(([key, one]) => [key, walk(one, prefix === '' ? key : `${prefix}.${key}`)] as const)
        .filter(([, one]) => one !== undefined);
      return inner.length > 0 ? Object.fromEntries(inner) : undefined;
    }
    return (includes.length === 0 || named(includes, prefix)) && !named(excludes, prefix) ? value : undefined;
  };
  const kept = walk(source, '');
  return isBody(kept) ? kept : {};
}

export { at };
