/**
 * What the database is like after a folder of migrations: a small machine that executes the statements which decide who
 * reads what. What it cannot know (dynamic SQL, statements that do not parse) it remembers as such.
 *
 * Supabase grants ALL on tables and functions of `public` to anon and authenticated by default privileges; row level
 * security is then all that stands before the rows.
 * https://supabase.com/docs/guides/api/securing-your-api, https://www.postgresql.org/docs/current/ddl-rowsecurity.html
 */
import type { Source, Span } from '../../source.ts';

export interface SqlPlace {
  source: Source;
  span: Span;
}

export type Privilege = 'select' | 'insert' | 'update' | 'delete';
export const PRIVILEGES = ['select', 'insert', 'update', 'delete'] as const;

export interface SqlColumn {
  name: string;
  type: string | null;
}

export interface SqlPolicy {
  name: string;
  permissive: boolean;
  command: Privilege | 'all';
  /** Lower-case; `public` is everybody. */
  roles: readonly string[];
  using: unknown;
  check: unknown;
  /** Of the expressions as they are written, where the statement has them. */
  usingPlace: SqlPlace | null;
  checkPlace: SqlPlace | null;
  place: SqlPlace;
}

export interface SqlTable {
  schema: string;
  name: string;
  kind: 'table' | 'view' | 'materialized view';
  /** Where it is created; null where only other statements name it. */
  place: SqlPlace | null;
  columns: SqlColumn[];
  rls: boolean;
  /** The last statement that switched it off. */
  switchedOff: SqlPlace | null;
  policies: Map<string, SqlPolicy>;
  /** What roles other than its owner may do. */
  grants: Map<string, Set<Privilege>>;
  /** A view that checks as its caller. */
  invoker: boolean;
  /** What a view reads, `schema.name`. */
  reads: readonly { schema: string; name: string; place: SqlPlace }[];
}

export interface SqlFunction {
  schema: string;
  name: string;
  parameters: readonly string[];
  language: string;
  definer: boolean;
  searchPath: boolean;
  returns: string;
  body: string;
  /** Of its name. */
  place: SqlPlace;
  /** Roles that may call it. */
  callers: Set<string>;
}

interface SqlBucket {
  id: string;
  isPublic: boolean;
  place: SqlPlace;
}

interface SqlRole {
  name: string;
  superuser: SqlPlace | null;
  /** A password in the text; its length only. */
  password: { place: SqlPlace; length: number; wellKnown: boolean } | null;
}

export interface SqlState {
  tables: Map<string, SqlTable>;
  functions: Map<string, SqlFunction>;
  buckets: Map<string, SqlBucket>;
  roles: Map<string, SqlRole>;
  /** `GRANT … TO PUBLIC` outside of what Supabase does. */
  toPublic: { place: SqlPlace; what: string; all: boolean }[];
  /** Default privileges of new tables and functions, by schema and role. */
  tableDefaults: Map<string, Map<string, Set<Privilege>>>;
  functionDefaults: Map<string, Set<string>>;
  /** A block of code that may switch row level security or add policies, where it could not be followed. */
  dynamic: SqlPlace | null;
}

const ALL: readonly Privilege[] = PRIVILEGES;

export function newState(supabase: boolean): SqlState {
  const everything = (): Map<string, Set<Privilege>> =>
    new Map(['anon', 'authenticated'].map((role) => [role, new Set(ALL)]));
  return {
    tables: new Map(),
    functions: new Map(),
    buckets: new Map(),
    roles: new Map(),
    toPublic: [],
    tableDefaults: new Map(
      supabase
        ? [
            ['public', everything()],
            ['storage', everything()],
          ]
        : [],
    ),
    functionDefaults: new Map(supabase ? [['public', new Set(['public', 'anon', 'authenticated'])]] : []),
    dynamic: null,
  };
}

export function keyOf(schema: string, name: string): string {
  return `${schema}.${name}`;
}

/** The table of this name; one that nothing created yet is made up, so that what is said of it is kept. */
export function tableOf(state: SqlState, schema: string, name: string): SqlTable {
  const key = keyOf(schema, name);
  const found = state.tables.get(key);
  if (found !== undefined) return found;
  const table: SqlTable = {
    schema,
    name,
    kind: 'table',
    place: null,
    columns: [],
    // Supabase's own tables have it on.
    rls: schema === 'storage' || schema === 'auth' || schema === 'realtime',
    switchedOff: null,
    policies: new Map(),
    grants: copyGrants(state.tableDefaults.get(schema)),
    invoker: false,
    reads: [],
  };
  state.tables.set(key, table);
  return table;
}

function copyGrants(of: Map<string, Set<Privilege>> | undefined): Map<string, Set<Privilege>> {
  return new Map([...(of ?? [])].map(([role, set]) => [role, new Set(set)]));
}

export function grant(
  grants: Map<string, Set<Privilege>>,
  role: string,
  list: readonly Privilege[],
  give: boolean,
): void {
  const set = grants.get(role) ?? new Set();
  for (const one of list) {
    if (give) set.add(one);
    else set.delete(one);
  }
  grants.set(role, set);
}

/** What a role of the API may do with a table by its privileges alone. */
export function mayBy(table: SqlTable, role: string): ReadonlySet<Privilege> {
  return new Set([...(table.grants.get(role) ?? []), ...(table.grants.get('public') ?? [])]);
}
