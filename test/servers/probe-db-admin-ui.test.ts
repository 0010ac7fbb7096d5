import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { requireInstalled } from './harness/application.ts';
import { askWatched } from './harness/asked.ts';
import { subFolder, unprivileged } from './harness/daemon.ts';
import { fleet } from './harness/fleet.ts';
import { requireServer } from './harness/require-server.ts';

const php = requireServer('php', ['php']);
const phpMyAdmin = requireInstalled('application_debian', '/usr/share/phpmyadmin');
const adminer = requireInstalled('application_debian', '/usr/share/adminer');
const mariadb = requireServer('mariadb', ['mariadbd', 'mysqld']);
const installer = requireServer('mariadb', ['mariadb-install-db', 'mysql_install_db']);
const running = fleet();
afterAll(() => running.stop());

/** phpMyAdmin under /phpmyadmin/, with a configuration of its own. */
async function startPhpMyAdmin(server: string): Promise<number> {
  const { port } = await running.start({
    name: 'phpmyadmin',
    command: php ?? '',
    args: (free, folder) => {
      const root = join(folder, 'www');
      const application = join(root, 'phpmyadmin');
      cpSync(phpMyAdmin ?? '', application, { recursive: true, filter: (path) => !/\/(?:locale|doc)$/.test(path) });
      mkdirSync(join(folder, 'tmp'));
      // Debian keeps the configuration in /etc, by a path in this file.
      const vendor = join(application, 'libraries/vendor_config.php');
      const moved = readFileSync(vendor, 'utf8')
        .replace("'/etc/phpmyadmin/config.inc.php'", `'${folder}/config.inc.php'`)
        .replace("'/var/lib/phpmyadmin/tmp/'", `'${folder}/tmp/'`);
      writeFileSync(vendor, moved);
      const secret = `$cfg['blowfish_secret'] = str_repeat('x', 32); $cfg['SendErrorReports'] = 'never';`;
      writeFileSync(join(folder, 'config.inc.php'), `<?php ${secret} $cfg['Servers'][1] = [${server}];`);
      return ['-S', `127.0.0.1:${free}`, '-t', root];
    },
  });
  return port;
}

describe.skipIf(!php || !phpMyAdmin || !mariadb || !installer)('a real phpMyAdmin', () => {
  let database = 0;
  beforeAll(async () => {
    const account = unprivileged('mysql');
    ({ port: database } = await running.start({
      name: 'mariadb',
      command: mariadb ?? '',
      account,
      args: (free, folder) => {
        const data = subFolder(folder, 'data', account);
        const install = [
          '--no-defaults',
          `--datadir=${data}`,
          '--auth-root-authentication-method=normal',
          '--skip-test-db',
        ];
        execFileSync(installer ?? '', install, { stdio: 'ignore', cwd: folder, ...account });
        return ['--no-defaults', `--datadir=${data}`, `--port=${free}`, '--bind-address=127.0.0.1'].concat([
          `--socket=${join(folder, 's.sock')}`,
          '--innodb-buffer-pool-size=16M',
          '--skip-log-bin',
        ]);
      },
    }));
  }, 60_000);

  it('that logs everybody in as root is open to writing', async () => {
    const server = `'host' => '127.0.0.1', 'port' => '${database}', 'auth_type' => 'config', 'user' => 'root', 'password' => '', 'AllowNoPassword' => true`;
    const port = await startPhpMyAdmin(server);
    const result = await askWatched(port, 'db-admin-ui');
    expect(result).toMatchObject({ service: 'db-admin-ui', product: 'phpmyadmin', verdict: 'anonymous-write' });
    expect(result.version).toMatch(/^5\.2\.1/);
    expect(await askPort(await running.behindTls(port), 'db-admin-ui')).toMatchObject({
      product: 'phpmyadmin',
      verdict: 'anonymous-write',
    });
    expect(await askPort(port)).toMatchObject({ service: 'db-admin-ui', verdict: 'anonymous-write' });
  }, 60_000);

  it('that asks for a login is secured', async () => {
    const port = await startPhpMyAdmin(`'host' => '127.0.0.1', 'port' => '${database}', 'auth_type' => 'cookie'`);
    const result = await askWatched(port, 'db-admin-ui');
    expect(result).toMatchObject({ product: 'phpmyadmin', verdict: 'secured', datasets: [] });
    expect(result.reason).toContain('/phpmyadmin/');
  }, 60_000);
});

describe.skipIf(!php || !adminer)('a real Adminer', () => {
  it('asks for a login', async () => {
    const { port } = await running.start({
      name: 'adminer',
      command: php ?? '',
      args: (free, folder) => {
        const root = join(folder, 'www');
        mkdirSync(root);
        symlinkSync(adminer ?? '', join(root, 'adminer'));
        writeFileSync(join(root, 'adminer.php'), `<?php chdir('${adminer}'); require '${adminer}/adminer.php';`);
        return ['-S', `127.0.0.1:${free}`, '-t', root];
      },
    });
    const result = await askWatched(port, 'db-admin-ui');
    expect(result).toMatchObject({ product: 'adminer', version: '4.8.1', verdict: 'secured' });
    expect(await askPort(await running.behindTls(port), 'adminer')).toMatchObject({
      product: 'adminer',
      verdict: 'secured',
    });
  });
});
