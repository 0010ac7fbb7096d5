/** The answer to an introspection query, in any shape: names of types and fields, nothing else. */
import { at, isRecord, text } from '../../json.ts';
import { fieldName } from '../../names.ts';

const MOST_TYPES = 2_000;
const MOST_FIELDS = 500;

export interface SchemaType {
  name: string;
  fields: readonly string[];
}

export interface Schema {
  queries: readonly string[];
  mutations: readonly string[];
  /** Object types that are neither roots nor GraphQL's own. */
  types: readonly SchemaType[];
}

/** `undefined` when the body holds no schema. */
export function readSchema(body: unknown): Schema | undefined {
  const schema = at(body, 'data', '__schema');
  const list = at(schema, 'types');
  if (!isRecord(schema) || !Array.isArray(list)) return undefined;
  const roots = ['queryType', 'mutationType', 'subscriptionType'].map((root) => text(at(schema, root, 'name')));
  const types: SchemaType[] = [];
  const own = new Map<string, string[]>();
  for (const one of list.slice(0, MOST_TYPES)) {
    const name = text(at(one, 'name'));
    const fields = at(one, 'fields');
    if (name === undefined || !isName(name) || !Array.isArray(fields)) continue;
    const kind = text(at(one, 'kind'));
    const names = fields
      .slice(0, MOST_FIELDS)
      .flatMap((field) => text(at(field, 'name')) ?? [])
      .filter(isName);
    own.set(name, names);
    if (!name.startsWith('__') && !roots.includes(name) && (kind === undefined || kind === 'OBJECT')) {
      types.push({ name, fields: names.map(fieldName) });
    }
  }
  return { queries: own.get(roots[0] ?? '') ?? [], mutations: own.get(roots[1] ?? '') ?? [], types };
}

/** A name of the GraphQL specification (section 2.1.9). */
function isName(name: string): boolean {
  return /^[_A-Za-z]\w{0,127}$/.test(name);
}

/** Messages and codes of an answer's errors, in lower case, for recognising refusals. */
export function errorText(body: unknown): string {
  const errors = at(body, 'errors');
  if (!Array.isArray(errors)) return '';
  return errors
    .slice(0, 5)
    .map((one) => `${text(at(one, 'message')) ?? ''} ${text(at(one, 'extensions', 'code')) ?? ''}`)
    .join(' ')
    .toLowerCase()
    .slice(0, 2_000);
}
