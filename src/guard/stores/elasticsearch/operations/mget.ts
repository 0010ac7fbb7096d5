/**
 * `_mget`: items over any indices that the principal may get from, decided one by one; order and number are kept. A
 * document that may not be read is answered like one that is not there, whether its index is (B153). Each index is asked
 * by searches of its own, all in one request.
 */
import type { Grant } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { Dialect, Plan, StoreContext, StoreReply, Upstream } from '../../../contract/store.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../json/index.ts';
import { showsTypes } from '../dialect/index.ts';
import { isIndexName } from '../indices.ts';
import { reply } from '../response/index.ts';
import type { Call } from './call.ts';
import { itemError } from './errors.ts';
import { compileLookup, documentJson, type Found, foundIn, type Lookup } from './lookup.ts';
import { bodyOf, planOf } from './plan.ts';
import { WHOLE } from './search.ts';
import { sendSearches } from './searches.ts';

interface Item {
  readonly index: string;
  readonly id: string;
  /** Undefined where the index does not exist for this principal. */
  readonly grant: Grant | undefined;
  /** What of the item itself is not supported; says nothing about the document. */
  readonly refusal: Refusal | undefined;
}

/** Whatever a rule permits: keeps the plan small. */
const MOST_ITEMS = 10_000;

export function planMget(call: Call, context: StoreContext): Plan {
  const items = itemsOf(bodyOf(call.request) ?? {}, call.parameters.get('index'), context);
  const granted = new Set<Grant>();
  for (const { grant } of items) if (grant !== undefined) granted.add(grant);
  const [first] = granted;
  if (first === undefined) throw new Refusal('forbidden', 'mget: no item is granted');
  // One request goes to one store: documents of another are not there.
  const grants = [...granted].filter(({ upstream }) => upstream === first.upstream);
  if (items.length > Math.min(...grants.map(({ limits }) => limits.items)))
    throw new Refusal('too_costly', 'mget: too many items');
  const lookups = grants.flatMap((grant) => lookupsOf(grant, items, context));
  const dialect = context.dialectOf(first.upstream);
  return planOf('mget', grants, (upstream) => runMget(upstream, items, lookups, dialect), ['get']);
}

async function runMget(
  upstream: Upstream,
  items: readonly Item[],
  lookups: readonly Lookup[],
  dialect: Dialect,
): Promise<StoreReply> {
  const answers = await sendSearches(
    upstream,
    lookups.map(({ grant, compiled }) => ({ indices: [grant.index], compiled, query: WHOLE })),
  );
  if (!answers.whole) return answers.reply;
  const found = new Map<Grant, Map<string, Found>>();
  for (const [i, { grant, compiled }] of lookups.entries()) {
    const answer = answers.each[i]!;
    if (!answer.found && answer.status !== 404) return reply(answer.status, answer.json, { dialect });
    // An index that the policy names and the store lacks holds no document.
    const documents = answer.found ? foundIn(answer.project(compiled.projection)) : new Map<string, Found>();
    const known = found.get(grant);
    if (known === undefined) found.set(grant, documents);
    else for (const [id, document] of documents) known.set(id, document);
  }
  const documents: string[] = [];
  let refused = false;
  const docs = items.map(({ grant, index, id, refusal }): JsonObject => {
    const known = grant === undefined ? undefined : found.get(grant);
    refused ||= refusal !== undefined || grant === undefined;
    if (refusal !== undefined) return { _index: index, _id: id, ...itemError(refusal) };
    if (grant === undefined || known === undefined) return absent(index, id, dialect);
    const document = known.get(id);
    if (document !== undefined) documents.push(document.document);
    return documentJson(grant, id, document, dialect);
  });
  return reply(200, { docs }, { dialect, documents, outcome: refused ? 'refused-in-part' : 'answered' });
}

/** A page of ids for each search. */
function lookupsOf(grant: Grant, items: readonly Item[], context: StoreContext): Lookup[] {
  const ids = new Set<string>();
  for (const item of items) if (item.grant === grant && item.refusal === undefined) ids.add(item.id);
  const list = [...ids];
  const { page: hits, window, clauses } = grant.limits;
  const page = Math.max(1, Math.min(hits, window, Math.floor(clauses / 2)));
  const lookups: Lookup[] = [];
  for (let i = 0; i < list.length; i += page)
    lookups.push(compileLookup(grant, list.slice(i, i + page), context, 'msearch'));
  return lookups;
}

/** What is said of an index that does not exist for this principal: what is said of a document that is not there. */
function absent(index: string, id: string, dialect: Dialect): JsonObject {
  return showsTypes(dialect)
    ? { _index: index, _type: '_doc', _id: id, found: false }
    : { _index: index, _id: id, found: false };
}

function itemsOf(body: JsonObject, index: string | undefined, context: StoreContext): Item[] {
  const [key, ...more] = Object.keys(body);
  if (key === undefined || more.length > 0) throw new Refusal('malformed_body', 'mget: not `docs` or `ids` alone');
  if (key !== 'docs' && key !== 'ids') throw new Refusal('unsupported_option', 'mget: unknown option');
  const list = body[key];
  if (!Array.isArray(list) || list.length === 0) throw new Refusal('malformed_body', 'mget: not a list of items');
  if (list.length > MOST_ITEMS) throw new Refusal('too_costly', 'mget: too many items');
  return key === 'docs'
    ? list.map((doc: Json) => itemOf(doc, index, context))
    : list.map((id: Json) => item(index, id, undefined, context));
}

function itemOf(doc: Json, index: string | undefined, context: StoreContext): Item {
  if (!isJsonObject(doc)) throw new Refusal('malformed_body', 'mget.docs: not an object');
  let refusal: Refusal | undefined;
  for (const key in doc) {
    if (key === '_index' || key === '_id' || (key === '_type' && doc._type === '_doc')) continue;
    // `_source`, `stored_fields`, `routing`, `version`, … : what is shown of a document is the policy's.
    refusal = new Refusal('unsupported_option', 'mget.docs: unknown option');
  }
  const name = doc._index ?? index;
  if (name !== undefined && typeof name !== 'string')
    throw new Refusal('malformed_body', 'mget.docs._index: not a text');
  return item(name, doc._id, refusal, context);
}

function item(
  name: string | undefined,
  id: Json | undefined,
  refusal: Refusal | undefined,
  context: StoreContext,
): Item {
  if (name === undefined) throw new Refusal('malformed_body', 'mget: an item without an index');
  if (!isIndexName(name)) throw new Refusal('malformed_index', 'mget: not a name');
  const text = typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : id;
  if (typeof text !== 'string' || text === '' || Buffer.byteLength(text) > 512)
    throw new Refusal('malformed_body', 'mget: an item without a proper id');
  return { index: name, id: text, grant: context.access.find(name, 'mget'), refusal };
}
