/** The HTTP side of the stand-in: reads a bounded request, asks the routes, writes 7.17's headers. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ElasticError } from './errors.ts';
import type { StandInAnswer, StandInCluster } from './request.ts';
import { answer } from './routes.ts';
import { authenticate, type StandInUser } from './security.ts';

/** `http.max_content_length` is 100 MB in Elasticsearch; the range needs no more than this. */
const MAX_BODY_BYTES = 1_048_576;

export interface StandInOptions extends StandInCluster {
  /** Who may sign in when security is enabled. */
  users: readonly StandInUser[];
}

/** A server that is not yet listening. The caller chooses addresses: the same handler may serve several. */
export function createStandIn(options: StandInOptions): Server {
  return createServer((request, response) => {
    void respond(request, response, options);
  });
}

async function respond(request: IncomingMessage, response: ServerResponse, options: StandInOptions): Promise<void> {
  const url = targetOf(request);
  try {
    const body = await readBody(request);
    // A real cluster authenticates before it looks at the path.
    const user = authenticate(
      request.headers.authorization,
      url.pathname,
      options.securityEnabled ? options.users : undefined,
    );
    const method = request.method ?? 'GET';
    send(response, answer({ method, path: url.pathname, parameters: url.searchParams, body, user }, options), url);
  } catch (error) {
    if (error instanceof ElasticError) send(response, { status: error.status, json: error.toJson() }, url);
    else if (!response.headersSent)
      send(response, { status: 500, json: { error: 'stand-in failed', status: 500 } }, url);
  }
}

function targetOf(request: IncomingMessage): URL {
  const base = 'http://stand-in.invalid';
  return URL.canParse(request.url ?? '/', base) ? new URL(request.url ?? '/', base) : new URL('/', base);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > MAX_BODY_BYTES)
      throw new ElasticError(413, 'content_too_long_exception', 'entity content is too long');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, result: StandInAnswer, url: URL): void {
  const pretty = url.searchParams.has('pretty') && url.searchParams.get('pretty') !== 'false';
  const text = 'json' in result ? JSON.stringify(result.json, null, pretty ? 2 : 0) : result.text;
  response.statusCode = result.status;
  response.setHeader('X-elastic-product', 'Elasticsearch');
  response.setHeader(
    'content-type',
    'json' in result ? 'application/json; charset=UTF-8' : 'text/plain; charset=UTF-8',
  );
  if (result.status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="security" charset="UTF-8"');
  response.setHeader('content-length', Buffer.byteLength(text));
  // Node drops the body of an answer to HEAD and keeps its length.
  response.end(text);
}
