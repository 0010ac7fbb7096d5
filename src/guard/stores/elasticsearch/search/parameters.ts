/** Query parameters that say what the body can say, typed, and turned into what the body would say (B035–B057). */
import { Refusal } from '../../../contract/refusal.ts';
import type { Json } from '../../../json/value.ts';
import { flagOf, isCount, isFlag, type Reader } from '../parameters.ts';
import { type Selection, selectionOfParameters } from './selection.ts';
import { sortOfParameter } from './sort.ts';

const isNames: Reader = (value) => value.length > 0 && value.length <= 4096;

/** What a search may say in its URL beside what every route may. Whatever is not here is refused before (`q`, `df`, `source`, `suggest_field`, `preference`, `routing`, `search_pipeline`, …). */
export const SEARCH_PARAMETERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['size', isCount],
  ['from', isCount],
  ['sort', isNames],
  ['_source', (value) => value.length <= 4096],
  ['_source_includes', isNames],
  ['_source_excludes', isNames],
  ['docvalue_fields', isNames],
  ['stored_fields', (value) => value === '_none_'],
  ['track_total_hits', (value) => isFlag(value) || isCount(value)],
  ['timeout', (value) => value.length <= 12],
  ['rest_total_hits_as_int', isFlag],
  ['typed_keys', isFlag],
  // Understood, and not sent: the gateway's own is (B052).
  ['request_cache', isFlag],
  ['allow_partial_search_results', isFlag],
  // Trusted services only; for others the body's rule says no.
  ['explain', isFlag],
  ['version', isFlag],
  ['seq_no_primary_term', isFlag],
  ['track_scores', isFlag],
]);

export interface Spoken {
  /** Options of the body. */
  readonly body: ReadonlyMap<string, Json>;
  readonly selection: Selection | undefined;
  readonly typedKeys: boolean;
  readonly totalAsInt: boolean;
}

const SILENT: Spoken = { body: new Map(), selection: undefined, typedKeys: false, totalAsInt: false };

/** Reads those parameters of the request that are listed above; others are not this file's. @throws Refusal `malformed_parameter` */
export function bodyOfParameters(params: ReadonlyMap<string, string>): Spoken {
  if (params.size === 0) return SILENT;
  const body = new Map<string, Json>();
  for (const [name, value] of params) {
    const reader = SEARCH_PARAMETERS.get(name);
    if (reader === undefined) continue;
    if (!reader(value)) throw new Refusal('malformed_parameter', `parameters.${name}: not of the expected form`);
    const option = optionOf(name, value);
    if (option !== undefined) body.set(name, option);
  }
  const selection = selectionOfParameters(
    params.get('_source'),
    params.get('_source_includes'),
    params.get('_source_excludes'),
  );
  // The value is `selection`; the entry makes the same option in the body a contradiction.
  if (selection !== undefined) body.set('_source', true);
  return {
    body,
    selection,
    typedKeys: flagOf(params.get('typed_keys')),
    totalAsInt: flagOf(params.get('rest_total_hits_as_int')),
  };
}

function optionOf(name: string, value: string): Json | undefined {
  switch (name) {
    case 'size':
    case 'from':
      return Number(value);
    case 'sort':
      return sortOfParameter(value);
    case 'docvalue_fields':
      return value.split(',');
    case 'stored_fields':
    case 'timeout':
      return value;
    case 'track_total_hits':
      return isCount(value) ? Number(value) : flagOf(value);
    case 'explain':
    case 'version':
    case 'seq_no_primary_term':
    case 'track_scores':
      return flagOf(value);
    default:
      return undefined;
  }
}
