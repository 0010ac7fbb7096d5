/** my.cnf: files that SQL reaches, what is written down, and what lasts. */
import { isServerGroup, switchOf } from '../../formats/my-cnf/effective.ts';
import { defineRule } from '../../model.ts';
import { at, inEachView, MARIADB, MYSQL, replace, STARTED } from './view.ts';

export const localInfile = defineRule<'my.cnf'>({
  id: 'audit/mysql-local-infile',
  aliases: ['MY-FILE-001'],
  format: 'my.cnf',
  topic: 'hardening',
  verified: { by: 'server', how: STARTED },
  title: 'MySQL or MariaDB takes files from its clients',
  severity: 'medium',
  owner: 'developer',
  description:
    'With `local_infile` on, `LOAD DATA LOCAL` in an injected statement makes the application’s machine send its files. It is on by default in MariaDB, and off in MySQL 8.0 and later.',
  remediation: 'Set `local_infile = 0`.',
  references: ['https://dev.mysql.com/doc/refman/8.4/en/load-data-local-security.html', `${MARIADB}#local_infile`],
  cwe: ['CWE-73'],
  examples: {
    bad: ['[mysqld]\nlocal_infile=1\n', '[mysqld]\nlocal-infile\n', '[mariadb]\nport=3306\n'],
    good: [
      '[mysqld]\nlocal_infile=0\n',
      '[mariadb]\nskip-local-infile\n',
      '[mysqld]\nport=3306\n',
      '[mysql]\nlocal-infile=1\n[mysqld]\nlocal-infile=0\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const option = view.last('local_infile');
      if (option) {
        if (switchOf(option) !== true) return;
        yield {
          pointer: 'local_infile',
          ...at(option),
          actual: option.value ?? 'on',
          expected: '0',
          message: 'Clients’ files can be read through SQL.',
          fix: replace(view, option, '0', {
            title: 'Take no files from clients',
            blastRadius: 'Imports with LOAD DATA LOCAL and mysqlimport --local fail.',
            needsConfirmation: true,
          }),
        };
        return;
      }
      const offByDefault = view.kind === 'mysql' && (view.version?.[0] ?? 0) >= 8;
      if (offByDefault) return;
      const onByDefault = view.kind === 'mariadb' || (view.kind === 'mysql' && (view.version?.[0] ?? 8) < 8);
      const [group = null] = file.document.groups.keys();
      if (!onByDefault || !view.complete) {
        context.unknown('local_infile', 'not set; on in MariaDB and MySQL 5, off in MySQL 8');
        return;
      }
      const server = [...file.document.groups].find(([name]) => /^(?:mysqld|mariadbd?|server)$/.test(name));
      const end = server?.[1] ?? null;
      const own = file.document.options.find((one) => one.group === (server?.[0] ?? group) && one.source === undefined);
      const place = own ?? file.document.options.find((one) => isServerGroup(one.group)) ?? file.document.options[0];
      if (!place) return;
      yield {
        pointer: 'local_infile',
        ...at(place),
        actual: `not set; on in ${view.kind === 'mariadb' ? 'MariaDB' : 'MySQL 5'}`,
        expected: '0',
        message: 'Clients’ files can be read through SQL.',
        severity: 'low',
        fix:
          end !== null && place.source === undefined
            ? {
                edits: [{ start: end, end, text: `${file.source.eol}local_infile = 0` }],
                title: 'Take no files from clients',
                blastRadius: 'Imports with LOAD DATA LOCAL and mysqlimport --local fail.',
                needsConfirmation: true,
              }
            : null,
      };
    });
  },
});

export const fileAccess = defineRule<'my.cnf'>({
  id: 'audit/mysql-files-through-sql',
  aliases: ['MY-FILE-002'],
  format: 'my.cnf',
  topic: 'hardening',
  verified: { by: 'server', how: STARTED },
  title: 'SQL reaches every file of the server’s account',
  severity: 'medium',
  owner: 'it',
  description:
    'With an empty `secure_file_priv` an account with the FILE privilege reads any file that the server may read, and writes new ones: configuration, keys, a web shell.',
  remediation:
    'Set `secure_file_priv` to a folder made for it (`/var/lib/mysql-files`); in MySQL `NULL` forbids it altogether.',
  references: [`${MYSQL}#sysvar_secure_file_priv`, `${MARIADB}#secure_file_priv`],
  cwe: ['CWE-73'],
  examples: {
    bad: ['[mysqld]\nsecure_file_priv=\n', '[mysqld]\nsecure-file-priv = ""\n'],
    good: ['[mysqld]\nsecure_file_priv=/var/lib/mysql-files\n', '[mysqld]\nsecure_file_priv=NULL\n'],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const option = view.last('secure_file_priv');
      if (!option && view.kind !== 'mysql')
        context.unknown('secure_file_priv', 'not set; MariaDB then limits nothing, packages of MySQL name a folder');
      if (!option || (option.value ?? '') !== '') return;
      yield {
        pointer: 'secure_file_priv',
        ...at(option),
        actual: 'empty',
        expected: 'a folder made for it',
        message: 'SQL reaches every file of the server’s account.',
      };
    });
  },
});

export const generalLog = defineRule<'my.cnf'>({
  id: 'audit/mysql-data-in-log',
  aliases: ['MY-LOG-001'],
  format: 'my.cnf',
  topic: 'logging',
  verified: { by: 'server', how: STARTED },
  title: 'MySQL or MariaDB writes every statement into a log, personal data with it',
  severity: 'low',
  owner: 'it',
  description:
    'The general log copies every statement with its values into a file that is kept, rotated and read differently from the database.',
  remediation:
    'Set `general_log = 0`; switch it on at run time (`SET GLOBAL general_log = ON`) while looking for a fault.',
  references: [
    'https://dev.mysql.com/doc/refman/8.4/en/query-log.html',
    'https://mariadb.com/kb/en/general-query-log/',
  ],
  cwe: ['CWE-532'],
  examples: {
    bad: ['[mysqld]\ngeneral_log = 1\n', '[mysqld]\ngeneral-log\n'],
    good: ['[mysqld]\ngeneral_log=OFF\ngeneral_log_file=/tmp/x\n'],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const option = view.last('general_log');
      if (switchOf(option) !== true || !option) return;
      yield {
        pointer: 'general_log',
        ...at(option),
        actual: option.value ?? 'on',
        expected: '0',
        message: 'Every statement with its values is written into a log.',
        fix: replace(view, option, '0', {
          title: 'Switch the general log off',
          blastRadius: 'Nobody is cut off; what reads queries from the log sees none.',
          needsConfirmation: false,
        }),
      };
    });
  },
});

export const rawLog = defineRule<'my.cnf'>({
  id: 'audit/mysql-passwords-in-log',
  aliases: ['MY-LOG-002'],
  format: 'my.cnf',
  topic: 'logging',
  verified: {
    by: 'source',
    how: 'https://dev.mysql.com/doc/refman/8.4/en/password-logging.html – passwords in statements are rewritten before they are logged; --log-raw suppresses that',
  },
  title: 'MySQL writes passwords into its logs',
  severity: 'high',
  owner: 'it',
  description: 'MySQL hides passwords of `CREATE USER` and its like in its logs; `log_raw` stops that.',
  remediation: 'Remove the line, delete the logs that were written, and set the passwords again.',
  references: ['https://dev.mysql.com/doc/refman/8.4/en/password-logging.html'],
  cwe: ['CWE-532'],
  examples: { bad: ['[mysqld]\nlog-raw=ON\n'], good: ['[mysqld]\nlog_raw=OFF\n'] },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const option = view.last('log_raw');
      if (switchOf(option) !== true || !option) return;
      yield {
        pointer: 'log_raw',
        ...at(option),
        actual: option.value ?? 'on',
        expected: 'OFF',
        message: 'Passwords in statements are written into the logs.',
        fix: replace(view, option, 'OFF', {
          title: 'Hide passwords in logs',
          blastRadius: 'Nobody is cut off.',
          needsConfirmation: false,
        }),
      };
    });
  },
});

export const noBinaryLog = defineRule<'my.cnf'>({
  id: 'audit/mysql-no-binary-log',
  aliases: ['MY-BAK-001'],
  format: 'my.cnf',
  topic: 'retention',
  verified: { by: 'server', how: STARTED },
  title: 'The binary log is switched off',
  severity: 'low',
  owner: 'it',
  description:
    'With `skip-log-bin` one can go back to the last full backup only: what people entered since is lost with the disk, or with a wrong DELETE.',
  remediation: 'Set `log_bin` and keep it as long as the time between two full backups.',
  references: [
    'https://dev.mysql.com/doc/refman/8.4/en/point-in-time-recovery.html',
    'https://mariadb.com/kb/en/binary-log/',
  ],
  cwe: ['CWE-693'],
  examples: {
    bad: ['[mysqld]\nskip-log-bin\n', '[mysqld]\ndisable_log_bin\n'],
    good: ['[mysqld]\nlog_bin=mysql-bin\nbinlog_expire_logs_seconds=604800\n', '[mysqld]\nport=3306\n'],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const option = view.last('log_bin');
      // `log_bin = 0` names the file “0”; only skip and disable switch it off.
      if (!option?.implied || option.value !== '0') return;
      yield {
        pointer: 'log_bin',
        ...at(option),
        actual: option.writtenName,
        expected: 'log_bin',
        message: 'Changes since the last full backup cannot be brought back.',
        fix: null,
      };
    });
  },
});

export const logsKeptForEver = defineRule<'my.cnf'>({
  id: 'audit/mysql-binary-logs-kept-for-ever',
  aliases: ['MY-RET-001'],
  format: 'my.cnf',
  topic: 'retention',
  verified: { by: 'server', how: STARTED },
  title: 'Binary logs are kept for ever, deleted data with them',
  severity: 'low',
  owner: 'it',
  description:
    'Binary logs hold every change: what was deleted from the tables – after a request to delete it, too – stays in them until they expire. 0 means never; MariaDB does so without the setting, MySQL 8 keeps 30 days.',
  remediation: 'Set `binlog_expire_logs_seconds = 1209600` (14 days; MariaDB before 10.6: `expire_logs_days = 14`).',
  references: [
    'https://dev.mysql.com/doc/refman/8.4/en/replication-options-binary-log.html#sysvar_binlog_expire_logs_seconds',
    'https://mariadb.com/kb/en/replication-and-binary-log-system-variables/#expire_logs_days',
  ],
  cwe: ['CWE-459'],
  examples: {
    bad: [
      '[mysqld]\nlog_bin=bin\nexpire_logs_days=0\n',
      '[mysqld]\nlog_bin=bin\nbinlog_expire_logs_seconds = 0\n',
      '[mariadb]\nlocal_infile=0\nlog-bin\n',
    ],
    good: [
      '[mysqld]\nlog_bin=bin\nexpire_logs_days=10\n',
      '[mysqld]\nexpire_logs_days=0\n',
      '[mysqld]\nlog_bin=bin\n',
      '[mariadb]\nlocal_infile=0\nlog-bin\nbinlog_expire_logs_seconds=604800\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const log = view.last('log_bin');
      if (!log || (log.implied && log.value === '0')) return;
      const option = view.last('binlog_expire_logs_seconds', 'expire_logs_days');
      if (!option && (view.kind !== 'mariadb' || !view.complete)) {
        if (view.kind === null)
          context.unknown('binlog_expire_logs_seconds', 'not set; never in MariaDB, 30 days in MySQL 8');
        return;
      }
      if (option && !/^0+(?:\.0+)?$/.test(option.value ?? '')) return;
      const days = option?.name === 'expire_logs_days';
      yield {
        pointer: option?.name ?? 'binlog_expire_logs_seconds',
        ...at(option ?? log),
        actual: option ? '0; never' : 'not set; never in MariaDB',
        expected: days ? '14' : '1209600',
        message: 'Deleted data stays in the binary logs for ever.',
        fix: option
          ? replace(view, option, days ? '14' : '1209600', {
              title: 'Delete binary logs after 14 days',
              blastRadius:
                'Replicas that were away for longer, and recovery to a time before, need a newer full backup.',
              needsConfirmation: true,
            })
          : null,
      };
    });
  },
});

export const notEncrypted = defineRule<'my.cnf'>({
  id: 'audit/mysql-tables-not-encrypted',
  aliases: ['MY-ENC-001'],
  format: 'my.cnf',
  topic: 'encryption-at-rest',
  verified: { by: 'server', how: STARTED },
  title: 'Encryption of tables is switched off',
  severity: 'low',
  owner: 'it',
  description:
    '`innodb_encrypt_tables = OFF` (MySQL: `default_table_encryption = OFF`) leaves tables readable on a stolen disk or copied volume, unless the disk itself is encrypted.',
  remediation:
    'Load a key (MariaDB: `plugin_load_add = file_key_management`; MySQL: a keyring component), then set it to `ON`; or encrypt the volume.',
  references: [
    'https://mariadb.com/kb/en/innodb-encryption-overview/',
    'https://dev.mysql.com/doc/refman/8.4/en/innodb-data-encryption.html',
  ],
  cwe: ['CWE-311'],
  examples: {
    bad: ['[mariadb]\nlocal_infile=0\ninnodb_encrypt_tables = OFF\n', '[mysqld]\ndefault_table_encryption=0\n'],
    good: [
      '[mariadb]\nlocal_infile=0\ninnodb_encrypt_tables=ON\n',
      '[mariadb]\nlocal_infile=0\ninnodb-encrypt-tables=FORCE\n',
      '[mysqld]\nport=3306\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const option = view.last('innodb_encrypt_tables', 'default_table_encryption');
      if (!option || switchOf(option) !== false) return;
      yield {
        pointer: option.name,
        ...at(option),
        actual: option.value ?? 'OFF',
        expected: 'ON, with a key',
        message: 'Tables are readable on a stolen disk, unless the disk is encrypted.',
      };
    });
  },
});
