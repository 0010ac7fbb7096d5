/** The API that the shop's app talks to: the stand-in, with the mistakes that deploy/api/api.yaml leaves in. */
import type { Server } from 'node:http';
import { createApiStandIn } from '../api-stand-in/index.ts';
import { listenFailure } from './addresses.ts';
import { closeServer, listenAt } from './http-server.ts';
import type { RangeSecrets } from './secrets.ts';
import { type RunningServer, type ServerStart, ServiceSkipped } from './service.ts';
import type { ShopApiSettings } from './settings.ts';

/** As postern.yaml and the compose file of the template say. */
export const SHOP_API_PORT = 9282;

export async function startShopApi(
  start: ServerStart,
  settings: ShopApiSettings,
  { accounts }: Pick<RangeSecrets, 'accounts'>,
): Promise<RunningServer> {
  const servers: Server[] = [];
  const stop = async () => {
    await Promise.all(servers.map(closeServer));
  };
  for (const address of start.listen) {
    const server = createApiStandIn({ tokens: accounts, mended: () => settings.checksOwner });
    try {
      await listenAt(server, address, start.port);
      servers.push(server);
    } catch (error) {
      await stop();
      throw new ServiceSkipped(listenFailure(error, address, start.port), { cause: error });
    }
  }
  return { stop };
}
