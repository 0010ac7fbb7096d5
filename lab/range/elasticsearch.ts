/** The range's search service: the stand-in, started the way elasticsearch.yml says. */
import { createHash } from 'node:crypto';
import type { Server } from 'node:http';
import { createStandIn, type StoredIndex } from '../elasticsearch-stand-in/index.ts';
import { listenFailure } from './addresses.ts';
import { closeServer, listenAt } from './http-server.ts';
import type { RangeSecrets } from './secrets.ts';
import { type RunningServer, type ServerStart, ServiceSkipped } from './service.ts';
import type { ElasticsearchSettings } from './settings.ts';

export const STAND_IN_VERSION = '7.17.28';

export async function startElasticsearch(
  start: ServerStart,
  settings: ElasticsearchSettings,
  indices: readonly StoredIndex[],
  secrets: Pick<RangeSecrets, 'elasticsearchControl' | 'elasticsearchGuard'>,
): Promise<RunningServer> {
  const servers: Server[] = [];
  const running: RunningServer = {
    stop: async () => {
      await Promise.all(servers.map(closeServer));
    },
  };
  for (const address of start.listen) {
    const server = createStandIn({
      name: settings.clusterName,
      uuid: createHash('sha256').update(settings.clusterName).digest('base64url').slice(0, 22),
      version: STAND_IN_VERSION,
      indices,
      securityEnabled: settings.securityEnabled,
      users: [
        { username: 'postern-control', password: secrets.elasticsearchControl, roles: ['monitor'] },
        {
          username: 'postern-guard',
          password: secrets.elasticsearchGuard,
          roles: ['orders-reader'],
          reads: ['orders'],
        },
      ],
      now: Date.now,
    });
    try {
      await listenAt(server, address, start.port);
      servers.push(server);
    } catch (error) {
      await running.stop();
      throw new ServiceSkipped(listenFailure(error, address, start.port), { cause: error });
    }
  }
  return running;
}
