/**
 * SQL of PostgreSQL: migrations of a Supabase project, or of any other application. Statements are split here and parsed
 * one by one by PostgreSQL's own parser (libpg-query), so that one that it does not know costs only itself. The files of
 * a folder are executed in the order of their names on a small model of the database (`state.ts`, `apply.ts`), and
 * policies are evaluated (`evaluate.ts`, `access.ts`).
 *
 * A project is Supabase's when its folder, or a name that only Supabase has, says so: `auth.uid()`, the roles `anon`,
 * `authenticated` and `service_role`, `storage.buckets`.
 */
import { basename, dirname, join } from 'node:path/posix';
import type { Skip } from '../../../core/skip.ts';
import type { DatasetFact } from '../../facts.ts';
import type { Assembly, Format, ReadFile, SettingView, Siblings } from '../../model.ts';
import { isWellKnown } from '../../rules/passwords.ts';
import type { Source } from '../../source.ts';
import { type Judge, tableAnswer } from './access.ts';
import { apply } from './apply.ts';
import { type SplitStatement, skipQuoted, split } from './split.ts';
import { newState, type SqlFunction, type SqlPlace, type SqlState } from './state.ts';
import { body, isTree, kindOf, listOf, names, text } from './tree.ts';

interface ParsedStatement {
  statement: SplitStatement;
  tree: unknown;
}

/** What a folder of files makes of a database. */
export interface SqlProject {
  supabase: boolean;
  state: SqlState;
  judge: Judge;
  /** Schemas that the API serves. */
  exposed: ReadonlySet<string>;
  /** Something that decides was not understood: absence proves nothing. */
  complete: boolean;
  /** Files whose order their names tell. */
  ordered: boolean;
}

export interface SupabaseSqlDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
  statements: readonly ParsedStatement[];
  /** Of the folder: on its first file only, which stands for all. */
  project: SqlProject | null;
}

const HEAD = 262_144;
const MAX_STATEMENT = 400_000;
/** What changes who reads what, by its first words; data and queries need no parser. */
const DECIDES =
  /^(?:create (?:or replace )?(?:(?:global |local )?(?:temp|temporary) |unlogged |recursive |constraint )*(?:table|policy|view|materialized view|function|role|user|foreign table)\b|alter (?:table|policy|view|materialized view|role|user|default privileges|function)\b|drop (?:table|policy|view|materialized view|function|schema)\b|grant\b|revoke\b|insert into "?storage|update "?storage|set (?:local |session )?search_path|do\b)/;
const MARKS =
  /\bauth\s{0,3}\.\s{0,3}(?:uid|role|jwt|users)\b|"auth"\."(?:uid|users)"|\bstorage\.(?:buckets|objects)\b|\bto\s{1,5}"?(?:anon|authenticated|service_role)\b|\bsupabase_/i;
/** Dialects whose text the parser would not take. */
const FOREIGN =
  /\bengine\s{0,5}=\s{0,5}(?:innodb|myisam)|\bauto_?increment\b|^\s{0,20}go\s{0,5}$|\bcreate table (?:if not exists )?[`[]|\bnvarchar\b|\bvarchar2\b|\bpragma\s/im;

let parser: typeof import('libpg-query') | undefined;

export const supabaseSqlFormat: Format<'supabase-sql'> = {
  name: 'supabase-sql',
  title: 'Supabase and PostgreSQL migrations (row level security, grants)',
  recognises(path, sql) {
    if (!/\.(?:sql|pgsql|psql)$/i.test(path)) return false;
    const head = sql.slice(0, HEAD);
    return (
      /\b(?:create|alter|grant|revoke|drop|insert)\s{1,20}\w/i.test(head) &&
      (MARKS.test(head) || !FOREIGN.test(head)) &&
      /;/.test(head)
    );
  },
  async prepare() {
    if (parser !== undefined) return;
    const loaded = await import('libpg-query');
    await loaded.loadModule();
    parser = loaded;
  },
  read(source) {
    const skips: Skip[] = [];
    const statements = parseAll(source, (statement, reason) => {
      const { line } = source.position(statement.start);
      if (skips.length < 10)
        skips.push({ subject: `${source.path}:${line}`, code: 'SQL_SYNTAX', reason, severity: 'incomplete' });
    });
    const complete = skips.length === 0;
    return { document: { complete, statements, project: null }, status: complete ? 'read' : 'partial', skips };
  },
  assemble,
  *settings({ statements }) {
    const seen = new Map<string, number>();
    for (const { statement, tree } of statements) {
      for (const view of settingsOf(statement, tree)) {
        const count = (seen.get(view.pointer) ?? 0) + 1;
        seen.set(view.pointer, count);
        yield count > 1 ? { ...view, pointer: `${view.pointer} #${count}` } : view;
      }
    }
  },
  facts({ document }) {
    const { project } = document;
    if (project === null) return {};
    const datasets = [...project.state.tables.values()].flatMap((table): DatasetFact[] => {
      if (table.place === null) return [];
      const place = { source: table.place.source, span: table.place.span, pointer: `${table.schema}.${table.name}` };
      return [
        {
          store: project.supabase ? 'supabase' : 'postgresql',
          name: place.pointer,
          fields: table.columns,
          open: openTo(project, table),
          place,
        },
      ];
    });
    return { datasets: datasets.slice(0, 5000) };
  },
};

/** Whether a stranger with the app's key reads it. */
function openTo(project: SqlProject, table: Parameters<typeof tableAnswer>[0]): DatasetFact['open'] {
  if (!project.supabase) return null;
  if (!project.exposed.has(table.schema)) return 'closed';
  if (table.kind !== 'table') return 'unknown';
  const { answer, because } = tableAnswer(table, 'anon', 'select', project.judge);
  if (answer === 'yes' || answer === 'can') return project.complete ? 'open' : 'unknown';
  return because.has('unknown') ? 'unknown' : 'closed';
}

function parseOne(sql: string): unknown {
  try {
    return listOf(parser?.parseSync(sql).stmts).map((one) => (isTree(one) ? one.stmt : undefined))[0];
  } catch {
    // A syntax error, or nested deeper than the parser holds.
    return undefined;
  }
}

function parseAll(source: Source, fail: (statement: SplitStatement, reason: string) => void): ParsedStatement[] {
  const sql = source.text;
  const end = downAt(sql);
  const found: ParsedStatement[] = [];
  for (const statement of split(sql, 0, end)) {
    if (!DECIDES.test(statement.head)) continue;
    if (statement.end - statement.start > MAX_STATEMENT) {
      fail(statement, 'too long a statement');
      continue;
    }
    const tree = parser === undefined ? undefined : parseOne(sql.slice(statement.start, statement.end));
    if (tree === undefined)
      fail(
        statement,
        parser === undefined ? 'its parser is not loaded' : 'not a statement that PostgreSQL understands',
      );
    else if (kindOf(tree) === 'DoStmt') found.push({ statement, tree }, ...insideOf(sql, statement));
    else found.push({ statement, tree });
  }
  return found;
}

/** Where the half of a migration begins that takes it back (goose, dbmate). */
function downAt(sql: string): number {
  const at = sql.search(/^--\s{0,5}(?:\+goose down|migrate:down)\b/im);
  return at < 0 ? sql.length : at;
}

/** Statements that stand as they are in a `DO` block: between BEGIN, THEN, ELSE, LOOP and `;`. */
function insideOf(sql: string, block: SplitStatement): ParsedStatement[] {
  const open = sql.indexOf('$', block.start);
  const stop = open < 0 ? open : skipQuoted(sql, open);
  if (open < 0 || stop <= open + 2) return [];
  const tag = sql.indexOf('$', open + 1) + 1;
  const end = Math.max(tag, stop - (tag - open));
  const found: ParsedStatement[] = [];
  for (const part of split(sql, tag, end)) {
    // What stands before the first word of the statement itself: BEGIN, IF … THEN.
    const match =
      /\b(?:create\s+policy|alter\s+table|drop\s+policy|alter\s+policy|create\s+table|grant|revoke)\b/i.exec(
        sql.slice(part.start, Math.min(part.end, part.start + 5000)),
      );
    if (match === null || /\b(?:execute|raise|perform)\b/i.test(sql.slice(part.start, part.start + match.index)))
      continue;
    const start = part.start + match.index;
    const tree = parseOne(sql.slice(start, part.end));
    if (tree !== undefined) found.push({ statement: { start, end: part.end, head: '' }, tree });
  }
  return found;
}

/** Files of one folder are one database; `supabase/schemas` says the same as the migrations beside it. */
function assemble(files: readonly ReadFile<'supabase-sql'>[], siblings: Siblings): Assembly<'supabase-sql'> {
  const folders = new Map<string, ReadFile<'supabase-sql'>[]>();
  for (const file of files) {
    const folder = folderOf(file.source.path);
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  for (const [folder, group] of folders) {
    group.sort((a, b) => (a.source.path < b.source.path ? -1 : 1));
    const [first] = group;
    if (first !== undefined) Object.assign(first.document, { project: projectOf(folder, group, siblings) });
  }
  return { files, skips: [] };
}

/** Seeds run after the migrations beside them; Prisma and others have a folder for each migration. */
function folderOf(path: string): string {
  const folder = dirname(path);
  const migrations = /^(.*?(?:^|\/)migrations?)(?:\/|$)/.exec(folder)?.[1];
  if (migrations !== undefined) return migrations;
  return basename(path) === 'seed.sql' && /(?:^|\/)supabase$/.test(folder) ? join(folder, 'migrations') : folder;
}

function projectOf(folder: string, group: readonly ReadFile<'supabase-sql'>[], siblings: Siblings): SqlProject {
  const up = group.filter(
    ({ source }) => !/(?:^|[._/-])(?:down|rollback|revert|undo)(?:[._-][^/]*)?\.sql$/i.test(source.path),
  );
  const config = configOf(folder, siblings);
  const supabase =
    config !== null ||
    /(?:^|\/)supabase(?:\/|$)/.test(folder) ||
    up.some(({ source }) => MARKS.test(source.text.slice(0, 2_000_000)));
  const state = newState(supabase);
  let complete = true;
  for (const { source, document } of up) {
    complete &&= document.complete;
    let schema = 'public';
    for (const { statement, tree } of document.statements) {
      if (kindOf(tree) === 'DoStmt') remember(state, source, statement);
      else schema = apply(tree, { state, source, statement, schema, wellKnown: isWellKnown }) ?? schema;
    }
  }
  const bodies = new Map<SqlFunction, unknown>();
  const bodyOf = (found: SqlFunction): unknown => {
    if (!bodies.has(found)) bodies.set(found, expressionOf(found));
    return bodies.get(found);
  };
  return {
    supabase,
    state,
    judge: { functions: state.functions, bodyOf },
    exposed: config ?? new Set(['public', 'graphql_public']),
    complete: complete && state.dynamic === null,
    ordered:
      group.length === 1 ||
      group.filter(({ source }) => /(?:^|\/)[vV]?\d+[^/]*(?:\/[^/]+)?$/.test(source.path)).length * 2 > group.length,
  };
}

/** Code that builds statements at run time. */
function remember(state: SqlState, source: Source, statement: SplitStatement): void {
  const code = source.text.slice(statement.start, Math.min(statement.end, statement.start + 200_000));
  if (!/\bexecute\b/i.test(code) || !/row\s{1,5}level\s{1,5}security|\bpolicy\b/i.test(code)) return;
  const newline = source.text.indexOf('\n', statement.start);
  const end = newline < 0 || newline > statement.end ? statement.end : newline;
  const place: SqlPlace = { source, span: { start: statement.start, end } };
  state.dynamic ??= place;
}

/** The schemas of `[api]`, as far as one line tells; null without the file. */
function configOf(folder: string, siblings: Siblings): ReadonlySet<string> | null {
  for (const path of [
    join(folder, '../config.toml'),
    join(folder, 'config.toml'),
    join(folder, 'supabase/config.toml'),
  ]) {
    const toml = path.startsWith('..') ? null : siblings.text(path);
    if (toml === null || !/^\s{0,10}\[(?:api|auth|db)\]/m.test(toml)) continue;
    const api = /^\[api\][^\n]*\n(?:(?!\[)[^\n]*\n){0,60}?[ \t]*schemas[ \t]*=[ \t]*\[([^\]\n]{0,500})\]/m.exec(
      toml,
    )?.[1];
    const named = (api ?? '')
      .split(',')
      .map((one) => one.trim().replace(/^["']|["']$/g, ''))
      .filter((one) => one !== '');
    // An empty list serves the defaults: the CLI of Supabase adds what is missing, and its template once said so.
    return new Set(named.length === 0 ? ['public', 'graphql_public'] : named);
  }
  return null;
}

/** A function in SQL that is one expression: `select …`. */
function expressionOf(found: SqlFunction): unknown {
  if (found.language !== 'sql' || found.body.length > 20_000) return undefined;
  const parts = split(found.body);
  const [only] = parts;
  if (only === undefined || parts.length > 1) return undefined;
  const select = body(parseOne(found.body.slice(only.start, only.end)), 'SelectStmt');
  if (select === null) return undefined;
  if (listOf(select.fromClause).length > 0 || select.whereClause !== undefined) {
    return { SubLink: { subLinkType: 'EXPR_SUBLINK', subselect: { SelectStmt: select } } };
  }
  return body(listOf(select.targetList)[0], 'ResTarget')?.val;
}

function* settingsOf(statement: SplitStatement, tree: unknown): Generator<SettingView> {
  const kind = kindOf(tree);
  const found = body(tree, kind);
  const relation = found === null ? null : [found.relation, found.table, found.view].find(isTree);
  if (found === null || relation === undefined || relation === null) return;
  const name = [text(relation.schemaname), text(relation.relname)].filter((part) => part !== '').join('.');
  const span = { start: statement.start, end: statement.end };
  if (kind === 'CreatePolicyStmt') {
    const roles = listOf(found.roles).map((one) => text(body(one, 'RoleSpec')?.rolename) || 'public');
    yield {
      pointer: `${name} policy ${text(found.policy_name)}`,
      values: roles.filter((role) => role !== 'public'),
      span,
    };
  } else if (kind === 'AlterTableStmt') {
    for (const one of listOf(found.cmds)) {
      const subtype = text(body(one, 'AlterTableCmd')?.subtype);
      if (/RowSecurity$/.test(subtype)) yield { pointer: `${name} ${subtype.slice(3)}`, values: [], span };
    }
  } else if (kind === 'CreateStmt') {
    yield { pointer: `${name} table`, values: names([]), span };
  }
}
