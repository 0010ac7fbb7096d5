/** mosquitto.conf: what clients may do once they are in. */
import { type AclFile, type AclLine, anonymousLines, isEveryTopic } from '../../formats/mosquitto/acl.ts';
import { defineRule, type Hit, type ReadFile, type RuleContext } from '../../model.ts';
import { at, inEachView, MAN, type MosquittoView, placeOf, STARTED } from './view.ts';

const CLOSED = 'listener 8883\ncertfile /c\nkeyfile /k\nallow_anonymous false\npassword_file /p\nacl_file acl\n';
const OPEN = 'listener 8883\ncertfile /c\nkeyfile /k\nallow_anonymous true\nacl_file acl\n';
const files = (conf: string, acl: string): string => `=== mosquitto.conf\n${conf}=== acl\n${acl}`;

export const noAcl = defineRule<'mosquitto.conf'>({
  id: 'audit/mosquitto-no-acl',
  format: 'mosquitto.conf',
  topic: 'authorization',
  verified: { by: 'server', how: STARTED },
  title: 'Every account of the MQTT broker reads and writes every topic',
  severity: 'medium',
  owner: 'it',
  description:
    'Without `acl_file` or a plugin a login is all that is asked for: with the account out of one app or device somebody subscribes to `#` and publishes in the name of all others.',
  remediation:
    'Name an `acl_file` that gives each account its topics: `user back-end` with `topic read orders/#`, and for devices `pattern readwrite devices/%u/#`. Test with the clients’ accounts before it goes live.',
  references: [MAN],
  cwe: ['CWE-862', 'CWE-863'],
  examples: {
    bad: ['listener 8883\ncertfile /c\nkeyfile /k\nallow_anonymous false\npassword_file /p\n'],
    good: [
      'listener 8883\ncertfile /c\nkeyfile /k\nallow_anonymous false\npassword_file /p\nacl_file /a\n',
      'listener 8883\ncertfile /c\nkeyfile /k\nallow_anonymous false\nplugin /usr/lib/mosquitto_dynamic_security.so\n',
      'listener 1883 127.0.0.1\nallow_anonymous false\npassword_file /p\n',
    ],
  },
  *check(judged, context) {
    yield* inEachView(judged, context, function* (view) {
      for (const listener of view.broker.listeners) {
        const reach = view.reach(listener);
        const login = view.login(listener);
        if (!reach.open || listener.last('acl_file')) continue;
        // Without accounts a closed listener lets nobody in, and an open one has its own finding.
        const file = listener.last('password_file');
        if (login.state === 'closed' ? login.how === 'plugin' || (login.how === 'password' && !file) : !file) continue;
        const place = file ?? placeOf(view, listener);
        if (!place) continue;
        if (!view.document.complete) {
          context.unknown('acl_file', 'an included file may set it');
          continue;
        }
        yield {
          pointer: `${listener.name}.acl_file`,
          ...at(place),
          actual: 'not set',
          expected: 'acl_file',
          message: `Every account that logs in on port ${listener.port} reads and writes every topic.`,
          severity: reach.near ? 'low' : 'medium',
        };
      }
    });
  },
});

/** Each ACL file that is in the tree, with whether clients without a name come to it. */
function* inEachAcl(
  file: ReadFile<'mosquitto.conf'>,
  context: RuleContext,
  check: (acl: AclFile, to: { open: boolean; reached: boolean; view: MosquittoView }) => Iterable<Hit>,
): Generator<Hit> {
  yield* inEachView(file, context, function* (view) {
    const done = new Map<AclFile, { open: boolean; reached: boolean }>();
    for (const listener of view.broker.listeners) {
      const directive = listener.last('acl_file');
      const acl = directive && view.document.acls.get(directive);
      if (directive && !acl) context.unknown('acl_file', 'the file that it names was not found in the tree');
      if (!acl) continue;
      const login = view.login(listener);
      const certificate =
        login.state === 'closed' && login.how === 'certificate' && listener.last('allow_anonymous')?.value === 'true';
      const { open } = view.reach(listener);
      const before = done.get(acl);
      done.set(acl, {
        open: before?.open || (open && (login.state === 'open' || certificate)),
        reached: before?.reached || open,
      });
    }
    for (const [acl, to] of done) yield* check(acl, { ...to, view });
  });
}

function place({ span, source }: AclLine): { span: AclLine['span']; source: AclLine['source'] } {
  return { span, source };
}

export const anonymousEverything = defineRule<'mosquitto.conf'>({
  id: 'audit/mosquitto-acl-every-topic-without-name',
  format: 'mosquitto.conf',
  topic: 'authorization',
  verified: { by: 'server', how: STARTED },
  title: 'The ACL file gives every topic to clients without a name',
  severity: 'high',
  owner: 'it',
  description:
    'Lines of `topic` before the first `user` are for clients that give no name, and with `allow_anonymous true` those get in: whoever connects reads, or writes, everything.',
  remediation:
    'Put the line under a `user`, name single topics for everybody (`topic read news/#`), or set `allow_anonymous false`.',
  references: [MAN],
  cwe: ['CWE-862'],
  examples: {
    bad: [files(OPEN, 'topic readwrite #\n'), files(OPEN, '# all\ntopic #\nuser a\ntopic read x\n')],
    good: [
      files(CLOSED, 'topic readwrite #\n'),
      files(OPEN, 'topic read news/#\nuser admin\ntopic readwrite #\n'),
      files(OPEN, 'topic deny #\n'),
    ],
  },
  *check(file, context) {
    yield* inEachAcl(file, context, function* (acl, { open }) {
      if (!open) return;
      for (const [index, line] of acl.lines.entries()) {
        if (line.kind !== 'topic' || line.user !== null || line.access === 'deny' || !isEveryTopic(line.topic))
          continue;
        yield {
          pointer: `acl.topic[${index}]`,
          ...place(line),
          actual: `${line.access} ${line.topic}`,
          expected: 'single topics, or a user',
          message: `Clients without a name may ${VERBS[line.access]} every topic.`,
        };
      }
    });
  },
});

const VERBS = { read: 'read', write: 'write', readwrite: 'read and write', deny: 'not use' } as const;

export const everybodyEverything = defineRule<'mosquitto.conf'>({
  id: 'audit/mosquitto-acl-every-topic-for-everybody',
  format: 'mosquitto.conf',
  topic: 'authorization',
  verified: { by: 'server', how: STARTED },
  title: 'The ACL file gives every topic to every client',
  severity: 'medium',
  owner: 'it',
  description:
    'A `pattern` is for every client, whatever its name. With `#`, or with `+` in place of `%u`, each account has everybody’s topics, and the rest of the file counts for nothing.',
  remediation: 'Write the client’s own name into the pattern: `pattern readwrite devices/%u/#`.',
  references: [MAN],
  cwe: ['CWE-863'],
  examples: {
    bad: [files(CLOSED, 'pattern readwrite #\n'), files(CLOSED, 'user a\ntopic read a/#\npattern #\n')],
    good: [
      files(CLOSED, 'pattern readwrite devices/%u/#\n'),
      files(CLOSED, 'pattern write $SYS/broker/connection/%c/state\n'),
      files(CLOSED, 'pattern read news/#\n'),
    ],
  },
  *check(file, context) {
    yield* inEachAcl(file, context, function* (acl, { open, reached }) {
      for (const [index, line] of acl.lines.entries()) {
        if (line.kind !== 'pattern' || line.access === 'deny' || !isEveryTopic(line.topic)) continue;
        yield {
          pointer: `acl.pattern[${index}]`,
          ...place(line),
          actual: `${line.access} ${line.topic}`,
          expected: 'a pattern with %u',
          message: `Every client may ${VERBS[line.access]} every topic.`,
          severity: open ? 'high' : reached ? 'medium' : 'low',
        };
      }
    });
  },
});

export const accountEverything = defineRule<'mosquitto.conf'>({
  id: 'audit/mosquitto-acl-account-with-every-topic',
  format: 'mosquitto.conf',
  topic: 'authorization',
  verified: { by: 'server', how: STARTED },
  title: 'The only account of the ACL file has every topic',
  severity: 'low',
  owner: 'it',
  description:
    'An ACL file with one account that reads and writes `#` limits nothing: the account that is built into the app or device is the administrator’s.',
  remediation:
    'Give clients an account of their own with their topics only (`pattern readwrite devices/%u/#`), and keep `#` for administration.',
  references: [MAN],
  cwe: ['CWE-250', 'CWE-863'],
  examples: {
    bad: [
      files(CLOSED, 'user shop\ntopic readwrite #\n'),
      files(CLOSED, 'user a\ntopic #\nuser b\ntopic readwrite #\n'),
    ],
    good: [
      files(CLOSED, 'user admin\ntopic readwrite #\nuser shop\ntopic read orders/#\n'),
      files(CLOSED, 'user admin\ntopic readwrite #\npattern readwrite devices/%u/#\n'),
      files(CLOSED, 'user log\ntopic read #\n'),
    ],
  },
  *check(file, context) {
    yield* inEachAcl(file, context, function* (acl, { reached }) {
      const all = acl.lines.filter(
        ({ kind, user, access, topic }) =>
          kind === 'topic' && user !== null && access === 'readwrite' && isEveryTopic(topic),
      );
      const holders = new Set(all.map(({ user }) => user));
      // One administrator beside others is as it should be.
      const others =
        acl.users.some(({ name }) => !holders.has(name)) || acl.lines.some(({ kind }) => kind === 'pattern');
      if (!reached || others) return;
      for (const [index, line] of all.slice(0, 100).entries())
        yield {
          pointer: `acl.user[${index}]`,
          ...place(line),
          actual: 'readwrite #',
          expected: 'the topics that the client works with',
          message: 'No account of this file is limited to topics of its own.',
        };
    });
  },
});

export const byClientId = defineRule<'mosquitto.conf'>({
  id: 'audit/mosquitto-acl-by-client-id',
  format: 'mosquitto.conf',
  topic: 'authorization',
  verified: { by: 'server', how: STARTED },
  title: 'The ACL file trusts a name that clients choose',
  severity: 'medium',
  owner: 'it',
  description:
    'Clients choose their client id freely. A pattern with `%c` gives anybody who gets in the topics of whatever device he calls himself.',
  remediation: 'Use `%u`, the name of the account, or set `use_username_as_clientid true` on the listener.',
  references: [MAN],
  cwe: ['CWE-290', 'CWE-639'],
  examples: {
    bad: [files(CLOSED, 'pattern readwrite devices/%c/#\n')],
    good: [
      files(CLOSED, 'pattern readwrite devices/%u/#\n'),
      files(CLOSED, 'pattern readwrite devices/%u/%c\n'),
      files(CLOSED, 'pattern write $SYS/broker/connection/%c/state\n'),
      files(`${CLOSED}use_username_as_clientid true\n`, 'pattern readwrite devices/%c/#\n'),
    ],
  },
  *check(file, context) {
    yield* inEachAcl(file, context, function* (acl, { reached, view }) {
      const bound = view.broker.listeners.every(
        (listener) => listener.on === 'loopback' || listener.last('use_username_as_clientid')?.value === 'true',
      );
      if (bound || !reached) return;
      for (const [index, { kind, access, topic, span, source }] of acl.lines.entries()) {
        if (kind !== 'pattern' || access === 'deny' || !topic.includes('%c')) continue;
        if (topic.includes('%u') || topic.startsWith('$SYS/')) continue;
        yield {
          pointer: `acl.pattern[${index}]`,
          span,
          source,
          actual: '%c',
          expected: '%u',
          message: 'Who gets in chooses the client id, and with it whose topics these are.',
          severity: access === 'write' ? 'low' : 'medium',
        };
      }
    });
  },
});

export const systemTopics = defineRule<'mosquitto.conf'>({
  id: 'audit/mosquitto-system-topics-open',
  format: 'mosquitto.conf',
  topic: 'hardening',
  verified: { by: 'server', how: STARTED },
  title: 'Strangers read the broker’s own topics',
  severity: 'low',
  owner: 'it',
  description:
    '`$SYS/#` tells the version, the load and how many clients there are: what somebody looks up before he attacks.',
  remediation: 'Give `topic read $SYS/#` to the account of the monitoring only.',
  references: [MAN],
  cwe: ['CWE-200'],
  examples: {
    bad: [files(OPEN, 'topic read $SYS/#\ntopic read news/#\n'), files(OPEN, 'pattern read $SYS/#\n')],
    good: [
      files(CLOSED, 'topic read $SYS/#\n'),
      files(OPEN, 'topic read news/#\nuser monitor\ntopic read $SYS/#\n'),
      files(OPEN, 'pattern write $SYS/broker/connection/%c/state\n'),
    ],
  },
  *check(file, context) {
    yield* inEachAcl(file, context, function* (acl, { open }) {
      const lines = anonymousLines(acl);
      for (const line of open ? lines : []) {
        if (line.access === 'write' || !line.topic.startsWith('$SYS/') || line.topic.includes('%c')) continue;
        yield {
          pointer: `acl.${line.kind}[${acl.lines.indexOf(line)}]`,
          ...place(line),
          actual: `${line.access} ${line.topic}`,
          expected: 'an account of the monitoring',
          message: 'Clients without a name read the broker’s own topics.',
        };
      }
    });
  },
});
