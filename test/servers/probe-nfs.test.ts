import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askWatched } from './harness/asked.ts';
import { type Daemon, freePort, startDaemon, workFolder } from './harness/daemon.ts';
import { requireServer } from './harness/require-server.ts';
import { until } from './harness/search.ts';

const ganesha = requireServer('nfs-ganesha', ['ganesha.nfsd']);
const daemons: Daemon[] = [];
afterAll(async () => {
  for (const daemon of daemons) await daemon.stop();
});

/** NFSv4 only, which needs no portmapper. */
async function start(access: string, security = 'sys, none', mode = 0o755): Promise<number> {
  const folder = workFolder('ganesha');
  const port = await freePort();
  mkdirSync(join(folder, 'data'));
  chmodSync(join(folder, 'data'), mode);
  mkdirSync(join(folder, 'recovery'));
  writeFileSync(join(folder, 'data', 'canary-someone@example.org.csv'), 'canary-value');
  const config = `
NFS_CORE_PARAM { NFS_Port = ${port}; Protocols = 4; Enable_NLM = false; Enable_RQUOTA = false; Enable_UDP = false; Bind_addr = 127.0.0.1; }
NFS_KRB5 { Active_krb5 = false; }
NFSV4 { RecoveryBackend = fs_ng; RecoveryRoot = ${folder}/recovery; Graceless = true; }
EXPORT { Export_Id = 1; Path = ${folder}/data; Pseudo = /shared; Squash = All_Squash; Protocols = 4; Transports = TCP;
  SecType = ${security}; ${access} FSAL { Name = VFS; } }
LOG { Default_Log_Level = FATAL; }
`;
  writeFileSync(join(folder, 'ganesha.conf'), config);
  const args = ['-F', '-L', join(folder, 'log'), '-f', join(folder, 'ganesha.conf'), '-p', join(folder, 'pid')];
  daemons.push(await startDaemon({ name: 'ganesha', command: ganesha ?? '', args, port, folder }));
  await until(async () => (await askWatched(port, 'nfs')).verdict !== 'inconclusive');
  return port;
}

// Exporting a folder by its handles needs CAP_DAC_READ_SEARCH.
describe.skipIf(!ganesha || process.getuid?.() !== 0)('a real NFS-Ganesha', { timeout: 60_000 }, () => {
  it('with an export for all is readable, with counts and patterns', async () => {
    const result = await askWatched(await start('Access_Type = RO;'), 'nfs');
    expect(result, result.reason).toMatchObject({
      verdict: 'anonymous-read',
      version: '4',
      datasets: [{ name: '/shared', documents: 1 }],
    });
    expect(JSON.stringify(result)).not.toContain('canary');
  });

  it('with an export that nobody may change is writable, told without writing', async () => {
    const result = await askWatched(await start('Access_Type = RW;', 'sys, none', 0o777), 'nfs');
    expect(result, result.reason).toMatchObject({ verdict: 'anonymous-write' });
  });

  it('with an export to other hosts only shows no folder', async () => {
    const limited = 'Access_Type = None; CLIENT { Clients = 192.0.2.7; Access_Type = RO; }';
    const result = await askWatched(await start(limited), 'nfs');
    expect(['secured', 'metadata-only']).toContain(result.verdict);
    expect(result.datasets).toEqual([]);
  });
});
