/** Users of Redis' access lists: one set of facts, as rules of ACL files and of `user` lines in redis.conf. */
import { ADMINISTRATOR } from '../../formats/redis-acl/read.ts';
import { type AclUser, takesAnybody } from '../../formats/redis-acl/user.ts';
import { type AuditRule, defineRule, type Hit, type RuleContext } from '../../model.ts';
import type { Span } from '../../source.ts';
import { isFilledInLater, isSampleFile } from '../committed.ts';
import { isWellKnown } from '../passwords.ts';

const ACL = 'https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/';
const STARTED = 'redis-server 7.0.15 started with and without it (test/servers/audit-settings-redis.test.ts)';

interface Kind<N extends 'redis.acl' | 'redis.conf'> {
  format: N;
  /** First part of the ids. */
  prefix: 'audit/redis-acl' | 'audit/redis';
  /** What an example needs beside its users to be told as this format. */
  around: string;
}

const ACL_FILE: Kind<'redis.acl'> = { format: 'redis.acl', prefix: 'audit/redis-acl', around: '' };
const CONF: Kind<'redis.conf'> = {
  format: 'redis.conf',
  prefix: 'audit/redis',
  around: 'bind 127.0.0.1\nappendonly yes\n',
};

/** Users in force: of several lines of one name the last. */
function usersOf(users: readonly AclUser[]): AclUser[] {
  return [...new Map(users.map((user) => [user.name, user])).values()];
}

function hit(user: AclUser, span: Span, rest: Omit<Hit, 'pointer' | 'span'>): Hit {
  return { pointer: `user ${user.name}`, span, ...(user.source && { source: user.source }), ...rest };
}

/** What a user is called in messages; a name that is no plain one may be anything. */
function called(user: AclUser): string {
  return /^[\w.-]{1,64}$/.test(user.name) ? `“${user.name}”` : 'with an unusual name';
}

const DEFAULT_OFF = ['user default off', 'user app on #HASH ~app:* +@read'];
const HASH = 'a'.repeat(64);
function lines(kind: Kind<'redis.acl' | 'redis.conf'>, ...list: readonly string[]): string {
  return `${kind.around}${list.join('\n').replaceAll('HASH', HASH)}\n`;
}

/** Loopback by the redis.conf beside it: then strangers do not get as far. */
function near(context: RuleContext): boolean {
  const beside = context.beside('redis.conf');
  return beside.length > 0 && beside.every(({ document }) => /^(?:127\.|::1|localhost)/.test(firstBind(document)));
}

function firstBind(document: { last(name: string): { arguments: readonly { value: string }[] } | undefined }): string {
  return document.last('bind')?.arguments[0]?.value.replace(/^-/, '') ?? '';
}

export const defaultUserOpen = defineRule<'redis.acl'>({
  id: 'audit/redis-acl-default-user-open',
  aliases: ['RD-ACL-001'],
  format: 'redis.acl',
  topic: 'authentication',
  verified: { by: 'server', how: STARTED },
  title: 'Everybody is the default user of Redis, without a password',
  severity: 'critical',
  owner: 'it',
  description:
    'Who connects and says nothing is the user `default`. It is on, needs no password and may do everything until the ACL file says otherwise: a file without a line for it leaves Redis open, and `requirepass` counts for nothing beside an ACL file.',
  remediation: 'Write `user default off` as the first line, and give each application its own user.',
  references: [ACL, 'https://github.com/redis/redis/blob/7.2/redis.conf'],
  cwe: ['CWE-306'],
  examples: {
    bad: [
      'user default on nopass ~* &* +@all\n',
      `user app on #${HASH} ~app:* +@read\n`,
      `user default on nopass ~* +@read\nuser app on #${HASH} ~app:* +@read\n`,
    ],
    good: [
      lines(ACL_FILE, ...DEFAULT_OFF),
      `user default on #${HASH} ~* +@read\n`,
      'user default on nopass -@all\nuser app off\n',
    ],
  },
  *check({ document, source }, context) {
    const users = usersOf(document.users);
    const first = document.users[0];
    const user = users.find(({ name }) => name === 'default');
    if (!first || (user && (!takesAnybody(user) || user.powerless))) return;
    if (!user && !document.complete) {
      context.unknown('user default', 'a line that was not understood may be about it');
      return;
    }
    const everything = user ? user.everyCommand !== null : true;
    const span = user?.onToken?.span ?? first.nameSpan;
    // Without a line of its own, one goes above the first user.
    const above = source.text.lastIndexOf('\n', first.nameSpan.start) + 1;
    yield {
      pointer: 'user default',
      span,
      actual: user ? 'on nopass' : 'not set; open',
      expected: 'user default off',
      message: user
        ? `Everybody who connects is the default user${everything ? ', which may do everything' : ''}.`
        : 'No line is about the default user, so everybody who connects may do everything.',
      severity: near(context) ? 'medium' : everything ? 'critical' : 'high',
      fix: {
        edits: [user ? { ...span, text: 'off' } : { start: above, end: above, text: `user default off${source.eol}` }],
        title: 'Switch the default user off',
        blastRadius: 'Clients that do not log in with a user of their own are refused.',
        needsConfirmation: true,
      },
    };
  },
});

function everyCommand<N extends 'redis.acl' | 'redis.conf'>(kind: Kind<N>, aliases: readonly string[]): AuditRule<N> {
  return defineRule<N>({
    id: `${kind.prefix}-user-has-every-command`,
    aliases,
    format: kind.format,
    topic: 'authorization',
    verified: { by: 'server', how: STARTED },
    title: 'A Redis user of the application may run every command',
    severity: 'high',
    owner: 'developer',
    description:
      'With `+@all` a stolen password of the app is the server: `CONFIG`, `FLUSHALL`, `MIGRATE`, `SAVE`, other users’ passwords. The app needs a few commands on its own keys.',
    remediation:
      'Name what the app uses: `~app:* +@read +@write +@connection -@dangerous`; `ACL LOG` shows what it is refused.',
    references: [ACL],
    cwe: ['CWE-250', 'CWE-269'],
    examples: {
      bad: [
        lines(kind, 'user default off', 'user shop on #HASH ~* +@all'),
        lines(kind, 'user default off', 'user shop on #HASH ~shop:* allcommands'),
      ],
      good: [
        lines(kind, 'user default off', 'user shop on #HASH ~shop:* +@read +@write -@dangerous'),
        lines(kind, 'user default off', 'user shop on #HASH ~shop:* +@all -@admin -@dangerous'),
        lines(kind, 'user default off', 'user admin on #HASH ~* +@all'),
        lines(kind, 'user default off', 'user shop off ~* +@all'),
      ],
    },
    *check({ document }) {
      for (const user of usersOf(document.users)) {
        if (user.name === 'default' || ADMINISTRATOR.test(user.name) || !user.on || !user.everyCommand) continue;
        yield hit(user, user.everyCommand.span, {
          actual: user.everyCommand.value,
          expected: '+@read +@write -@dangerous, or fewer',
          message: `The user ${called(user)} may run every command.`,
          severity: user.everyKey ? 'high' : 'medium',
          fix: {
            edits: [{ ...user.everyCommand.span, text: `${user.everyCommand.value} -@admin -@dangerous` }],
            title: 'Take administration and dangerous commands away from the user',
            blastRadius:
              'What uses KEYS, SORT, FLUSHALL, CONFIG, INFO, MIGRATE or replication with this user is refused.',
            needsConfirmation: true,
          },
        });
      }
    },
  });
}

function everyKey<N extends 'redis.acl' | 'redis.conf'>(kind: Kind<N>, aliases: readonly string[]): AuditRule<N> {
  return defineRule<N>({
    id: `${kind.prefix}-user-sees-every-key`,
    aliases,
    format: kind.format,
    topic: 'authorization',
    verified: { by: 'server', how: STARTED },
    title: 'A Redis user of the application sees every key',
    severity: 'medium',
    owner: 'developer',
    description:
      '`~*` or `allkeys` gives the account the keys of every other application and part of the app that shares the server: a stolen password of one is the data of all.',
    remediation: 'Name the keys by their prefix: `~shop:*`, and `%R~shared:*` where reading is enough (7.0 and later).',
    references: [ACL],
    cwe: ['CWE-732'],
    examples: {
      bad: [
        lines(kind, 'user default off', 'user shop on #HASH ~* +@read +@write -@dangerous'),
        lines(kind, 'user default off', 'user shop on #HASH allkeys +get'),
      ],
      good: [
        lines(kind, 'user default off', 'user shop on #HASH ~shop:* +@read +@write -@dangerous'),
        lines(kind, 'user default off', 'user admin on #HASH ~* +@read'),
        lines(kind, 'user default off', 'user shop on #HASH ~* resetkeys ~shop:* +@read'),
        lines(kind, 'user default off', 'user health on #HASH ~* -@all +ping'),
      ],
    },
    *check({ document }) {
      for (const user of usersOf(document.users)) {
        if (!user.everyKey || !user.on || user.powerless) continue;
        if (user.name === 'default' || ADMINISTRATOR.test(user.name) || onlyAsksForLife(user)) continue;
        yield hit(user, user.everyKey.span, {
          actual: user.everyKey.value,
          expected: '~prefix:*',
          message: `The user ${called(user)} sees every key.`,
        });
      }
    },
  });
}

/** Liveness checks may ask whether the server is there. */
function onlyAsksForLife({ tokens }: AclUser): boolean {
  return tokens
    .filter(({ value }) => /^\+|^allcommands$/i.test(value))
    .every(({ value }) => /^\+(?:ping|info|echo|auth|hello|quit|@connection)$/i.test(value));
}

function noPassword<N extends 'redis.acl' | 'redis.conf'>(kind: Kind<N>, aliases: readonly string[]): AuditRule<N> {
  return defineRule<N>({
    id: `${kind.prefix}-user-without-password`,
    aliases,
    format: kind.format,
    topic: 'authentication',
    verified: { by: 'server', how: STARTED },
    title: 'A Redis user needs no password',
    severity: 'critical',
    owner: 'it',
    description: '`nopass` lets anybody log in as this user who knows its name, with any password.',
    remediation:
      'Replace `nopass` by the SHA-256 of a long random password (`#…`; `ACL GENPASS` makes one, `ACL SAVE` writes the hash).',
    references: [ACL],
    cwe: ['CWE-306'],
    examples: {
      bad: [lines(kind, 'user default off', 'user shop on nopass ~shop:* +@read')],
      good: [
        lines(kind, 'user default off', 'user shop on #HASH ~shop:* +@read'),
        lines(kind, 'user default off', 'user shop off nopass ~shop:* +@read'),
        lines(kind, 'user default off', 'user health on nopass -@all +ping'),
      ],
    },
    *check({ document }, context) {
      for (const user of usersOf(document.users)) {
        const { nopass } = user;
        if (user.name === 'default' || !takesAnybody(user) || !nopass || user.powerless) continue;
        if (onlyAsksForLife(user)) continue;
        yield hit(user, nopass.span, {
          actual: 'nopass',
          expected: '#sha256 of a random password',
          message: `Anybody logs in as the user ${called(user)} without a password.`,
          severity: near(context) ? 'medium' : user.everyCommand ? 'critical' : 'high',
        });
      }
    },
  });
}

function clearPassword<N extends 'redis.acl' | 'redis.conf'>(kind: Kind<N>, aliases: readonly string[]): AuditRule<N> {
  return defineRule<N>({
    id: `${kind.prefix}-password-in-clear`,
    aliases,
    format: kind.format,
    topic: 'secrets',
    verified: {
      by: 'source',
      how: 'https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/ – #<hash> adds a password by its SHA-256, which is useful for an ACL file that stores no password in clear; >password is the password as it is',
    },
    title: 'The password of a Redis user stands in a file in clear',
    severity: 'medium',
    owner: 'it',
    description:
      'Everybody who reads the file, an image or a backup of it has the password. Redis takes its SHA-256 as well (`#…`), which is what `ACL SAVE` writes.',
    remediation:
      'Set a new password from `ACL GENPASS` and write its hash: `printf %s "$PASSWORD" | sha256sum`. No patch does it for you: the hash of a password that can be guessed is worth hiding too.',
    references: [ACL],
    cwe: ['CWE-256', 'CWE-798'],
    examples: {
      bad: [
        lines(kind, 'user default off', 'user shop on >a-long-example-value-not-used-anywhere ~shop:* +@read'),
        lines(kind, 'user default off', 'user shop on >changeme ~shop:* +@read'),
      ],
      good: [
        lines(kind, 'user default off', 'user shop on #HASH ~shop:* +@read'),
        lines(kind, 'user default off', 'user shop on >${SHOP_PASSWORD} ~shop:* +@read'),
      ],
    },
    *check({ document, source }) {
      for (const user of usersOf(document.users)) {
        const token = user.passwords.find(({ value }) => value.startsWith('>') && !isFilledInLater(value.slice(1)));
        if (!token || isSampleFile((user.source ?? source).path)) continue;
        const password = token.value.slice(1);
        const weak = isWellKnown(password) || password.toLowerCase() === user.name.toLowerCase() || password.length < 8;
        yield hit(user, token.span, {
          actual: `a literal of ${password.length} characters${weak ? ', easily guessed' : ''}`,
          expected: '#sha256 of a random password',
          message: weak
            ? `The password of the user ${called(user)} is easily guessed.`
            : `The password of the user ${called(user)} stands here in clear.`,
          severity: weak ? 'high' : 'medium',
        });
      }
    },
  });
}

/** Rules of ACL files; the default user of redis.conf is judged by its own rules on login. */
export const aclRules: readonly AuditRule<'redis.acl'>[] = [
  defaultUserOpen,
  everyCommand(ACL_FILE, ['RD-ACL-003']),
  everyKey(ACL_FILE, ['RD-ACL-006']),
  noPassword(ACL_FILE, ['RD-ACL-004']),
  clearPassword(ACL_FILE, ['RD-ACL-005']),
];

export const userRules: readonly AuditRule<'redis.conf'>[] = [
  everyCommand(CONF, []),
  everyKey(CONF, []),
  noPassword(CONF, []),
  clearPassword(CONF, []),
];
