/**
 * What a statement may look like, said a second time on purpose: this file knows nothing of the printer. It reads the
 * text word by word, so that anything which is not one of these words, a declared name or a parameter is an error.
 */
import type { Resource } from '../../../contract/resource.ts';
import type { SqlStatement } from '../../../contract/sql.ts';

const TOKEN =
  /\s+|"(?:[^"]|"")*"|\$\d+|::[a-z]+(?:\[\])?|'\{\}'|[a-z_]+(?:\.[a-z_]+)*\.?|[A-Z]+|[0-9]+|<=|>=|[=<>(),.*/]/y;

const WORDS: ReadonlySet<string> = new Set(
  (
    'SELECT FROM AS WHERE AND OR NOT IS TRUE FALSE NULL ANY EXISTS COLLATE ORDER BY ASC DESC NULLS LAST LIMIT INSERT INTO VALUES ON ' +
    'CONFLICT DO NOTHING RETURNING UPDATE SET DELETE CASE WHEN THEN ELSE END ' +
    't t. t.xmin d d. item item.value value count pg_catalog.row_to_json pg_catalog.to_jsonb pg_catalog.unnest 0 1'
  ).split(' '),
);
const CASTS: ReadonlySet<string> = new Set(
  ['text', 'bigint', 'numeric', 'boolean', 'timestamptz', 'uuid', 'jsonb', 'xid'].flatMap((type) => [
    `::${type}`,
    `::${type}[]`,
  ]),
);

/** @throws Error naming what is wrong, with the text */
export function checkGrammar({ text, values, access }: SqlStatement, resource: Resource, owner: string): void {
  const fail = (what: string): never => {
    throw new Error(`${what}: ${text}`);
  };
  const names = namesOf(resource);
  const tokens = tokensOf(text) ?? fail('a character of no token');
  const used = new Set<number>();
  for (const token of tokens) {
    if (token.startsWith('"')) {
      if (!names.has(token)) fail(`an undeclared name ${token}`);
    } else if (token.startsWith('$')) used.add(Number(token.slice(1)));
    else if (token.startsWith('::')) {
      if (!CASTS.has(token)) fail(`an unknown cast ${token}`);
    } else if (/^[A-Za-z0-9_]/.test(token) && !WORDS.has(token)) fail(`an unknown word ${token}`);
  }
  if (used.size !== values.length || Math.max(0, ...used) !== values.length) fail('parameters and values do not fit');
  if (tokens.filter((token) => ['SELECT', 'INSERT', 'UPDATE', 'DELETE'].includes(token))[0] !== tokens[0])
    fail('order');
  const writes = tokens[0] !== 'SELECT';
  if (writes !== (access === 'write')) fail('access');
  const clause = tokens[0] === 'INSERT' ? checked(tokens) : whereOf(tokens);
  const own = conjuncts(clause ?? fail('no clause')).some((each) => {
    const [t, column, equal, parameter = '', cast] = each;
    const value = values[Number(parameter.slice(1)) - 1];
    return (
      each.length === 5 &&
      t === 't.' &&
      column === '"customer"' &&
      equal === '=' &&
      cast === '::text' &&
      value === owner
    );
  });
  if (!own) fail('the owner is not compared');
}

function tokensOf(text: string): string[] | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    const [token] = TOKEN.exec(text) ?? [];
    if (token === undefined) return undefined;
    if (token.trim() !== '') tokens.push(token);
  }
  return tokens;
}

function namesOf({ namespace, source, id, fields, owner }: Resource): ReadonlySet<string> {
  const names = [namespace, source, id.column, owner?.column, 'deleted', 'C', ...fields.keys()];
  return new Set(names.filter((name) => name !== undefined && name !== null).map((name) => `"${name}"`));
}

/** The words of the only WHERE at the outermost level, up to what follows it there. */
function whereOf(tokens: readonly string[]): string[] | undefined {
  let depth = 0;
  let clause: string[] | undefined;
  for (const token of tokens) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (depth === 0 && token === 'WHERE') clause = [];
    else if (depth === 0 && ['ORDER', 'LIMIT', 'RETURNING'].includes(token) && clause !== undefined) return clause;
    else clause?.push(token);
  }
  return clause;
}

/** Of an insertion: `1 / (CASE WHEN <this> THEN 1 ELSE 0 END)`, the last thing that it returns. */
function checked(tokens: readonly string[]): string[] | undefined {
  const start = tokens.lastIndexOf('CASE');
  const before = tokens.slice(start - 4, start + 2).join(' ');
  const end = tokens.lastIndexOf('THEN');
  if (before !== ', 1 / ( CASE WHEN' || tokens.slice(end).join(' ') !== 'THEN 1 ELSE 0 END )') return undefined;
  return tokens.slice(start + 2, end);
}

/** What must all be true: split at AND, through parentheses that stand around a whole part. */
function conjuncts(clause: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  let depth = 0;
  for (const token of clause) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (depth === 0 && token === 'OR') return [[...clause]];
    if (depth === 0 && token === 'AND') parts.push([]);
    else parts.at(-1)?.push(token);
  }
  const only = parts[0] ?? [];
  if (parts.length === 1) return isWrapped(only) ? conjuncts(only.slice(1, -1)) : parts;
  return parts.flatMap(conjuncts);
}

function isWrapped(tokens: readonly string[]): boolean {
  if (tokens[0] !== '(') return false;
  let depth = 0;
  return tokens.every((token, at) => {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    return depth > 0 || at === tokens.length - 1;
  });
}
