/**
 * What the requests of one operation may look like, said a second time on purpose: this file knows nothing of the printer.
 */
import type { Resource } from '../../../../contract/resource.ts';
import type { UpstreamRequest } from '../../../../contract/store.ts';

const SEARCH = '/_search?allow_partial_search_results=false&request_cache=false';

// biome-ignore lint/suspicious/noExplicitAny: bodies are looked at by path
type Body = any;

/** @throws Error naming what is wrong, with the request */
export function checkGrammar(seen: readonly UpstreamRequest[], resource: Resource, owner: string, id: string): void {
  let version: string | undefined;
  for (const request of seen) {
    const fail = (what: string): never => {
      throw new Error(`${what}: ${request.method} ${request.path} ${request.body}`);
    };
    const body: Body = request.body === null ? undefined : JSON.parse(request.body);
    const { method, path } = request;
    if (/[^\x21-\x7e]/.test(path)) fail('a character that no path has');
    const one = `/${resource.source}/_doc/${encoded(id)}`;
    if (method === 'POST' && path === `/${resource.source}${SEARCH}`) {
      checkKeys(
        body,
        ['query', 'size', 'sort', 'search_after', '_source', 'seq_no_primary_term', 'track_total_hits'],
        fail,
      );
      checkQuery(body.query, owner, fail);
      if (!Array.isArray(body._source) || body._source.length === 0) fail('whole documents');
      version = 'if_seq_no=7&if_primary_term=2';
    } else if (method === 'POST' && path === `/${resource.source}/_count`) {
      checkKeys(body, ['query'], fail);
      checkQuery(body.query, owner, fail);
    } else if (method === 'PUT' && path === `/${resource.source}/_create/${encoded(id)}?refresh=wait_for`) {
      if (body.customer !== owner || body.deleted !== false) fail('a document of nobody’s');
    } else if (method === 'POST' && path === `/${resource.source}/_update/${encoded(id)}?${version}&refresh=wait_for`) {
      checkKeys(body, ['doc', '_source'], fail);
      if ('customer' in body.doc || 'deleted' in body.doc) fail('another owner');
    } else if (method === 'DELETE' && path === `${one}?${version}&refresh=wait_for`) {
      // Only on the version that was found.
    } else if (method === 'GET' && version !== undefined && path.startsWith(`${one}?_source_includes=customer`)) {
      version = 'if_seq_no=9&if_primary_term=2';
    } else fail('no such request');
  }
}

function checkQuery(query: Body, owner: string, fail: (what: string) => never): void {
  checkKeys(query, ['bool'], fail);
  checkKeys(query.bool, ['filter', 'must_not'], fail);
  const [own, ...others] = query.bool.filter as Body[];
  const expected = {
    bool: { filter: [{ term: { customer: { value: owner } } }, { term: { deleted: { value: false } } }] },
  };
  if (JSON.stringify(own) !== JSON.stringify(expected)) fail('not the owner’s filter');
  for (const clause of [...others, ...(query.bool.must_not ?? [])]) checkClause(clause, fail);
}

/** Of our own clauses, nothing that computes, and no value where a name is expected. */
function checkClause(clause: Body, fail: (what: string) => never): void {
  const [kind = '', ...more] = Object.keys(clause);
  if (more.length > 0) fail('two clauses in one');
  const inner = clause[kind];
  if (kind === 'bool') {
    checkKeys(inner, ['should', 'minimum_should_match', 'must_not'], fail);
    if (inner.should !== undefined && inner.minimum_should_match !== 1) fail('an optional clause');
    for (const each of [...(inner.should ?? []), ...(inner.must_not ?? [])]) checkClause(each, fail);
  } else if (kind === 'terms') checkKeys(inner, COLUMNS, fail);
  else if (kind === 'range') {
    checkKeys(inner, COLUMNS, fail);
    for (const bounds of Object.values(inner)) checkKeys(bounds, ['gt', 'gte', 'lt', 'lte', 'format'], fail);
  } else if (kind === 'exists') {
    if (!COLUMNS.includes(inner.field)) fail('an undeclared field');
  } else if (kind === 'ids') checkKeys(inner, ['values'], fail);
  else if (kind !== 'match_none') fail(`an unknown clause ${kind}`);
}

const COLUMNS = ['status', 'tags', 'placed', 'total'];

function checkKeys(object: Body, allowed: readonly string[], fail: (what: string) => never): void {
  for (const key of Object.keys(object)) if (!allowed.includes(key)) fail(`an unknown key ${key}`);
}

/** RFC 3986: all but unreserved characters in percent-encoding; half a character cannot be said. */
function encoded(id: string): string {
  try {
    return encodeURIComponent(id).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  } catch {
    return '';
  }
}
