import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askWatched } from './harness/asked.ts';
import { type Daemon, freePort, startDaemon, workFolder } from './harness/daemon.ts';
import { requireServer } from './harness/require-server.ts';

const smbd = requireServer('samba', ['smbd']);
const daemons: Daemon[] = [];
afterAll(async () => {
  for (const daemon of daemons) await daemon.stop();
});

async function start(lines: readonly string[], shares: string): Promise<number> {
  const folder = workFolder('samba');
  const port = await freePort();
  for (const name of ['data', 'private', 'state', 'cache', 'lock', 'pid', 'ncalrpc', 'logs'])
    mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'data', 'canary-someone@example.org.txt'), 'canary-value');
  const config = [
    '[global]',
    `smb ports = ${port}`,
    'interfaces = 127.0.0.1',
    'bind interfaces only = yes',
    'disable netbios = yes',
    'load printers = no',
    'server role = standalone server',
    `private dir = ${folder}/private`,
    `state directory = ${folder}/state`,
    `cache directory = ${folder}/cache`,
    `lock directory = ${folder}/lock`,
    `pid directory = ${folder}/pid`,
    `ncalrpc dir = ${folder}/ncalrpc`,
    `log file = ${folder}/logs/log`,
    ...lines,
    shares.replaceAll('FOLDER', folder),
  ];
  writeFileSync(join(folder, 'smb.conf'), `${config.join('\n')}\n`);
  const args = ['--foreground', `--configfile=${folder}/smb.conf`];
  daemons.push(await startDaemon({ name: 'smbd', command: smbd ?? '', args, port, folder }));
  return port;
}

const GUESTS = ['map to guest = Bad User', 'guest account = nobody'];
const READ = '[public]\npath = FOLDER/data\nguest ok = yes\nread only = yes\ncomment = canary comment\n';
const WRITE = '[drop]\npath = FOLDER/data\nguest ok = yes\nread only = no\n';
const CLOSED = '[vault]\npath = FOLDER/data\nguest ok = no\n';

// smbd changes its user for each client and starts as root only.
describe.skipIf(!smbd || process.getuid?.() !== 0)('a real Samba', () => {
  it('with a share for guests is readable', async () => {
    const result = await askWatched(await start(GUESTS, READ + CLOSED), 'smb');
    expect(result, result.reason).toMatchObject({
      verdict: 'anonymous-read',
      version: '3.0.2',
      datasets: [{ name: 'public' }],
    });
    expect(JSON.stringify(result)).not.toContain('canary');
  });

  it('with a share that guests may change is writable, told without writing', async () => {
    const result = await askWatched(await start(GUESTS, READ + WRITE), 'smb');
    expect(result, result.reason).toMatchObject({ verdict: 'anonymous-write' });
    expect(result.datasets.map(({ name }) => name).sort()).toEqual(['drop', 'public']);
  });

  it('without shares for guests tells their names only', async () => {
    expect(await askWatched(await start(GUESTS, CLOSED), 'smb')).toMatchObject({
      verdict: 'metadata-only',
      datasets: [],
    });
  });

  it('that restricts nobody is secured', async () => {
    expect(
      await askWatched(await start(['restrict anonymous = 2', 'map to guest = Never'], CLOSED), 'smb'),
    ).toMatchObject({ verdict: 'secured', datasets: [] });
  });
});
