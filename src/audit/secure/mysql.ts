/** MySQL and MariaDB: an account for the app with the grants it needs, TLS for everybody, no files through SQL. */
import { type AppAccount, assertPlainName, type SecuredVariant } from './model.ts';

export interface MysqlOptions {
  /** `data` are tables: `shop.customers`, or `shop.*` for a whole database. */
  account: AppAccount;
  /** Where the app logs in from, as the server writes it: `10.0.4.%`, `127.0.0.1`. Somebody who knows it decides. */
  host: string;
  /** Folder of drop-ins; `/etc/mysql/conf.d`. */
  folder?: string;
  /** Folder of the certificate; `/etc/mysql/tls`. */
  certificates?: string;
}

/**
 * The secured variant of a MySQL or MariaDB server.
 *
 * @throws RangeError for names that are not plain, and a host that is everybody
 */
export function secureMysql(options: MysqlOptions): SecuredVariant {
  const { account, host, folder = '/etc/mysql/conf.d', certificates = '/etc/mysql/tls' } = options;
  assertPlainName('account', account.name);
  assertPlainName('host', host, '.%:/');
  if (host === '%') throw new RangeError('host: % is everybody; name the network of the app');
  for (const path of [folder, certificates]) assertPlainName('folder', path.replace(/^\//, ''), '/.');
  const user = `'${account.name}'@'${host}'`;
  // For printf, in whose format a percent sign is doubled.
  const printed = user.replaceAll('%', '%%');
  const secret = `${certificates}/${account.name}.password`;
  const rights = account.may === 'write' ? 'SELECT, INSERT, UPDATE, DELETE' : 'SELECT';
  const tables = account.data.map((entry) => {
    const [database = '', table = ''] = entry.split('.', 2);
    assertPlainName('database', database);
    if (table !== '*') assertPlainName('table', table);
    return `\`${database}\`.${table === '*' ? '*' : `\`${table}\``}`;
  });
  if (tables.length === 0) throw new RangeError('table: name at least one');
  return {
    files: [
      {
        path: `${folder}/secured.cnf`,
        text: [
          '[mysqld]',
          `ssl_cert = ${certificates}/server.crt`,
          `ssl_key = ${certificates}/server.key`,
          `ssl_ca = ${certificates}/ca.crt`,
          'tls_version = TLSv1.2,TLSv1.3',
          'require_secure_transport = ON',
          'local_infile = 0',
          '',
        ].join('\n'),
        mode: 0o644,
        how: 'create',
      },
      {
        path: `${folder}/app-account.sql`,
        text: [
          // Locked until it has a password.
          `CREATE USER ${user} REQUIRE SSL ACCOUNT LOCK;`,
          ...tables.map((table) => `GRANT ${rights} ON ${table} TO ${user};`),
          '',
        ].join('\n'),
        mode: 0o640,
        how: 'create',
      },
    ],
    steps: [
      {
        title: 'Put a certificate in place',
        command: `ls -l ${certificates}/server.crt ${certificates}/server.key ${certificates}/ca.crt`,
        why: 'With require_secure_transport and no certificate the server refuses everybody over TCP.',
      },
      {
        title: 'Make the account',
        command: `mysql < ${folder}/app-account.sql`,
        why: 'It is locked, and may do only what the app does. Run migrations as another account.',
      },
      {
        title: 'Make its password',
        command: `(umask 077 && openssl rand -hex 32 > ${secret})`,
        why: 'It stands in a file that only its owner reads, and in no command line, history or repository.',
      },
      {
        title: 'Give the account its password and unlock it',
        command: `printf "ALTER USER ${printed} IDENTIFIED BY '%s'; ALTER USER ${printed} ACCOUNT UNLOCK;" "$(cat ${secret})" | mysql`,
        why: 'The statement goes through a pipe; printf is the shell’s own, so that no process list shows it.',
      },
      {
        title: 'Hand the password to the app',
        command: `cat ${secret} | your-secret-store put mysql/${account.name}`,
        why: 'Replace `your-secret-store` by what the back end reads its secrets from; then remove the file.',
      },
      { title: 'Restart the server', command: 'systemctl restart mysql', why: 'MariaDB’s service is called mariadb.' },
    ],
    proof: [
      {
        title: 'Without TLS nobody gets in',
        command: `mysql -h SERVER -u ${account.name} -p --ssl-mode=DISABLED (MariaDB: --skip-ssl)`,
        answers: 'Connections using insecure transport are prohibited (MariaDB: Access denied)',
      },
      {
        title: 'The account may do what it needs and no more',
        command: `mysql -e "SHOW GRANTS FOR ${user}"`,
        answers: `GRANT ${rights} ON ${tables[0] ?? ''}`,
      },
    ],
  };
}
