/** my.cnf: who reaches the server, and who reads what it sends. */
import { bindOf, switchOf } from '../../formats/my-cnf/effective.ts';
import { defineRule } from '../../model.ts';
import { at, cut, inEachView, MARIADB, MYSQL, reachOf, replace, STARTED } from './view.ts';

export const listensEverywhere = defineRule<'my.cnf'>({
  id: 'audit/mysql-listens-everywhere',
  aliases: ['MY-NET-001'],
  format: 'my.cnf',
  topic: 'network-exposure',
  verified: { by: 'server', how: STARTED },
  title: 'MySQL or MariaDB listens on every address',
  severity: 'medium',
  owner: 'it',
  description:
    '`bind-address = 0.0.0.0` (or `*`, or none at all) opens the port on every interface: strangers try passwords, and an account with a wildcard host lets them in.',
  remediation: 'Set `bind-address = 127.0.0.1`, or the private address that the application uses.',
  references: [`${MYSQL}#sysvar_bind_address`, `${MARIADB}#bind_address`],
  cwe: ['CWE-1327'],
  examples: {
    bad: [
      '[mysqld]\nbind-address = 0.0.0.0\n',
      '[mariadb-10.6]\nbind_address=*\n',
      '[mysqld]\nbind-address=127.0.0.1\n[mariadb]\nbind-address="::"\n',
    ],
    good: [
      '[mysqld]\nbind-address = 127.0.0.1\n',
      '[mysqld]\nbind-address=0.0.0.0\nskip-networking\n',
      '[mysqld]\nbind-address = 0.0.0.0\nbind_address = 10.0.4.7 # later\n',
      '[mysqld]\nport=3306\n',
    ],
  },
  *check(file, context) {
    // In a container this is how other containers reach it; the published port is judged instead.
    if (context.runtimes.length > 0) return;
    yield* inEachView(file, context, function* (view) {
      const bind = bindOf(view);
      if (bind === null) {
        context.unknown(
          'bind_address',
          'not set; every address, unless another option file of the server says otherwise',
        );
        return;
      }
      if (bind.where !== 'everywhere') return;
      const skipped = view.last('skip_grant_tables');
      const open = skipped !== undefined && switchOf(skipped) !== false;
      yield {
        pointer: 'bind_address',
        ...at(bind.option),
        actual: bind.addresses.join(','),
        expected: '127.0.0.1, or the address the application uses',
        message: `The server listens on every address${open ? ' and asks nobody for a password' : ''}.`,
        severity: open ? 'critical' : 'medium',
        fix: replace(view, bind.option, '127.0.0.1', {
          title: 'Let the server listen on loopback only',
          blastRadius: 'Clients and replicas on other machines can no longer connect. Takes effect at a restart.',
          needsConfirmation: true,
        }),
      };
    });
  },
});

export const xProtocol = defineRule<'my.cnf'>({
  id: 'audit/mysql-x-protocol-listens-everywhere',
  aliases: ['MY-NET-002'],
  format: 'my.cnf',
  topic: 'network-exposure',
  verified: {
    by: 'source',
    how: 'https://dev.mysql.com/doc/refman/8.4/en/x-plugin-options-system-variables.html#sysvar_mysqlx_bind_address – X Plugin is on by default since 8.0 and listens on * unless mysqlx_bind_address says otherwise; bind_address does not change it',
  },
  title: 'MySQL’s second port (33060) listens on every address',
  severity: 'medium',
  owner: 'it',
  description:
    'MySQL 8 opens port 33060 for the X Protocol beside 3306, with the same accounts. `bind-address` does not change where; it is easily forgotten in the firewall.',
  remediation: 'Set `mysqlx-bind-address = 127.0.0.1`, or `mysqlx = 0` where nothing uses it.',
  references: ['https://dev.mysql.com/doc/refman/8.4/en/x-plugin-options-system-variables.html'],
  cwe: ['CWE-1327'],
  examples: {
    bad: [
      '[mysqld]\nbind-address=127.0.0.1\nmysqlx-bind-address = *\n',
      '[mysqld]\nbind-address=127.0.0.1\nmysqlx_bind_address=0.0.0.0\n',
    ],
    good: [
      '[mysqld]\nbind-address=127.0.0.1\nmysqlx-bind-address=127.0.0.1\n',
      '[mysqld]\nmysqlx=0\nmysqlx-bind-address = *\n',
      '[mysqld]\nbind-address=127.0.0.1\n',
    ],
  },
  *check(file, context) {
    if (context.runtimes.length > 0) return;
    yield* inEachView(file, context, function* (view) {
      if (view.kind === 'mariadb' || switchOf(view.last('mysqlx')) === false) return;
      const option = view.last('mysqlx_bind_address');
      if (!option?.value?.split(',').some((address) => /^\s*(?:\*|0\.0\.0\.0|::)\s*$/.test(address))) return;
      yield {
        pointer: 'mysqlx_bind_address',
        ...at(option),
        actual: option.value,
        expected: '127.0.0.1',
        message: 'The X Protocol listens on every address.',
        fix: replace(view, option, '127.0.0.1', {
          title: 'Let the X Protocol listen on loopback only',
          blastRadius: 'Clients that use port 33060 from other machines can no longer connect.',
          needsConfirmation: true,
        }),
      };
    });
  },
});

export const clearConnections = defineRule<'my.cnf'>({
  id: 'audit/mysql-accepts-clear-connections',
  aliases: ['MY-TLS-001'],
  format: 'my.cnf',
  topic: 'encryption-in-transit',
  verified: { by: 'server', how: STARTED },
  title: 'MySQL or MariaDB accepts unencrypted connections',
  severity: 'high',
  owner: 'it',
  description:
    'Without `require_secure_transport` a client that does not ask for TLS gets none: queries and rows cross the network in clear.',
  remediation:
    'Give the server a certificate and set `require_secure_transport = ON` (MySQL 5.7.8, MariaDB 10.5.2 and later).',
  references: [`${MYSQL}#sysvar_require_secure_transport`, `${MARIADB}#require_secure_transport`],
  cwe: ['CWE-319'],
  examples: {
    bad: ['[mysqld]\nbind-address=10.0.4.7\n', '[mysqld]\nbind-address=0.0.0.0\nrequire-secure-transport=OFF\n'],
    good: [
      '[mysqld]\nbind-address=10.0.4.7\nrequire_secure_transport=ON\n',
      '[mysqld]\nbind-address=127.0.0.1\n',
      '[mysqld]\nport=3306\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const reach = reachOf(view);
      const option = view.last('require_secure_transport');
      if (switchOf(option) === true || reach.where === 'loopback' || reach.where === 'unknown') return;
      // Containers of one host talk over a bridge that nobody else is on.
      if (reach.near && !option) return;
      if (!option && !view.complete) {
        context.unknown('require_secure_transport', 'an included file may set it');
        return;
      }
      const place = option ?? bindOf(view)?.option ?? file.document.options[0];
      if (!place) return;
      // Without a certificate the server would refuse everybody. MySQL 8 and MariaDB 11.4 make one.
      const [major = 0, minor = 0] = view.version ?? [];
      const makesOne =
        view.kind === 'mysql' ? major >= 8 : view.kind === 'mariadb' && (major > 11 || (major === 11 && minor >= 4));
      const certificate = makesOne || (view.last('ssl_cert') !== undefined && view.last('ssl_key') !== undefined);
      yield {
        pointer: 'require_secure_transport',
        ...at(place),
        actual: option ? 'OFF' : 'not set; OFF',
        expected: 'ON, with a certificate',
        message: `The server ${reach.text} and takes connections without TLS.`,
        severity: reach.near ? 'low' : reach.where === 'everywhere' ? 'high' : 'medium',
        fix:
          option && certificate
            ? replace(view, option, 'ON', {
                title: 'Take encrypted connections only',
                blastRadius: 'Clients over TCP that do not use TLS are refused; those on the socket are not.',
                needsConfirmation: true,
              })
            : null,
      };
    });
  },
});

export const tlsOff = defineRule<'my.cnf'>({
  id: 'audit/mysql-tls-off',
  aliases: ['MY-TLS-002'],
  format: 'my.cnf',
  topic: 'encryption-in-transit',
  verified: { by: 'server', how: STARTED },
  title: 'TLS is switched off in MySQL or MariaDB',
  severity: 'high',
  owner: 'it',
  description: 'With `skip-ssl` or `ssl = 0` no client can use TLS, even one that wants to.',
  remediation: 'Remove the line; set `ssl_cert`, `ssl_key` and `ssl_ca` where the server does not make its own.',
  references: [
    'https://dev.mysql.com/doc/refman/8.0/en/server-options.html#option_mysqld_ssl',
    'https://mariadb.com/kb/en/ssltls-system-variables/',
  ],
  cwe: ['CWE-319'],
  examples: {
    bad: [
      '[mysqld]\nbind-address=10.0.4.7\nrequire_secure_transport=ON\nskip-ssl\n',
      '[mysqld]\nssl=0\n',
      '[mysqld]\ntls_version = ""\n',
    ],
    good: [
      '[mysqld]\nssl=1\n',
      '[mysqld]\nbind-address=127.0.0.1\nskip-ssl\n',
      '[client]\nskip-ssl\n[mysqld]\nport=3306\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const versions = view.last('tls_version');
      const option =
        switchOf(view.last('ssl')) === false ? view.last('ssl') : versions?.value === '' ? versions : undefined;
      const reach = reachOf(view);
      if (!option || reach.where === 'loopback') return;
      yield {
        pointer: 'ssl',
        ...at(option),
        actual: 'off',
        expected: 'on, with a certificate',
        message: 'No client can use TLS.',
        severity: reach.near ? 'medium' : 'high',
        fix: cut(view, option, file, {
          title: 'Allow TLS again',
          blastRadius: 'Nobody is cut off; the server does not start when a certificate is named that it cannot read.',
          needsConfirmation: true,
        }),
      };
    });
  },
});

export const oldTls = defineRule<'my.cnf'>({
  id: 'audit/mysql-old-tls',
  aliases: ['MY-TLS-003'],
  format: 'my.cnf',
  topic: 'encryption-in-transit',
  verified: {
    by: 'source',
    how: 'https://dev.mysql.com/doc/refman/8.0/en/encrypted-connection-protocols-ciphers.html – tls_version lists what the server permits; TLSv1 and TLSv1.1 are deprecated, and unsupported since 8.0.28',
  },
  title: 'MySQL or MariaDB accepts TLS versions that are broken',
  severity: 'medium',
  owner: 'it',
  description: 'TLS 1.0 and 1.1 are deprecated (RFC 8996). MySQL 8.0.28 and later refuse to use them.',
  remediation: 'Set `tls_version = TLSv1.2,TLSv1.3`, or remove the line.',
  references: [`${MYSQL}#sysvar_tls_version`, 'https://mariadb.com/kb/en/ssltls-system-variables/#tls_version'],
  cwe: ['CWE-326'],
  examples: {
    bad: ['[mysqld]\ntls_version = TLSv1.1,TLSv1.2\n', '[mariadb]\ntls-version=TLSv1.0,TLSv1.2\n'],
    good: ['[mysqld]\ntls_version = TLSv1.2,TLSv1.3\n'],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const option = view.last('tls_version');
      const old = option?.value?.split(',').some((version) => /^\s*TLSv1(?:\.[01])?\s*$/i.test(version));
      if (!option || !old) return;
      yield {
        pointer: 'tls_version',
        ...at(option),
        actual: option.value ?? '',
        expected: 'TLSv1.2,TLSv1.3',
        message: 'Deprecated versions of TLS are accepted.',
        fix: replace(view, option, 'TLSv1.2,TLSv1.3', {
          title: 'Accept TLS 1.2 and later only',
          blastRadius: 'Clients from before 2014 may no longer connect with TLS.',
          needsConfirmation: false,
        }),
      };
    });
  },
});
