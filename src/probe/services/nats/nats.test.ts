import { describe, expect, it } from 'vitest';
import { scriptedContext } from '../../testing/scripted.ts';
import { natsAllow, natsMonitorAllow } from './allow.ts';
import { nats } from './index.ts';

interface Shape {
  info?: object;
  /** What a client without credentials is answered. */
  enter?: string;
  subscribe?: string;
  nonsense?: string;
  /** What a user that cannot exist is answered. */
  user?: string;
}

const INFO = {
  server_id: 'PLANTED',
  server_name: 'planted',
  version: '2.9.10',
  max_payload: 1_048_576,
  client_ip: '192.0.2.9',
};

function server({ info = {}, enter = 'PONG', subscribe = 'PONG', nonsense, user = 'PONG' }: Shape) {
  return scriptedContext(natsAllow, {
    greeting: () => Buffer.from(`INFO ${JSON.stringify({ ...INFO, ...info })} \r\n`),
    answer: (request) => {
      const text = request.toString('latin1');
      if (text.startsWith('SUB ')) return Buffer.from(`${subscribe}\r\n${subscribe === 'PONG' ? '' : 'PONG\r\n'}`);
      if (text.startsWith('POSTERN')) return Buffer.from(`${nonsense ?? "-ERR 'Unknown Protocol Operation'"}\r\n`);
      return Buffer.from(`${text.includes('"user"') ? user : enter}\r\n`);
    },
  });
}

const VIOLATION = "-ERR 'Authorization Violation'";

describe('the NATS dialogue', () => {
  it('calls a server without users open to listening and publishing', async () => {
    const context = server({});
    const seen = await nats.probe(context);
    expect(seen).toMatchObject({ verdict: 'anonymous-write', version: '2.9.10', datasets: [] });
    expect(JSON.stringify([seen, context.exchanges])).not.toMatch(/planted|192\.0\.2/i);
    expect(context.sent.join('')).not.toMatch(/PUB|>/);
  });

  it('does not say so where users exist but strangers are let in', async () => {
    expect(await nats.probe(server({ user: VIOLATION }))).toMatchObject({ verdict: 'anonymous-read' });
    const violation = '-ERR \'Permissions Violation for Subscription to "postern.x"\'';
    expect(await nats.probe(server({ subscribe: violation }))).toMatchObject({ verdict: 'metadata-only' });
  });

  it('takes an authorization violation as secured', async () => {
    const info = { auth_required: true };
    expect(await nats.probe(server({ info, enter: VIOLATION }))).toMatchObject({ verdict: 'secured' });
  });

  it('begins TLS in place where the greeting asks for it', async () => {
    expect(await nats.probe(server({ info: { tls_required: true } }))).toMatchObject({ verdict: 'anonymous-write' });
  });

  it('believes nobody who knows an operation that does not exist', async () => {
    expect(await nats.probe(server({ nonsense: '+OK' }))).toMatchObject({ verdict: 'inconclusive' });
  });

  it('leaves other greetings to others', async () => {
    for (const greeting of ['220 ftp ready\r\n', 'INFO nothing\r\n', 'INFO {"a":1}\r\n']) {
      const context = scriptedContext(natsAllow, { greeting: () => Buffer.from(greeting) });
      expect(await nats.probe(context)).toMatchObject({ identified: false });
    }
  });

  it('plans nothing that it refuses, and has no place for publishing or wildcards', () => {
    for (const one of natsAllow.planned ?? []) expect('bytes' in one && natsAllow.permitsBytes(one.bytes)).toBe(true);
    for (const text of [
      'SUB > 1\r\nUNSUB 1\r\nPING\r\n',
      'PUB x 1\r\nx\r\n',
      'CONNECT {"user":"a","pass":"b"}\r\nPING\r\n',
    ]) {
      expect(natsAllow.permitsBytes(Buffer.from(text))).toBe(false);
    }
    for (const path of ['/connz', '/connz?subs=1', '/subsz', '/accountz', '/jsz?config=1']) {
      expect(natsMonitorAllow.permitsHttp('GET', path)).toBe(false);
    }
  });
});
