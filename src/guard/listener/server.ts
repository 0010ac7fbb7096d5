/**
 * The gateway's listener: plain HTTP/1.1 (loopback), HTTPS, or HTTPS with HTTP/2 by ALPN. The only file of this room that
 * takes connections.
 */
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import { createServer as createHttps } from 'node:https';
import type { Server, Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { PosternError } from '../../core/errors.ts';
import type { ListenerConfig } from '../policy/listener-config.ts';
import { isLoopback } from '../policy/schema/names.ts';
import { Bodies } from './body.ts';
import { clientCertificate, clientOptions, contextOptions, fileState } from './certificates.ts';
import { addressOf, Connection, Connections } from './connection.ts';
import type { Core } from './core.ts';
import { endConnect, endMalformed } from './farewell.ts';
import { onHttp1Request } from './http1.ts';
import { HTTP2_OPTIONS, onHttp2Session, onHttp2Stream } from './http2.ts';
import { type Handle, type ListenerOptions, MAX_HEADER_BYTES, type Settled, settle } from './options.ts';
import { endIdlePlain, servePlain } from './plain.ts';

export interface Listener {
  /** @throws the system's error (`EADDRINUSE`, `EACCES`) */
  listen(): Promise<void>;
  /** No new connections, running requests finish, idle connections close; after the grace (ms) the rest is cut. */
  close(graceMs?: number): Promise<void>;
  /** Reads certificate and key again. @throws Error when they cannot be used; the old ones stay */
  reloadTls(): void;
  /** Null while it does not listen. */
  address(): { readonly host: string; readonly port: number } | null;
  /** For metrics. */
  readonly connections: number;
}

/** @throws PosternError `E_POLICY_INVALID` for plain HTTP that others can reach, and for certificates that cannot be used */
export function createListener(config: ListenerConfig, handle: Handle, given: ListenerOptions = {}): Listener {
  const options = settle(given);
  if (config.tls === null && !options.insecure && !isLoopback(config.host)) {
    throw new PosternError('E_POLICY_INVALID', 'plain HTTP is for loopback addresses only', {
      hint: 'Give the listener `tls`, or say `insecure: true` where something in front of it speaks TLS.',
    });
  }
  const core: Core = {
    handle,
    options,
    connections: new Connections(options.maxConnectionsPerAddress),
    bodies: new Bodies(options),
    origin: config.publicUrl,
    draining: false,
  };
  const server = serverOf(config, core);
  const sessions = new Set<ServerHttp2Session>();
  let checks: NodeJS.Timeout | undefined;
  let certificateChecks: NodeJS.Timeout | undefined;

  server.maxConnections = options.maxConnections;
  // Node drops headers beyond its limit in silence; the strict reader counts, and refuses.
  Object.assign(server, { maxHeadersCount: 0 });
  receive(core, server, config.tls === null ? 'connection' : 'secureConnection');
  server.on('connection', (socket: Socket) => admit(core, socket));
  server.on('drop', () => options.onMalformed('connections'));
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });

  function reloadTls(): void {
    if (config.tls === null || !('setSecureContext' in server)) return;
    const context = contextOptions(config.tls);
    // Throws when key and certificate do not belong together, before anything is replaced.
    createSecureContext(context);
    (server as Http2SecureServer).setSecureContext(context);
  }

  function watchCertificates(): void {
    const { tls } = config;
    if (tls === null || options.certificateInterval === 0) return;
    let state = fileState(tls);
    certificateChecks = setInterval(() => {
      const seen = fileState(tls);
      if (seen === state) return;
      try {
        reloadTls();
        state = seen;
        options.onCertificates(null);
      } catch (error) {
        // Half written, perhaps: the old ones stay, and the next look tries again.
        options.onCertificates(error instanceof Error ? error : new Error(String(error)));
      }
    }, options.certificateInterval).unref();
  }

  return {
    listen() {
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        // `reusePort` is in Node's types from 22.12 on.
        const where = { host: config.host, port: config.port, backlog: 1024, reusePort: options.reusePort };
        server.listen(where, () => {
          server.off('error', reject);
          server.on('error', () => options.onMalformed('server'));
          checks = setInterval(() => {
            const now = Date.now();
            core.bodies.refuseSlow(now);
            core.connections.endStalled(now, options.answerTimeout);
            endIdlePlain(core);
          }, options.checkInterval).unref();
          watchCertificates();
          resolve();
        });
      });
    },
    close(graceMs = 0) {
      clearInterval(certificateChecks);
      return drain(core, server, sessions, graceMs).finally(() => clearInterval(checks));
    },
    reloadTls,
    address() {
      const address = server.address();
      return address === null || typeof address === 'string' ? null : { host: address.address, port: address.port };
    },
    get connections() {
      return core.connections.size;
    },
  };
}

function serverOf(config: ListenerConfig, core: Core): Server {
  const { options } = core;
  const http1 = {
    insecureHTTPParser: false,
    // Missing hosts are refused in `oddHead`, in the shape of every other refusal.
    requireHostHeader: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    joinDuplicateHeaders: false,
    headersTimeout: options.headersTimeout,
    requestTimeout: options.requestTimeout,
    keepAliveTimeout: options.keepAliveTimeout,
    connectionsCheckingInterval: options.checkInterval,
    noDelay: true,
  };
  if (config.tls === null) return withHttp1(createHttp(http1), core);
  let tls: ReturnType<typeof tlsOptions>;
  try {
    tls = tlsOptions(config.tls, options);
    createSecureContext(tls);
  } catch (error) {
    throw new PosternError('E_POLICY_INVALID', 'the certificate or the key of a listener cannot be used', {
      cause: error,
    });
  }
  if (!config.http2) return withHttp1(createHttps({ ...http1, ...tls }), core);
  return withHttp2(createSecureServer({ ...http1, ...tls, ...HTTP2_OPTIONS, allowHTTP1: true }), http1, core);
}

function tlsOptions(tls: NonNullable<ListenerConfig['tls']>, options: Settled) {
  return { ...contextOptions(tls), ...clientOptions(tls), handshakeTimeout: options.handshakeTimeout };
}

function withHttp1(server: Server, core: Core): Server {
  server.on('request', (req: IncomingMessage, res: ServerResponse) => onHttp1Request(core, req, res, false));
  server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => onHttp1Request(core, req, res, true));
  // Any other expectation is refused by the strict reader.
  server.on('checkExpectation', (req: IncomingMessage, res: ServerResponse) => onHttp1Request(core, req, res, false));
  server.on('connect', (_req: IncomingMessage, socket: Socket) => endConnect(socket));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const connection = core.connections.of(socket);
    if (error.code === 'ECONNRESET' || connection === undefined) {
      socket.destroy();
      return;
    }
    if (!connection.closing) core.options.onMalformed(error.code ?? 'unknown');
    endMalformed(connection, error.code);
  });
  return server;
}

/** Node's HTTP/2 server speaks HTTP/1.1 too, and takes its bounds for that from properties. */
function withHttp2(server: Http2SecureServer, http1: object, core: Core): Server {
  Object.assign(server, http1);
  // The compatibility layer would answer streams a second time once there is a `request` listener.
  server.removeAllListeners('newListener');
  withHttp1(server, core);
  // `session.socket` is a proxy. The session is made while the socket is announced, so it is that of the newest connection.
  const bySession = new WeakMap<object, Connection>();
  server.on('session', (session) => {
    const { newest } = core.connections;
    if (newest === undefined || newest.peer.port !== session.socket.remotePort) {
      session.destroy();
      return;
    }
    bySession.set(session, newest);
    onHttp2Session(core, session);
  });
  server.on('stream', (stream, headers, flags, ...more: unknown[]) => {
    const connection = stream.session === undefined ? undefined : bySession.get(stream.session);
    if (connection === undefined) stream.destroy();
    // The fourth argument (names and values in turn) is documented and not in the types.
    else onHttp2Stream(core, connection, stream, headers, flags, more[0] as readonly string[]);
  });
  return server;
}

function admit(core: Core, socket: Socket): void {
  const address = addressOf(socket);
  if (core.draining || !core.connections.admit(address)) {
    core.options.onMalformed('connections');
    socket.destroy();
    return;
  }
  core.options.onConnection();
  socket.once('close', () => {
    core.connections.leave(address);
    core.options.onClosed();
  });
}

/** Puts our reader before Node's own, which gets HTTP/2 at once and of HTTP/1.1 what is not plain. */
function receive(core: Core, server: Server, event: 'connection' | 'secureConnection'): void {
  const own = server.listeners(event);
  for (const listener of own) server.off(event, listener as () => void);
  server.prependListener(event, (socket: Socket) => {
    const connection = meet(core, socket);
    if (connection === undefined) return;
    const giveUp = () => {
      for (const listener of own) listener.call(server, socket);
    };
    if (socket instanceof TLSSocket && socket.alpnProtocol === 'h2') giveUp();
    else servePlain(core, connection, giveUp);
  });
}

function meet(core: Core, socket: Socket): Connection | undefined {
  if (socket.destroyed) return undefined;
  // Node takes its own listener away from a socket that it hands over; an error without one ends the process.
  socket.on('error', () => socket.destroy());
  const certificate = socket instanceof TLSSocket ? clientCertificate(socket) : undefined;
  const peer = { address: addressOf(socket), port: socket.remotePort ?? 0, ...(certificate && { certificate }) };
  const connection = new Connection(socket, Object.freeze(peer));
  core.connections.add(connection);
  return connection;
}

/** How long a connection that has no request may still be in the middle of sending one. */
const HEAD_GRACE = 500;

function drain(core: Core, server: Server, sessions: Set<ServerHttp2Session>, graceMs: number): Promise<void> {
  core.draining = true;
  return new Promise((resolve) => {
    const started = Date.now();
    const cut = setInterval(() => {
      const elapsed = Date.now() - started;
      for (const connection of core.connections.all()) {
        if (elapsed >= graceMs || (connection.idle && elapsed >= HEAD_GRACE)) connection.socket.destroy();
      }
    }, 50);
    server.close(() => {
      clearInterval(cut);
      resolve();
    });
    for (const session of sessions) session.close();
  });
}
