/** An HTTP request as it stands on the wire: for showing it before it is sent. `http.ts` sends the same bytes (a test holds them together). */
import type { HttpRequest } from './allow-list.ts';

export const USER_AGENT = 'postern';

export function hostHeader({ host, port }: { host: string; port: number }): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === 80 || port === 443 ? name : `${name}:${port}`;
}

/** The headers in the order in which they are sent; `Connection` comes last, from the runtime. */
export function headersOf(
  { headers, body }: Pick<HttpRequest, 'headers' | 'body'>,
  at: { host: string; port: number },
): Record<string, string | number> {
  return {
    host: hostHeader(at),
    accept: '*/*',
    ...headers,
    ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    'user-agent': USER_AGENT,
  };
}

export function requestText(request: HttpRequest, at: { host: string; port: number }): string {
  const headers = Object.entries(headersOf(request, at)).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${request.method} ${request.path} HTTP/1.1\r\n${headers.join('')}Connection: keep-alive\r\n\r\n${request.body ?? ''}`;
}
