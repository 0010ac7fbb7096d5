/** The query of a list or a count, read against what the declaration permits: typed values, each parameter once, no patterns. */
import { Refusal } from '../contract/refusal.ts';
import type { Condition, Resource, ResourceField, ResourceOrder } from '../contract/resource.ts';
import { type FilterOperator, isSortable, MAX_SORT, parametersOf, type RangeOperator } from '../contract/rest.ts';
import { type EncryptedField, isEncrypted } from './encrypt.ts';
import { normalise } from './normalise.ts';
import { badParameter } from './problem.ts';
import { readTextOf, type Scalar } from './typed-text.ts';

/** An equality that is settled after decryption. */
export interface Equality {
  readonly field: EncryptedField;
  /** Normalised. */
  readonly value: string;
}

export interface ListOrder {
  readonly column: string;
  readonly type: ResourceField['schema']['type'];
  readonly descending: boolean;
}

export interface Filters {
  readonly conditions: readonly Condition[];
  readonly equalities: readonly Equality[];
}

export interface ListParameters extends Filters {
  readonly order: readonly ListOrder[];
  readonly size: number;
  /** Sealed; undefined: the first page. */
  readonly cursor: string | undefined;
}

export interface ParameterReader {
  /** @throws Refusal `malformed_parameter`, `encrypted_field` */
  list(query: ReadonlyMap<string, string>): ListParameters;
  /** @throws Refusal `malformed_parameter`, `encrypted_field` */
  count(query: ReadonlyMap<string, string>): Filters;
}

interface Known {
  readonly field: ResourceField;
  readonly operator: FilterOperator;
}

type Bounds = Partial<Record<RangeOperator, string | number>>;

const LIST_OWN: ReadonlySet<string> = new Set(['sort', 'size', 'cursor']);
const NONE_OWN: ReadonlySet<string> = new Set();

export function createParameterReader(resource: Resource): ParameterReader {
  const known = new Map<string, Known>();
  for (const field of resource.fields.values()) {
    for (const { name, operator } of parametersOf(field)) known.set(name, { field, operator });
  }
  const declared = resource.order.flatMap((one) => orderOf(one, resource) ?? []);

  function filters(query: ReadonlyMap<string, string>, own: ReadonlySet<string>): Filters {
    const conditions: Condition[] = [];
    const equalities: Equality[] = [];
    const ranges = new Map<ResourceField, Bounds>();
    for (const [name, text] of query) {
      if (own.has(name)) continue;
      const parameter = known.get(name);
      if (parameter === undefined) throw unknownParameter(name, resource);
      const { field, operator } = parameter;
      const { column, schema } = field;
      if (operator === 'exists') {
        if (text !== 'true' && text !== 'false') throw badParameter(`${name}: must be true or false`);
        conditions.push({ kind: 'exists', column, exists: text === 'true' });
      } else if (operator === 'in') {
        conditions.push({
          kind: 'in',
          column,
          type: schema.type,
          values: listOf(name, field, text, resource.maxValues),
        });
      } else if (operator !== 'eq') {
        const bounds = ranges.get(field) ?? {};
        bounds[operator] = boundOf(name, field, text);
        ranges.set(field, bounds);
      } else if (isEncrypted(field)) {
        equalities.push({ field, value: comparableOf(name, field, text) });
      } else {
        conditions.push({ kind: 'in', column, type: schema.type, values: [scalarOf(name, field, text)] });
      }
    }
    for (const [{ name, column, schema }, bounds] of ranges) {
      if (('gt' in bounds && 'gte' in bounds) || ('lt' in bounds && 'lte' in bounds)) {
        throw badParameter(`${name}: two bounds on one side`);
      }
      conditions.push({ kind: 'range', column, type: schema.type, bounds });
    }
    return { conditions, equalities };
  }

  return {
    list(query) {
      const { conditions, equalities } = filters(query, LIST_OWN);
      const sort = query.get('sort');
      return {
        conditions,
        equalities,
        order: sort === undefined ? declared : readSort(sort, resource),
        size: readSize(query.get('size'), resource),
        cursor: query.get('cursor'),
      };
    },
    count: (query) => filters(query, NONE_OWN),
  };
}

/** Of an encrypted field there is a clear word; what is masked, undeclared or misspelt reads alike. */
function unknownParameter(name: string, { fields }: Resource): Refusal {
  const bracket = name.indexOf('[');
  const field = fields.get(bracket === -1 ? name : name.slice(0, bracket));
  if (field !== undefined && isEncrypted(field)) return new Refusal('encrypted_field', `${field.name}: a filter`);
  return new Refusal('malformed_parameter', 'query: a parameter that is not declared');
}

function scalarOf(name: string, { schema }: ResourceField, text: string): Scalar {
  const value = readTextOf(schema, text);
  if (value === undefined) throw badParameter(`${name}: must be ${wordsFor(schema)}`);
  return value;
}

function wordsFor({ type, oneOf }: ResourceField['schema']): string {
  if (oneOf !== null) return 'one of the declared values';
  if (type === 'date') return 'a date and time with an offset (RFC 3339)';
  if (type === 'uuid') return 'a UUID';
  if (type === 'boolean') return 'true or false';
  return type === 'integer' || type === 'number' ? `a ${type === 'integer' ? 'whole ' : ''}number` : 'a text';
}

function listOf(name: string, field: ResourceField, text: string, most: number): readonly Scalar[] {
  const parts = text.split(',');
  if (parts.length > most) throw badParameter(`${name}: at most ${most} values`);
  return [...new Set(parts.map((part) => scalarOf(name, field, part)))];
}

function boundOf(name: string, field: ResourceField, text: string): string | number {
  // A bound need not be a value that the field can have.
  const { type } = field.schema;
  const value = readTextOf({ ...field.schema, oneOf: null }, text);
  const ordered = type === 'integer' || type === 'number' || type === 'date';
  if (!ordered || typeof value === 'boolean' || value === undefined) {
    throw badParameter(`${name}: must be ${wordsFor({ ...field.schema, oneOf: null })}`);
  }
  return value;
}

/** As the vault remembers it: a value that has no such form is a mistake of the caller, not a miss. */
function comparableOf(name: string, field: EncryptedField, text: string): string {
  const value = normalise(field.encryption.lookup ?? 'exact', String(scalarOf(name, field, text)));
  if (value === undefined) throw badParameter(`${name}: must be a value that can be looked up`);
  return value;
}

function readSort(text: string, resource: Resource): readonly ListOrder[] {
  const keys = text.split(',');
  if (keys.length > MAX_SORT) throw badParameter(`sort: at most ${MAX_SORT} fields`);
  const seen = new Set<string>();
  return keys.map((key) => {
    const descending = key.startsWith('-');
    const field = descending ? key.slice(1) : key;
    const order = orderOf({ field, descending }, resource);
    if (order === undefined || seen.has(field)) throw badSort(field, resource);
    seen.add(field);
    return order;
  });
}

function orderOf({ field: name, descending }: ResourceOrder, { fields }: Resource): ListOrder | undefined {
  const field = fields.get(name);
  if (field === undefined || !isSortable(field)) return undefined;
  return { column: field.column, type: field.schema.type, descending };
}

function badSort(name: string, { fields }: Resource): Refusal {
  const field = fields.get(name);
  if (field !== undefined && isEncrypted(field)) return new Refusal('encrypted_field', `${field.name}: a sort`);
  return badParameter('sort: declared fields, each once');
}

function readSize(text: string | undefined, { page }: Resource): number {
  if (text === undefined) return page.default;
  const size = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(size <= page.max)) throw badParameter(`size: a whole number from 1 to ${page.max}`);
  return size;
}
