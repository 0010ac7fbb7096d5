/** redis.conf: who reaches the server. */
import { listening } from '../../formats/redis/listening.ts';
import { defineRule } from '../../model.ts';
import { REFERENCES } from '../references.ts';
import { at, inEachView, reachable, replaceArguments, wordOf } from './view.ts';

const STARTED = 'redis-server 7.0.15 started with and without it (test/servers/audit-settings-redis.test.ts)';

export const protectedModeOff = defineRule<'redis.conf'>({
  id: 'audit/redis-protected-mode-off',
  aliases: ['RD-NET-001'],
  format: 'redis.conf',
  topic: 'authentication',
  verified: { by: 'server', how: STARTED },
  title: 'Redis protected mode is off and there is no password',
  severity: 'critical',
  owner: 'it',
  description:
    'Protected mode refuses other machines while there is no password. With it off, everybody who reaches the port reads and writes every key, and can often make the server run commands.',
  remediation: 'Set `protected-mode yes`, and `aclfile` or `requirepass`.',
  references: [REFERENCES.redisSecurity, REFERENCES.redisConf],
  cwe: ['CWE-306'],
  examples: {
    bad: [
      'bind 0.0.0.0\nprotected-mode no\nappendonly yes\n',
      '=== redis.conf\ninclude net.conf\nappendonly yes\n=== net.conf\nbind 0.0.0.0\nprotected-mode no\n',
    ],
    good: [
      'bind 0.0.0.0\nprotected-mode no\nrequirepass "a-long-example-value-not-used-anywhere"\n',
      'bind 0.0.0.0\nprotected-mode yes\nappendonly yes\n',
      'bind 127.0.0.1 -::1\nprotected-mode no\nappendonly yes\n',
      '=== redis.conf\nbind 0.0.0.0\nprotected-mode no\ninclude login.conf\n=== login.conf\nappendonly yes\nrequirepass "a-long-example-value-not-used-anywhere"\n',
      '=== compose.yml\nservices:\n  cache:\n    image: redis:7.2\n    command: redis-server /x.conf --requirepass $${PASSWORD}\n    volumes: ["./redis.conf:/x.conf"]\n    ports: ["127.0.0.1:6379:6379"]\n=== redis.conf\nbind 0.0.0.0\nprotected-mode no\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const directive = view.last('protected-mode');
      const value = wordOf(view, 'protected-mode');
      // The official image compiles the default to no.
      const byImage = directive === undefined && view.runtime?.service.image?.publisher === 'official';
      if ((value !== 'no' && !byImage) || view.hasPassword) return;
      const reach = reachable(view);
      if (!reach.open) return;
      if (!view.complete) {
        context.unknown('protected-mode', 'an included file may set a password');
        return;
      }
      const place = directive ?? view.last('bind') ?? view.directives[0];
      if (!place) return;
      yield {
        pointer: 'protected-mode',
        ...at(place),
        actual: directive ? 'no' : 'not set; off in this image',
        expected: 'yes, with a password',
        message: `Redis has no password, protected mode is off, and it ${reach.where}.`,
        severity: reach.near ? 'high' : 'critical',
        fix: directive
          ? replaceArguments(view, directive, 'yes', {
              title: 'Switch Redis protected mode on',
              blastRadius: 'Clients on other machines, or in other containers, are refused until a password is set.',
              needsConfirmation: true,
            })
          : null,
      };
    });
  },
});

export const bindsEverything = defineRule<'redis.conf'>({
  id: 'audit/redis-listens-everywhere',
  aliases: ['RD-NET-002'],
  format: 'redis.conf',
  topic: 'network-exposure',
  verified: { by: 'server', how: STARTED },
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
  *check(file, context) {
    // In a container listening everywhere is how other containers reach it; the published port is judged instead.
    if (context.runtimes.length > 0) return;
    yield* inEachView(file, context, function* (view) {
      if (listening(view) !== 'everywhere') return;
      const bind = view.last('bind');
      if (!bind && !view.complete) {
        context.unknown('bind', 'an included file may set it');
        return;
      }
      const place = bind ?? view.last('port') ?? view.directives[0];
      if (!place) return;
      yield {
        pointer: 'bind',
        ...at(place),
        actual: bind ? bind.arguments.map(({ value }) => value).join(' ') : 'not set; every address',
        expected: '127.0.0.1 -::1 and named private addresses',
        message: `Redis listens on every interface${view.hasPassword ? '' : ' and has no password'}.`,
        severity: view.hasPassword ? 'medium' : 'high',
        fix: bind
          ? replaceArguments(view, bind, '127.0.0.1 -::1', {
              title: 'Let Redis listen on loopback only',
              blastRadius:
                'Clients and replicas on other machines can no longer connect; add the private address they use.',
              needsConfirmation: true,
            })
          : null,
      };
    });
  },
});

export const openSocket = defineRule<'redis.conf'>({
  id: 'audit/redis-socket-for-everybody',
  aliases: ['RD-SOCK-001'],
  format: 'redis.conf',
  topic: 'network-exposure',
  verified: { by: 'server', how: STARTED },
  title: 'Every local user may use the Redis socket',
  severity: 'medium',
  owner: 'it',
  description:
    'A `unixsocketperm` that lets others write opens the socket to every account of the machine, a compromised web application too.',
  remediation: 'Set `unixsocketperm 770` and put the application’s account into the group of Redis.',
  references: [REFERENCES.redisConf],
  cwe: ['CWE-732'],
  examples: {
    bad: ['port 0\nappendonly yes\nunixsocket /run/redis.sock\nunixsocketperm 777\n'],
    good: [
      'port 0\nappendonly yes\nunixsocket /run/redis.sock\nunixsocketperm 770\n',
      'port 0\nappendonly yes\nunixsocket /run/redis.sock\nunixsocketperm 777\nrequirepass "a-long-example-value-not-used-anywhere"\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const directive = view.last('unixsocketperm');
      const mode = directive?.arguments[0]?.value ?? '';
      // Connecting to a socket needs the right to write to it.
      if (!directive || !view.last('unixsocket') || !/^[0-7]{1,4}$/.test(mode)) return;
      if ((Number.parseInt(mode, 8) & 0o2) === 0 || view.hasPassword) return;
      yield {
        pointer: 'unixsocketperm',
        ...at(directive),
        actual: mode,
        expected: '770',
        message: 'Redis has no password, and every account of the machine may use its socket.',
        fix: replaceArguments(view, directive, '770', {
          title: 'Keep the socket to the group of Redis',
          blastRadius: 'Programs whose account is not in the group of Redis are refused.',
          needsConfirmation: true,
        }),
      };
    });
  },
});
