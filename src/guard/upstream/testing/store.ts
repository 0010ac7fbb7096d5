/**
 * A store over a bare socket that a test can make misbehave. Its honest answer to a search holds one document, named after
 * the tag that the search asks for: who gets another tag got somebody else's answer.
 */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  /** Of which connection of the store; from 1. */
  readonly connection: number;
  /** Of which request on that connection; from 1. */
  readonly turn: number;
}

/** What the store does for a request: an answer to send, or whatever it does with the socket by itself. */
export type Behaviour = (asked: Asked, socket: Socket) => string | Buffer | undefined;

export interface FakeStore {
  readonly port: number;
  /** Every request that arrived whole. */
  readonly asked: Asked[];
  readonly sockets: ReadonlySet<Socket>;
  behave: Behaviour;
  /** Cuts every connection and takes no more. */
  stop(): Promise<void>;
}

export async function startStore(behave: Behaviour = honest, port = 0): Promise<FakeStore> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    const connection = ++connections;
    let turn = 0;
    let pending = '';
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('end', () => socket.end());
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      pending += chunk;
      for (let next = readOne(pending); next; next = readOne(pending)) {
        pending = pending.slice(next.length);
        const asked = { method: next.method, path: next.path, body: next.body, connection, turn: ++turn };
        store.asked.push(asked);
        const answer = store.behave(asked, socket);
        if (answer !== undefined && socket.writable) socket.write(answer);
      }
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const store: FakeStore = {
    port: address.port,
    asked: [],
    sockets,
    behave,
    async stop() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return store;
}

function readOne(text: string): { method: string; path: string; body: string; length: number } | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [, method = '', path = ''] = /^(\S+) (\S+) HTTP\/1\.1\r\n/.exec(text) ?? [];
  const length = end + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
  if (text.length < length) return undefined;
  return { method, path, body: Buffer.from(text.slice(end + 4, length), 'latin1').toString('utf8'), length };
}

/** An answer with its length. */
export function http(body: unknown, status = 200): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return `HTTP/1.1 ${status} X\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

const SHARDS = { total: 1, successful: 1, skipped: 0, failed: 0 };

/** The answer to a search that asks for the tag. */
export function searchAnswer(tag: string, source: Readonly<Record<string, unknown>> = {}): string {
  return http({
    took: 1,
    timed_out: false,
    _shards: SHARDS,
    hits: {
      total: { value: 1, relation: 'eq' },
      max_score: 1,
      hits: [{ _index: 'things', _id: tag, _score: 1, _source: { tag, tenant: 't1', ...source } }],
    },
  });
}

const EMPTY = http({
  took: 1,
  timed_out: false,
  _shards: SHARDS,
  hits: { total: { value: 0, relation: 'eq' }, max_score: null, hits: [] },
});

export function tagOf({ body }: Asked): string {
  return /"tag":\{"value":"([^"]+)"/.exec(body)?.[1] ?? 'none';
}

/** Answers searches, takes writes, and has no document. */
export function honest(asked: Asked): string {
  if (asked.path.includes('/_search')) return asked.body.includes('"ids"') ? EMPTY : searchAnswer(tagOf(asked));
  if (asked.path.includes('/_count')) return http({ count: 7, _shards: SHARDS });
  if (asked.method === 'PUT' || asked.method === 'POST') {
    const id = /\/_(?:create|doc)\/([^?]+)/.exec(asked.path)?.[1] ?? 'made';
    return http(
      {
        _index: 'things',
        _id: decodeURIComponent(id),
        _version: 1,
        result: 'created',
        _shards: { total: 1, successful: 1, failed: 0 },
        _seq_no: 1,
        _primary_term: 1,
      },
      201,
    );
  }
  return http({ _index: 'things', _id: 'x', found: false }, 404);
}
