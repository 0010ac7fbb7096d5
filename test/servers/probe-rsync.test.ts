import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { askWatched } from './harness/asked.ts';
import { type Daemon, freePort, startDaemon, workFolder } from './harness/daemon.ts';
import { requireServer } from './harness/require-server.ts';

const binary = requireServer('rsync', ['rsync']);
const daemons: Daemon[] = [];
afterAll(async () => {
  for (const daemon of daemons) await daemon.stop();
});

async function start(modules: string): Promise<number> {
  const folder = workFolder('rsync');
  const port = await freePort();
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data', 'canary-someone@example.org.csv'), 'canary-value');
  writeFileSync(join(folder, 'secrets'), 'owner:synthetic\n', { mode: 0o600 });
  const config = `use chroot = no\nmotd file = ${folder}/motd\n${modules.replaceAll('FOLDER', folder)}`;
  writeFileSync(join(folder, 'motd'), 'Welcome\nto the canary mirror\n');
  writeFileSync(join(folder, 'rsyncd.conf'), config);
  const args = ['--daemon', '--no-detach', '--address=127.0.0.1', `--port=${port}`, `--config=${folder}/rsyncd.conf`];
  daemons.push(await startDaemon({ name: 'rsync', command: binary ?? '', args, port, folder }));
  return port;
}

const OPEN = '[backups]\n path = FOLDER/data\n comment = canary comment\n';
const LOCKED = '[vault]\n path = FOLDER/data\n auth users = owner\n secrets file = FOLDER/secrets\n';

describe.skipIf(!binary)('a real rsync daemon', () => {
  it('with an open module is readable, and no file name or comment is told', async () => {
    const port = await start(OPEN + LOCKED);
    const result = await askPort(port, 'rsync');
    expect(result).toMatchObject({ service: 'rsync', verdict: 'anonymous-read', datasets: [{ name: 'backups' }] });
    expect(result.version).toMatch(/^3\d\.\d$/);
    expect(JSON.stringify(result)).not.toContain('canary');
    // And on a port that says nothing about it.
    expect(await askPort(port)).toMatchObject({ service: 'rsync', verdict: 'anonymous-read' });
  });

  it('whose modules all want a password, or refuse this client, tells their names only', async () => {
    const port = await start(`${LOCKED}[far]\n path = FOLDER/data\n hosts allow = 192.0.2.1\n`);
    const result = await askPort(port, 'rsync');
    expect(result).toMatchObject({ verdict: 'metadata-only' });
    expect(result.datasets.map(({ name }) => name)).toContain('vault');
  });

  it('that lists nothing is secured', async () => {
    expect(await askPort(await start(`${LOCKED} list = no\n`), 'rsync')).toMatchObject({
      verdict: 'secured',
      datasets: [],
    });
  });

  it('is sent only what its grammar has', async () => {
    expect(await askWatched(await start(OPEN), 'rsync')).toMatchObject({ verdict: 'anonymous-read' });
  });
});
