import type { RuleSet } from '../../model.ts';
import {
  clickhouseNoLogin,
  couchdbNoLogin,
  elasticsearchNoLogin,
  mongodbNoLogin,
  mysqlNoLogin,
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
  ],
  guidance: { fixes: {}, check: '' },
};
