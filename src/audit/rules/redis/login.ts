/** redis.conf: passwords. */
import { requirepass } from '../../formats/redis/password.ts';
import { defineRule } from '../../model.ts';
import { isCommittedSecret, isFilledInLater } from '../committed.ts';
import { hidden, isWellKnown } from '../passwords.ts';
import { REFERENCES } from '../references.ts';
import { at, inEachView, reachable, wordOf } from './view.ts';

const ACL = 'https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/';
const STARTED = 'redis-server 7.0.15 started with and without it (test/servers/audit-settings-redis.test.ts)';

export const noPassword = defineRule<'redis.conf'>({
  id: 'audit/redis-no-password',
  aliases: ['RD-AUTH-001'],
  format: 'redis.conf',
  topic: 'authentication',
  verified: { by: 'server', how: STARTED },
  title: 'Redis has no password',
  severity: 'high',
  owner: 'it',
  description:
    'Without `requirepass`, an ACL file or a password on the `default` user, every connection may do everything. Protected mode then still refuses other machines, unless it is off.',
  remediation: 'Use `aclfile` with named users, or a long random `requirepass` from a file outside version control.',
  references: [REFERENCES.redisSecurity, ACL],
  cwe: ['CWE-306'],
  examples: {
    bad: [
      'bind 10.0.0.5\nprotected-mode no\nappendonly yes\n',
      'bind 10.0.0.5\nappendonly yes\nuser default on nopass ~* +@all\n',
    ],
    good: [
      'bind 10.0.0.5\naclfile /etc/redis/users.acl\nappendonly yes\n',
      'bind 127.0.0.1 -::1\nprotected-mode yes\nappendonly yes\n',
      'bind 10.0.0.5\nappendonly yes\nuser default off\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      if (view.hasPassword) return;
      const reach = reachable(view);
      if (!reach.open) return;
      if (!view.complete) {
        context.unknown('requirepass', 'an included file may set a password');
        return;
      }
      const place = view.last('requirepass') ?? view.last('user') ?? view.last('bind') ?? view.directives[0];
      if (!place) return;
      const isProtected = wordOf(view, 'protected-mode') !== 'no' && view.runtime === null;
      yield {
        pointer: 'requirepass',
        ...at(place),
        actual: 'no password',
        expected: 'aclfile, or requirepass',
        message: `Redis has no password and ${reach.where}${isProtected ? '; only protected mode keeps other machines out' : ''}.`,
        severity: isProtected || reach.near ? 'medium' : 'high',
      };
    });
  },
});

export const weakPassword = defineRule<'redis.conf'>({
  id: 'audit/redis-weak-password',
  aliases: ['RD-AUTH-002'],
  format: 'redis.conf',
  topic: 'secrets',
  verified: {
    by: 'source',
    how: 'https://github.com/redis/redis/blob/7.2/redis.conf – Redis is fast, so that an outside user can try very many passwords per second: the password has to be very strong; foobared is the sample',
  },
  title: 'The Redis password is weak or a sample',
  severity: 'high',
  owner: 'it',
  description:
    'Redis answers many thousand guesses a second, and a sample such as the one in its own configuration file is tried first.',
  remediation:
    'Use at least 32 random characters, from a file outside version control (`include`, or `aclfile` with hashed passwords).',
  references: [REFERENCES.redisConf],
  cwe: ['CWE-521', 'CWE-1392'],
  examples: {
    bad: ['bind 10.0.0.5\nrequirepass foobared\nappendonly yes\n'],
    good: [
      'bind 10.0.0.5\nrequirepass "a-long-example-value-not-used-anywhere"\nappendonly yes\n',
      '# requirepass foobared\nbind 127.0.0.1\nappendonly yes\n',
      'bind 10.0.0.5\nrequirepass ${PASSWORD}\nappendonly yes\n',
    ],
  },
  *check({ document }) {
    const directive = requirepass(document);
    const password = directive?.arguments[0]?.value ?? '';
    const known = isWellKnown(password);
    if (!directive || isFilledInLater(password) || (!known && password.length >= 16)) return;
    yield {
      pointer: 'requirepass',
      ...at(directive),
      actual: `${password.length} characters${known ? ', from a sample or a list' : ''}`,
      expected: 'at least 32 random characters',
      message: known
        ? 'The Redis password is one that everybody tries first.'
        : `The Redis password has only ${password.length} characters.`,
      severity: known ? 'high' : 'medium',
    };
  },
});

export const committedPassword = defineRule<'redis.conf'>({
  id: 'audit/redis-password-in-file',
  aliases: ['RD-AUTH-003'],
  format: 'redis.conf',
  topic: 'secrets',
  verified: {
    by: 'source',
    how: 'https://redis.io/docs/latest/operate/oss_and_stack/management/security/ – the password is set in clear text inside redis.conf; who reads the file has it',
  },
  title: 'A Redis password stands in a file of the project',
  severity: 'medium',
  owner: 'developer',
  description:
    'Everybody who reads the repository, an image or a backup of it has the password, and it stays in the history after it was removed.',
  remediation:
    'Set a new password, and keep it in a file outside version control: `include /run/secrets/redis-auth.conf`, or an `aclfile` with hashed passwords.',
  references: [REFERENCES.redisSecurity, ACL],
  cwe: ['CWE-798', 'CWE-256'],
  examples: {
    bad: [
      'bind 127.0.0.1\nrequirepass a-long-example-value-not-used-anywhere\n',
      'bind 127.0.0.1\nreplicaof 10.0.0.4 6379\nmasterauth a-long-example-value-not-used-anywhere\n',
    ],
    good: [
      'bind 127.0.0.1\nrequirepass ${REDIS_PASSWORD}\n',
      'bind 127.0.0.1\nappendonly yes\nmasterauth ""\n',
      '=== redis.conf.example\nbind 127.0.0.1\nrequirepass a-long-example-value-not-used-anywhere\n',
    ],
  },
  *check({ document, source }) {
    for (const name of ['requirepass', 'masterauth']) {
      const directive = document.last(name);
      const value = directive?.arguments[0]?.value ?? '';
      if (!directive || !isCommittedSecret((directive.source ?? source).path, value)) continue;
      if (name === 'requirepass' && value.length < 16) continue;
      yield {
        pointer: name,
        ...at(directive),
        actual: hidden(value),
        expected: 'a file outside version control',
        message: `The ${name === 'requirepass' ? 'password' : 'password of the master'} stands in this file.`,
      };
    }
  },
});

export const replicaWithoutPassword = defineRule<'redis.conf'>({
  id: 'audit/redis-replica-without-password',
  aliases: ['RD-REP-001'],
  format: 'redis.conf',
  topic: 'authentication',
  verified: { by: 'server', how: STARTED },
  title: 'A Redis replica logs in to its master without a password',
  severity: 'medium',
  owner: 'it',
  description:
    'A replica without `masterauth` can only copy a master that asks nobody for a password: whoever reaches the master can copy it too.',
  remediation:
    'Give the master a user for replication (`+psync +replconf +ping`), and set `masteruser` and `masterauth` here, from a file outside version control.',
  references: ['https://redis.io/docs/latest/operate/oss_and_stack/management/replication/', ACL],
  cwe: ['CWE-306'],
  examples: {
    bad: ['bind 127.0.0.1\nreplicaof 10.0.0.4 6379\n'],
    good: [
      'bind 127.0.0.1\nreplicaof 10.0.0.4 6379\nmasterauth ${PASSWORD}\n',
      'bind 127.0.0.1\nappendonly yes\nreplicaof no one\n',
      'bind 127.0.0.1\nappendonly yes\nreplicaof 127.0.0.1 6380\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const directive = view.last('replicaof') ?? view.last('slaveof');
      const [host, port] = directive?.arguments.map(({ value }) => value.toLowerCase()) ?? [];
      if (!directive || !host || !port || host === 'no' || /^(?:127\.|localhost$|::1$)/.test(host)) return;
      if (view.last('masterauth')?.arguments[0]?.value) return;
      if (!view.complete) {
        context.unknown('masterauth', 'an included file may set it');
        return;
      }
      yield {
        pointer: 'masterauth',
        ...at(directive),
        actual: 'not set',
        expected: 'masteruser and masterauth',
        message: 'This replica copies its master without a password, so the master asks nobody for one.',
      };
    });
  },
});
