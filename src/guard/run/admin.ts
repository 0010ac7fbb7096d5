/** Metrics, health and readiness, on an address of their own: nothing here can be reached through the gateway's listeners. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { PosternError } from '../../core/errors.ts';

export interface AdminParts {
  readonly host: string;
  readonly port: number;
  metrics(): Promise<string>;
  /** Undefined when the gateway is ready to answer; otherwise what is missing. */
  notReady(): string | undefined;
}

export interface Admin {
  readonly port: number;
  close(): Promise<void>;
}

/** @throws PosternError `E_GUARD` when the address cannot be used */
export async function startAdmin(parts: AdminParts): Promise<Admin> {
  const server: Server = createServer({ maxHeaderSize: 8192, requestTimeout: 10_000 }, (request, response) => {
    const send = (status: number, text: string, type = 'text/plain; charset=utf-8') => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(request.method === 'HEAD' ? undefined : text);
    };
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(405, 'only GET\n');
    switch (request.url) {
      case '/healthz':
        return send(200, 'alive\n');
      case '/readyz': {
        const missing = parts.notReady();
        return missing === undefined ? send(200, 'ready\n') : send(503, `not ready: ${missing}\n`);
      }
      case '/metrics':
        parts.metrics().then(
          (text) => send(200, text, 'text/plain; version=0.0.4; charset=utf-8'),
          () => send(500, 'the metrics could not be gathered\n'),
        );
        return;
      default:
        return send(404, 'here are /metrics, /healthz and /readyz\n');
    }
  });
  server.listen(parts.port, parts.host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new PosternError('E_GUARD', `the admin address ${parts.host}:${parts.port} cannot be used`, { cause });
  }
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : parts.port,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
