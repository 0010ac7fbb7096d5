/** A store as the pipeline sees it: `send`, over the pools of its nodes. */
import type { Refusal } from '../contract/refusal.ts';
import type { Upstream, UpstreamAnswer, UpstreamRequest } from '../contract/store.ts';
import type { NodeAddress } from './connection.ts';
import { Pool } from './pool.ts';

export interface ClientOptions {
  readonly nodes: readonly NodeAddress[];
  /** The gateway's own account in the store: the value of its Authorization header. */
  readonly authorization: string | null;
  /** Per node and process. */
  readonly connections: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly connectTimeout?: number;
  readonly answerBytes: number;
  /** For tests. */
  now?(): number;
}

export interface Client extends Upstream {
  close(): void;
}

const SWEEP_MS = 100;
const QUEUE_PER_CONNECTION = 16;
const CONNECT_MS = 5_000;

/** @throws TypeError when the credentials cannot stand in a header line */
export function createClient(options: ClientOptions): Client {
  const { authorization } = options;
  if (authorization !== null && /[^\x20-\x7e]/.test(authorization)) {
    throw new TypeError('the credentials for the store hold a byte that cannot stand in a header');
  }
  const now = options.now ?? (() => performance.now());
  const nodes = options.nodes.map((node) => ({
    head: headOf(node, authorization),
    pool: new Pool({
      node,
      connectTimeout: options.connectTimeout ?? CONNECT_MS,
      answerBytes: options.answerBytes,
      connections: options.connections,
      queue: options.connections * QUEUE_PER_CONNECTION,
      timeout: options.timeout,
      now,
    }),
  }));
  if (nodes.length === 0) throw new TypeError('a store needs at least one node');
  const sweeping = setInterval(() => {
    for (const { pool } of nodes) pool.sweep();
  }, SWEEP_MS);
  sweeping.unref();
  let turn = 0;

  /** The node with the least to do, of those that are not paused; in turn among equals. */
  function pick(): (typeof nodes)[number] {
    let best = nodes[turn++ % nodes.length] as (typeof nodes)[number];
    if (nodes.length === 1) return best;
    for (const node of nodes) {
      if (best.pool.paused ? !node.pool.paused : !node.pool.paused && node.pool.load < best.pool.load) best = node;
    }
    return best;
  }

  function attempt(
    request: UpstreamRequest,
    retries: number,
    done: (answer: UpstreamAnswer) => void,
    failed: (error: Refusal) => void,
  ): void {
    const { head, pool } = pick();
    const length = request.body === null ? 0 : Buffer.byteLength(request.body);
    pool.send(print(request, head, length), {
      // As many bytes as UTF-16 units: ASCII. The path and the head always are.
      encoding: request.body === null || length === request.body.length ? 'latin1' : 'utf8',
      bodiless: request.method === 'HEAD',
      done,
      failed(refusal, reached) {
        // A kept connection that the store had closed meanwhile; asking again is safe where asking changes nothing. Where
        // there are several nodes, one that is down is not the end either, for a write only if it was never sent.
        const others = nodes.length > 1 && refusal.code === 'upstream_down';
        const again = isRead(request) ? reached === 'unread' || others : reached === 'unsent' && others;
        if (again && retries > 0) attempt(request, retries - 1, done, failed);
        else failed(refusal);
      },
    });
  }

  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        attempt(request, Math.max(2, nodes.length), resolve, reject);
      }),
    close() {
      clearInterval(sweeping);
      for (const { pool } of nodes) pool.close();
    },
  };
}

function headOf({ host, port }: NodeAddress, authorization: string | null): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return ` HTTP/1.1\r\nhost: ${name}:${port}\r\naccept: application/json\r\n${
    authorization === null ? '' : `authorization: ${authorization}\r\n`
  }`;
}

const TYPES = { json: 'application/json', ndjson: 'application/x-ndjson' } as const;

function print(request: UpstreamRequest, head: string, length: number): string {
  const start = `${request.method} ${request.path}${head}`;
  if (request.body === null || request.bodyType === null) {
    return request.method === 'POST' || request.method === 'PUT' ? `${start}content-length: 0\r\n\r\n` : `${start}\r\n`;
  }
  return `${start}content-type: ${TYPES[request.bodyType]}\r\ncontent-length: ${length}\r\n\r\n${request.body}`;
}

const READ_PATH = /\/(?:_search|_msearch|_count)(?:\?|$)/;

function isRead({ method, path }: UpstreamRequest): boolean {
  return (
    method === 'GET' || method === 'HEAD' || (method === 'POST' && READ_PATH.test(path) && !path.includes('scroll='))
  );
}
