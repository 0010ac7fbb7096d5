/** The secured variants, by store. A store is one file and one line here. */
import { secureElasticsearch } from './elasticsearch.ts';
import type { AppAccount, SecuredVariant } from './model.ts';
import { secureMongodb } from './mongodb.ts';
import { secureMysql } from './mysql.ts';
import { secureOpensearch } from './opensearch.ts';
import { securePostgresql } from './postgresql.ts';
import { secureRedis } from './redis.ts';

export type { SecuredVariant } from './model.ts';

/** What a person says on the command line; a store needs some of it. */
export interface SecureRequest {
  account: AppAccount;
  database: string | undefined;
  /** Where the app's back end logs in from: a network, or a host as the store writes it. */
  from: string | undefined;
  /** The field that names the owner of a document or row. */
  owner: string | undefined;
}

interface Securable {
  /** What `data` is, for people. */
  data: string;
  /** @throws RangeError for what is missing or not plain */
  make(request: SecureRequest): SecuredVariant;
}

export const SECURED: Readonly<Record<string, Securable>> = {
  redis: { data: 'prefixes of keys, e.g. cart:', make: ({ account }) => secureRedis({ account }) },
  postgresql: {
    data: 'tables, e.g. shop.orders or shop.*',
    make: ({ account, database, from }) =>
      securePostgresql({ account, database: given('--database', database), network: given('--from', from) }),
  },
  mysql: {
    data: 'tables, e.g. shop.orders or shop.*',
    make: ({ account, from }) => secureMysql({ account, host: given('--from', from) }),
  },
  elasticsearch: {
    data: 'indices, e.g. shop-orders or shop-*',
    make: ({ account }) => secureElasticsearch(account),
  },
  opensearch: {
    data: 'indices, e.g. shop-orders or shop-*',
    make: ({ account }) => secureOpensearch(account),
  },
  mongodb: {
    data: 'collections, e.g. orders',
    make: ({ account, database }) => secureMongodb({ ...account, database: given('--database', database) }),
  },
};

function given(option: string, value: string | undefined): string {
  if (value === undefined) throw new RangeError(`${option} is needed here`);
  return value;
}
