/** redis.conf: commands that take the server over, and data that does not last. */
import { type AuditRule, defineRule } from '../../model.ts';
import { REFERENCES } from '../references.ts';
import { at, inEachView, replaceArguments, wordOf } from './view.ts';

const STARTED = 'redis-server 7.0.15 started with and without it (test/servers/audit-settings-redis.test.ts)';

function switchedOn(
  name: string,
  details: Pick<AuditRule, 'id' | 'aliases' | 'title' | 'description' | 'cwe' | 'severity'>,
): AuditRule<'redis.conf'> {
  return defineRule<'redis.conf'>({
    ...details,
    format: 'redis.conf',
    topic: 'hardening',
    verified: { by: 'server', how: STARTED },
    owner: 'it',
    remediation: `Set \`${name} no\`, or \`local\` where the command is needed on the machine itself.`,
    references: [REFERENCES.redisConf],
    examples: {
      bad: [`bind 127.0.0.1 -::1\nprotected-mode yes\n${name} yes\n`],
      good: [
        `bind 127.0.0.1 -::1\nprotected-mode yes\n${name} local\n`,
        `bind 127.0.0.1 -::1\nprotected-mode yes\n${name} no\n`,
      ],
    },
    *check(file, context) {
      yield* inEachView(file, context, function* (view) {
        const directive = view.last(name);
        if (!directive || wordOf(view, name) !== 'yes') return;
        yield {
          pointer: name,
          ...at(directive),
          actual: 'yes',
          expected: 'no, or local',
          message: `${details.title}.`,
          fix: replaceArguments(view, directive, 'no', {
            title: `Set ${name} to no`,
            blastRadius: 'Tools that use it over the network are refused.',
            needsConfirmation: false,
          }),
        };
      });
    },
  });
}

export const moduleCommand = switchedOn('enable-module-command', {
  id: 'audit/redis-module-command',
  aliases: ['RD-CMD-002'],
  title: 'Redis loads modules for every client',
  severity: 'high',
  description:
    '`enable-module-command yes` lets whoever is logged in load a library into the server: code of their choice runs there.',
  cwe: ['CWE-749', 'CWE-94'],
});

export const protectedConfigs = switchedOn('enable-protected-configs', {
  id: 'audit/redis-protected-configs-writable',
  aliases: ['RD-CMD-003'],
  title: 'Redis lets every client change where it writes files',
  severity: 'high',
  description:
    '`enable-protected-configs yes` allows `CONFIG SET dir` and `dbfilename` at run time, the classic way to write an SSH key or a cron job.',
  cwe: ['CWE-749', 'CWE-73'],
});

export const debugCommand = switchedOn('enable-debug-command', {
  id: 'audit/redis-debug-command',
  aliases: ['RD-CMD-001'],
  title: 'Redis takes DEBUG from every client',
  severity: 'medium',
  description:
    '`DEBUG` crashes the server, reloads its data and shows how keys are stored. `enable-debug-command yes` gives it to whoever is logged in.',
  cwe: ['CWE-749'],
});

export const pubsubDefault = defineRule<'redis.conf'>({
  id: 'audit/redis-new-users-hear-every-channel',
  aliases: ['RD-ACL-002'],
  format: 'redis.conf',
  topic: 'authorization',
  verified: { by: 'server', how: STARTED },
  title: 'New Redis users may listen to every channel',
  severity: 'low',
  owner: 'developer',
  description:
    '`acl-pubsub-default allchannels` (the default of 6.2) gives each user all channels unless its rules say otherwise: an account for one part of the app hears what the others publish.',
  remediation: 'Set `acl-pubsub-default resetchannels`, and give each user its channels with `&pattern`.',
  references: ['https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/', REFERENCES.redisConf],
  cwe: ['CWE-732'],
  examples: {
    bad: ['bind 127.0.0.1\nappendonly yes\nacl-pubsub-default allchannels\n'],
    good: ['bind 127.0.0.1\nappendonly yes\nacl-pubsub-default resetchannels\n', 'bind 127.0.0.1\nappendonly yes\n'],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const directive = view.last('acl-pubsub-default');
      if (!directive || wordOf(view, 'acl-pubsub-default') !== 'allchannels') return;
      yield {
        pointer: 'acl-pubsub-default',
        ...at(directive),
        actual: 'allchannels',
        expected: 'resetchannels',
        message: 'Users without channel rules hear every channel.',
        fix: replaceArguments(view, directive, 'resetchannels', {
          title: 'Give new users no channels',
          blastRadius: 'Users whose rules name no channel can no longer publish or subscribe.',
          needsConfirmation: true,
        }),
      };
    });
  },
});

export const noPersistence = defineRule<'redis.conf'>({
  id: 'audit/redis-keeps-nothing',
  aliases: ['RD-BAK-001'],
  format: 'redis.conf',
  topic: 'retention',
  verified: { by: 'server', how: STARTED },
  title: 'Redis keeps nothing over a restart',
  severity: 'low',
  owner: 'it',
  description:
    'With `save ""` and without `appendonly yes` all data is gone after a restart or a crash. Fine for a cache; not for sessions, queues or anything that people entered.',
  remediation: 'Set `appendonly yes`, or save points; for a pure cache set `maxmemory-policy allkeys-lru` as well.',
  references: ['https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/'],
  cwe: ['CWE-693'],
  examples: {
    bad: ['bind 127.0.0.1\nprotected-mode yes\nsave ""\nappendonly no\n'],
    good: [
      'bind 127.0.0.1\nsave ""\nappendonly yes\n',
      'bind 127.0.0.1\nsave ""\nmaxmemory-policy allkeys-lru\n',
      'bind 127.0.0.1\nsave 900 1\nappendonly no\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const save = view.last('save');
      if (!save || save.arguments.some(({ value }) => value !== '') || wordOf(view, 'appendonly') === 'yes') return;
      if (wordOf(view, 'maxmemory-policy')?.startsWith('allkeys-') || !view.complete) return;
      yield {
        pointer: 'save',
        ...at(save),
        actual: 'no save points, no append-only file',
        expected: 'appendonly yes, or save points',
        message: 'All data is gone after a restart.',
      };
    });
  },
});
