/** MySQL and MariaDB: an account for the app with the grants it needs, TLS for everybody, no files through SQL. */
import ipaddr from 'ipaddr.js';
import { type AppAccount, assertPlainName, type SecuredVariant } from './model.ts';

export interface MysqlOptions {
  /** `data` are tables: `shop.customers`, or `shop.*` for a whole database. */
  account: AppAccount;
  /** Where the app logs in from: `10.0.4.0/24`, or as the server writes it: `10.0.4.%`, `127.0.0.1`. Somebody who knows it decides. */
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
  const { account, folder = '/etc/mysql/conf.d', certificates = '/etc/mysql/tls' } = options;
  const host = hostOf(options.host);
  assertPlainName('account', account.name);
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
        command: `install -d -m 0750 -o root -g mysql ${certificates} && install -m 0640 -o root -g mysql server.crt server.key ca.crt ${certificates}/`,
        why: 'The three files are of your own authority. With require_secure_transport and no certificate the server refuses everybody over TCP.',
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
      {
        title: 'Shut out who needs no password',
        command: `mysql -e "SELECT user, host FROM mysql.user WHERE authentication_string = '' AND plugin NOT IN ('unix_socket', 'auth_socket')"`,
        why: 'Whoever is listed, and is no role, gets in as he is: give him a password (ALTER USER … IDENTIFIED BY …) or drop him.',
      },
      { title: 'Restart the server', command: 'systemctl restart mysql', why: 'MariaDB’s service is called mariadb.' },
    ],
    proof: [
      {
        title: 'Without TLS nobody gets in (client of MariaDB)',
        command: `mariadb -h SERVER -u ${account.name} -p --skip-ssl -e 'SELECT 1'`,
        answers: 'Access denied, or Connections using insecure transport are prohibited',
      },
      {
        title: 'Without TLS nobody gets in (client of MySQL)',
        command: `mysql -h SERVER -u ${account.name} -p --ssl-mode=DISABLED -e 'SELECT 1'`,
        answers: 'Connections using insecure transport are prohibited',
      },
      {
        title: 'The app reads nothing of the server itself',
        command: `mysql -h SERVER -u ${account.name} -p --ssl-ca=${certificates}/ca.crt -e 'SELECT * FROM mysql.user'`,
        answers: 'SELECT command denied',
      },
      {
        title: 'The account may do what it needs and no more',
        command: `mysql -e "SHOW GRANTS FOR ${user}"`,
        answers: `GRANT ${rights} ON ${tables[0] ?? ''}`,
      },
    ],
  };
}

/**
 * A host as both servers match it. They agree on a network with its mask, not on `/24`: MariaDB takes that for a name,
 * which nobody has.
 */
function hostOf(host: string): string {
  assertPlainName('host', host, '.%:/');
  const everybody = new RangeError(`host: ${host} is everybody; name the network of the app`);
  if (!/[A-Za-z0-9]/.test(host) || host === '::' || host.startsWith('0.0.0.0/')) throw everybody;
  if (!host.includes('/') || /^[\d.]+\/\d+\.[\d.]+$/.test(host)) return host;
  if (!ipaddr.IPv4.isValidCIDR(host)) throw new RangeError('host: networks are of IPv4 here, e.g. 10.0.4.0/24');
  const [address, bits] = ipaddr.IPv4.parseCIDR(host);
  if (bits === 0) throw everybody;
  if (bits === 32) return address.toString();
  return `${ipaddr.IPv4.networkAddressFromCIDR(host)}/${ipaddr.IPv4.subnetMaskFromPrefixLength(bits)}`;
}
