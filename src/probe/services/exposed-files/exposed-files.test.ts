import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { FORGOTTEN } from './files.ts';
import { exposedFiles } from './index.ts';
import { settings } from './proofs.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(answer: Parameters<typeof httpServer>[0]): Promise<number> {
  const server = await httpServer(answer);
  servers.push(server);
  return server.port;
}

const text = (body: string): Reply => [200, body, { 'content-length': `${Buffer.byteLength(body)}` }];

describe('the dialogue for forgotten files', () => {
  it('proves a file by its first bytes and shows names that are everybody’s', async () => {
    const port = await serve((path) => (path === '/.env' ? text('DB_PASSWORD=canary\nJANE_DOE=1\n') : undefined));
    const result = await askPort(port, 'exposed-files');
    expect(result).toMatchObject({ verdict: 'anonymous-read', datasets: [{ name: '/.env', fields: ['DB_PASSWORD'] }] });
    expect(JSON.stringify(result)).not.toMatch(/canary|JANE/);
  });

  it('takes no more than 512 bytes of a server that knows no ranges', async () => {
    const port = await serve((path) =>
      path === '/backup.sql' ? text(`-- MySQL dump 10\n${'x'.repeat(900_000)}`) : undefined,
    );
    expect(await askPort(port, 'exposed-files')).toMatchObject({ verdict: 'anonymous-read', bytes: 900_017 });
  });

  it('calls a Compose file metadata only', async () => {
    const port = await serve((path) =>
      path === '/docker-compose.yml' ? text("version: '3'\nservices:\n  web:\n") : undefined,
    );
    expect(await askPort(port, 'exposed-files')).toMatchObject({ verdict: 'metadata-only' });
  });

  it('finds nothing where one page is the answer to everything', async () => {
    expect(
      await askPort(await serve(() => text('<!doctype html>DB_PASSWORD=x\nA_B=1\nC_D=2')), 'exposed-files'),
    ).toMatchObject({ verdict: 'unidentified' });
  });

  it('believes no server that has a dump under any name', async () => {
    let length = 0;
    const port = await serve((path) =>
      path === '/' ? undefined : text(`-- MySQL dump 10\n${' '.repeat(length++ % 7)}`),
    );
    expect(await askPort(port, 'exposed-files')).toMatchObject({ verdict: 'inconclusive', datasets: [] });
  });

  it.each<[string, string]>([
    ['/.git/HEAD', 'ref: refs/heads/main\n'],
    ['/.git/config', '[core]\n\tbare = false\n'],
    ['/.DS_Store', '\0\0\0\x01Bud1\0'],
    ['/backup.sql', '--\n-- PostgreSQL database dump\n--\n'],
    ['/dump.sql', 'PGDMP\x01\x0e'],
    ['/db.sqlite', 'SQLite format 3\0\x10'],
    ['/backup.zip', 'PK\x03\x04\x14'],
    ['/.htpasswd', 'admin:$2y$05$abcdefghijklmnopqrstuv'],
    ['/id_rsa', '-----BEGIN OPENSSH PRIVATE KEY-----\n'],
    ['/.aws/credentials', '[default]\naws_access_key_id = x\n'],
    ['/serviceAccountKey.json', '{\n  "type": "service_account",'],
    ['/server-status?auto', 'localhost\nServerVersion: Apache/2.4.57 (Debian)\nTotal Accesses: 1\n'],
  ])('proves %s', (path, head) => {
    const bytes = Buffer.from(head, 'latin1');
    expect(FORGOTTEN.find((one) => one.path === path)?.proof(bytes)).toBeDefined();
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['an error', '{"error":"not found"}'],
    ['a word', 'Not Found'],
    ['a page', '<html><body>DB_PASSWORD=x</body></html>'],
    ['a setting that is none', 'a=b'],
    ['zeros', '\0'.repeat(512)],
    ['empty lines', '\n'.repeat(512)],
    ['spaces', ' '.repeat(512)],
    ['comments', '--\n'.repeat(170)],
    ['hashes', '# '.repeat(256)],
  ])('proves nothing by %s', (_what, head) => {
    expect(FORGOTTEN.filter((one) => one.proof(Buffer.from(head, 'latin1')) !== undefined)).toEqual([]);
  });

  it('takes one line with a well-known name, or two of any', () => {
    expect(settings(Buffer.from('DB_PASSWORD=x'))).toEqual({ fields: ['DB_PASSWORD'] });
    expect(settings(Buffer.from('ONE_THING=x'))).toBeUndefined();
    expect(settings(Buffer.from('ONE_THING=x\nANOTHER=y'))).toEqual({ fields: [] });
  });

  it('may not read a file whole, nor any other', () => {
    const read = (path: string, headers: Record<string, string>) =>
      exposedFiles.allow.permitsRequest?.({ method: 'GET', path, headers }, {});
    expect(read('/.env', { range: 'bytes=0-511' })).toBe(true);
    expect(read('/.env', {})).toBe(false);
    expect(read('/.env', { range: 'bytes=0-4096' })).toBe(false);
    expect(read('/etc/passwd', { range: 'bytes=0-511' })).toBe(false);
  });
});
