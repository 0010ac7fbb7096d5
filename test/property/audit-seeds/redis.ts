import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'redis.conf',
    text: '# c\nbind 0.0.0.0\nprotected-mode no\nrequirepass "foo\\x62ared"\nsave \'\'\nrename-command CONFIG ""\ninclude /x\n',
    pointed: [
      ['audit/redis-listens-everywhere', '0.0.0.0'],
      ['audit/redis-weak-password', '"foo\\x62ared"'],
    ],
  },
  {
    format: 'redis.conf',
    text: 'bind 10.0.0.5\nprotected-mode no\nreplicaof 10.0.0.4 6379\nmasterauth a-long-example-value-not-used-anywhere\nuser default off\nuser shop on nopass ~* +@all\nenable-debug-command yes\nunixsocket /s\nunixsocketperm 777\n',
    pointed: [
      ['audit/redis-without-tls', '10.0.0.5'],
      ['audit/redis-replication-without-tls', '10.0.0.4 6379'],
      ['audit/redis-password-in-file', 'a-long-example-value-not-used-anywhere'],
      ['audit/redis-user-without-password', 'nopass'],
      ['audit/redis-user-has-every-command', '+@all'],
      ['audit/redis-user-sees-every-key', '~*'],
      ['audit/redis-debug-command', 'yes'],
    ],
  },
  {
    format: 'redis.acl',
    text: 'user default on nopass ~* &* +@all\nuser shop on >changeme %R~shop:* (~x:* +@write) +@all -@admin\nuser "a\t on nopass allkeys +@read\n',
    pointed: [
      ['audit/redis-acl-default-user-open', 'on'],
      ['audit/redis-acl-password-in-clear', '>changeme'],
      ['audit/redis-acl-user-without-password', 'nopass'],
      ['audit/redis-acl-user-sees-every-key', 'allkeys'],
    ],
  },
];
