/** Geo queries of compat. The field is the one key that is no option; a shape stands in the request or not at all. */
import type { FieldType } from '../../../contract/grant.ts';
import type { Json } from '../../../json/value.ts';
import type { Query } from './ast.ts';
import { fieldOf } from './fields.ts';
import { type Clause, NAMED, need } from './leaves.ts';
import {
  boost,
  either,
  flag,
  listOf,
  matching,
  number,
  objectOf,
  oneOf,
  type Reader,
  type Readers,
  readOptions,
  refuse,
} from './options.ts';
import type { QueryType } from './types.ts';

const GEO: readonly FieldType[] = ['geo_point'];
const MAX_POINTS = 10_000;

/** `"52.5,13.4"`, `"POINT (13.4 52.5)"`, a geohash. */
const pointText = matching(/^[0-9A-Za-z .,()+-]+$/, 128);
const pair = listOf(number, 3);
const PARTS: Readers = { lat: number, lon: number };

const point: Reader = (value, at, context) => {
  if (typeof value === 'string') return pointText(value, at, context);
  return Array.isArray(value) ? pair(value, at, context) : readOptions(objectOf(value, at), PARTS, at, context);
};

const BOX: Readers = {
  top_left: point,
  bottom_right: point,
  top_right: point,
  bottom_left: point,
  top: number,
  left: number,
  bottom: number,
  right: number,
  wkt: matching(/^BBOX ?\([0-9 .,eE+-]+\)$/, 256),
};

/** Lists of numbers within lists, as deep as a multi-polygon; every list is a clause. */
function coordinates(depth: number): Reader {
  const inner = depth === 0 ? number : listOf(coordinates(depth - 1), MAX_POINTS);
  return (value, at, context) => {
    if (!Array.isArray(value)) return number(value, at, context);
    context.spend(1);
    return inner(value, at, context);
  };
}

const SHAPES = [
  'point',
  'multipoint',
  'linestring',
  'multilinestring',
  'polygon',
  'multipolygon',
  'envelope',
  'circle',
];

const SHAPE: Readers = {
  type: (word, at) => {
    if (typeof word === 'string' && SHAPES.includes(word.toLowerCase())) return word;
    throw refuse(at, 'not a shape');
  },
  coordinates: coordinates(4),
  radius: matching(/^\d{1,9}(?:\.\d{1,9})?[a-zA-Z]{0,13}$/, 32),
};

const SHAPE_OPTIONS: Readers = {
  shape: (value, at, context) => readOptions(objectOf(value, at), SHAPE, at, context),
  relation: oneOf('intersects', 'disjoint', 'within', 'contains'),
};

/** Takes the one member that is no option as the field. */
function geoClause(type: QueryType, options: Readers, read: Reader, required: readonly string[] = []): Clause {
  const tables = { strict: options, compat: { ...options, ...NAMED } };
  return (value, context, { at }): Query => {
    const readers = tables[context.mode];
    const rest: Record<string, Json> = {};
    let field: [string, Json] | undefined;
    for (const [key, given] of Object.entries(objectOf(value, at))) {
      if (Object.hasOwn(readers, key)) {
        rest[key] = given;
      } else {
        if (field !== undefined) throw refuse(at, 'more than one field');
        fieldOf(key, context, at, GEO);
        field = [key, read(given, `${at}.field`, context)];
      }
    }
    if (field === undefined) throw refuse(at, 'no field');
    need(required, rest, at);
    return { kind: 'plain', type, options: { [field[0]]: field[1], ...readOptions(rest, readers, at, context) } };
  };
}

const validation = oneOf('COERCE', 'IGNORE_MALFORMED', 'STRICT', 'coerce', 'ignore_malformed', 'strict');
const distance = matching(/^\d{1,9}(?:\.\d{1,9})?[a-zA-Z]{0,13}$/, 32);

export const geoClauses = {
  geo_distance: geoClause(
    'geo_distance',
    {
      distance: either((value) => typeof value === 'number', number, distance),
      distance_type: oneOf('arc', 'plane'),
      validation_method: validation,
      ignore_unmapped: flag,
      boost,
    },
    point,
    ['distance'],
  ),
  geo_bounding_box: geoClause(
    'geo_bounding_box',
    { type: oneOf('memory', 'indexed'), validation_method: validation, ignore_unmapped: flag, boost },
    (value, at, context) => readOptions(objectOf(value, at), BOX, at, context),
  ),
  geo_shape: geoClause('geo_shape', { ignore_unmapped: flag, boost }, (value, at, context) => {
    const read = readOptions(objectOf(value, at), SHAPE_OPTIONS, at, context);
    need(['shape'], read, at);
    return read;
  }),
};
