/** postgresql.conf: what is written down, and what lasts. */
import { booleanOf } from '../../formats/postgresql/effective.ts';
import { postgresqlBoolean } from '../../formats/postgresql/parse.ts';
import { defineRule } from '../../model.ts';
import { at, DOCS, inEachView, replace, STARTED, wide } from './view.ts';

const LOGGING = `${DOCS}logging.html`;

export const loginsNotLogged = defineRule<'postgresql.conf'>({
  id: 'audit/postgresql-logins-not-logged',
  aliases: ['PG-LOG-001', 'PG-LOG-002'],
  format: 'postgresql.conf',
  topic: 'logging',
  verified: { by: 'server', how: STARTED },
  cis: ['CIS PostgreSQL 17 3.1.20', 'CIS PostgreSQL 17 3.1.21'],
  title: 'PostgreSQL does not write down who logs in',
  severity: 'low',
  owner: 'security',
  description:
    'Without `log_connections` and `log_disconnections` nobody can tell later who was in, from where and how long.',
  remediation: 'Set `log_connections = on` and `log_disconnections = on`.',
  references: [`${LOGGING}#GUC-LOG-CONNECTIONS`, `${LOGGING}#GUC-LOG-DISCONNECTIONS`],
  cwe: ['CWE-778'],
  examples: {
    bad: [
      "listen_addresses = '10.0.4.7'\nmax_connections = 100\n",
      "listen_addresses = 'localhost'\nlog_connections = off\nlog_disconnections = on\n",
    ],
    good: [
      "listen_addresses = '10.0.4.7'\nlog_connections = on\nlog_disconnections = on\n",
      "listen_addresses = '10.0.4.7'\nlog_connections = 'receipt,authentication'\nlog_disconnections = on\n",
      "listen_addresses = 'localhost'\nmax_connections = 100\n",
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const names = ['log_connections', 'log_disconnections'].filter((name) => {
        const setting = view.last(name);
        // Since 18 a list of stages may stand there.
        return setting
          ? postgresqlBoolean(setting.value) === false || setting.value === ''
          : wide(view) && view.complete;
      });
      const [name] = names;
      const place = name === undefined ? undefined : (view.last(name) ?? wide(view));
      if (name === undefined || !place) return;
      const edits = names.flatMap((one) => {
        const setting = view.last(one);
        const same = (setting?.source ?? file.source) === (place.source ?? file.source);
        return setting && same && !view.isFlag(setting) ? [{ ...setting.span, text: 'on' }] : [];
      });
      yield {
        pointer: 'log_connections',
        ...at(place),
        actual: names.map((one) => `${one} ${view.last(one) ? 'off' : 'not set; off'}`).join(', '),
        expected: 'on',
        message: 'It is not written down who logs in and out.',
        fix:
          edits.length === names.length
            ? {
                edits,
                title: 'Write down logins',
                blastRadius: 'Nobody is cut off; the log grows by a line or two for each connection.',
                needsConfirmation: false,
              }
            : null,
      };
    });
  },
});

export const schemaChangesNotLogged = defineRule<'postgresql.conf'>({
  id: 'audit/postgresql-schema-changes-not-logged',
  aliases: ['PG-LOG-003'],
  format: 'postgresql.conf',
  topic: 'logging',
  verified: { by: 'server', how: STARTED },
  cis: ['CIS PostgreSQL 17 3.1.25'],
  title: 'PostgreSQL does not write down changes of tables and grants',
  severity: 'low',
  owner: 'security',
  description: 'With `log_statement = none` a `DROP TABLE`, a new role or a new grant leaves no trace.',
  remediation: "Set `log_statement = 'ddl'`. Not `all`: it writes personal data into the log.",
  references: [`${LOGGING}#GUC-LOG-STATEMENT`],
  cwe: ['CWE-778'],
  examples: {
    bad: ["listen_addresses = 'localhost'\nlog_statement = 'none'\n"],
    good: [
      "listen_addresses = 'localhost'\nlog_statement = 'ddl'\n",
      "listen_addresses = 'localhost'\nlog_statement = none\nshared_preload_libraries = 'pgaudit'\n",
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const setting = view.last('log_statement');
      const place = setting ?? (view.complete ? wide(view) : undefined);
      if (!place || (setting && setting.value.toLowerCase() !== 'none')) return;
      if (view.last('shared_preload_libraries')?.value.includes('pgaudit')) return;
      yield {
        pointer: 'log_statement',
        ...at(place),
        actual: setting ? 'none' : 'not set; none',
        expected: 'ddl',
        message: 'Changes of tables, roles and grants are not written down.',
        fix: setting
          ? replace(view, setting, 'ddl', {
              title: 'Write down schema changes',
              blastRadius: 'Nobody is cut off; migrations appear in the log.',
              needsConfirmation: false,
            })
          : null,
      };
    });
  },
});

export const dataInLog = defineRule<'postgresql.conf'>({
  id: 'audit/postgresql-data-in-log',
  aliases: ['PG-LOG-004'],
  format: 'postgresql.conf',
  topic: 'logging',
  verified: { by: 'server', how: STARTED },
  title: 'PostgreSQL writes every statement into its log, personal data with it',
  severity: 'medium',
  owner: 'security',
  description:
    '`log_statement = all` and `mod`, and `log_min_duration_statement = 0`, copy values – names, addresses, new passwords – into a file that is kept, shipped and read differently from the database.',
  remediation:
    "Set `log_statement = 'ddl'`, and `log_min_duration_statement` to what is slow (`1s`); keep parameters out with `log_parameter_max_length = 0`.",
  references: [`${LOGGING}#GUC-LOG-STATEMENT`, `${LOGGING}#GUC-LOG-MIN-DURATION-STATEMENT`],
  cwe: ['CWE-532'],
  examples: {
    bad: [
      "listen_addresses = 'localhost'\nlog_statement = 'all'\n",
      "listen_addresses = 'localhost'\nlog_min_duration_statement = 0\n",
    ],
    good: [
      "listen_addresses = 'localhost'\nlog_statement = 'ddl'\nlog_min_duration_statement = 250ms\n",
      "listen_addresses = 'localhost'\nlog_min_duration_statement = -1\n",
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const statement = view.last('log_statement');
      if (statement && /^(?:all|mod)$/i.test(statement.value)) {
        yield {
          pointer: 'log_statement',
          ...at(statement),
          actual: statement.value,
          expected: 'ddl',
          message: 'Statements with their values are written into the log.',
          fix: replace(view, statement, 'ddl', {
            title: 'Write down schema changes only',
            blastRadius: 'Nobody is cut off; what reads queries from the log sees fewer.',
            needsConfirmation: false,
          }),
        };
      }
      const duration = view.last('log_min_duration_statement');
      if (duration && /^0+(?:us|ms|s|min|h|d)?$/.test(duration.value)) {
        yield {
          pointer: 'log_min_duration_statement',
          ...at(duration),
          actual: duration.value,
          expected: 'what is slow, e.g. 1s',
          message: 'Every statement with its values is written into the log.',
        };
      }
    });
  },
});

export const archiveGoesNowhere = defineRule<'postgresql.conf'>({
  id: 'audit/postgresql-archive-goes-nowhere',
  aliases: ['PG-BAK-001'],
  format: 'postgresql.conf',
  topic: 'retention',
  verified: { by: 'server', how: STARTED },
  cis: ['CIS PostgreSQL 17 7.4'],
  title: 'PostgreSQL’s archive of changes goes nowhere',
  severity: 'medium',
  owner: 'it',
  description:
    'With `archive_mode = on` and a command that keeps nothing (`/bin/true`), it looks as if one could go back to any point in time, and one cannot. Without a command the changes pile up until the disk is full. (Without `archive_mode` other backups may exist; that is not judged.)',
  remediation:
    'Set `archive_command` to a tool that stores and checks (`pgbackrest --stanza=main archive-push %p`), or `archive_mode = off` where another backup exists.',
  references: [
    'https://www.postgresql.org/docs/current/continuous-archiving.html',
    `${DOCS}wal.html#GUC-ARCHIVE-COMMAND`,
  ],
  cwe: ['CWE-693'],
  examples: {
    bad: [
      "listen_addresses = 'localhost'\narchive_mode = on\narchive_command = '/bin/true'\n",
      "listen_addresses = 'localhost'\narchive_mode = always\n",
    ],
    good: [
      "listen_addresses = 'localhost'\narchive_mode = on\narchive_command = 'pgbackrest --stanza=main archive-push %p'\n",
      "listen_addresses = 'localhost'\narchive_mode = on\narchive_library = 'basic_archive'\n",
      "listen_addresses = 'localhost'\narchive_mode = off\n",
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const mode = view.last('archive_mode');
      if (!mode || !(postgresqlBoolean(mode.value) === true || mode.value.toLowerCase() === 'always')) return;
      const command = view.last('archive_command');
      const words = command?.value.trim() ?? '';
      if (
        view.last('archive_library')?.value ||
        !/^(?:|\/(?:usr\/)?bin\/true|true|:|exit 0|cd \.|echo\b[^>|]*)$/.test(words)
      )
        return;
      if (!command && !view.complete) {
        context.unknown('archive_command', 'an included file may set it');
        return;
      }
      yield {
        pointer: 'archive_command',
        ...at(command ?? mode),
        actual: command ? (words === '' ? 'empty' : words) : 'not set',
        expected: 'a command that stores the segment',
        message:
          words === ''
            ? 'Changes pile up: nothing takes them away.'
            : 'Changes are thrown away as if they were archived.',
      };
    });
  },
});

export const durabilityOff = defineRule<'postgresql.conf'>({
  id: 'audit/postgresql-durability-off',
  aliases: ['PG-INT-001'],
  format: 'postgresql.conf',
  topic: 'retention',
  verified: {
    by: 'source',
    how: `${DOCS}wal.html#GUC-FSYNC – fsync = off can lead to unrecoverable data corruption after a crash, and full_page_writes = off to corruption that goes unnoticed`,
  },
  title: 'PostgreSQL may lose or corrupt all data in a crash',
  severity: 'high',
  owner: 'it',
  description:
    'With `fsync = off` or `full_page_writes = off` a power failure can leave a database that no longer opens, or worse, one that does and is wrong. For tests only.',
  remediation: 'Remove the line; for speed use `synchronous_commit = off`, which loses a moment and never corrupts.',
  references: [`${DOCS}wal.html#GUC-FSYNC`, `${DOCS}wal.html#GUC-FULL-PAGE-WRITES`],
  cwe: ['CWE-693'],
  examples: {
    bad: ["listen_addresses = 'localhost'\nfsync = off\n", "listen_addresses = 'localhost'\nfull_page_writes = 'no'\n"],
    good: ["listen_addresses = 'localhost'\nfsync = on\nsynchronous_commit = off\n"],
  },
  *check(file, context) {
    // Files for tests say so in their names.
    if (/(?:^|[/._-])(?:tests?|ci|bench(?:mark)?)(?:[/._-]|$)/i.test(file.source.path)) return;
    yield* inEachView(file, context, function* (view) {
      for (const name of ['fsync', 'full_page_writes']) {
        const setting = view.last(name);
        if (!setting || booleanOf(view, name) !== false) continue;
        yield {
          pointer: name,
          ...at(setting),
          actual: setting.value,
          expected: 'on',
          message: 'A crash of the machine can corrupt the database.',
          fix: replace(view, setting, 'on', {
            title: `Switch ${name} on`,
            blastRadius: 'Nobody is cut off; writes become slower.',
            needsConfirmation: false,
          }),
        };
      }
    });
  },
});

export const systemTablesWritable = defineRule<'postgresql.conf'>({
  id: 'audit/postgresql-system-tables-writable',
  format: 'postgresql.conf',
  topic: 'hardening',
  verified: { by: 'server', how: STARTED },
  title: 'PostgreSQL lets superusers change system tables',
  severity: 'medium',
  owner: 'it',
  description:
    '`allow_system_table_mods = on` allows structure changes of the catalogue, which roles and grants live in: a way to hide an account, and to destroy the database by mistake.',
  remediation: 'Remove the line.',
  references: [`${DOCS}developer.html#GUC-ALLOW-SYSTEM-TABLE-MODS`],
  cwe: ['CWE-732'],
  examples: {
    bad: ["listen_addresses = 'localhost'\nallow_system_table_mods = on\n"],
    good: ["listen_addresses = 'localhost'\nallow_system_table_mods = off\n"],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const setting = view.last('allow_system_table_mods');
      if (!setting || booleanOf(view, 'allow_system_table_mods') !== true) return;
      yield {
        pointer: setting.name,
        ...at(setting),
        actual: setting.value,
        expected: 'off',
        message: 'The structure of system tables can be changed.',
        fix: replace(view, setting, 'off', {
          title: 'Protect system tables',
          blastRadius: 'Scripts that change the catalogue’s structure fail.',
          needsConfirmation: false,
        }),
      };
    });
  },
});
