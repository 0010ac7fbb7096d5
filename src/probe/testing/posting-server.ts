/** Test helper: a loopback HTTP server that answers by method, path and body. */
import { httpServer, type Reply, type TestHttpServer } from './http-server.ts';

/**
 * @param answer by `METHOD /path` and body; what it does not know is 404
 * @returns with `POST /path body` in `asked`
 */
export async function postingServer(
  answer: (request: string, body: string) => Reply | undefined,
): Promise<TestHttpServer> {
  const asked: string[] = [];
  const server = await httpServer((path, { method }, posted) => {
    const line = `${method} ${path}`;
    asked.push(posted === '' ? line : `${line} ${posted}`);
    const [status, body, headers] = answer(line, posted) ?? [404, { error: 'not found' }];
    // A page, unless it says that it is something else.
    return typeof body === 'string'
      ? [status, body, { 'content-type': 'text/html', ...headers }]
      : [status, body, headers];
  });
  return { ...server, asked };
}
