/** Test helper: a loopback HTTP server that answers by method, path and body. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Reply } from './http-server.ts';

export interface PostingServer {
  port: number;
  /** `POST /path body`, in order. */
  asked: string[];
  close(): void;
}

/** @param answer by `METHOD /path` and body; what it does not know is 404 */
export async function postingServer(
  answer: (request: string, body: string) => Reply | undefined,
): Promise<PostingServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const line = `${request.method} ${request.url}`;
      asked.push(body === '' ? line : `${line} ${body}`);
      const [status, told = {}, headers = {}] = answer(line, body) ?? [404, { error: 'not found' }];
      const text = typeof told === 'string' ? told : JSON.stringify(told);
      response.writeHead(status, {
        'content-type': typeof told === 'string' ? 'text/html' : 'application/json',
        ...headers,
      });
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
