import type { RuleSet } from '../../model.ts';
import { debugCommand, moduleCommand, noPersistence, protectedConfigs, pubsubDefault } from './hardening.ts';
import { committedPassword, noPassword, replicaWithoutPassword, weakPassword } from './login.ts';
import { bindsEverything, openSocket, protectedModeOff } from './network.ts';
import { clientCertificates, oldTls, replicationInClear, withoutTls } from './tls.ts';
import { userRules } from './users.ts';

export const redisRules: RuleSet<'redis.conf'> = {
  rules: [
    protectedModeOff,
    bindsEverything,
    noPassword,
    weakPassword,
    committedPassword,
    moduleCommand,
    protectedConfigs,
    debugCommand,
    withoutTls,
    clientCertificates,
    replicationInClear,
    oldTls,
    replicaWithoutPassword,
    openSocket,
    pubsubDefault,
    noPersistence,
    ...userRules,
  ],
  guidance: {
    attack:
      'Port scanners of the whole internet find port 6379 within hours. What answers without a password is copied, emptied for ransom, or used to write files on the machine.',
    fixes: {
      package:
        'Edit `/etc/redis/redis.conf` (Valkey: `/etc/valkey/valkey.conf`), then `systemctl restart redis-server`. `CONFIG SET` changes a running server but not the file; `CONFIG REWRITE` writes it back.',
      docker:
        'Mount the changed file and name it in the command: `command: redis-server /usr/local/etc/redis/redis.conf`; then `docker compose up -d --force-recreate`. The official image has protected mode off, and flags behind the file’s name win over it.',
      kubernetes:
        'Put the setting into the ConfigMap that is mounted as `redis.conf` (charts: `commonConfiguration`), the password into a Secret (charts: `auth.existingSecret`), and restart the StatefulSet.',
      managed:
        'ElastiCache, Memorystore and Azure Cache take no redis.conf: switch AUTH or user groups and encryption in transit on, and use the parameter group for the rest.',
    },
    check:
      '`redis-cli -h HOST ping` from another machine answers `NOAUTH Authentication required.` or no answer at all, and `redis-cli CONFIG GET SETTING` shows the new value.',
  },
  dropped: {
    'RD-CMD-004':
      'Wrong as a rule of its own: renaming CONFIG hides one of many ways and is deprecated; it mattered before ACLs (Redis 6.0), and those versions are out of support. audit/redis-user-has-every-command says what to do since.',
  },
};
