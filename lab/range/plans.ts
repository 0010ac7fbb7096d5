/** The services of the shop: which files each reads, and how it is started from them. */
import { createIndices } from '../seed/indices.ts';
import { createShop } from '../seed/shop.ts';
import { startElasticsearch } from './elasticsearch.ts';
import { startMqtt } from './mqtt.ts';
import { createPostgresql, type PostgresqlCluster } from './postgresql.ts';
import type { RangeSecrets } from './secrets.ts';
import type { RunningServer, ServerStart } from './service.ts';
import {
  readElasticsearchSettings,
  readMosquittoSettings,
  readPostgresqlSettings,
  readShopApiSettings,
} from './settings.ts';
import { SHOP_API_PORT, startShopApi } from './shop-api.ts';

export interface ReadService {
  /** Whether the service's own file lets it listen beyond loopback. */
  beyondLoopback: boolean;
  start(start: ServerStart): Promise<RunningServer>;
}

export interface ServicePlan {
  /** Its name in the compose file. */
  name: 'search' | 'db' | 'live' | 'api';
  product: string;
  port: number;
  /** Reads the service's files as they are now. */
  read(): Promise<ReadService>;
}

export interface Plans {
  services: readonly ServicePlan[];
  /** Deletes what outlives a restart: the database's data. */
  remove(): Promise<void>;
}

export function planServices(dir: string, secrets: RangeSecrets): Plans {
  const shop = createShop();
  const indices = createIndices(shop);
  let cluster: PostgresqlCluster | undefined;
  const services: ServicePlan[] = [
    {
      name: 'search',
      product: 'Elasticsearch stand-in',
      port: 9200,
      read: async () => {
        const settings = await readElasticsearchSettings(dir);
        return {
          beyondLoopback: settings.beyondLoopback,
          start: (start) => startElasticsearch(start, settings, indices, secrets),
        };
      },
    },
    {
      name: 'db',
      product: 'PostgreSQL',
      port: 5432,
      read: async () => {
        const settings = await readPostgresqlSettings(dir);
        return {
          beyondLoopback: settings.beyondLoopback,
          start: async (start) => {
            cluster ??= await createPostgresql(shop, secrets);
            return cluster.start(start, settings);
          },
        };
      },
    },
    {
      name: 'live',
      product: 'MQTT broker',
      port: 1883,
      read: async () => {
        const settings = await readMosquittoSettings(dir);
        return {
          beyondLoopback: settings.beyondLoopback,
          start: (start) => startMqtt(start, settings, shop.deliveries, secrets.mqttApp),
        };
      },
    },
    {
      name: 'api',
      product: 'API stand-in',
      port: SHOP_API_PORT,
      read: async () => {
        const settings = await readShopApiSettings(dir);
        // An API is there for the app: it is published, and stays so.
        return { beyondLoopback: true, start: (start) => startShopApi(start, settings, secrets) };
      },
    },
  ];
  return { services, remove: async () => cluster?.remove() };
}
