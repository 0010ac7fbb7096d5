import type { RuleSet } from '../../model.ts';
import { adminPageOpen } from './admin-pages.ts';
import { storeAsRoot, storeEndOfLife, storeNotPinned } from './images.ts';
import { located } from './located.ts';
import {
  clickhouseNoLogin,
  couchdbNoLogin,
  elasticsearchNoLogin,
  influxdbNoLogin,
  mongodbNoLogin,
  mysqlNoLogin,
  neo4jNoLogin,
  opensearchNoLogin,
  postgresqlNoLogin,
  redisNoLogin,
} from './no-login.ts';
import { literalPassword, passwordFallback, wellKnownPassword } from './passwords.ts';
import { mongoExpressNoLogin, privilegedStore } from './privileges.ts';
import { adminUiPublished, dockerApiPublished, hostNetwork, openStorePublished, storePublished } from './published.ts';
import { elasticsearchHttpWithoutTls } from './tls.ts';

export const composeRules: RuleSet<'docker-compose'> = {
  rules: [
    storePublished,
    openStorePublished,
    hostNetwork,
    elasticsearchNoLogin,
    elasticsearchHttpWithoutTls,
    opensearchNoLogin,
    mongodbNoLogin,
    redisNoLogin,
    postgresqlNoLogin,
    mysqlNoLogin,
    couchdbNoLogin,
    clickhouseNoLogin,
    adminUiPublished,
    mongoExpressNoLogin,
    dockerApiPublished,
    privilegedStore,
    wellKnownPassword,
    literalPassword,
    passwordFallback,
    adminPageOpen,
    neo4jNoLogin,
    influxdbNoLogin,
    storeEndOfLife,
    storeNotPinned,
    storeAsRoot,
  ].map(located),
  guidance: {
    fixes: {
      docker:
        'Change the compose file (or the override that sets it), run `docker compose config` to see what Docker makes of all files together, then `docker compose up -d`, which recreates the changed services. Passwords go into `secrets:` (`…_FILE` variables) or into a `.env` that is not in version control.',
      kubernetes:
        'The same image takes the same variables: `env` with `valueFrom.secretKeyRef` in place of `environment`, a `ClusterIP` service in place of `ports`.',
    },
    check:
      '`docker compose config` shows the setting as it is meant; `docker compose ps` lists no `0.0.0.0:` or `[::]:` in front of a store; `postern probe HOST` finds it closed or asking for a login.',
  },
  dropped: {
    'DC-NET-002':
      'Compose 2 refuses a host address that is not one (`invalid IP address`), so nothing is published on all interfaces by mistake; only the retired Compose 1 did.',
    'DC-NET-004':
      'Services of a project share its network by design, and a proxy beside a store does not open it; it would be raised for nearly every project without telling anything about reachability.',
    'DC-VOL-001':
      "The stores' images declare a volume themselves, so Docker makes an anonymous one; what is missing is convenience, not protection of data.",
    'DC-BAK-001':
      'That a compose file has no backup service tells nothing about backups, which usually run on the host or in the cloud.',
  },
};
