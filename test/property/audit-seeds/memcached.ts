import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'memcached.conf',
    text: '# c\n-d\nlogfile /var/log/memcached.log\n-m 64\n-p 11211\n-u root\n-l 0.0.0.0\n--udp-port=11211\n-P /run/memcached.pid\n',
    pointed: [
      ['audit/memcached-runs-as-root', 'root'],
      ['audit/memcached-listens-everywhere', '0.0.0.0'],
      ['audit/memcached-without-login', '0.0.0.0'],
      ['audit/memcached-without-tls', '0.0.0.0'],
      ['audit/memcached-udp', '11211'],
    ],
  },
  {
    format: 'memcached.conf',
    text: 'PORT="11211"\nUSER="memcached"\nMAXCONN="1024"\nCACHESIZE="64"\nOPTIONS="-l 10.0.0.5,::1 -U 11211"\n',
    pointed: [
      ['audit/memcached-without-login', '10.0.0.5,::1'],
      ['audit/memcached-udp', '11211'],
      ['audit/memcached-without-tls', '10.0.0.5,::1'],
    ],
  },
];
