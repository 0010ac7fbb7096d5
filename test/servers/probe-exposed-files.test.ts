import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { askWatched } from './harness/asked.ts';
import { certificate, handOver, subFolder, unprivileged } from './harness/daemon.ts';
import { fleet } from './harness/fleet.ts';
import { findProgram, requireServer } from './harness/require-server.ts';

const program = requireServer('nginx', ['nginx']);
const running = fleet();
afterAll(() => running.stop());

const DUMP = `-- MySQL dump 10.19  Distrib 10.3.39-MariaDB\n--\nINSERT INTO patients VALUES ('canary@example.org');\n`;
const FILES: Readonly<Record<string, string | Buffer>> = {
  'index.html': '<!doctype html><title>Shop</title>',
  '.git/HEAD': 'ref: refs/heads/main\n',
  '.git/config':
    '[core]\n\tbare = false\n[remote "origin"]\n\turl = https://canary:canary-token@example.org/shop.git\n',
  '.env': 'APP_ENV=production\nDB_PASSWORD=canary-password\nCANARY_NAME=canary\n',
  'backup.sql': DUMP.padEnd(4000, '-'),
  'dump.sql.gz': gzipSync(DUMP),
  'wp-config.php.bak': "<?php\n/** The base configuration for WordPress */\ndefine('DB_PASSWORD', 'canary');\n",
  '.htpasswd': 'canary:$apr1$abcdefgh$0123456789abcdefghijkl\n',
};

/** @param rules what stands in the server's block */
async function start(rules: string, tls = false): Promise<number> {
  const account = unprivileged('www-data');
  const { port } = await running.start({
    name: 'nginx',
    command: program ?? '',
    account,
    args: (free, folder) => {
      const root = subFolder(folder, 'www', account, 0o755);
      for (const [name, content] of Object.entries(FILES)) {
        mkdirSync(dirname(join(root, name)), { recursive: true });
        writeFileSync(join(root, name), content);
      }
      const sqlite = findProgram(['python3']);
      if (sqlite) {
        const make = `import sqlite3; c = sqlite3.connect('${join(root, 'db.sqlite3')}'); c.execute("create table t(a)"); c.commit()`;
        execFileSync(sqlite, ['-c', make]);
      }
      const { key, cert } = certificate(folder, account);
      const listen = tls
        ? `listen 127.0.0.1:${free} ssl; ssl_certificate ${cert}; ssl_certificate_key ${key};`
        : `listen 127.0.0.1:${free};`;
      const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (one) => `${one}_temp_path ${folder}/${one};`,
      );
      const file = join(folder, 'nginx.conf');
      writeFileSync(
        file,
        `daemon off; pid ${folder}/pid; error_log ${folder}/error.log; events {} http { access_log off; ${paths.join(' ')} server { ${listen} root ${root}; ${rules} } }`,
      );
      handOver(account, file);
      return ['-c', file, '-p', folder];
    },
  });
  return port;
}

describe.skipIf(!program)('a real nginx', () => {
  it('with a whole project as its root gives files away, proven and not taken', async () => {
    const port = await start('');
    const result = await askWatched(port, 'exposed-files');
    expect(result).toMatchObject({ service: 'exposed-files', verdict: 'anonymous-read' });
    const found = Object.fromEntries(result.datasets.map((one) => [one.name, one]));
    expect(Object.keys(found)).toEqual(
      expect.arrayContaining(
        Object.keys(FILES)
          .slice(1)
          .map((name) => `/${name}`),
      ),
    );
    expect(found['/.env']?.fields).toEqual(['APP_ENV', 'DB_PASSWORD']);
    expect(found['/backup.sql']).toMatchObject({ bytes: 4000 });
    expect(JSON.stringify(result)).not.toMatch(/canary/i);
    const secure = await askPort(await start('', true), 'exposed-files');
    expect(secure).toMatchObject({ verdict: 'anonymous-read' });
    expect(secure.datasets).toEqual(result.datasets);
    expect(secure.exchanges[0]?.tls?.protocol).toContain('TLS');
    expect(await askPort(port)).toMatchObject({ service: 'exposed-files', verdict: 'anonymous-read' });
  });

  it('that denies them has none', async () => {
    const port = await start(
      String.raw`location ~ /\. { deny all; } location ~ \.(?:sql|gz|bak|sqlite3)$ { return 404; }`,
    );
    expect(await askWatched(port, 'exposed-files')).toMatchObject({ verdict: 'unidentified', datasets: [] });
  });

  it('that answers one page for everything has none', async () => {
    const port = await start('location / { rewrite ^ /index.html break; }');
    expect(await askWatched(port, 'exposed-files')).toMatchObject({ verdict: 'unidentified', datasets: [] });
  });

  it('that answers one dump for everything is not believed', async () => {
    const port = await start('location / { rewrite ^ /backup.sql break; } location = /backup.sql { }');
    expect((await askWatched(port, 'exposed-files')).verdict).not.toMatch(/^anonymous/);
  });
});
