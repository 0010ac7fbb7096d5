/** mosquitto.conf: logging, and the account that the broker runs as. */
import { defineRule } from '../../model.ts';
import { at, inEachView, MAN, STARTED } from './view.ts';

export const logsNothing = defineRule<'mosquitto.conf'>({
  id: 'audit/mosquitto-logging-off',
  format: 'mosquitto.conf',
  topic: 'logging',
  verified: { by: 'server', how: STARTED },
  title: 'The MQTT broker does not log who connects',
  severity: 'low',
  owner: 'it',
  description:
    'With `log_dest none`, `log_type none` or `connection_messages false` nobody sees who connected from where, or that somebody tries passwords; after a breach nobody can say whose data was read.',
  remediation: 'Remove the line: connections, refused ones too, are logged by default.',
  references: [MAN],
  cwe: ['CWE-778'],
  examples: {
    bad: [
      'listener 1883 127.0.0.1\nallow_anonymous false\nlog_dest none\n',
      'listener 1883 127.0.0.1\nallow_anonymous false\nconnection_messages false\n',
      'listener 1883 127.0.0.1\nallow_anonymous false\nlog_type none\n',
    ],
    good: [
      'listener 1883 127.0.0.1\nallow_anonymous false\nlog_dest stdout\nlog_type all\n',
      'listener 1883 127.0.0.1\nallow_anonymous false\nconnection_messages true\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* ({ broker }) {
      for (const [name, off, on] of OFF) {
        const directive = broker.last(name);
        if (directive?.value !== off) continue;
        yield {
          pointer: name,
          ...at(directive),
          actual: off,
          expected: on,
          message: 'The broker does not log who connects.',
          fix: {
            edits: [{ ...directive.span, text: on }],
            title: 'Log connections',
            blastRadius: 'None for clients; the log grows with each connection.',
            needsConfirmation: false,
          },
        };
      }
    });
  },
});

const OFF = [
  ['log_dest', 'none', 'stderr'],
  ['log_type', 'none', 'all'],
  ['connection_messages', 'false', 'true'],
] as const;

export const runsAsRoot = defineRule<'mosquitto.conf'>({
  id: 'audit/mosquitto-runs-as-root',
  format: 'mosquitto.conf',
  topic: 'hardening',
  verified: { by: 'server', how: STARTED },
  title: 'The MQTT broker keeps the rights of root',
  severity: 'medium',
  owner: 'it',
  description:
    'Started by root, Mosquitto changes to the account `mosquitto`. `user root` keeps it root: a flaw in the broker or a plugin is then a way to the whole machine.',
  remediation:
    'Remove the line, or write `user mosquitto`, and give that account the files: `chown mosquitto /etc/mosquitto/passwd …`.',
  references: [MAN],
  cwe: ['CWE-250'],
  examples: {
    bad: ['listener 1883 127.0.0.1\nallow_anonymous false\nuser root\n'],
    good: ['listener 1883 127.0.0.1\nallow_anonymous false\nuser mosquitto\n'],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* ({ broker }) {
      const directive = broker.last('user');
      if (directive?.value !== 'root') return;
      yield {
        pointer: 'user',
        ...at(directive),
        actual: 'root',
        expected: 'mosquitto',
        message: 'The broker runs as root.',
        fix: {
          edits: [{ ...directive.span, text: 'mosquitto' }],
          title: 'Run as the account mosquitto',
          blastRadius:
            'The broker does not start where its files belong to root alone: keys, passwords, stored messages.',
          needsConfirmation: true,
        },
      };
    });
  },
});
