/** Rules for mongod.conf on how one logs in, and on a file that nobody reads. */
import { firstOf } from '../../formats/mongod/effective.ts';
import { defineRule } from '../../model.ts';
import { exposure, MONGODB_REFERENCES, setTo } from './shared.ts';

export const transition = defineRule<'mongod.conf'>({
  id: 'audit/mongodb-login-optional',
  aliases: ['MG-AUTH-003'],
  format: 'mongod.conf',
  title: 'MongoDB lets clients in with and without a login',
  severity: 'critical',
  owner: 'it',
  topic: 'authentication',
  verified: {
    by: 'source',
    how: 'https://www.mongodb.com/docs/manual/reference/configuration-options/#mongodb-setting-security.transitionToAuth – accepts authenticated and non-authenticated connections; non-authenticated clients may perform any action',
  },
  description:
    '`security.transitionToAuth: true` is meant for the hours of a change-over: a client that does not log in may still do everything, although access control looks switched on.',
  remediation: 'Remove the line when every member and client logs in, and restart the members one by one.',
  references: [MONGODB_REFERENCES.options],
  cwe: ['CWE-306'],
  examples: {
    bad: [
      'storage:\n  dbPath: /data\nnet:\n  bindIp: 10.0.0.5\nsecurity:\n  keyFile: /etc/mongodb.key\n  transitionToAuth: true\n',
    ],
    good: [
      'storage:\n  dbPath: /data\nnet:\n  bindIp: 10.0.0.5\nsecurity:\n  keyFile: /etc/mongodb.key\n  transitionToAuth: false\n',
    ],
  },
  *check({ source, document }, { runtimes }) {
    const setting = document.settings.get('security.transitionToAuth');
    if (setting?.values[0]?.toLowerCase() !== 'true') return;
    const reach = exposure(document, runtimes);
    yield {
      pointer: setting.key,
      span: setting.span,
      actual: 'true',
      expected: 'not set',
      message: 'Clients that do not log in may do everything.',
      severity: reach === 'public' ? 'critical' : reach === 'network' ? 'high' : 'medium',
      fix: setTo(
        source,
        document,
        setting,
        { path: [], value: 'false', option: 'transitionToAuth = false' },
        {
          title: 'End the change-over: refuse clients without a login',
          blastRadius: 'Clients and members that do not log in yet are refused.',
          needsConfirmation: true,
        },
      ),
    };
  },
});

export const localhostException = defineRule<'mongod.conf'>({
  id: 'audit/mongodb-first-user-from-the-machine',
  aliases: ['MG-AUTH-004'],
  format: 'mongod.conf',
  title: 'Whoever is on the machine may create the first MongoDB user',
  severity: 'info',
  owner: 'it',
  topic: 'hardening',
  verified: {
    by: 'source',
    how: 'https://www.mongodb.com/docs/manual/reference/parameters/#mongodb-parameter-param.enableLocalhostAuthBypass – true by default: a connection from localhost may create the first user; it ends as soon as there is one',
  },
  cis: ['CIS MongoDB 7 2.2'],
  description:
    'Until the first user exists, a program on the machine itself may create it. It matters where the file says so on purpose, on a shared machine or beside a web server that can be made to send requests.',
  remediation: 'Create the administrator, then set `setParameter.enableLocalhostAuthBypass: false`.',
  references: [MONGODB_REFERENCES.parameters],
  cwe: ['CWE-305'],
  examples: {
    bad: [
      'storage:\n  dbPath: /data\nsecurity:\n  authorization: enabled\nsetParameter:\n  enableLocalhostAuthBypass: true\n',
      'dbpath=/data\nlogpath=/var/log/m.log\nbind_ip=127.0.0.1\nauth=true\nsetParameter = enableLocalhostAuthBypass=1\n',
    ],
    good: [
      'storage:\n  dbPath: /data\nsecurity:\n  authorization: enabled\nsetParameter:\n  enableLocalhostAuthBypass: false\n',
      'storage:\n  dbPath: /data\nsecurity:\n  authorization: enabled\n',
    ],
  },
  *check({ source, document }) {
    const setting = document.settings.get('setParameter.enableLocalhostAuthBypass');
    if (!/^(?:true|1)$/i.test(setting?.values[0] ?? '') || !setting) return;
    yield {
      pointer: setting.key,
      span: setting.span,
      actual: setting.values[0] ?? '',
      expected: 'false',
      message: 'A program on the machine may create the first user.',
      fix: setTo(
        source,
        document,
        setting,
        { path: [], value: 'false', option: 'setParameter = enableLocalhostAuthBypass=0' },
        {
          title: 'Take the first user away from programs on the machine',
          blastRadius: 'Without any user nobody can create one until the setting is taken back.',
          needsConfirmation: true,
        },
      ),
    };
  },
});

export const weakMechanism = defineRule<'mongod.conf'>({
  id: 'audit/mongodb-weak-login-mechanism',
  aliases: ['MG-AUTH-005'],
  format: 'mongod.conf',
  title: 'MongoDB accepts passwords by a weak mechanism',
  severity: 'medium',
  owner: 'it',
  topic: 'authentication',
  verified: {
    by: 'source',
    how: 'https://www.mongodb.com/docs/manual/release-notes/4.0-compatibility/ – MONGODB-CR was removed in 4.0; https://www.mongodb.com/docs/manual/core/security-ldap/ – PLAIN sends the password in clear and needs TLS',
  },
  description:
    '`MONGODB-CR` proves a password by MD5 and its stored form is enough to log in; `PLAIN` sends the password itself, which without TLS everybody on the way reads.',
  remediation: 'Use `SCRAM-SHA-256`; keep `PLAIN` (LDAP) only with `net.tls.mode: requireTLS`.',
  references: [MONGODB_REFERENCES.parameters],
  cwe: ['CWE-327', 'CWE-522'],
  examples: {
    bad: [
      'storage:\n  dbPath: /data\nsecurity:\n  authorization: enabled\nsetParameter:\n  authenticationMechanisms: MONGODB-CR,SCRAM-SHA-1\n',
      'storage:\n  dbPath: /data\nsecurity:\n  authorization: enabled\nsetParameter:\n  authenticationMechanisms: PLAIN\n',
    ],
    good: [
      'storage:\n  dbPath: /data\nsecurity:\n  authorization: enabled\nsetParameter:\n  authenticationMechanisms: SCRAM-SHA-256\n',
      'storage:\n  dbPath: /data\nnet:\n  tls:\n    mode: requireTLS\n    certificateKeyFile: /etc/ssl/mongodb.pem\nsecurity:\n  authorization: enabled\nsetParameter:\n  authenticationMechanisms: PLAIN\n',
    ],
  },
  *check({ document }) {
    const setting = document.settings.get('setParameter.authenticationMechanisms');
    const names = (setting?.values ?? []).flatMap((value) => value.split(',')).map((name) => name.trim().toUpperCase());
    const secure = /^require/i.test(firstOf(document, 'net.tls.mode', 'net.ssl.mode')?.values[0] ?? '');
    const weak = names.filter((name) => name === 'MONGODB-CR' || (name === 'PLAIN' && !secure));
    if (!setting || weak.length === 0) return;
    yield {
      pointer: setting.key,
      span: setting.span,
      actual: weak.join(', '),
      expected: 'SCRAM-SHA-256',
      message: `Passwords are accepted by ${weak.join(' and ')}.`,
    };
  },
});

export const fileNotRead = defineRule<'mongod.conf'>({
  id: 'audit/mongodb-configuration-not-read',
  format: 'mongod.conf',
  title: 'The container never reads this mongod.conf',
  severity: 'medium',
  owner: 'it',
  topic: 'hardening',
  verified: {
    by: 'source',
    how: 'https://github.com/docker-library/mongo/blob/master/Dockerfile-linux.template – the image moves /etc/mongod.conf away, and docker-entrypoint.sh starts mongod with the command as given: without --config no file is read',
  },
  description:
    'The official image starts mongod without a configuration file. A file that is mounted but not named with `--config` does nothing: its `authorization: enabled` protects nobody.',
  remediation: 'Name it in the command: `command: ["--config", "/etc/mongod.conf"]`.',
  references: [MONGODB_REFERENCES.image],
  cwe: ['CWE-1188'],
  examples: {
    bad: [
      '=== a/mongod.conf\nstorage:\n  dbPath: /data/db\nsecurity:\n  authorization: enabled\n=== compose.yml\nservices:\n  db:\n    image: mongo:7.0\n    volumes: ["./a/mongod.conf:/etc/mongod.conf"]\n',
    ],
    good: [
      '=== a/mongod.conf\nstorage:\n  dbPath: /data/db\nsecurity:\n  authorization: enabled\n=== compose.yml\nservices:\n  db:\n    image: mongo:7.0\n    command: mongod --config /etc/mongod.conf\n    volumes: ["./a/mongod.conf:/etc/mongod.conf"]\n',
      'storage:\n  dbPath: /data\nsecurity:\n  authorization: enabled\n',
    ],
  },
  *check({ document }, { runtimes }) {
    for (const { service } of runtimes) {
      if (service.image?.publisher !== 'official') continue;
      const words = [...(service.entrypoint?.words ?? []), ...(service.command?.words ?? [])];
      // A script may name it; only options and mongod itself are understood.
      if (words.some((word) => /^(?:--config|-f)(?:=|$)/.test(word) || /^-f./.test(word) || /\.sh$|^\$/.test(word)))
        continue;
      if (service.entrypoint !== null) continue;
      yield {
        pointer: 'config',
        span: document.settings.values().next().value?.entry ?? { start: 0, end: 0 },
        actual: `mounted by ${service.name}, without --config`,
        expected: 'named with --config in the command',
        message: `The service ${service.name} mounts this file and starts mongod without it.`,
      };
    }
  },
});
