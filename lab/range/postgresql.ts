/**
 * The range's database: a real PostgreSQL, with the postgresql.conf and pg_hba.conf that the shop deployed. The cluster
 * lives in a temporary folder and goes with the range. PostgreSQL refuses to run as root; then it runs as an
 * unprivileged uid without a name, and no system user is made.
 */
import { spawn } from 'node:child_process';
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';
import type { Shop } from '../seed/shop.ts';
import { shopTables } from '../seed/tables.ts';
import { openToOthers, type PostgresqlBinaries, preparePostgresql } from './postgresql-binaries.ts';
import type { RangeSecrets } from './secrets.ts';
import { type RunningServer, type ServerStart, ServiceSkipped } from './service.ts';
import type { PostgresqlSettings } from './settings.ts';

/** `nobody` and `nogroup` on most systems; nothing depends on the name. */
const UNPRIVILEGED = 65_534;
const START_DEADLINE_MS = 15_000;
const POLL_MS = 20;
const KEPT_LOG_LINES = 40;

export interface PostgresqlCluster {
  start(start: ServerStart, settings: PostgresqlSettings): Promise<RunningServer>;
  /** Deletes the cluster; its server must be stopped. */
  remove(): Promise<void>;
}

interface Workplace {
  folder: string;
  data: string;
  binaries: PostgresqlBinaries;
  /** Set when the server runs as another user. */
  identity: { uid: number; gid: number } | undefined;
}

/**
 * Makes a cluster and fills it with the shop. Throws ServiceSkipped when PostgreSQL cannot run here.
 */
export async function createPostgresql(shop: Shop, secrets: RangeSecrets): Promise<PostgresqlCluster> {
  const identity = process.getuid?.() === 0 ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : undefined;
  if (identity && !(await openToOthers(tmpdir()))) {
    throw new ServiceSkipped(`PostgreSQL does not run as root, and ${tmpdir()} is closed to other users (set TMPDIR)`);
  }
  const folder = await mkdtemp(join(tmpdir(), 'postern-range-pg-'));
  try {
    if (identity) await chown(folder, identity.uid, identity.gid);
    const binaries = await preparePostgresql(folder, identity !== undefined);
    const place = { folder, data: join(folder, 'data'), binaries, identity };
    await initialise(place);
    await fill(place, shop, secrets);
    return {
      start: (start, settings) => startServer(place, start, settings),
      remove: () => removeFolder(folder),
    };
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

/** The range is thrown away afterwards: durability would only cost time. One process per connection is plenty. */
const FAST = ['-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'io_method=sync'];

async function initialise(place: Workplace): Promise<void> {
  const options = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const quick = ['--no-sync', '--no-instructions', '--wal-segsize=1'];
  await run(place, place.binaries.initdb, ['-D', place.data, '-U', 'postgres', '--auth=trust', ...options, ...quick]);
}

/** Fills the cluster in single-user mode: no port, and no way in for anybody, before everything is in place. */
async function fill(place: Workplace, shop: Shop, secrets: RangeSecrets): Promise<void> {
  const roles = [
    `ALTER ROLE postgres PASSWORD '${secrets.postgresSuperuser}'`,
    `CREATE ROLE shop_app LOGIN PASSWORD '${secrets.shopApp}'`,
    `CREATE ROLE guard_api LOGIN PASSWORD '${secrets.guardApi}'`,
    'CREATE DATABASE shop OWNER shop_app',
  ];
  await single(place, 'postgres', roles);
  const statements: string[] = [];
  for (const table of shopTables(shop)) {
    const file = join(place.folder, `${table.name}.csv`);
    await writeFile(file, table.csv, { mode: 0o600 });
    if (place.identity) await chown(file, place.identity.uid, place.identity.gid);
    statements.push(
      `CREATE TABLE ${table.name} (${table.columns})`,
      `COPY ${table.name} FROM '${file.replaceAll('\\', '/').replaceAll("'", "''")}' (FORMAT csv)`,
      `ALTER TABLE ${table.name} OWNER TO shop_app`,
    );
  }
  // Empty: filled by the shop's own API, when there is one. `text` where values are encrypted.
  statements.push(
    'CREATE TABLE addresses (id uuid PRIMARY KEY, customer text NOT NULL, customer_ref text, label text NOT NULL, city text, street text, phone text)',
    'GRANT SELECT, INSERT, UPDATE, DELETE ON addresses TO guard_api',
  );
  // Counts of what was just inserted must be on record before ANALYZE, or they are added to its own.
  await single(place, 'shop', [...statements, 'SELECT pg_stat_force_next_flush()', 'ANALYZE']);
}

/** Single-user mode with `-j`: a statement ends with a semicolon and an empty line. */
async function single(place: Workplace, database: string, statements: readonly string[]): Promise<void> {
  const script = statements.map((statement) => `${statement};\n\n`).join('');
  const args = ['--single', '-j', '-D', place.data, ...FAST, '-c', 'log_checkpoints=off', database];
  const log = await run(place, place.binaries.postgres, args, script);
  // Single-user mode ends with 0 whatever became of the statements.
  const failed = failureIn(log);
  if (failed !== undefined) throw new ServiceSkipped(`PostgreSQL could not be filled: ${failed}`);
}

async function run(place: Workplace, command: string, args: readonly string[], input = ''): Promise<string> {
  const child = spawn(command, args, {
    ...place.identity,
    cwd: place.folder,
    env: environment(),
    stdio: ['pipe', 'ignore', 'pipe'],
    windowsHide: true,
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  child.stdin.on('error', () => {}); // A program that ends early says why on stderr.
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (cause) => reject(new ServiceSkipped(`PostgreSQL cannot be run: ${cause.message}`, { cause })));
    child.once('close', resolve);
  });
  if (code !== 0) {
    const reason = failureIn(log) ?? log.trim().split('\n').at(-1) ?? '';
    throw new ServiceSkipped(`PostgreSQL cannot be set up (exit code ${code}): ${reason}`);
  }
  return log;
}

const INHERITED = ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'TZ', 'SYSTEMROOT'];

/** Messages in English, whatever the user's language, and nothing of the user's own that a server does not need. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => INHERITED.includes(name.toUpperCase()));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}

function failureIn(log: string): string | undefined {
  return /(?:FATAL|PANIC|ERROR|error):\s+(.*)/.exec(log)?.[1];
}

async function startServer(place: Workplace, start: ServerStart, settings: PostgresqlSettings): Promise<RunningServer> {
  await deploy(place, 'postgresql.conf', settings.configuration);
  await deploy(place, 'pg_hba.conf', settings.hostBasedAuthentication);
  const overrides = [
    `listen_addresses=${start.listen.join(',')}`,
    `port=${start.port}`,
    'unix_socket_directories=',
    'logging_collector=off',
    'log_destination=stderr',
  ].flatMap((setting) => ['-c', setting]);
  const task = {
    command: place.binaries.postgres,
    args: ['-D', place.data, ...FAST, ...overrides],
    cwd: place.folder,
    ...place.identity,
    remove: place.folder,
  };
  const keeper = spawn(process.execPath, [join(packageRoot(), 'lab', 'range', 'keeper.js'), JSON.stringify(task)], {
    // The server inherits it from the keeper: arguments are seen by every user of the machine.
    env: environment(),
    stdio: ['pipe', 'ignore', 'pipe'],
    windowsHide: true,
  });
  const lines: string[] = [];
  keeper.stderr.setEncoding('utf8').on('data', (text: string) => {
    lines.push(...text.split('\n').filter((line) => line !== ''));
    lines.splice(0, Math.max(0, lines.length - KEPT_LOG_LINES));
  });
  keeper.stdin.on('error', () => {});
  const ended = new Promise<void>((resolve) => {
    keeper.once('error', () => resolve());
    keeper.once('close', () => resolve());
  });
  async function stop(): Promise<void> {
    keeper.stdin.write('stop\n');
    await ended;
  }
  if (!(await ready(place, ended))) {
    await stop();
    throw new ServiceSkipped(`PostgreSQL did not start: ${lastWords(lines)}`);
  }
  return { stop };
}

/** The cause is often one line before the line that says that it is over. */
function lastWords(lines: readonly string[]): string {
  const messages = lines.flatMap((line) => /(?:LOG|ERROR|FATAL|PANIC):\s+(.*)/.exec(line)?.[1] ?? []);
  return messages.slice(-2).join('; ') || 'it gave no reason in time';
}

async function deploy(place: Workplace, name: string, text: string): Promise<void> {
  const path = join(place.data, name);
  await writeFile(path, text, { mode: 0o600 });
  if (place.identity) await chown(path, place.identity.uid, place.identity.gid);
}

/** As pg_ctl does: line 8 of postmaster.pid says `ready` once connections are taken. */
async function ready(place: Workplace, ended: Promise<void>): Promise<boolean> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const deadline = Date.now() + START_DEADLINE_MS;
  while (!over && Date.now() < deadline) {
    const lines = await readFile(join(place.data, 'postmaster.pid'), 'utf8').catch(() => '');
    if (lines.split('\n')[7]?.trim() === 'ready') return true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return false;
}

function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
