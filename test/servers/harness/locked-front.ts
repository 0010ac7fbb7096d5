/** A proxy that asks for a password before a web server that knows none. */
import { once } from 'node:events';
import { createServer, request } from 'node:http';

export async function lockedFront(upstream: number, password: string): Promise<{ port: number; close(): void }> {
  const owner = `Basic ${Buffer.from(`owner:${password}`).toString('base64')}`;
  const server = createServer((asked, answer) => {
    if (asked.headers.authorization !== owner) {
      answer.writeHead(401, { 'www-authenticate': 'Basic realm="front"' }).end('who are you');
      return;
    }
    const { method, url: path, headers } = asked;
    const forwarded = request({ host: '127.0.0.1', port: upstream, method, path, headers }, (told) => {
      answer.writeHead(told.statusCode ?? 502, told.headers);
      told.pipe(answer);
    });
    forwarded.on('error', () => answer.destroy());
    asked.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { port: address.port, close };
}
