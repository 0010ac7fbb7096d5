/** The secured variants, by store. A store is one file and one line here. */
import { secureElasticsearch } from './elasticsearch.ts';
import { secureFirebase } from './firebase.ts';
import type { AppAccount, SecuredVariant } from './model.ts';
import { secureMongodb } from './mongodb.ts';
import { secureMosquitto } from './mosquitto.ts';
import { secureMysql } from './mysql.ts';
import { secureOpensearch } from './opensearch.ts';
import { securePostgresql } from './postgresql.ts';
import { secureRedis } from './redis.ts';
import { secureSupabase } from './supabase.ts';

export type { SecuredFile, SecuredVariant } from './model.ts';

/** What a person says on the command line; a store needs some of it. */
export interface SecureRequest {
  account: AppAccount;
  database: string | undefined;
  /** Where the app's back end logs in from: a network, or a host as the store writes it. */
  from: string | undefined;
  /** The field that names the owner of a document or row. */
  owner: string | undefined;
  /** For names that have a time in them. */
  now: Date;
}

interface Securable {
  /** What `data` is, for people. */
  data: string;
  /** Its users are those of the app, and no account of a back end is made. */
  withoutAccount?: true;
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
  mosquitto: {
    data: 'topics, e.g. orders/# or deliveries/+/position',
    make: ({ account }) => secureMosquitto({ account }),
  },
  firebase: {
    data: 'collections of Firestore, e.g. notes; of the Realtime Database rtdb:profiles; folders of Storage storage:avatars',
    withoutAccount: true,
    make: ({ account: { data, may }, owner }) => {
      const { plain, rtdb, storage } = placesOf(data);
      const collections = plain.map((name) => ({ name, ownerField: owner ?? null }));
      return secureFirebase({ collections, places: rtdb, folders: storage, may });
    },
  },
  supabase: {
    data: 'tables, e.g. notes or shop.notes; buckets of Storage storage:avatars',
    withoutAccount: true,
    make: ({ account: { data, may }, owner, now }) => {
      const { plain, rtdb, storage } = placesOf(data);
      if (rtdb.length > 0) throw new RangeError('rtdb: is a part of Firebase');
      const tables = plain.map((entry) => {
        const [name = '', schema = 'public'] = entry.split('.').reverse();
        if (entry.split('.').length > 2) throw new RangeError('table: a name, or a schema and a name');
        return { schema, name, ownerColumn: given('--owner', owner), may };
      });
      const time = now.toISOString().replace(/\D/g, '').slice(0, 14);
      return secureSupabase({ tables, buckets: storage, migration: `${time}_own_rows` });
    },
  },
};

function given(option: string, value: string | undefined): string {
  if (value === undefined) throw new RangeError(`${option} is needed here`);
  return value;
}

/** `notes`, `rtdb:profiles` and `storage:avatars` by what they are. */
function placesOf(data: readonly string[]): { plain: string[]; rtdb: string[]; storage: string[] } {
  const after = (lead: string) =>
    data.filter((entry) => entry.startsWith(lead)).map((entry) => entry.slice(lead.length));
  const plain = data.filter((entry) => !/^(?:rtdb|storage):/.test(entry));
  return { plain, rtdb: after('rtdb:'), storage: after('storage:') };
}
