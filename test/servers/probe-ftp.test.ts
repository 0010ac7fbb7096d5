import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { ftp } from '../../src/probe/services/ftp/index.ts';
import { askPort } from '../../src/probe/testing/ask.ts';
import { testContext } from '../../src/probe/testing/connection.ts';
import { askWatched } from './harness/asked.ts';
import { certificate, type Daemon, freePort, startDaemon, workFolder } from './harness/daemon.ts';
import { requireServer } from './harness/require-server.ts';

const vsftpd = requireServer('vsftpd', ['vsftpd']);
const python = requireServer('pyftpdlib', [
  new URL('../../.cache/servers/pyftpdlib/bin/python', import.meta.url).pathname,
]);
const daemons: Daemon[] = [];
afterAll(async () => {
  for (const daemon of daemons) await daemon.stop();
});

/** Files whose names are values. */
function files(folder: string): string {
  const data = join(folder, 'data');
  mkdirSync(join(data, 'uploads'), { recursive: true });
  writeFileSync(join(data, 'canary-someone@example.org.csv'), 'canary-value');
  writeFileSync(join(data, 'invoice-4711.pdf'), 'x'.repeat(100));
  return data;
}

async function startVsftpd(lines: readonly string[]): Promise<number> {
  const folder = workFolder('vsftpd');
  const port = await freePort();
  const data = files(folder);
  mkdirSync(join(folder, 'empty'));
  const config = [
    'listen=YES',
    'listen_address=127.0.0.1',
    `listen_port=${port}`,
    `anon_root=${data}`,
    `secure_chroot_dir=${join(folder, 'empty')}`,
    'nopriv_user=nobody',
    'seccomp_sandbox=NO',
    'xferlog_enable=NO',
    'no_anon_password=NO',
    ...lines,
  ];
  writeFileSync(join(folder, 'vsftpd.conf'), `${config.join('\n')}\n`);
  daemons.push(
    await startDaemon({ name: 'vsftpd', command: vsftpd ?? '', args: [join(folder, 'vsftpd.conf')], port, folder }),
  );
  return port;
}

// vsftpd drops its rights itself and starts as root only.
describe.skipIf(!vsftpd || process.getuid?.() !== 0)('a real vsftpd', () => {
  it('with anonymous users is readable, with counts and patterns', async () => {
    const port = await startVsftpd(['anonymous_enable=YES']);
    const result = await askWatched(port, 'ftp');
    expect(result).toMatchObject({
      verdict: 'anonymous-read',
      product: 'vsftpd',
      documents: 2,
      datasets: [{ name: '/', documents: 2 }],
    });
    expect(result.version).toBe('3.0.3');
    expect(result.datasets[0]?.fields).toContain('*.pdf');
    expect(JSON.stringify(result)).not.toMatch(/canary|4711/);
    expect(await askPort(port)).toMatchObject({ service: 'ftp', verdict: 'anonymous-read' });
  });

  it('without anonymous users is secured', async () => {
    expect(await askWatched(await startVsftpd(['anonymous_enable=NO', 'local_enable=YES']), 'ftp')).toMatchObject({
      verdict: 'secured',
      datasets: [],
    });
  });
});

async function startPyftpdlib(permissions: string, tls: 'none' | 'demanded' = 'none'): Promise<number> {
  const folder = workFolder('pyftpdlib');
  const port = await freePort();
  const data = files(folder);
  const script = [
    'import sys',
    'from pyftpdlib.authorizers import DummyAuthorizer',
    'from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler',
    'from pyftpdlib.servers import FTPServer',
    'authorizer = DummyAuthorizer()',
    'if sys.argv[3]: authorizer.add_anonymous(sys.argv[2], perm=sys.argv[3])',
    'Handler = TLS_FTPHandler if sys.argv[4] == "demanded" else FTPHandler',
    'Handler.authorizer = authorizer',
    'if sys.argv[4] == "demanded": Handler.certfile = sys.argv[5]; Handler.keyfile = sys.argv[6]; Handler.tls_control_required = True',
    "FTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()",
  ].join('\n');
  const { key, cert } = certificate(folder);
  const args = ['-W', 'ignore', '-c', script, `${port}`, data, permissions, tls, cert, key];
  daemons.push(await startDaemon({ name: 'pyftpdlib', command: python ?? '', args, port, folder }));
  return port;
}

describe.skipIf(!python)('a real pyftpdlib', () => {
  it('whose anonymous user may store files is writable, told without writing', async () => {
    const result = await askWatched(await startPyftpdlib('elradfmw'), 'ftp');
    expect(result).toMatchObject({ verdict: 'anonymous-write', product: 'pyftpdlib', documents: 2 });
    expect(JSON.stringify(result)).not.toMatch(/canary|4711/);
  });

  it('whose anonymous user may read only is readable', async () => {
    expect(await askWatched(await startPyftpdlib('elr'), 'ftp')).toMatchObject({ verdict: 'anonymous-read' });
  });

  it('without an anonymous user is secured', async () => {
    expect(await askWatched(await startPyftpdlib(''), 'ftp')).toMatchObject({ verdict: 'secured' });
  });

  it('that demands TLS is asked over TLS after AUTH', async () => {
    const result = await askWatched(await startPyftpdlib('elr', 'demanded'), 'ftp');
    expect(result, result.reason).toMatchObject({ verdict: 'anonymous-read', documents: 2 });
    expect(JSON.stringify(result.exchanges)).toContain('wants TLS');
  });

  it('behind TLS from the first byte is read', async () => {
    const { key, cert } = certificate(workFolder('ftps'));
    const upstream = await startPyftpdlib('elr');
    const front = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (client) => {
      const relay = connect(upstream, '127.0.0.1');
      client.on('error', () => relay.destroy());
      relay.on('error', () => client.destroy());
      client.pipe(relay).pipe(client);
    }).listen(0, '127.0.0.1');
    await once(front, 'listening');
    const address = front.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await ftp.probe(testContext(ftp.allow, { port, tls: true }))).toMatchObject({
      verdict: 'anonymous-read',
      documents: 2,
    });
    front.close();
  });
});
