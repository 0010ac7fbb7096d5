/** Rules for cassandra.yaml on who may log in, what accounts may do, and where clients are served. */
import { reachedFrom, severityOf } from '../../containers/exposure.ts';
import { classSetting, clientAddress, loginOf, simpleClass } from '../../formats/cassandra/read.ts';
import { addSetting, replaceValue } from '../../formats/settings/edit.ts';
import { defineRule } from '../../model.ts';
import { exposure, firstPlace, HEAD, LOCKED, REFERENCES } from './shared.ts';

export const noLogin = defineRule<'cassandra.yaml'>({
  id: 'audit/cassandra-no-login',
  aliases: ['CA-AUTH-001'],
  format: 'cassandra.yaml',
  title: 'Cassandra lets every client in',
  severity: 'critical',
  owner: 'it',
  topic: 'authentication',
  verified: {
    by: 'server',
    how: 'cassandra 5.0 with AllowAllAuthenticator takes statements that create and write without a login; with PasswordAuthenticator it asks for one (test/servers/probe-cassandra.test.ts)',
  },
  cis: ['CIS Cassandra 3.11 2.1'],
  description:
    'With `AllowAllAuthenticator`, which is also the default, whoever reaches port 9042 reads, changes and drops every table.',
  remediation:
    'Set `authenticator: PasswordAuthenticator`, restart, log in as `cassandra`/`cassandra` at once, create your own superuser and a narrow role for the application, and drop or disable the role `cassandra`. Raise the replication of `system_auth` first.',
  references: [REFERENCES.security],
  cwe: ['CWE-306'],
  examples: {
    bad: [
      `${HEAD}authenticator: AllowAllAuthenticator\nrpc_address: 10.0.0.5\n`,
      `${HEAD}authenticator:\n  class_name: org.apache.cassandra.auth.AllowAllAuthenticator\nrpc_address: localhost\n`,
      `${HEAD}rpc_address: 0.0.0.0\n`,
    ],
    good: [LOCKED, `${HEAD}authenticator:\n  class_name: PasswordAuthenticator\nauthorizer: CassandraAuthorizer\n`],
  },
  *check({ document }, { runtimes, unknown }) {
    const login = loginOf(document);
    if (login.state === 'unknown') unknown('authenticator', login.reason);
    if (login.state !== 'off') return;
    const { setting } = login;
    const reach = exposure(document, runtimes);
    const contained = runtimes.length > 0;
    const bound = {
      public: ', and it listens on every address',
      network: ', and it listens on a network address',
      loopback: '; it listens on loopback only',
      none: '',
    };
    const alone = { public: 'critical', network: 'high', loopback: 'medium', none: 'medium' } as const;
    yield {
      pointer: 'authenticator',
      span: setting?.span ?? firstPlace(document),
      actual: setting?.values[0] ?? 'not set; AllowAllAuthenticator',
      expected: 'PasswordAuthenticator',
      message: `Cassandra asks for no login${contained ? `, ${reachedFrom(reach)}` : bound[reach]}.`,
      severity: contained ? severityOf(reach) : alone[reach],
      fix:
        setting &&
        replaceValue(setting, 'PasswordAuthenticator', {
          title: 'Make Cassandra ask for a login',
          blastRadius:
            'Every client without a name and password is refused. The role cassandra with the published password cassandra exists until you replace it: do that at once, before the port is open to others.',
          needsConfirmation: true,
        }),
    };
  },
});

export const noAuthorization = defineRule<'cassandra.yaml'>({
  id: 'audit/cassandra-everybody-may-everything',
  aliases: ['CA-AUTH-002'],
  format: 'cassandra.yaml',
  title: 'Every account of Cassandra may do everything',
  severity: 'high',
  owner: 'it',
  topic: 'authorization',
  verified: {
    by: 'source',
    how: 'https://cassandra.apache.org/doc/latest/cassandra/managing/operating/security.html – AllowAllAuthorizer performs no checks and grants all permissions to all roles; it is the default',
  },
  cis: ['CIS Cassandra 3.11 2.2'],
  description:
    'With `AllowAllAuthorizer`, which is also the default, GRANT means nothing: the application’s account reads and drops every table, and creates superusers.',
  remediation: 'Set `authorizer: CassandraAuthorizer` and GRANT what each role needs before.',
  references: [REFERENCES.security],
  cwe: ['CWE-862'],
  examples: {
    bad: [
      `${HEAD}authenticator: PasswordAuthenticator\nauthorizer: AllowAllAuthorizer\nrpc_address: 10.0.0.5\n`,
      `${HEAD}authenticator: PasswordAuthenticator\nrpc_address: 10.0.0.5\n`,
    ],
    good: [LOCKED],
  },
  *check({ source, document }) {
    const setting = classSetting(document, 'authorizer');
    const name = simpleClass(setting);
    if (setting?.variable || (name !== undefined && name !== 'AllowAllAuthorizer')) return;
    if (name === undefined && !document.complete) return;
    // CassandraAuthorizer does not start without a login; the patch would keep the server down.
    const login = loginOf(document);
    const fix = {
      title: 'Make Cassandra check permissions',
      blastRadius: 'Roles without GRANTs are refused; grant what applications need first, as a superuser.',
      needsConfirmation: true,
    };
    yield {
      pointer: 'authorizer',
      span: setting?.span ?? firstPlace(document),
      actual: name ?? 'not set; AllowAllAuthorizer',
      expected: 'CassandraAuthorizer',
      message: 'Permissions are not checked.',
      severity: login.state === 'on' ? 'high' : 'medium',
      fix:
        login.state !== 'on'
          ? null
          : setting
            ? replaceValue(setting, 'CassandraAuthorizer', fix)
            : addSetting(source, document, ['authorizer'], 'CassandraAuthorizer', fix),
    };
  },
});

export const listensEverywhere = defineRule<'cassandra.yaml'>({
  id: 'audit/cassandra-listens-everywhere',
  aliases: ['CA-NET-001'],
  format: 'cassandra.yaml',
  title: 'Cassandra serves clients on every interface',
  severity: 'high',
  owner: 'it',
  topic: 'network-exposure',
  verified: {
    by: 'source',
    how: 'https://cassandra.apache.org/doc/latest/cassandra/managing/configuration/cass_yaml_file.html – rpc_address is the address to bind the native transport to; 0.0.0.0 is every interface, then broadcast_rpc_address must be set',
  },
  description: 'With `rpc_address: 0.0.0.0` clients are served on every address of the machine, the public ones too.',
  remediation: 'Set `rpc_address` to the private address that the application uses.',
  references: [REFERENCES.yaml],
  cwe: ['CWE-1327'],
  examples: {
    bad: [
      `${HEAD}authenticator: PasswordAuthenticator\nauthorizer: CassandraAuthorizer\nrpc_address: 0.0.0.0\nbroadcast_rpc_address: 10.0.0.5\n`,
    ],
    good: [LOCKED],
  },
  *check({ document }, { runtimes }) {
    // The image's entry point writes 0.0.0.0 into the file; the published port is judged instead.
    if (runtimes.length > 0) return;
    const { on, setting } = clientAddress(document);
    if (on !== 'everywhere' || setting === null) return;
    const open = loginOf(document).state === 'off';
    yield {
      pointer: 'rpc_address',
      span: setting.span,
      actual: setting.values[0] ?? '',
      expected: 'a private address',
      message: `Cassandra serves clients on every address of the machine${open ? ' and asks for no login' : ''}.`,
      severity: open ? 'high' : 'medium',
      fix: replaceValue(setting, '127.0.0.1', {
        title: 'Serve clients of this machine only',
        blastRadius: 'Applications on other machines can no longer connect; use the private address they need instead.',
        needsConfirmation: true,
      }),
    };
  },
});
