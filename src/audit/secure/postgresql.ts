/** PostgreSQL: a role for the app with the grants it needs, records that let only it in, TLS. PostgreSQL 13 and later. */
import ipaddr from 'ipaddr.js';
import { type AppAccount, assertPlainName, type SecuredVariant } from './model.ts';

export interface PostgresqlOptions {
  /** `data` are tables: `shop.customers`, or `shop.*` for all of a schema. Without a schema, `public`. */
  account: AppAccount;
  database: string;
  /** Network of the application servers, e.g. `10.0.4.0/24`: somebody who knows it decides. */
  network: string;
  /** Folder of postgresql.conf and pg_hba.conf; Debian’s `/etc/postgresql/15/main`. */
  folder?: string;
}

/**
 * The secured variant of a PostgreSQL server.
 *
 * @throws RangeError for names that are not plain, and a network that is none
 */
export function securePostgresql(options: PostgresqlOptions): SecuredVariant {
  const { account, database, network, folder = '/etc/postgresql/15/main' } = options;
  assertPlainName('account', account.name);
  assertPlainName('database', database);
  assertPlainName('folder', folder.replace(/^\//, ''), '/.');
  if (!ipaddr.isValidCIDR(network)) throw new RangeError('network: an address and a number of bits, e.g. 10.0.4.0/24');
  if (ipaddr.parseCIDR(network)[1] === 0) throw new RangeError('network: /0 is everybody; name the network of the app');
  const { name } = account;
  return {
    files: [
      { path: `${folder}/app-role.sql`, text: roleOf(account, database), mode: 0o640, how: 'create' },
      {
        path: `${folder}/pg_hba.conf`,
        text: [
          '# TYPE   DATABASE  USER  ADDRESS  METHOD',
          'local    all       all            peer',
          `hostssl  ${database}  ${name}  ${network}  scram-sha-256`,
          'host     all       all   all      reject',
          '',
        ].join('\n'),
        mode: 0o640,
        how: 'create',
      },
      {
        path: `${folder}/postgresql.conf`,
        text: [
          'ssl = on',
          `ssl_cert_file = '${folder}/server.crt'`,
          `ssl_key_file = '${folder}/server.key'`,
          "ssl_min_protocol_version = 'TLSv1.2'",
          'password_encryption = scram-sha-256',
          'log_connections = on',
          'log_disconnections = on',
          "log_statement = 'ddl'",
          '',
        ].join('\n'),
        mode: 0o640,
        how: 'append',
      },
    ],
    steps: [
      {
        title: 'Put a certificate in place',
        command: `install -o postgres -g postgres -m 0600 server.crt server.key ${folder}/`,
        why: 'The two files are of your own authority. The key has to belong to postgres with mode 600; the server does not start without it.',
      },
      {
        title: 'Make the role',
        command: `sudo -u postgres psql -v ON_ERROR_STOP=1 --single-transaction -d ${database} < ${folder}/app-role.sql`,
        why: 'It owns nothing and may do only what the app does: run migrations as another role, and grant it tables that are made later. Others need a grant of their own to connect to this database from now on.',
      },
      {
        title: 'Set its password',
        command: `sudo -u postgres psql -d ${database} -c '\\password ${name}'`,
        why: 'psql asks for it and sends a SCRAM secret: the password is in no history, process list or log.',
      },
      {
        title: 'Let the server read the file of who may log in',
        command: `chown postgres:postgres ${folder}/pg_hba.conf && chmod 0640 ${folder}/pg_hba.conf`,
        why: 'It takes the place of the one that was there: whoever else logs in over the network (replicas, backups, people) needs a line of their own above the last one.',
      },
      {
        title: 'Read the files again',
        command: 'sudo systemctl reload postgresql',
        why: 'Open sessions stay; new ones have to use TLS and a password. `SELECT * FROM pg_hba_file_rules` shows mistakes.',
      },
    ],
    proof: [
      {
        title: 'A stranger is refused',
        command: `psql "host=SERVER dbname=${database} user=postgres"`,
        answers: 'pg_hba.conf rejects connection',
      },
      {
        title: 'The app gets in with TLS and its password',
        command: `psql "host=SERVER dbname=${database} user=${name} sslmode=require" -c 'SELECT 1'`,
        answers: '1',
      },
      {
        title: 'The app reads nothing of the server itself',
        command: `psql "host=SERVER dbname=${database} user=${name} sslmode=require" -c 'SELECT * FROM pg_authid'`,
        answers: 'permission denied for table pg_authid',
      },
    ],
  };
}

function roleOf({ name, data, may }: AppAccount, database: string): string {
  const tables = data.map((entry) => {
    const [schema = '', table = ''] = entry.includes('.') ? entry.split('.', 2) : ['public', entry];
    assertPlainName('schema', schema);
    if (table !== '*') assertPlainName('table', table);
    return { schema, table };
  });
  if (tables.length === 0) throw new RangeError('table: name at least one');
  const rights = may === 'write' ? 'SELECT, INSERT, UPDATE, DELETE' : 'SELECT';
  const schemas = [...new Set(tables.map(({ schema }) => schema))];
  return [
    `CREATE ROLE "${name}" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT CONNECTION LIMIT 100;`,
    `REVOKE ALL ON DATABASE "${database}" FROM PUBLIC;`,
    `GRANT CONNECT ON DATABASE "${database}" TO "${name}";`,
    'REVOKE CREATE ON SCHEMA public FROM PUBLIC;',
    ...schemas.map((schema) => `GRANT USAGE ON SCHEMA "${schema}" TO "${name}";`),
    ...tables.map(({ schema, table }) =>
      table === '*'
        ? `GRANT ${rights} ON ALL TABLES IN SCHEMA "${schema}" TO "${name}";`
        : `GRANT ${rights} ON TABLE "${schema}"."${table}" TO "${name}";`,
    ),
    ...(may === 'write'
      ? schemas.map((schema) => `GRANT USAGE ON ALL SEQUENCES IN SCHEMA "${schema}" TO "${name}";`)
      : []),
    '',
  ].join('\n');
}
