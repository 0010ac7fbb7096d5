import { describe, expect, it } from 'vitest';
import { scriptedContext } from '../../testing/scripted.ts';
import { ftp } from './index.ts';
import { parseListing, permissionsOf } from './replies.ts';

/** A server that answers by the first word. */
function server(answers: Record<string, string>) {
  return scriptedContext(ftp.allow, {
    greeting: () => Buffer.from('220-Welcome, someone@example.org\r\n220 ProFTPD 1.3.8 Server ready\r\n'),
    answer: (request) =>
      Buffer.from(`${answers[request.toString('latin1').split(/[ \r]/)[0] ?? ''] ?? '500 Unknown command.'}\r\n`),
  });
}

const OPEN = {
  USER: '331 Anonymous login ok, send your complete email address as your password',
  PASS: '230 Anonymous access granted',
  CWD: '550 No such directory',
  STAT: '213-Status\r\n-rw-r--r--   1 ftp ftp 42 Jan  1 2024 someone@example.org.pdf\r\n213 End',
  QUIT: '221 Goodbye',
};

describe('the FTP probe', () => {
  it('lists over the control connection, never asks for a data connection, and keeps patterns only', async () => {
    const context = server(OPEN);
    const seen = await ftp.probe(context);
    expect(seen).toMatchObject({
      verdict: 'anonymous-read',
      product: 'proftpd',
      version: '1.3.8',
      documents: 1,
      bytes: 42,
    });
    expect(JSON.stringify([seen, context.exchanges])).not.toContain('someone');
    expect(Buffer.concat(context.sent).toString()).not.toMatch(/PASV|EPSV|PORT|RETR|LIST/);
  });

  it('doubts a server that opens folders that cannot exist', async () => {
    expect(await ftp.probe(server({ ...OPEN, CWD: '250 ok' }))).toMatchObject({ verdict: 'inconclusive' });
  });

  it('does not call a server that fails secured', async () => {
    expect(await ftp.probe(server({ ...OPEN, PASS: '500 OOPS' }))).toMatchObject({ verdict: 'inconclusive' });
    expect(await ftp.probe(server({ ...OPEN, PASS: '530 Login incorrect.' }))).toMatchObject({ verdict: 'secured' });
  });

  it('reads permissions and listings defensively', () => {
    expect(permissionsOf([' type=dir;perm=cdeflmp;modify=1; /'])).toBe('cdeflmp');
    expect(permissionsOf(['perm=;'])).toBe('');
    expect(permissionsOf(['nothing'])).toBeUndefined();
    expect(
      parseListing(['total 3', 'drwxr-xr-x 2 0 0 4096 Nov 23 00:42 .', 'x', '-rw-r--r-- 1 0 0 -5 Nov 23 00:42 a b']),
    ).toMatchObject({ files: 1, folders: 0, bytes: 0 });
  });
});
