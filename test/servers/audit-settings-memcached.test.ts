/** What the rules of memcached.conf claim, asked of the server itself: started with an option and without it. */
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  certificate,
  type Daemon,
  freePort,
  handOver,
  startDaemon,
  unprivileged,
  workFolder,
} from './harness/daemon.ts';
import { requireServer } from './harness/require-server.ts';

const binary = requireServer('memcached', ['memcached']);
const account = binary ? unprivileged('memcache') : undefined;
const daemons: Daemon[] = [];

afterEach(async () => {
  for (const daemon of daemons.splice(0)) await daemon.stop();
});

interface Started {
  port: number;
  folder: string;
}

async function start(options: readonly string[], prepare: (folder: string) => void = () => {}): Promise<Started> {
  const folder = workFolder('memcached', account);
  prepare(folder);
  const port = await freePort();
  const args = ['-p', String(port), '-m', '16', '-t', '1', '-P', join(folder, 'pid'), ...options];
  const filled = args.map((arg) => arg.replaceAll('FOLDER', folder).replaceAll('PORT', String(port)));
  daemons.push(
    await startDaemon({
      name: 'memcached',
      command: binary ?? '',
      args: filled,
      port,
      folder,
      env: { SASL_CONF_PATH: folder },
      ...(account ? { account } : {}),
    }),
  );
  return { port, folder };
}

function ask(port: number, text: string, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, host, () => socket.write(`${text}\r\nquit\r\n`));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    // Without a login it does not even take `quit`.
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('error', reject).on('close', () => resolve(answer));
  });
}

/** What comes back over UDP within half a second. */
function askUdp(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    let answer = '';
    socket.on('message', (message) => {
      answer += message.toString('latin1');
    });
    socket.on('error', () => {});
    socket.send(Buffer.concat([Buffer.from([0, 1, 0, 0, 0, 1, 0, 0]), Buffer.from('version\r\n')]), port, '127.0.0.1');
    setTimeout(() => socket.close(() => resolve(answer)), 500);
  });
}

const address = execFileSync('hostname', ['-I'], { encoding: 'utf8' })
  .split(/\s+/)
  .find((one) => /^\d+(?:\.\d+){3}$/.test(one));

describe.skipIf(!binary)('a real memcached', () => {
  // audit/memcached-listens-everywhere
  it.skipIf(address === undefined)('listens on every address without -l, and on loopback with it', async () => {
    const { port } = await start([]);
    expect(await ask(port, 'set a 0 0 1\r\nx', address)).toContain('STORED');
    const near = await start(['-l', '127.0.0.1']);
    await expect(ask(near.port, 'version', address)).rejects.toThrow(/ECONNREFUSED/);
    const wide = await start(['-l', '127.0.0.1,0.0.0.0']).catch(() => null);
    if (wide) expect(await ask(wide.port, 'version', address)).toContain('VERSION');
  });

  // audit/memcached-udp
  it('answers over UDP with -U only', async () => {
    const { port } = await start(['-l', '127.0.0.1']);
    expect(await askUdp(port)).toBe('');
    const udp = await start(['-l', '127.0.0.1', '-U', 'PORT']);
    expect(await askUdp(udp.port)).toContain('VERSION');
  });

  // audit/memcached-without-login
  it('asks for a login with -S or -Y, and nobody without', async () => {
    const open = await start(['-l', '127.0.0.1']);
    expect(await ask(open.port, 'set a 0 0 1\r\nx')).toContain('STORED');
    const file = (folder: string) => {
      writeFileSync(join(folder, 'auth'), 'example:synthetic\n');
      handOver(account, join(folder, 'auth'));
    };
    const accounts = await start(['-l', '127.0.0.1', '-Y', 'FOLDER/auth'], file);
    expect(await ask(accounts.port, 'get a')).toContain('CLIENT_ERROR unauthenticated');
    const sasl = await start(['-l', '127.0.0.1', '-S'], (folder) =>
      writeFileSync(join(folder, 'memcached.conf'), 'mech_list: plain\n'),
    );
    expect(await ask(sasl.port, 'get a').catch(() => '')).not.toContain('END');
  });

  // audit/memcached-runs-as-root
  it('keeps the rights of -u', async () => {
    if (process.getuid?.() !== 0) return;
    const folder = workFolder('memcached');
    chmodSync(folder, 0o777);
    const port = await freePort();
    const owner = async (user: string) => {
      const pid = join(folder, `${user}.pid`);
      const args = ['-l', '127.0.0.1', '-p', String(port), '-u', user, '-P', pid];
      const daemon = await startDaemon({
        name: 'memcached',
        command: binary ?? '',
        args,
        port,
        folder: workFolder('memcached'),
      });
      const status = readFileSync(`/proc/${readFileSync(pid, 'utf8').trim()}/status`, 'utf8');
      await daemon.stop();
      return /^Uid:\s+(\d+)/m.exec(status)?.[1];
    };
    expect(await owner('root')).toBe('0');
    expect(await owner('nobody')).not.toBe('0');
  });

  // audit/memcached-without-tls
  it('encrypts with -Z and a certificate only', async () => {
    const make = (folder: string) => {
      certificate(folder, account);
    };
    const clear = await start(['-l', '127.0.0.1']);
    expect(overTls(clear.port)).not.toContain('VERSION');
    const tls = await start(
      ['-l', '127.0.0.1', '-Z', '-o', 'ssl_chain_cert=FOLDER/server.crt,ssl_key=FOLDER/server.key'],
      make,
    ).catch((error: Error) => error);
    // Builds without TLS say so and stop.
    if (tls instanceof Error) expect(tls.message).toMatch(/SSL|TLS|Illegal|invalid/i);
    else expect(overTls(tls.port)).toContain('VERSION');
  });
});

function overTls(port: number): string {
  try {
    return execFileSync('openssl', ['s_client', '-quiet', '-connect', `127.0.0.1:${port}`], {
      input: 'version\r\nquit\r\n',
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: 10_000,
    });
  } catch {
    return '';
  }
}
