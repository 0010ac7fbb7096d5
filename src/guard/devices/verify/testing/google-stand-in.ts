/** A stand-in for Google's two endpoints, on loopback: it takes one service account and answers with what it is told. */
import { type KeyObject, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GoogleEndpoints } from '../../google.ts';

export interface GoogleStandIn {
  readonly endpoints: GoogleEndpoints;
  /** Requests so far, by what they asked for. */
  readonly asked: { token: number; decode: number };
  close(): Promise<void>;
}

export interface StandInAnswers {
  /** The key of the service account that is taken. */
  readonly account: KeyObject;
  readonly now: () => number;
  /** Status and body of the answer to a token; the verdict's wrapper is the caller's. */
  readonly decode: (packageName: string, token: string) => { readonly status: number; readonly body: string };
  readonly token?: () => { readonly status: number; readonly body: string };
}

const ACCESS = 'an-access-token-of-the-stand-in';

export async function startGoogleStandIn(answers: StandInAnswers): Promise<GoogleStandIn> {
  const asked = { token: 0, decode: 0 };
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const path = request.url ?? '';
    if (path === '/token') {
      asked.token += 1;
      const { status, body: text } = answers.token?.() ?? grant(body);
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
      return;
    }
    asked.decode += 1;
    const packageName = /^\/v1\/([^/]+):decodeIntegrityToken$/.exec(path)?.[1];
    if (request.headers.authorization !== `Bearer ${ACCESS}` || packageName === undefined) {
      response.writeHead(401).end('{}');
      return;
    }
    const { status, body: text } = answers.decode(packageName, JSON.parse(body).integrity_token);
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  }

  /** As RFC 7523 asks: signature, audience, scope and times of the assertion. */
  function grant(body: string): { status: number; body: string } {
    const form = new URLSearchParams(body);
    const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    const said = JSON.parse(Buffer.from(claims, 'base64url').toString());
    const holds =
      form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer' &&
      JSON.parse(Buffer.from(header, 'base64url').toString()).alg === 'RS256' &&
      verify('sha256', Buffer.from(`${header}.${claims}`), answers.account, Buffer.from(signature, 'base64url')) &&
      said.aud === `${base}/token` &&
      said.scope === 'https://www.googleapis.com/auth/playintegrity' &&
      said.iat * 1000 <= answers.now() &&
      said.exp * 1000 > answers.now() &&
      said.exp - said.iat <= 3600;
    if (!holds) return { status: 400, body: '{"error":"invalid_grant"}' };
    return { status: 200, body: JSON.stringify({ access_token: ACCESS, expires_in: 3600, token_type: 'Bearer' }) };
  }

  return {
    endpoints: { token: `${base}/token`, integrity: base },
    asked,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
