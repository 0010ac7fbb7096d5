import { own } from '../../core/own.ts';
import type { FieldType, Filter, FilterType, FilterValue } from '../contract/grant.ts';
import { filterValueOf } from './claim-path.ts';
import type { Path, Problems } from './problems.ts';
import type { FilterFile, ScalarFile } from './schema/filter.ts';

const MAX_DEPTH = 8;

/** What an exact comparison means for a field, or why there is none that the store and the gateway agree on. */
const COMPARABLE: Readonly<Record<FieldType, FilterType | { readonly reason: string }>> = {
  keyword: 'keyword',
  boolean: 'boolean',
  date: 'date',
  long: 'number',
  integer: 'number',
  short: 'number',
  byte: 'number',
  double: 'number',
  // B103: an analysed value matches by its words, so User-1 is also found as user.
  text: { reason: 'text is analysed: it matches by words, not by value' },
  float: { reason: 'float is rounded in the store' },
  half_float: { reason: 'half_float is rounded in the store' },
  scaled_float: { reason: 'scaled_float is rounded in the store' },
  ip: { reason: 'ip has many spellings of one address' },
  geo_point: { reason: 'geo_point has no exact comparison' },
  object: { reason: 'object has no value of its own' },
  nested: { reason: 'nested has no value of its own' },
};

export interface FilterContext {
  /** Declared types of fields, by full name. */
  readonly types: ReadonlyMap<string, FieldType>;
  /** Collects the fields that the filter uses. */
  readonly used: Set<string>;
  readonly problems: Problems;
}

/** @returns undefined when a problem was added */
export function compileFilter(file: FilterFile, path: Path, context: FilterContext, depth = 1): Filter | undefined {
  const { problems } = context;
  const keys = Object.entries(file).filter(([, value]) => value !== undefined);
  const [kind] = keys[0] ?? [];
  if (keys.length !== 1 || kind === undefined) {
    problems.add(
      path,
      'a filter has exactly one key',
      'Join several with `all: [ … ]`, `any: [ … ]` or `none: [ … ]`.',
    );
    return undefined;
  }
  if (depth > MAX_DEPTH) {
    problems.add(path, `filters are nested deeper than ${MAX_DEPTH}`, 'Write it flatter.');
    return undefined;
  }
  const at = [...path, kind];
  if (file.term) return termOf(file.term, at, context);
  if (file.terms) return termsOf(file.terms, at, context);
  if (file.range) return rangeOf(file.range, at, context);
  if (file.exists !== undefined) {
    const type = typeOf(file.exists, at, context);
    return type && Object.freeze({ kind: 'exists', field: file.exists, type });
  }
  const joined = (['all', 'any', 'none'] as const).find((name) => name === kind);
  if (joined === undefined) return undefined;
  const filters = (file[joined] ?? []).map((inner, index) => compileFilter(inner, [...at, index], context, depth + 1));
  return filters.every((inner) => inner !== undefined)
    ? Object.freeze({ kind: joined, filters: Object.freeze(filters) })
    : undefined;
}

function termOf(file: Record<string, ScalarFile>, path: Path, context: FilterContext): Filter | undefined {
  const entry = onlyField(file, path, context);
  if (!entry) return undefined;
  const value = literalOf(entry.value, entry.type, entry.path, context);
  return value && Object.freeze({ kind: 'term', field: entry.field, type: entry.type, value });
}

function termsOf(
  file: Record<string, ScalarFile | ScalarFile[]>,
  path: Path,
  context: FilterContext,
): Filter | undefined {
  const entry = onlyField(file, path, context);
  if (!entry) return undefined;
  const { field, type } = entry;
  if (Array.isArray(entry.value)) {
    const values = entry.value.map((value, index) => literalOf(value, type, [...entry.path, index], context));
    if (!values.every((value) => value !== undefined)) return undefined;
    return Object.freeze({ kind: 'terms', field, type, values: Object.freeze(values) });
  }
  const value = filterValueOf(entry.value, entry.path, context.problems);
  if (value && 'claim' in value) return Object.freeze({ kind: 'terms', field, type, values: value });
  if (value) context.problems.add(entry.path, 'expected a list, or a claim that is one', 'Use `term` for one value.');
  return undefined;
}

function rangeOf(file: NonNullable<FilterFile['range']>, path: Path, context: FilterContext): Filter | undefined {
  const entry = onlyField(file, path, context);
  if (!entry) return undefined;
  const { field, type } = entry;
  if (type !== 'number' && type !== 'date') {
    context.problems.add(entry.path, `a range needs a number or a date, and ${field} is ${type}`, 'Use term or terms.');
    return undefined;
  }
  const given = Object.entries(entry.value).filter(([, value]) => value !== undefined);
  const twice = 'gt' in entry.value && 'gte' in entry.value;
  if (given.length === 0 || twice || ('lt' in entry.value && 'lte' in entry.value)) {
    context.problems.add(
      entry.path,
      'expected a lower bound (gt or gte), an upper bound (lt or lte), or both',
      'For example { gte: 18 }.',
    );
    return undefined;
  }
  const bounds: Partial<Record<'gt' | 'gte' | 'lt' | 'lte', FilterValue>> = {};
  for (const name of ['gt', 'gte', 'lt', 'lte'] as const) {
    const bound = own(entry.value, name);
    if (bound === undefined) continue;
    const value = literalOf(bound, type, [...entry.path, name], context);
    if (!value) return undefined;
    bounds[name] = value;
  }
  return Object.freeze({ kind: 'range', field, type, bounds: Object.freeze(bounds) });
}

function onlyField<T>(
  file: Readonly<Record<string, T>>,
  path: Path,
  context: FilterContext,
): { field: string; value: T; type: FilterType; path: Path } | undefined {
  const [entry, ...others] = Object.entries(file);
  if (!entry || others.length > 0) {
    context.problems.add(path, 'expected exactly one field', 'Join several fields with `all: [ … ]`.');
    return undefined;
  }
  const [field, value] = entry;
  const type = typeOf(field, [...path, field], context);
  return type && { field, value, type, path: [...path, field] };
}

function typeOf(field: string, path: Path, { types, used, problems }: FilterContext): FilterType | undefined {
  used.add(field);
  const declared = types.get(field);
  if (declared === undefined) {
    problems.add(path, `the type of ${field} is not declared`, `Say it: \`filterFields: { ${field}: keyword }\`.`);
    return undefined;
  }
  const around = [...types].find(([name, type]) => type === 'nested' && field.startsWith(`${name}.`));
  if (around) {
    problems.add(path, `${field} is inside the nested ${around[0]}`, 'Filter on a field of the document itself.');
    return undefined;
  }
  const comparable = COMPARABLE[declared];
  if (typeof comparable === 'string') return comparable;
  problems.add(
    path,
    `${field} cannot be filtered on: ${comparable.reason}`,
    'Filter on a keyword, whole number, double, boolean or date field (for text, often its `.keyword` member).',
  );
  return undefined;
}

function literalOf(
  value: ScalarFile,
  type: FilterType,
  path: Path,
  { problems }: FilterContext,
): FilterValue | undefined {
  const compiled = filterValueOf(value, path, problems);
  if (!compiled || 'claim' in compiled || isOf(compiled.literal, type)) return compiled;
  problems.add(
    path,
    `expected a ${type} value`,
    type === 'keyword' ? 'Put text in quotes.' : `Write a ${type}, without quotes.`,
  );
  return undefined;
}

function isOf(value: string | number | boolean, type: FilterType): boolean {
  if (type === 'keyword') return typeof value === 'string' && value !== '';
  if (type === 'date') return typeof value === 'string' && isDate(value);
  return typeof value === type;
}

/** ISO 8601, a day or a moment of UTC: what store and gateway read alike. No date arithmetic: `now` is the store's clock. */
function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{3})?Z)?$/.test(text) && !Number.isNaN(Date.parse(text));
}
