/** The HTTP side of the API stand-in. README.md says which mistakes it makes on purpose. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { objectsOf, type Resource, type StandInObject } from './data.ts';

export interface ApiStandInOptions {
  /** Bearer tokens by account name; whoever starts it makes them. */
  tokens: Readonly<Record<string, string>>;
  /** Closes what stands open. */
  mended?: () => boolean;
}

type Answer = readonly [status: number, body: unknown];

const NOT_FOUND: Answer = [404, { error: { code: 'not_found' } }];
const SIGN_IN: Answer = [401, { error: { code: 'sign_in' } }];

/** A server that is not yet listening. */
export function createApiStandIn(options: ApiStandInOptions): Server {
  const objects = objectsOf(Object.keys(options.tokens));
  return createServer((request, response) => {
    request.resume();
    send(response, answerOf(request, objects, options));
  });
}

function answerOf(
  request: IncomingMessage,
  objects: Readonly<Record<Resource, readonly StandInObject[]>>,
  { tokens, mended }: ApiStandInOptions,
): Answer {
  if (request.method !== 'GET' && request.method !== 'HEAD') return [405, { error: { code: 'read_only' } }];
  const [, resource = '', id] =
    /^\/v2\/(orders|addresses|invoices|receipts|products)(?:\/([^/?]+))?$/.exec(request.url ?? '') ?? [];
  if (!isResource(resource, objects)) return NOT_FOUND;
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const account = Object.entries(tokens).find(([, token]) => token === bearer)?.[0];
  const all = objects[resource];
  if (id === undefined) {
    if (account === undefined && resource !== 'products') return SIGN_IN;
    const own = all.filter(({ owner }) => owner === undefined || owner === account);
    return [200, { data: own.map(({ id: one, fields }) => ({ id: one, ...fields })), nextCursor: null }];
  }
  const found = all.find((one) => String(one.id) === decodeURIComponent(id));
  const isOpen = mended?.() === true ? () => false : mistakeOf(resource, request);
  if (account === undefined && resource !== 'products' && !isOpen(undefined)) return SIGN_IN;
  if (found === undefined) return NOT_FOUND;
  if (found.owner !== undefined && found.owner !== account && !isOpen(account)) return NOT_FOUND;
  // Times and request numbers change on every request, as they do in real answers.
  return [
    200,
    { data: { id: found.id, ...found.fields }, meta: { requestId: randomUUID(), at: new Date().toISOString() } },
  ];
}

/** To whom somebody else's object of this kind is given. */
function mistakeOf(resource: Resource, request: IncomingMessage): (account: string | undefined) => boolean {
  const signedIn = (account: string | undefined) => account !== undefined;
  if (resource === 'orders') return signedIn;
  if (resource === 'invoices' && /^1\./.test(String(request.headers['x-app-version'] ?? ''))) return signedIn;
  return () => resource === 'receipts';
}

function isResource(name: string, objects: Readonly<Record<Resource, unknown>>): name is Resource {
  return name !== '' && Object.hasOwn(objects, name);
}

function send(response: ServerResponse, [status, body]: Answer): void {
  const text = JSON.stringify(body);
  response.statusCode = status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('cache-control', 'private, no-store');
  response.setHeader('content-length', Buffer.byteLength(text));
  response.end(text);
}
