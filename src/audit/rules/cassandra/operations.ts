/** Rules for cassandra.yaml on logs, functions of clients and snapshots. */
import { replaceValue } from '../../formats/settings/edit.ts';
import type { Setting } from '../../formats/settings/read.ts';
import { defineRule } from '../../model.ts';
import { isFalse, isTrue, LOCKED, REFERENCES } from './shared.ts';

/** Names before and since 4.1. */
const SCRIPTED = ['scripted_user_defined_functions_enabled', 'enable_scripted_user_defined_functions'];
const FUNCTIONS = ['user_defined_functions_enabled', 'enable_user_defined_functions'];
const THREADS = ['user_defined_functions_threads_enabled', 'enable_user_defined_functions_threads'];

export const auditLogOff = defineRule<'cassandra.yaml'>({
  id: 'audit/cassandra-audit-log-off',
  aliases: ['CA-LOG-001'],
  format: 'cassandra.yaml',
  title: 'Cassandra keeps no record of who logged in and what was asked',
  severity: 'info',
  owner: 'security',
  topic: 'logging',
  verified: {
    by: 'source',
    how: 'https://github.com/apache/cassandra/blob/cassandra-5.0/conf/cassandra.yaml – audit_logging_options.enabled is false; the file of 4.0 is the first that has it',
  },
  description:
    'Without `audit_logging_options.enabled: true` a stolen password leaves no trace: nobody can tell afterwards which tables were read.',
  remediation: 'Set `audit_logging_options.enabled: true`, at least with `included_categories: AUTH,DCL,DDL`.',
  references: [REFERENCES.audit],
  cwe: ['CWE-778'],
  examples: {
    bad: [`${LOCKED}audit_logging_options:\n  enabled: false\n`],
    good: [`${LOCKED}audit_logging_options:\n  enabled: true\n`],
  },
  *check({ document: { settings } }) {
    const setting = settings.get('audit_logging_options.enabled');
    if (!setting || !isFalse(setting)) return;
    yield {
      pointer: setting.key,
      span: setting.span,
      actual: 'false',
      expected: 'true',
      message: 'Logins and queries are not recorded.',
      fix: replaceValue(setting, 'true', {
        title: 'Record logins and queries',
        blastRadius: 'Nobody is cut off; the log takes space and some speed, and holds the text of queries.',
        needsConfirmation: true,
      }),
    };
  },
});

export const userFunctions = defineRule<'cassandra.yaml'>({
  id: 'audit/cassandra-functions-outside-the-sandbox',
  aliases: ['CA-UDF-001'],
  format: 'cassandra.yaml',
  title: 'Clients of Cassandra may run code outside its sandbox',
  severity: 'high',
  owner: 'developer',
  topic: 'hardening',
  verified: {
    by: 'source',
    how: 'https://nvd.nist.gov/vuln/detail/CVE-2021-44521 – with functions and scripted functions enabled and their threads disabled, whoever may create functions runs code on the host; https://github.com/apache/cassandra/blob/cassandra-5.0/conf/cassandra.yaml says that scripted functions are off for security',
  },
  description:
    'User-defined functions in JavaScript, or without threads of their own, escape their sandbox (CVE-2021-44521): whoever may create a function – everybody, where permissions are not checked – runs commands on the server.',
  remediation:
    'Keep user-defined functions off where nobody uses them; never switch scripted ones on, never switch their threads off.',
  references: ['https://nvd.nist.gov/vuln/detail/CVE-2021-44521', REFERENCES.yaml],
  cwe: ['CWE-94', 'CWE-693'],
  examples: {
    bad: [
      `${LOCKED}enable_user_defined_functions: true\nenable_scripted_user_defined_functions: true\n`,
      `${LOCKED}user_defined_functions_enabled: true\nuser_defined_functions_threads_enabled: false\n`,
    ],
    good: [
      `${LOCKED}user_defined_functions_enabled: true\nscripted_user_defined_functions_enabled: false\n`,
      `${LOCKED}enable_user_defined_functions: false\nenable_scripted_user_defined_functions: true\n`,
    ],
  },
  *check({ document: { settings } }) {
    const first = (names: readonly string[]): Setting | undefined =>
      names.map((name) => settings.get(name)).find((setting) => setting !== undefined);
    if (!isTrue(first(FUNCTIONS))) return;
    const threads = first(THREADS);
    const scripted = first(SCRIPTED);
    const insecure = settings.get('allow_insecure_udfs');
    const extra = settings.get('allow_extra_insecure_udfs');
    for (const [setting, bad, safe, why] of [
      [threads, isFalse(threads), 'true', 'Functions of clients run in the threads of the server'],
      [scripted, isTrue(scripted), 'false', 'Clients may write functions in script languages'],
      [insecure, isTrue(insecure), 'false', 'Checks of functions of clients are switched off'],
      [extra, isTrue(extra), 'false', 'Functions of clients may stop the server’s security manager'],
    ] as const) {
      if (!setting || !bad) continue;
      yield {
        pointer: setting.key,
        span: setting.span,
        actual: setting.values[0] ?? '',
        expected: safe,
        message: `${why}.`,
        severity: setting === threads || setting === extra ? 'critical' : 'high',
        fix: replaceValue(setting, safe, {
          title: `Set ${setting.key} to ${safe}`,
          blastRadius: 'Functions that clients wrote and that need it stop working.',
          needsConfirmation: true,
        }),
      };
    }
  },
});

export const noSnapshots = defineRule<'cassandra.yaml'>({
  id: 'audit/cassandra-no-snapshot-before-drop',
  aliases: ['CA-BAK-001'],
  format: 'cassandra.yaml',
  title: 'A dropped table of Cassandra is gone at once',
  severity: 'low',
  owner: 'it',
  topic: 'retention',
  verified: {
    by: 'source',
    how: 'https://cassandra.apache.org/doc/latest/cassandra/managing/configuration/cass_yaml_file.html – auto_snapshot: whether a snapshot is taken before a keyspace is truncated or a column family dropped; true is strongly advised',
  },
  description:
    'With `auto_snapshot: false` a DROP or TRUNCATE, by mistake or by an extortionist, leaves nothing to restore. (With `true` remember the other side: snapshots keep deleted data until `auto_snapshot_ttl` or `nodetool clearsnapshot`.)',
  remediation: 'Set `auto_snapshot: true`, with `auto_snapshot_ttl` (4.1 and later) so that deleted data does go.',
  references: [REFERENCES.yaml],
  cwe: ['CWE-693'],
  examples: { bad: [`${LOCKED}auto_snapshot: false\n`], good: [`${LOCKED}auto_snapshot: true\n`, LOCKED] },
  *check({ document: { settings } }) {
    const setting = settings.get('auto_snapshot');
    if (!setting || !isFalse(setting)) return;
    yield {
      pointer: setting.key,
      span: setting.span,
      actual: 'false',
      expected: 'true',
      message: 'Nothing is kept of a table that is dropped or emptied.',
      fix: replaceValue(setting, 'true', {
        title: 'Take a snapshot before a table is dropped or emptied',
        blastRadius: 'Nobody is cut off; snapshots take space and keep deleted rows until they are cleared.',
        needsConfirmation: true,
      }),
    };
  },
});
