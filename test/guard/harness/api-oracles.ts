/**
 * What may reach the stores of declared resources, said once more: this file knows nothing of the printers. And the markers by
 * which a hidden value is known wherever it turns up.
 */

import { field as fieldOf } from '../../../src/guard/api/testing/resources.ts';
import type { Resource } from '../../../src/guard/contract/resource.ts';
import type { SqlStatement } from '../../../src/guard/contract/sql.ts';
import { checkGrammar as checkStatement } from '../../../src/guard/stores/postgresql/testing/grammar.ts';
import type { SeenRequest } from './memory-store.ts';

/** Stands in every encrypted value, in its plain form: reaches no store, no journal, no log. */
export const PLAIN = /PLAIN|30 555 0|3055501|987654321/;
/** What nobody sees again: behind a mask, or of a field that is sent and never shown. */
export const NEVER = /CANARY-(?:IBAN|VOUCHER|PIN|GONE)/;

const SEALED = ['phone', 'note', 'salary', 'recipientName'];
const REFERENCES = ['customer_ref', 'recipient_ref'];
const OPEN = [
  ...[
    'status',
    'total',
    'placed',
    'units',
    'gift',
    'title',
    'tags',
    'address',
    'recipientId',
    'iban',
    'voucher',
    'pin',
  ],
];
const COLUMNS = [...OPEN, ...SEALED, ...REFERENCES, 'recipientName_beacon', 'customer', 'deleted'];
/** What a client may narrow by, and what the gateway does for an encrypted field. */
const COMPARED = ['status', 'total', 'placed', 'units', 'gift', 'title', 'tags', ...REFERENCES];
const SORTED = ['status', 'total', 'placed', 'units', 'title', '_seq_no'];
const SEARCH = '?allow_partial_search_results=false&request_cache=false';

// biome-ignore lint/suspicious/noExplicitAny: bodies are looked at by path
type Body = any;

class Outside extends Error {}
const fail = (what: string): never => {
  throw new Outside(what);
};

/** @param isOwner whether the owner's column may hold this value for the caller @returns what is wrong */
export function outsideSearch(
  { method, path, body: text }: SeenRequest,
  index: string,
  isOwner: (value: unknown) => boolean,
): string | undefined {
  try {
    const body: Body = text === null ? undefined : JSON.parse(text);
    const id = /^\/\w+\/_(?:create|update|doc)\/([0-9a-f-]{36})(\?.*)$/.exec(path);
    if (method === 'POST' && path === `/${index}/_search${SEARCH}`) {
      keysOf(body, ['query', 'size', 'sort', 'search_after', '_source', 'seq_no_primary_term', 'track_total_hits']);
      checkQuery(body.query, isOwner);
      if (!Array.isArray(body._source) || body._source.length === 0) fail('whole documents');
      for (const name of body._source) if (!COLUMNS.includes(name)) fail(`_source ${name}`);
      for (const key of body.sort ?? [])
        for (const name of Object.keys(key)) if (!SORTED.includes(name)) fail(`sort ${name}`);
    } else if (method === 'POST' && path === `/${index}/_count`) {
      keysOf(body, ['query']);
      checkQuery(body.query, isOwner);
    } else if (method === 'PUT' && id?.[2] === '?refresh=wait_for' && path.startsWith(`/${index}/_create/`)) {
      if (!isOwner(body.customer) || body.deleted !== false) fail('a document of somebody else');
      checkDocument(body);
    } else if (method === 'POST' && path.startsWith(`/${index}/_update/`) && isConditional(id?.[2])) {
      keysOf(body, ['doc', '_source']);
      if ('customer' in body.doc || 'deleted' in body.doc) fail('another owner');
      checkDocument(body.doc);
    } else if (method === 'DELETE' && path.startsWith(`/${index}/_doc/`) && isConditional(id?.[2])) {
      // On the version that was found.
    } else fail('no such request');
    return undefined;
  } catch (error) {
    if (error instanceof Outside) return error.message;
    throw error;
  }
}

function isConditional(query: string | undefined): boolean {
  return /^\?if_seq_no=\d+&if_primary_term=\d+&refresh=wait_for$/.test(query ?? '');
}

function checkQuery(query: Body, isOwner: (value: unknown) => boolean): void {
  keysOf(query, ['bool']);
  keysOf(query.bool, ['filter', 'must_not']);
  const [own, ...others] = query.bool.filter;
  const value = own?.bool?.filter?.[0]?.term?.customer?.value;
  const expected = { bool: { filter: [{ term: { customer: { value } } }, { term: { deleted: { value: false } } }] } };
  if (!isOwner(value) || JSON.stringify(own) !== JSON.stringify(expected)) fail("not the owner's filter");
  for (const clause of [...others, ...(query.bool.must_not ?? [])]) checkClause(clause);
}

function checkClause(clause: Body): void {
  const [kind = '', ...more] = Object.keys(clause);
  if (more.length > 0) fail('two clauses in one');
  const inner = clause[kind];
  if (kind === 'bool') {
    keysOf(inner, ['should', 'minimum_should_match', 'must_not']);
    if (inner.should !== undefined && inner.minimum_should_match !== 1) fail('an optional clause');
    for (const each of [...(inner.should ?? []), ...(inner.must_not ?? [])]) checkClause(each);
  } else if (kind === 'terms') {
    keysOf(inner, COMPARED);
    for (const values of Object.values(inner)) if (!Array.isArray(values)) fail('a terms lookup');
  } else if (kind === 'range') {
    keysOf(inner, COMPARED);
    for (const bounds of Object.values(inner)) keysOf(bounds, ['gt', 'gte', 'lt', 'lte', 'format']);
  } else if (kind === 'exists') {
    if (!COMPARED.includes(inner.field)) fail('an undeclared field');
  } else if (kind === 'ids') keysOf(inner, ['values']);
  else if (kind !== 'match_none') fail(`a clause ${kind}`);
}

function checkDocument(document: Body): void {
  keysOf(document, COLUMNS);
  for (const name of SEALED) {
    const value = document[name];
    if (value !== undefined && value !== null && !/^pv1\.[\w-]{38,}$/.test(value)) fail(`${name} is not sealed`);
  }
  for (const name of REFERENCES) {
    const value = document[name];
    if (value !== undefined && value !== null && !/^[\w-]{22}$/.test(value)) fail(`${name} is no pseudonym`);
  }
}

function keysOf(object: Body, allowed: readonly string[]): void {
  if (typeof object !== 'object' || object === null) fail('no object');
  for (const key of Object.keys(object)) if (!allowed.includes(key)) fail(`an unknown key ${key}`);
}

/** The declaration with the gateway's own columns, which are names like others to the grammar of statements. */
const withOwnColumns = new WeakMap<Resource, Resource>();

export function outsideSql(statement: SqlStatement, resource: Resource, owner: string): string | undefined {
  let known = withOwnColumns.get(resource);
  if (known === undefined) {
    const own = [...REFERENCES, 'recipientName_beacon'].map((name) => [name, fieldOf(name)] as const);
    known = { ...resource, fields: new Map([...resource.fields, ...own]) };
    withOwnColumns.set(resource, known);
  }
  try {
    checkStatement(statement, known, owner);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  // An insertion and an update print their columns; what goes into the sealed ones is a parameter of its own.
  const sets = /^(?:INSERT|UPDATE)/.test(statement.text) ? statement.values : [];
  for (const value of sets) if (value !== null && PLAIN.test(value)) return 'a parameter in plain';
  return undefined;
}
