/** What the tests of queries share: a rule with every kind of field, and a counter of clauses. */
import type { BoundFilter, FieldRule, FieldType } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { QueryContext } from './context.ts';

const TYPES: Readonly<Record<string, FieldType>> = {
  name: 'text',
  'name.keyword': 'keyword',
  city: 'keyword',
  age: 'long',
  score: 'double',
  active: 'boolean',
  born: 'date',
  ip: 'ip',
  place: 'geo_point',
  notes: 'object',
  reviews: 'nested',
  'reviews.stars': 'integer',
  'reviews.author': 'keyword',
};

export const FIELDS: ReadonlyMap<string, FieldRule> = new Map<string, FieldRule>([
  ...Object.entries(TYPES).map(([name, type]): [string, FieldRule] => [name, { name, type, mask: null }]),
  ['email', { name: 'email', type: 'keyword', mask: { kind: 'email' } }],
]);

export const TENANT: BoundFilter = { kind: 'terms', field: 'tenant', type: 'keyword', values: ['t1'] };

export function contextOf(changes: Partial<QueryContext> = {}, clauses = 1000): QueryContext {
  let left = clauses;
  return {
    mode: 'strict',
    fields: FIELDS,
    filter: TENANT,
    scoring: 'constant',
    spend: (count) => {
      left -= count;
      if (left < 0) throw new Refusal('too_costly', 'clauses');
    },
    ...changes,
  };
}

export const COMPAT: Partial<QueryContext> = { mode: 'compat', fields: null };

/** The code of the refusal, or undefined where there was none. */
export function refusalOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return undefined;
}
