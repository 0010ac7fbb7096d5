/**
 * The body of a search: a closed list of options, each with a reader of its own. What is sent to the store is printed from
 * what the readers understood; an option that has no reader does not exist (B107–B135).
 */
import { Refusal } from '../../../contract/refusal.ts';
import { isJsonObject, type Json, type JsonNumber, type JsonObject, jsonObject } from '../../../json/value.ts';
import { type AggregationTree, compileAggregations } from '../aggregations/index.ts';
import { fieldsOf } from '../filter/index.ts';
import { checkQuery, compileQuery } from '../query/index.ts';
import { createProjection, type Projection, type ProjectionParts, projectionState } from '../response/projection.ts';
import { compileCompat } from './compat.ts';
import { compileFields, compileStoredFields } from './fields.ts';
import { compileHighlight } from './highlight.ts';
import { fieldOf, flagOf, integerOf, KEYWORDS, numberOf, refuse, textOf } from './options.ts';
import { bodyOfParameters, type Spoken } from './parameters.ts';
import { openPit, type PitUse } from './pit.ts';
import { openScope, type SearchRoom, type SearchScope } from './scope.ts';
import { EVERYTHING, planSource, readSelection, type Selection } from './selection.ts';
import { type CompiledSort, compileSearchAfter, compileSort } from './sort.ts';

export interface CompiledSearch {
  readonly body: JsonObject;
  /** Parameters of ours for the store. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly projection: Projection;
  readonly size: number;
  readonly from: number;
  /** The point in time that the search reads, opened: then no index stands in the store's path. */
  readonly pit: PitUse | null;
}

/** Characters of a sealed id that say how later pages are read. */
const MAX_STATE = 6000;

interface Draft {
  readonly scope: SearchScope;
  readonly spoken: Spoken;
  readonly printed: Map<string, Json>;
  size: number;
  from: number;
  selection: Selection;
  sort: CompiledSort | undefined;
  fields: string[];
  highlight: readonly string[];
  aggregations: AggregationTree | null;
  pit: PitUse | null;
}

type OptionReader = (json: Json, draft: Draft) => void;

/** @throws Refusal `unsupported_option`, `unsupported_query`, `malformed_body`, `too_costly`, `absent`, `forbidden` */
export function compileSearch(
  body: Json | undefined,
  params: ReadonlyMap<string, string>,
  room: SearchRoom,
): CompiledSearch {
  const scope = openScope(room);
  const spoken = bodyOfParameters(params);
  const options = mergeBody(body, spoken.body);
  const { page, window } = scope.grant.limits;
  const draft: Draft = {
    scope,
    spoken,
    printed: new Map(),
    size: Math.min(10, page),
    from: 0,
    selection: EVERYTHING,
    sort: undefined,
    fields: [],
    highlight: [],
    aggregations: null,
    pit: null,
  };
  draft.printed.set('query', compileQuery(options.query, scope.query));
  for (const [name, value] of Object.entries(options)) {
    const reader = READERS.get(name);
    if (reader !== undefined) reader(value, draft);
    else if (scope.strict || !compileCompat(name, value, scope, draft.printed)) refuseOption(name, value);
  }
  if (options.aggs !== undefined && options.aggregations !== undefined) throw refuse('aggs', 'under both names');
  if (draft.from + draft.size > window) throw new Refusal('too_costly', 'from, size: past the window of the rule');
  return finish(options, draft);
}

/** What comes last: the options that say something about others. */
function finish(options: JsonObject, draft: Draft): CompiledSearch {
  const { scope, printed, spoken } = draft;
  // First, where an option of the body stands: what is sent is compiled to itself.
  if (spoken.totalAsInt) exactTotal(printed);
  const after = options.search_after;
  if (after !== undefined) {
    if (draft.from > 0 || scope.within === 'scroll') throw refuse('search_after', 'with from or in a scroll');
    printed.set('search_after', compileSearchAfter(after, draft.sort, scope));
  }
  if (scope.within === 'scroll' && (draft.from > 0 || draft.size === 0))
    throw refuse('scroll', 'with from, or without hits');
  if ((scope.within === 'pit') !== (draft.pit !== null)) throw refuse('pit', 'not expected, or missing');
  const filterFields = scope.bound === null ? [] : fieldsOf(scope.bound);
  const plan = planSource(draft.selection, scope.fields, filterFields);
  printed.set('_source', plan.source);
  printed.set('size', draft.size);
  if (draft.from > 0) printed.set('from', draft.from);
  const parts: ProjectionParts = {
    selection: draft.selection,
    fields: draft.fields,
    highlight: draft.highlight,
    sort: draft.sort !== undefined && draft.sort.keys.length > 0 ? draft.sort.sealed : draft.pit === null ? null : [],
    size: draft.size,
    typedKeys: spoken.typedKeys,
    totalAsInt: spoken.totalAsInt,
  };
  const query: [string, string][] = [];
  // The store's cache knows no principals; where the filter is one's own, an answer is nobody else's.
  if (scope.bound !== null) query.push(['request_cache', 'false']);
  if (!scope.strict && spoken.typedKeys) query.push(['typed_keys', 'true']);
  const projection = createProjection(scope.grants, scope.bound, scope.context, parts, plan.shape, draft.aggregations);
  if (scope.within === 'scroll' && projectionState(projection).length > MAX_STATE) {
    throw new Refusal('too_costly', 'scroll: too much to be kept in its id');
  }
  return { body: jsonObject(printed), query, projection, size: draft.size, from: draft.from, pit: draft.pit };
}

/** A total that is one number is exact in the stores, or not counted at all. */
function exactTotal(printed: Map<string, Json>): void {
  const asked = printed.get('track_total_hits');
  if (typeof asked === 'number') throw refuse('track_total_hits', 'a threshold and a total that is one number');
  printed.set('track_total_hits', asked ?? true);
}

export function mergeBody(body: Json | undefined, parameters: ReadonlyMap<string, Json>): JsonObject {
  if (body !== undefined && !isJsonObject(body)) throw new Refusal('malformed_body', 'not an object');
  if (parameters.size === 0) return body ?? jsonObject([]);
  for (const name of parameters.keys()) {
    if (body !== undefined && Object.hasOwn(body, name)) throw refuse(name, 'in the body and as a parameter');
  }
  return jsonObject([...Object.entries(body ?? {}), ...parameters]);
}

/** Options that are off by themselves may be said to be off. */
const OFF: ReadonlySet<string> = new Set(['explain', 'profile', 'version', 'seq_no_primary_term', 'track_scores']);

function refuseOption(name: string, value: Json): void {
  if (!OFF.has(name) || value !== false) throw refuse('body', 'not a supported option');
}

const aggregations: OptionReader = (json, draft) => {
  const compiled = compileAggregations(json, draft.scope);
  draft.printed.set('aggs', compiled.json);
  draft.aggregations = compiled.tree;
};

const TIMEOUT = /^[1-9]\d{0,5}(?:ms|s)$/;

/** A search may be given up early, at most a minute from now. */
const timeout: OptionReader = (json, draft) => {
  const text = textOf(json, 'timeout', 12);
  const milliseconds = text.endsWith('ms') ? Number.parseInt(text, 10) : Number.parseInt(text, 10) * 1000;
  if (!TIMEOUT.test(text) || milliseconds > 60_000) throw refuse('timeout', 'not a time of at most a minute');
  draft.printed.set('timeout', text);
};

const READERS: ReadonlyMap<string, OptionReader> = new Map<string, OptionReader>([
  ['query', () => {}],
  [
    'size',
    (json, draft) => {
      draft.size = integerOf(json, 'size', 0, draft.scope.grant.limits.page);
    },
  ],
  [
    'from',
    (json, draft) => {
      draft.from = integerOf(json, 'from', 0, draft.scope.grant.limits.window);
    },
  ],
  [
    'sort',
    (json, draft) => {
      draft.sort = compileSort(json, draft.scope);
      if (draft.sort.keys.length > 0) draft.printed.set('sort', draft.sort.keys);
    },
  ],
  ['search_after', () => {}],
  [
    'track_total_hits',
    (json, draft) => {
      const value =
        typeof json === 'number'
          ? integerOf(json, 'track_total_hits', 0, 0x7fffffff)
          : flagOf(json, 'track_total_hits');
      draft.printed.set('track_total_hits', value);
    },
  ],
  ['aggs', aggregations],
  ['aggregations', aggregations],
  [
    '_source',
    (json, draft) => {
      draft.selection = draft.spoken.selection ?? readSelection(json);
    },
  ],
  [
    'fields',
    (json, draft) => {
      const compiled = compileFields(json, draft.scope, 'fields');
      draft.printed.set('fields', compiled.json);
      draft.fields.push(...compiled.names);
    },
  ],
  [
    'docvalue_fields',
    (json, draft) => {
      const compiled = compileFields(json, draft.scope, 'docvalue_fields');
      draft.printed.set('docvalue_fields', compiled.json);
      draft.fields.push(...compiled.names);
    },
  ],
  [
    'stored_fields',
    (json, draft) => {
      // `_none_` also leaves out what the check after the answer reads, so it is understood, and not sent.
      compileStoredFields(json);
      draft.selection = { ...draft.selection, shown: false };
    },
  ],
  [
    'highlight',
    (json, draft) => {
      const compiled = compileHighlight(json, draft.scope);
      draft.printed.set('highlight', compiled.json);
      draft.highlight = compiled.names;
    },
  ],
  [
    'collapse',
    (json, draft) => {
      if (draft.scope.within === 'scroll') throw refuse('collapse', 'in a scroll');
      if (!isJsonObject(json) || Object.keys(json).length !== 1) throw refuse('collapse', 'more than a field');
      const [name] = fieldOf(json.field, draft.scope.fields, KEYWORDS, 'collapse');
      draft.printed.set('collapse', jsonObject([['field', name]]));
      draft.fields.push(name);
    },
  ],
  [
    'post_filter',
    (json, draft) => {
      draft.printed.set('post_filter', checkQuery(json, draft.scope.query));
    },
  ],
  [
    'min_score',
    (json, draft) => {
      if (draft.scope.strict && draft.scope.scoring === 'constant')
        throw refuse('min_score', 'relevance is not available');
      draft.printed.set('min_score', numberOf(json, 'min_score') as number | JsonNumber);
    },
  ],
  ['timeout', timeout],
  [
    'pit',
    (json, draft) => {
      draft.pit = openPit(json, draft.scope);
      draft.printed.set('pit', draft.pit.json);
    },
  ],
]);
