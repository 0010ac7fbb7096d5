/**
 * Starts a real store for a test: on loopback, in its own temporary folder, as an unprivileged user when the test runs as
 * root (PostgreSQL and MariaDB refuse root), and stops exactly that process afterwards.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Account {
  uid: number;
  gid: number;
}

/** The first of these accounts that exists; undefined when not root (the server then runs as the caller). */
export function unprivileged(...names: string[]): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of [...names, 'nobody']) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('no unprivileged account exists');
}

/** An empty folder that belongs to `account`. */
export function workFolder(name: string, account?: Account): string {
  const folder = mkdtempSync(join(tmpdir(), `postern-${name}-`));
  chmodSync(folder, 0o755);
  if (account) chownSync(folder, account.uid, account.gid);
  return folder;
}

/** Gives a path to `account`. */
export function handOver(account: Account | undefined, ...paths: string[]): void {
  if (account) for (const path of paths) chownSync(path, account.uid, account.gid);
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A self-signed certificate for 127.0.0.1 in `folder`. */
export function certificate(folder: string, account?: Account): { key: string; cert: string } {
  const key = join(folder, 'server.key');
  const cert = join(folder, 'server.crt');
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
      .concat(['-subj', '/CN=store.example.org', '-addext', 'subjectAltName=IP:127.0.0.1'])
      .concat(['-keyout', key, '-out', cert]),
    { stdio: 'ignore' },
  );
  chmodSync(key, 0o600);
  handOver(account, key, cert);
  return { key, cert };
}

export interface Daemon {
  port: number;
  folder: string;
  stop(): Promise<void>;
}

export interface DaemonOptions {
  name: string;
  command: string;
  args: readonly string[];
  port: number;
  folder: string;
  account?: Account;
  env?: Record<string, string>;
  /** Milliseconds; 30,000 by default. */
  readyWithin?: number;
}

const READY_WITHIN = 30_000;

/** Starts the process and waits until its port accepts. The folder is removed on `stop`. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const child = spawn(options.command, options.args, {
    cwd: options.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', HOME: options.folder, LC_ALL: 'C', ...options.env },
    ...(options.account ?? {}),
  });
  let log = '';
  const keep = (chunk: Buffer) => {
    log = (log + chunk.toString('utf8')).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let exited = false;
  const exit = new Promise<void>((resolve) => {
    child.once('exit', () => {
      exited = true;
      resolve();
    });
    child.once('error', (error) => {
      exited = true;
      log += error.message;
      resolve();
    });
  });
  const stop = async () => {
    if (!exited) {
      child.kill('SIGTERM');
      const forced = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await exit;
      clearTimeout(forced);
    }
    rmSync(options.folder, { recursive: true, force: true });
  };
  const limit = Date.now() + (options.readyWithin ?? READY_WITHIN);
  while (!(await accepts(options.port))) {
    if (exited || Date.now() > limit) {
      await stop();
      throw new Error(`${options.name} did not start: ${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { port: options.port, folder: options.folder, stop };
}

async function accepts(port: number): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1');
  try {
    await Promise.race([
      once(socket, 'connect'),
      once(socket, 'error').then(([error]) => {
        throw error;
      }),
    ]);
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Debian keeps PostgreSQL's server programs out of PATH. */
export function postgresqlPrograms(): string[] {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(root, version, 'bin'));
}

/** A sub-folder that belongs to `account`. */
export function subFolder(parent: string, name: string, account?: Account, mode = 0o700): string {
  const folder = join(parent, name);
  mkdirSync(folder, { mode });
  handOver(account, folder);
  return folder;
}
