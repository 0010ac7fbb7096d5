/** Queries of compat that are about scores. */
import type { Json, JsonObject } from '../../../json/value.ts';
import type { Query } from './ast.ts';
import { compoundClause } from './compound.ts';
import type { Place, QueryContext } from './context.ts';
import { fieldOf, fieldReader, SCALAR } from './fields.ts';
import { type Clause, plainClause } from './leaves.ts';
import {
  boost,
  either,
  listOf,
  number,
  objectOf,
  oneOf,
  type Reader,
  type Readers,
  readOptions,
  refuse,
  scalar,
  text,
} from './options.ts';
import { printQuery } from './print.ts';

type ParseQuery = (value: Json, context: QueryContext, place: Place) => Query;

/** An object of these members and no others. */
function record(readers: Readers): Reader {
  return (value, at, context) => readOptions(objectOf(value, at), readers, at, context);
}

/** A number, a date, or a point. */
const origin = either(
  Array.isArray,
  listOf(number, 3),
  either(
    (value) => typeof value === 'object' && value !== null && 'lat' in value,
    record({ lat: number, lon: number }),
    scalar,
  ),
);

const distanceFeature = plainClause(
  'distance_feature',
  { field: fieldReader(['date', 'geo_point']), origin, pivot: text, boost },
  ['field', 'origin', 'pivot'],
);

const rankFeature = plainClause(
  'rank_feature',
  {
    field: fieldReader(SCALAR),
    saturation: record({ pivot: number }),
    log: record({ scaling_factor: number }),
    linear: record({}),
    sigmoid: record({ pivot: number, exponent: number }),
    boost,
  },
  ['field'],
);

const DECAY: Readers = { origin, scale: scalar, offset: scalar, decay: number };
const multiValueMode = oneOf('min', 'max', 'avg', 'sum');

/** `{"<field>":{origin,scale,offset,decay},"multi_value_mode":…}` */
const decay: Reader = (value, at, context) => {
  const printed: Record<string, Json> = {};
  for (const [key, given] of Object.entries(objectOf(value, at))) {
    if (key === 'multi_value_mode') {
      printed[key] = multiValueMode(given, at, context);
    } else {
      fieldOf(key, context, at, [...SCALAR, 'geo_point']);
      printed[key] = readOptions(objectOf(given, at), DECAY, at, context);
    }
  }
  return printed;
};

/** Without `script_score`. */
const FUNCTION: Readers = {
  weight: number,
  random_score: record({ seed: scalar, field: fieldReader(SCALAR) }),
  field_value_factor: record({
    field: fieldReader(SCALAR),
    factor: number,
    modifier: oneOf('none', 'log', 'log1p', 'log2p', 'ln', 'ln1p', 'ln2p', 'square', 'sqrt', 'reciprocal'),
    missing: number,
  }),
  gauss: decay,
  linear: decay,
  exp: decay,
};

const MAX_FUNCTIONS = 32;

function functionScore(parse: ParseQuery): Clause {
  const oneFunction = (item: Json, context: QueryContext, { at, depth }: Place): JsonObject => {
    context.spend(1);
    const { filter, ...rest } = objectOf(item, at);
    const read = readOptions(rest, FUNCTION, at, context);
    return filter === undefined
      ? read
      : { filter: printQuery(parse(filter, context, { at: `${at}.filter`, depth: depth + 2 })), ...read };
  };
  const clause = compoundClause(
    {
      type: 'function_score',
      inner: { query: 'one' },
      required: [],
      options: {
        ...FUNCTION,
        score_mode: oneOf('multiply', 'sum', 'avg', 'first', 'max', 'min'),
        boost_mode: oneOf('multiply', 'replace', 'sum', 'avg', 'max', 'min'),
        max_boost: number,
        min_score: number,
        boost,
      },
    },
    parse,
  );
  return (value, context, place) => {
    const { functions, ...rest } = objectOf(value, place.at);
    const query = clause(rest, context, place);
    if (functions === undefined || query.kind !== 'compound') return query;
    const at = `${place.at}.functions`;
    if (!Array.isArray(functions) || functions.length > MAX_FUNCTIONS) {
      throw refuse(at, 'not a list of permitted length');
    }
    const read = functions.map((item, index) =>
      oneFunction(item, context, { at: `${at}[${index}]`, depth: place.depth }),
    );
    return { ...query, options: { functions: read, ...query.options } };
  };
}

export function scoringClauses(parse: ParseQuery) {
  return { distance_feature: distanceFeature, rank_feature: rankFeature, function_score: functionScore(parse) };
}
