/** Rules for redis.conf (and Valkey's, which is the same). */
import ipaddr from 'ipaddr.js';
import { redisHasPassword, requirepass } from '../../formats/redis/password.ts';
import type { RedisDirective, RedisDocument } from '../../formats/redis/read.ts';
import { type AuditRule, defineRule, type Fix, type Runtime } from '../../model.ts';
import { exposureOf, reachedFrom } from '../compose/exposure.ts';
import { isWellKnown } from '../passwords.ts';
import { REFERENCES } from '../references.ts';

type Listening = 'everywhere' | 'network' | 'loopback';

/** Where Redis listens: without `bind` on every address; a leading `-` marks an address that may be missing. */
function listening(document: RedisDocument): Listening {
  const port = document.last('port')?.arguments[0]?.value;
  const tlsPort = document.last('tls-port')?.arguments[0]?.value ?? '0';
  if (port === '0' && tlsPort === '0') return 'loopback';
  const bind = document.last('bind');
  const addresses = bind?.arguments.map(({ value }) => value.replace(/^-/, '')) ?? [];
  if (bind && addresses.every((address) => address === '')) return 'loopback';
  if (!bind || addresses.some(isWildcard)) return 'everywhere';
  return addresses.every(isLoopback) ? 'loopback' : 'network';
}

function isWildcard(address: string): boolean {
  return (
    address === '*' || address === '::*' || (ipaddr.isValid(address) && ipaddr.parse(address).range() === 'unspecified')
  );
}

function isLoopback(address: string): boolean {
  return address === 'localhost' || (ipaddr.isValid(address) && ipaddr.parse(address).range() === 'loopback');
}

/** In a container the published ports decide who reaches it, not the addresses it binds inside. */
function reachable(document: RedisDocument, runtimes: readonly Runtime[]): { open: boolean; where: string } {
  const where = listening(document);
  if (runtimes.length === 0) {
    return {
      open: where !== 'loopback',
      where: where === 'everywhere' ? 'listens on every address' : 'listens on a network address',
    };
  }
  const levels = runtimes.map(({ declared }) => exposureOf(declared));
  const level = (['public', 'network', 'loopback'] as const).find((name) => levels.includes(name)) ?? 'none';
  return { open: where !== 'loopback' && level !== 'loopback', where: reachedFrom(level).replace(/^and it /, '') };
}

/** Compose passes a password that the file does not hold. */
function passwordElsewhere(runtimes: readonly Runtime[]): boolean {
  return runtimes.some(({ service }) =>
    [...(service.command?.words ?? []), ...(service.entrypoint?.words ?? [])].some(
      (word) => word.startsWith('--requirepass') || word.startsWith('--aclfile'),
    ),
  );
}

function replaceArguments(directive: RedisDirective, text: string, rest: Omit<Fix, 'edits'>): Fix {
  return { ...rest, edits: [{ ...directive.span, text }] };
}

export const protectedModeOff = defineRule<'redis.conf'>({
  id: 'audit/redis-protected-mode-off',
  aliases: ['RD-NET-001'],
  format: 'redis.conf',
  title: 'Redis protected mode is off and there is no password',
  severity: 'critical',
  owner: 'it',
  description:
    'Protected mode refuses other machines while there is no password. With it off, everybody who reaches the port reads and writes every key, and can often make the server run commands.',
  remediation: 'Set `protected-mode yes`, and `aclfile` or `requirepass`.',
  references: [REFERENCES.redisSecurity, REFERENCES.redisConf],
  cwe: ['CWE-306'],
  examples: {
    bad: ['bind 0.0.0.0\nprotected-mode no\nappendonly yes\n'],
    good: [
      'bind 0.0.0.0\nprotected-mode no\nrequirepass "a-long-example-value-not-used-anywhere"\n',
      'bind 0.0.0.0\nprotected-mode yes\nappendonly yes\n',
      'bind 127.0.0.1 -::1\nprotected-mode no\nappendonly yes\n',
    ],
  },
  *check({ document }, { runtimes, unknown }) {
    const directive = document.last('protected-mode');
    const value = directive?.arguments[0]?.value.toLowerCase();
    // The official image compiles the default to no.
    const byImage = directive === undefined && runtimes.some(({ service }) => service.image?.publisher === 'official');
    if ((value !== 'no' && !byImage) || redisHasPassword(document) || passwordElsewhere(runtimes)) return;
    const reach = reachable(document, runtimes);
    if (!reach.open) return;
    if (!document.complete) {
      unknown('protected-mode', 'an included file may set a password');
      return;
    }
    const at = directive ?? document.last('bind') ?? document.directives[0];
    if (!at) return;
    yield {
      pointer: 'protected-mode',
      span: at.span,
      actual: directive ? 'no' : 'not set; off in this image',
      expected: 'yes, with a password',
      message: `Redis has no password, protected mode is off, and it ${reach.where}.`,
      severity: runtimes.length > 0 && reach.where.includes('containers only') ? 'high' : 'critical',
      fix: directive
        ? replaceArguments(directive, 'yes', {
            title: 'Switch Redis protected mode on',
            blastRadius: 'Clients on other machines, or in other containers, are refused until a password is set.',
            needsConfirmation: true,
          })
        : null,
    };
  },
});

export const bindsEverything = defineRule<'redis.conf'>({
  id: 'audit/redis-listens-everywhere',
  aliases: ['RD-NET-002'],
  format: 'redis.conf',
  title: 'Redis listens on every interface',
  severity: 'high',
  owner: 'it',
  description:
    'Without a `bind` line, or with `*` or `0.0.0.0`, Redis answers on every address of the machine, the public ones too.',
  remediation: 'Set `bind 127.0.0.1 -::1`, and add the one private address that the application uses.',
  references: [REFERENCES.redisConf, REFERENCES.redisSecurity],
  cwe: ['CWE-1327'],
  examples: {
    bad: ['bind * -::*\nprotected-mode yes\nappendonly yes\n', 'protected-mode yes\nappendonly yes\nport 6379\n'],
    good: [
      'bind 127.0.0.1 -::1\nprotected-mode yes\nappendonly yes\n',
      'protected-mode yes\nport 0\nunixsocket /run/redis.sock\n',
    ],
  },
  *check({ document }, { runtimes, unknown }) {
    // In a container listening everywhere is how other containers reach it; the published port is judged instead.
    if (runtimes.length > 0 || listening(document) !== 'everywhere') return;
    const bind = document.last('bind');
    if (!bind && !document.complete) {
      unknown('bind', 'an included file may set it');
      return;
    }
    const at = bind ?? document.last('port') ?? document.directives[0];
    if (!at) return;
    const password = redisHasPassword(document);
    yield {
      pointer: 'bind',
      span: at.span,
      actual: bind ? bind.arguments.map(({ value }) => value).join(' ') : 'not set; every address',
      expected: '127.0.0.1 -::1 and named private addresses',
      message: `Redis listens on every interface${password ? '' : ' and has no password'}.`,
      severity: password ? 'medium' : 'high',
      fix: bind
        ? replaceArguments(bind, '127.0.0.1 -::1', {
            title: 'Let Redis listen on loopback only',
            blastRadius:
              'Clients and replicas on other machines can no longer connect; add the private address they use.',
            needsConfirmation: true,
          })
        : null,
    };
  },
});

export const noPassword = defineRule<'redis.conf'>({
  id: 'audit/redis-no-password',
  aliases: ['RD-AUTH-001'],
  format: 'redis.conf',
  title: 'Redis has no password',
  severity: 'high',
  owner: 'it',
  description:
    'Without `requirepass`, an ACL file or a password on the `default` user, every connection may do everything. Protected mode then still refuses other machines, unless it is off.',
  remediation: 'Use `aclfile` with named users, or a long random `requirepass` from a file outside version control.',
  references: [REFERENCES.redisSecurity, 'https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/'],
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
  *check({ document }, { runtimes, unknown }) {
    if (redisHasPassword(document) || passwordElsewhere(runtimes)) return;
    const reach = reachable(document, runtimes);
    if (!reach.open) return;
    if (!document.complete) {
      unknown('requirepass', 'an included file may set a password');
      return;
    }
    const at =
      document.last('requirepass') ??
      document.directives.findLast(({ name }) => name === 'user') ??
      document.last('bind') ??
      document.directives[0];
    if (!at) return;
    const isProtected =
      document.last('protected-mode')?.arguments[0]?.value.toLowerCase() !== 'no' && runtimes.length === 0;
    yield {
      pointer: 'requirepass',
      span: at.span,
      actual: 'no password',
      expected: 'aclfile, or requirepass',
      message: `Redis has no password and ${reach.where}${isProtected ? '; only protected mode keeps other machines out' : ''}.`,
      severity: isProtected || reach.where.includes('containers only') ? 'medium' : 'high',
    };
  },
});

export const weakPassword = defineRule<'redis.conf'>({
  id: 'audit/redis-weak-password',
  aliases: ['RD-AUTH-002'],
  format: 'redis.conf',
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
    ],
  },
  *check({ document }) {
    const directive = requirepass(document);
    const password = directive?.arguments[0]?.value ?? '';
    const known = isWellKnown(password);
    if (!directive || (!known && password.length >= 16)) return;
    yield {
      pointer: 'requirepass',
      span: directive.span,
      actual: `${password.length} characters${known ? ', from a sample or a list' : ''}`,
      expected: 'at least 32 random characters',
      message: known
        ? 'The Redis password is one that everybody tries first.'
        : `The Redis password has only ${password.length} characters.`,
      severity: known ? 'high' : 'medium',
    };
  },
});

function switchedOn(
  name: string,
  details: Pick<AuditRule, 'id' | 'aliases' | 'title' | 'description' | 'cwe'>,
): AuditRule<'redis.conf'> {
  return defineRule<'redis.conf'>({
    ...details,
    format: 'redis.conf',
    severity: 'high',
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
    *check({ document }) {
      const directive = document.last(name);
      if (directive?.arguments[0]?.value.toLowerCase() !== 'yes') return;
      yield {
        pointer: name,
        span: directive.span,
        actual: 'yes',
        expected: 'no, or local',
        message: `${details.title}.`,
        fix: replaceArguments(directive, 'no', {
          title: `Set ${name} to no`,
          blastRadius: 'Tools that use it over the network are refused.',
          needsConfirmation: false,
        }),
      };
    },
  });
}

export const moduleCommand = switchedOn('enable-module-command', {
  id: 'audit/redis-module-command',
  aliases: ['RD-CMD-002'],
  title: 'Redis loads modules for every client',
  description:
    '`enable-module-command yes` lets whoever is logged in load a library into the server: code of their choice runs there.',
  cwe: ['CWE-749', 'CWE-94'],
});

export const protectedConfigs = switchedOn('enable-protected-configs', {
  id: 'audit/redis-protected-configs-writable',
  aliases: ['RD-CMD-003'],
  title: 'Redis lets every client change where it writes files',
  description:
    '`enable-protected-configs yes` allows `CONFIG SET dir` and `dbfilename` at run time, the classic way to write an SSH key or a cron job.',
  cwe: ['CWE-749', 'CWE-73'],
});

export const redisRules: readonly AuditRule<'redis.conf'>[] = [
  protectedModeOff,
  bindsEverything,
  noPassword,
  weakPassword,
  moduleCommand,
  protectedConfigs,
];
