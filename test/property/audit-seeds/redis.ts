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
];
