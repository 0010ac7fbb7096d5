/**
 * The range's MQTT broker: Aedes, a real broker from npm, with the one choice of mosquitto.conf that decides who gets
 * in. It retains where the last deliveries are, as couriers' phones would have published it.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import type { Delivery } from '../seed/shop.ts';
import { listenFailure } from './addresses.ts';
import { type RunningServer, type ServerStart, ServiceSkipped } from './service.ts';
import type { MosquittoSettings } from './settings.ts';

export const MQTT_USER = 'bluemarket-app';

const RETAINED = 12;
/** MQTT 3.1.1, 3.2.2.3: connection refused, not authorized. */
const NOT_AUTHORIZED = 5;

export async function startMqtt(
  start: ServerStart,
  settings: MosquittoSettings,
  deliveries: readonly Delivery[],
  password: string,
): Promise<RunningServer> {
  const { Aedes } = await import('aedes').catch((cause: unknown) => {
    throw new ServiceSkipped('the MQTT broker is not installed: install the dev dependencies (npm install)', { cause });
  });
  const broker = await Aedes.createBroker({
    authenticate: (_client, username, given, done) => {
      if (settings.allowAnonymous || (username === MQTT_USER && equal(password, given))) return done(null, true);
      done(Object.assign(new Error('not authorized'), { returnCode: NOT_AUTHORIZED }), false);
    },
  });
  for (const delivery of deliveries.slice(0, RETAINED)) {
    await new Promise<void>((resolve) => {
      broker.publish(
        {
          cmd: 'publish',
          topic: `deliveries/${delivery.order_id}/position`,
          payload: Buffer.from(
            JSON.stringify({ ...delivery.location, phone: delivery.phone, at: delivery.updated_at }),
          ),
          qos: 0,
          retain: true,
          dup: false,
        },
        () => resolve(),
      );
    });
  }
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  async function stop(): Promise<void> {
    const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const socket of sockets) socket.destroy();
    await Promise.all(closed);
    await new Promise<void>((resolve) => broker.close(() => resolve()));
  }
  for (const address of start.listen) {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      broker.handle(socket);
    });
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host: address, port: start.port, exclusive: true }, resolve);
      });
      servers.push(server);
    } catch (error) {
      await stop();
      throw new ServiceSkipped(listenFailure(error, address, start.port), { cause: error });
    }
  }
  return { stop };
}

function equal(expected: string, given: Readonly<Buffer | undefined>): boolean {
  const left = Buffer.from(expected);
  return given !== undefined && left.length === given.length && timingSafeEqual(left, given);
}
