/** Test helper: a loopback HTTP server that answers by a table, and remembers what it was asked. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';

/** Status, body (an object becomes JSON) and further headers. */
export type Reply = readonly [status: number, body?: unknown, headers?: Record<string, string>];

export interface TestHttpServer {
  port: number;
  /** `GET /path`, in order. */
  asked: string[];
  close(): void;
}

/** @param answer by path with its query, and by what was posted; what it does not know is 404 */
export async function httpServer(
  answer: (path: string, request: IncomingMessage, posted: string) => Reply | undefined,
): Promise<TestHttpServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const posted = Buffer.concat(chunks).toString('utf8');
      const reply = answer(request.url ?? '', request, posted);
      const [status, body = {}, headers = {}] = reply ?? [404, { error: 'not found' }];
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const type = typeof body === 'string' ? 'text/plain' : 'application/json';
      response.writeHead(status, { 'content-type': type, ...headers });
      response.end(text);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    asked,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
