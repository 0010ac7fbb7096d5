/** my.cnf: logins and passwords. */
import { switchOf } from '../../formats/my-cnf/effective.ts';
import { defineRule } from '../../model.ts';
import { isCommittedSecret, isFilledInLater, isSampleFile } from '../committed.ts';
import { hidden, isWellKnown } from '../passwords.ts';
import { at, cut, inEachView, MARIADB, MYSQL, reachOf, replace, STARTED } from './view.ts';

export const grantTablesSkipped = defineRule<'my.cnf'>({
  id: 'audit/mysql-grant-tables-skipped',
  aliases: ['MY-AUTH-001'],
  format: 'my.cnf',
  topic: 'authentication',
  verified: { by: 'server', how: STARTED },
  title: 'MySQL or MariaDB lets everybody in as anybody',
  severity: 'critical',
  owner: 'it',
  description:
    '`skip-grant-tables` is a rescue mode: no password is asked and every account may do everything. MariaDB goes on listening on the network with it; MySQL 8.0 and later then listens on the socket only.',
  remediation: 'Remove the line and restart; reset a lost root password with `--init-file` instead.',
  references: [
    'https://dev.mysql.com/doc/refman/8.4/en/server-options.html#option_mysqld_skip-grant-tables',
    'https://mariadb.com/kb/en/mariadbd-options/#-skip-grant-tables',
  ],
  cwe: ['CWE-306'],
  examples: {
    bad: [
      '[mysqld]\nskip-grant-tables\nbind-address=0.0.0.0\n',
      '[mariadb]\nloose_skip_grant_tables = 1\n',
      '=== etc/my.cnf\n[mysqld]\nport=3306\n!includedir /etc/my.cnf.d\n=== etc/my.cnf.d/rescue.cnf\n[mysqld]\nskip-grant-tables\n',
    ],
    good: [
      '[mysqld]\nbind-address=127.0.0.1\n',
      '[mysqld]\nskip-grant-tables=0\n',
      '[mysqld]\n#skip-grant-tables\nport=3306\n',
      '[mysqldump]\nskip-grant-tables\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const option = view.last('skip_grant_tables');
      if (!option || switchOf(option) === false) return;
      const socketOnly = view.kind === 'mysql' && (view.version?.[0] ?? 0) >= 8;
      const reach = reachOf(view);
      yield {
        pointer: 'skip_grant_tables',
        ...at(option),
        actual: 'on',
        expected: 'not set',
        message: `Nobody is asked for a password, and the server ${socketOnly ? 'answers on its socket' : reach.text}.`,
        severity: socketOnly || reach.where === 'loopback' || reach.near ? 'high' : 'critical',
        fix: cut(view, option, file, {
          title: 'Ask for passwords again',
          blastRadius: 'Whoever logs in without an account or with a wrong password is refused.',
          needsConfirmation: true,
        }),
      };
    });
  },
});

export const oldPlugin = defineRule<'my.cnf'>({
  id: 'audit/mysql-old-password-plugin',
  aliases: ['MY-AUTH-002'],
  format: 'my.cnf',
  topic: 'authentication',
  verified: {
    by: 'source',
    how: 'https://dev.mysql.com/doc/refman/8.4/en/native-pluggable-authentication.html – mysql_native_password (unsalted SHA-1 twice) is deprecated since 8.0.34, off by default in 8.4 and removed in 9.0',
  },
  title: 'New MySQL accounts get an old kind of password',
  severity: 'medium',
  owner: 'it',
  description:
    '`mysql_native_password` stores an unsalted SHA-1 of a SHA-1: whoever copies `mysql.user` turns it into passwords quickly. It is gone in MySQL 9.0.',
  remediation: 'Remove the line (`caching_sha2_password` is the default since 8.0) and set the passwords again.',
  references: [
    'https://dev.mysql.com/doc/refman/8.4/en/native-pluggable-authentication.html',
    'https://dev.mysql.com/doc/refman/8.4/en/caching-sha2-pluggable-authentication.html',
  ],
  cwe: ['CWE-327', 'CWE-916'],
  examples: {
    bad: [
      '[mysqld]\ndefault-authentication-plugin=mysql_native_password\n',
      '[mysqld]\nauthentication_policy = mysql_native_password,,\n',
    ],
    good: ['[mysqld]\ndefault_authentication_plugin=caching_sha2_password\n', '[mysqld]\nport=3306\n'],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const option = view.last('default_authentication_plugin', 'authentication_policy');
      if (!option?.value || !/^mysql_(?:native|old)_password(?:,|$)/i.test(option.value)) return;
      yield {
        pointer: option.name,
        ...at(option),
        actual: option.value,
        expected: 'caching_sha2_password',
        message: 'New accounts get a password that is easily turned back.',
        fix: replace(view, option, option.value.replace(/^mysql_\w+_password/i, 'caching_sha2_password'), {
          title: 'Use caching_sha2_password for new accounts',
          blastRadius: 'Accounts that exist keep their plugin; new ones need drivers of MySQL 8 and later.',
          needsConfirmation: true,
        }),
      };
    });
  },
});

export const oldHashing = defineRule<'my.cnf'>({
  id: 'audit/mysql-old-password-hashing',
  aliases: ['MY-AUTH-003'],
  format: 'my.cnf',
  topic: 'authentication',
  verified: { by: 'server', how: STARTED },
  title: 'MySQL or MariaDB uses passwords of the kind before 4.1',
  severity: 'high',
  owner: 'it',
  description:
    '`old_passwords = 1` stores 16 hexadecimal digits that are broken in minutes, and `secure_auth = 0` lets accounts log in with them.',
  remediation: 'Remove the line, and set the passwords of such accounts again.',
  references: [`${MARIADB}#old_passwords`, `${MARIADB}#secure_auth`],
  cwe: ['CWE-916'],
  examples: {
    bad: ['[mysqld]\nold_passwords=1\n', '[mariadb]\nsecure-auth = OFF\n', '[mysqld]\nskip-secure-auth\n'],
    good: ['[mysqld]\nold_passwords=0\nsecure_auth=1\n'],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      for (const [name, bad] of [
        ['old_passwords', true],
        ['secure_auth', false],
      ] as const) {
        const option = view.last(name);
        if (!option || switchOf(option) !== bad) continue;
        yield {
          pointer: name,
          ...at(option),
          actual: option.value ?? 'on',
          expected: 'not set',
          message:
            name === 'old_passwords'
              ? 'Passwords are stored in a broken way.'
              : 'Logins with broken passwords are accepted.',
          fix: cut(view, option, file, {
            title: `Remove ${name}`,
            blastRadius: 'Accounts whose password is of the old kind are refused until it is set again.',
            needsConfirmation: true,
          }),
        };
      }
    });
  },
});

export const weakPolicy = defineRule<'my.cnf'>({
  id: 'audit/mysql-weak-password-policy',
  aliases: ['MY-AUTH-004'],
  format: 'my.cnf',
  topic: 'authentication',
  verified: {
    by: 'source',
    how: 'https://dev.mysql.com/doc/refman/8.4/en/validate-password-options-variables.html – policy LOW (0) checks the length only; length is 8 by default',
  },
  title: 'The password policy of MySQL or MariaDB was weakened',
  severity: 'low',
  owner: 'security',
  description:
    'The policy was turned down to checking a length, or to fewer than 8 characters. (Without a policy at all nothing is reported: it may be loaded at run time.)',
  remediation:
    'Set `validate_password.policy = MEDIUM` and a length of 12 or more (MariaDB: `simple_password_check_minimal_length`).',
  references: [
    'https://dev.mysql.com/doc/refman/8.4/en/validate-password-options-variables.html',
    'https://mariadb.com/kb/en/simple-password-check-plugin/',
  ],
  cwe: ['CWE-521'],
  examples: {
    bad: [
      '[mysqld]\nvalidate_password.policy=LOW\n',
      '[mysqld]\nvalidate-password-length = 4\n',
      '[mariadb]\nsimple_password_check_minimal_length=4\n',
    ],
    good: ['[mysqld]\nvalidate_password.policy=MEDIUM\nvalidate_password.length=14\n', '[mysqld]\nport=3306\n'],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const policy = view.last('validate_password.policy', 'validate_password_policy');
      const length = view.last(
        'validate_password.length',
        'validate_password_length',
        'simple_password_check_minimal_length',
      );
      if (policy?.value && /^(?:0|LOW)$/i.test(policy.value)) {
        yield {
          pointer: policy.name,
          ...at(policy),
          actual: policy.value,
          expected: 'MEDIUM',
          message: 'Passwords are checked for their length only.',
          fix: replace(view, policy, 'MEDIUM', {
            title: 'Ask for mixed passwords',
            blastRadius: 'New passwords need digits, both cases and a special character; those that exist stay.',
            needsConfirmation: false,
          }),
        };
      }
      if (length?.value && /^[0-7]$/.test(length.value)) {
        yield {
          pointer: length.name,
          ...at(length),
          actual: length.value,
          expected: '12 or more',
          message: `Passwords of ${length.value} characters are accepted.`,
        };
      }
    });
  },
});

/** Options that hold a password, by group: every group may have `password`. */
const SECRETS =
  /^(?:password|user_password|master_password|report_password|ssl_passphrase|file_key_management_filekey)$/;

export const committedPassword = defineRule<'my.cnf'>({
  id: 'audit/mysql-password-in-file',
  aliases: ['MY-AUTH-005'],
  format: 'my.cnf',
  topic: 'secrets',
  verified: {
    by: 'source',
    how: 'https://dev.mysql.com/doc/refman/8.4/en/password-security-user.html – a password in [client] of an option file is in clear text; keep such a file readable by oneself only, or use a login path',
  },
  title: 'A password of MySQL or MariaDB stands in a file of the project',
  severity: 'high',
  owner: 'developer',
  description:
    'Everybody who reads the repository, an image or a backup of it logs in with it, and it stays in the history after it was removed.',
  remediation:
    'Set a new password; use `mysql_config_editor` (a login path), a file outside version control, or the socket (`unix_socket`, `auth_socket`).',
  references: ['https://dev.mysql.com/doc/refman/8.4/en/password-security-user.html'],
  cwe: ['CWE-798', 'CWE-256'],
  examples: {
    bad: [
      '[client]\nuser=root\npassword=a-long-example-value\n[mysqld]\nport=3306\n',
      '[mysqld]\nport=3306\n[mysqldump]\npassword = "changeme"\n',
      '[mysqld]\nport=3306\nwsrep_sst_auth = sst:a-long-example-value\n',
    ],
    good: [
      '[client]\npassword=\n[mysqld]\nport=3306\n',
      '[client]\npassword=${MYSQL_PASSWORD}\n[mysqld]\nport=3306\n',
      '=== my.cnf.example\n[client]\npassword=a-long-example-value\n[mysqld]\nport=3306\n',
      '[client]\n#password=a-long-example-value\nport=3306\n[mysqld]\nport=3306\n',
    ],
  },
  *check({ document, source }) {
    for (const option of document.options) {
      const isSst = option.name === 'wsrep_sst_auth';
      if (option.value === null || !(isSst || SECRETS.test(option.name))) continue;
      const value = isSst ? option.value.slice(option.value.indexOf(':') + 1) : option.value;
      const { path } = option.source ?? source;
      // Debian and others write a line that asks for one.
      if (value === '' || /^your[_-]?password$/i.test(value)) continue;
      const known = isWellKnown(value) && !isFilledInLater(value) && !isSampleFile(path);
      if (!known && !isCommittedSecret(path, value)) continue;
      yield {
        pointer: `${option.group}.${option.name}`,
        ...at(option),
        actual: `${hidden(value)}${known ? ', from a sample or a list' : ''}`,
        expected: 'a login path, or a file outside version control',
        message: known
          ? 'A password that everybody tries first stands in this file.'
          : 'A password stands in this file.',
      };
    }
  },
});

export const suspiciousFunctions = defineRule<'my.cnf'>({
  id: 'audit/mysql-suspicious-functions',
  aliases: ['MY-UDF-001'],
  format: 'my.cnf',
  topic: 'hardening',
  verified: {
    by: 'source',
    how: 'https://dev.mysql.com/doc/refman/8.4/en/server-options.html#option_mysqld_allow-suspicious-udfs – off by default, so that functions cannot be loaded from shared objects that were not written as such',
  },
  title: 'MySQL or MariaDB loads any function of any library',
  severity: 'medium',
  owner: 'it',
  description:
    'With `allow-suspicious-udfs` any symbol of a shared library can become a SQL function, not only those made for it: a step from a database account to code on the machine.',
  remediation: 'Remove the line.',
  references: [
    'https://dev.mysql.com/doc/refman/8.4/en/server-options.html#option_mysqld_allow-suspicious-udfs',
    'https://mariadb.com/kb/en/mariadbd-options/#-allow-suspicious-udfs',
  ],
  cwe: ['CWE-94'],
  examples: {
    bad: ['[mysqld]\nallow-suspicious-udfs\nport=3306\n'],
    good: ['[mysqld]\nallow-suspicious-udfs=0\nport=3306\n'],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const option = view.last('allow_suspicious_udfs');
      if (!option || switchOf(option) === false) return;
      yield {
        pointer: option.name,
        ...at(option),
        actual: 'on',
        expected: 'not set',
        message: 'Any symbol of a library can become a SQL function.',
        fix: cut(view, option, file, {
          title: 'Load functions only from libraries made for it',
          blastRadius: 'User-defined functions without an init or deinit symbol no longer load.',
          needsConfirmation: true,
        }),
      };
    });
  },
});

export const runsAsRoot = defineRule<'my.cnf'>({
  id: 'audit/mysql-runs-as-root',
  aliases: ['MY-PRIV-001'],
  format: 'my.cnf',
  topic: 'hardening',
  verified: { by: 'server', how: STARTED },
  title: 'MySQL or MariaDB runs as root',
  severity: 'high',
  owner: 'it',
  description:
    'With `user = root` an account with the FILE privilege reads and writes files of the whole machine, and a flaw of the server is one of the machine.',
  remediation: 'Set `user = mysql` and give it the data directory (`chown -R mysql:mysql`).',
  references: ['https://dev.mysql.com/doc/refman/8.4/en/changing-mysql-user.html', `${MYSQL}`],
  cwe: ['CWE-250'],
  examples: {
    bad: ['[mysqld]\nuser=root\nport=3306\n'],
    good: ['[mysqld]\nuser=mysql\nport=3306\n', '[client]\nuser=root\n[mysqld]\nport=3306\n'],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const option = view.last('user');
      if (option?.value !== 'root') return;
      yield {
        pointer: 'user',
        ...at(option),
        actual: 'root',
        expected: 'mysql',
        message: 'The server keeps the rights of root.',
        fix: replace(view, option, 'mysql', {
          title: 'Run the server as mysql',
          blastRadius: 'The server does not start until the data directory belongs to mysql.',
          needsConfirmation: true,
        }),
      };
    });
  },
});
