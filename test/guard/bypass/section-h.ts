/**
 * H. The HTTP layer: raw bytes against the gateway's listener on a socket, once for each world. What is answered is held
 * against the oracles as everywhere.
 */

import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { expect } from 'vitest';
import { hasOpenssl } from '../../../src/core/testing/openssl.ts';
import { Refusal } from '../../../src/guard/contract/refusal.ts';
import { refusalAnswer } from '../../../src/guard/http/refusal-answer.ts';
import { createListener } from '../../../src/guard/listener/index.ts';
import { certificates, PLAIN } from '../../../src/guard/listener/testing/raw.ts';
import type { ListenerConfig } from '../../../src/guard/policy/listener-config.ts';
import { type Bench, createBench, createWorlds, GRAMMAR } from '../harness/fixture.ts';
import { leaked, outsideGrammar } from '../harness/oracles.ts';
import { type BypassStory, type Expected, type Step, step } from './case.ts';

const HOST = 'Host: search.shop.example\r\n';
const AS_A = 'Authorization: Bearer A\r\n';
const JSON_TYPE = 'Content-Type: application/json\r\n';

/** What anybody may ask, as its owner. */
const ALONE = `GET /profiles/_count HTTP/1.1\r\n${HOST}${AS_A}\r\n`;
/** What a second reader of the same bytes would find, were they read in two ways. */
const SMUGGLED = `GET /orders/_search HTTP/1.1\r\n${HOST}Authorization: Bearer admin\r\n\r\n`;

interface Heard {
  readonly text: string;
  /** The gateway ended the connection. */
  readonly closed: boolean;
  readonly statuses: readonly number[];
  readonly bench: Bench;
}

/** The same bytes to the gateway in both worlds, each on a socket of its own, until so many answers are there or it ends. */
async function wire(parts: string | readonly string[], answers = 1): Promise<Heard> {
  const heard: Heard[] = [];
  for (const variant of [1, 2] as const) {
    const bench = createBench(variant);
    const listener = createListener(PLAIN, (raw) => bench.guard.handle(raw), { checkInterval: 50 });
    await listener.listen();
    try {
      const found = await hear(listener.address()?.port ?? 0, [parts].flat(), answers);
      expect(bench.failures).toEqual([]);
      heard.push({ ...found, bench });
    } finally {
      await listener.close();
    }
  }
  const [first, second] = heard as [Heard, Heard];
  for (const { text, bench } of heard) {
    expect(leaked({ status: 200, headers: {}, body: text })).toBeUndefined();
    for (const request of bench.store.seen) expect(outsideGrammar(request, GRAMMAR)).toBeUndefined();
  }
  expect(comparable(first.text)).toBe(comparable(second.text));
  expect(second.closed).toBe(first.closed);
  return first;
}

/** Sends each part when the one before was answered (or at once, if it is the first). */
async function hear(port: number, parts: readonly string[], answers: number): Promise<Omit<Heard, 'bench'>> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  let closed = false;
  let sent = 0;
  await new Promise<void>((resolve) => {
    const end = () => {
      closed = true;
      resolve();
    };
    socket.setNoDelay(true);
    socket.on('error', end).on('end', end);
    socket.on('connect', () => socket.write(Buffer.from(parts[sent++] ?? '', 'latin1')));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const seen = whole(text);
      if (sent < parts.length && seen.length >= sent) socket.write(Buffer.from(parts[sent++] ?? '', 'latin1'));
      else if (seen.filter((status) => status >= 200).length >= answers) resolve();
    });
  });
  socket.destroy();
  return { text, closed, statuses: whole(text) };
}

/** The status of every answer that is there from its first byte to its last. */
function whole(text: string): number[] {
  const statuses: number[] = [];
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\r\n\r\n', at);
    if (end === -1) break;
    const head = text.slice(at, end);
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    if (end + 4 + length > text.length) break;
    statuses.push(Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? Number.NaN));
    at = end + 4 + length;
  }
  return statuses;
}

function comparable(text: string): string {
  return text.replace(/^(?:x-request-id|date|connection|keep-alive): .*\r\n/gim, '').replace(/"took":\d+/g, '"took":0');
}

/** Every one is refused, nothing of it reaches the store, and the connection ends: nobody reads what comes behind. */
function closed(
  expected: Expected,
  attempts: Readonly<Record<string, string>>,
  codes: readonly number[] = [400],
): Step[] {
  return Object.entries(attempts).map(([does, bytes]) =>
    step(does, expected, async () => {
      const { statuses: seen, closed: ended, bench } = await wire(bytes + SMUGGLED, 9);
      expect(seen).toHaveLength(1);
      expect(codes).toContain(seen[0]);
      expect(ended).toBe(true);
      expect(bench.store.seen).toEqual([]);
    }),
  );
}

/** Refused, with nothing sent to the store; the connection may go on. */
function refused(expected: Expected, codes: readonly number[], attempts: Readonly<Record<string, string>>): Step[] {
  return Object.entries(attempts).map(([does, bytes]) =>
    step(does, expected, async () => {
      const { statuses: seen, bench } = await wire(bytes);
      expect(codes).toContain(seen.at(-1));
      expect(bench.store.seen).toEqual([]);
    }),
  );
}

/** Answered as if the header were not there: byte for byte, and the same reaches the store. */
function ignored(headers: readonly string[]): Step[] {
  return headers.map((header) =>
    step(header, 'harmless', async () => {
      const plain = await wire(ALONE);
      const { text, statuses: seen, bench } = await wire(ALONE.replace(AS_A, `${AS_A}${header}\r\n`));
      expect(seen).toEqual([200]);
      expect(comparable(text)).toBe(comparable(plain.text));
      expect(bench.store.seen).toEqual(plain.bench.store.seen);
    }),
  );
}

const post = (headers: string, body = '{}'): string =>
  `POST /profiles/_search HTTP/1.1\r\n${HOST}${AS_A}${JSON_TYPE}${headers}\r\n${body}`;
const get = (headers: string): string => `GET /profiles/_count HTTP/1.1\r\n${HOST}${headers}\r\n`;

export const STORIES_H: readonly BypassStory[] = [
  {
    id: 'B187',
    title: 'Content-Length and Transfer-Encoding',
    precedent: 'RFC 9112; http-garden',
    steps: closed('refused-400', {
      'length, then chunks': post('Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
      'chunks, then length': post('Transfer-Encoding: chunked\r\nContent-Length: 7\r\n', '2\r\n{}\r\n0\r\n\r\n'),
      'length zero and chunks': post('Content-Length: 0\r\nTransfer-Encoding: chunked\r\n', '2\r\n{}\r\n0\r\n\r\n'),
      'with underscores': post('Content_Length: 2\r\nTransfer-Encoding: chunked\r\n', '2\r\n{}\r\n0\r\n\r\n'),
      'chunks in HTTP/1.0': post('Transfer-Encoding: chunked\r\n', '2\r\n{}\r\n0\r\n\r\n').replace(
        'HTTP/1.1',
        'HTTP/1.0',
      ),
    }),
  },
  {
    id: 'B188',
    title: 'Transfer-Encoding in disguise',
    precedent: 'CVE-2021-22959; smuggler configs/default.py',
    steps: closed(
      'refused-400',
      Object.fromEntries(
        [
          'Transfer-Encoding : chunked',
          'Transfer-Encoding: \x0bchunked',
          'Transfer-Encoding: chunked, identity',
          'Transfer-Encoding: identity, chunked',
          'Transfer-Encoding: xchunked',
          'Transfer-Encoding: chunkedx',
          'Transfer-Encoding: chunked, chunked',
          'Transfer-Encoding: gzip, chunked',
          'Transfer-Encoding: identity',
          'Transfer-Encoding: "chunked"',
          'Transfer-Encoding: chunked;q=1',
          'Transfer-Encoding: ,chunked',
          'Transfer-Encoding:\r\n chunked',
          'Transfer-Encoding: chunked\r\nTransfer-Encoding: x',
          'Transfer-Encoding: x\r\nTransfer-Encoding: chunked',
          'Transfer_Encoding: chunked\r\nTransfer-Encoding: chunked',
          ' Transfer-Encoding: chunked',
          'X: y\rTransfer-Encoding: chunked',
          'Transfer-Encoding\t: chunked',
          '\0Transfer-Encoding: chunked',
        ].map((line) => [JSON.stringify(line), post(`${line}\r\n`, '2\r\n{}\r\n0\r\n\r\n')]),
      ),
      [400, 411, 501],
    ),
  },
  {
    id: 'B189',
    title: 'forms of Content-Length',
    precedent: 'CVE-2023-38697',
    steps: [
      ...closed(
        'refused-400',
        Object.fromEntries(
          [
            '2\r\nContent-Length: 2',
            '2\r\nContent-Length: 20',
            '2, 2',
            '2,2',
            '+2',
            '-2',
            '0x2',
            '2e0',
            '2.0',
            '2 2',
            '"2"',
            '',
            '\x0b2',
            '2\x00',
            '٢',
            '9223372036854775808',
            '18446744073709551618',
            '99999999999999999999999',
            '2;',
          ].map((value) => [JSON.stringify(value), post(`Content-Length: ${value}\r\n`)]),
        ),
        [400, 413],
      ),
      ...closed(
        'refused-400',
        {
          'bare LF in chunks': post('Transfer-Encoding: chunked\r\n', '2\n{}\n0\n\n'),
          'a chunk of a negative size': post('Transfer-Encoding: chunked\r\n', '-2\r\n{}\r\n0\r\n\r\n'),
          'a chunk with a prefix': post('Transfer-Encoding: chunked\r\n', '0x2\r\n{}\r\n0\r\n\r\n'),
          'a chunk longer than it says': post('Transfer-Encoding: chunked\r\n', '2\r\n{}xx\r\n0\r\n\r\n'),
          'a chunk whose size overflows': post(
            'Transfer-Encoding: chunked\r\n',
            'fffffffffffffffff2\r\n{}\r\n0\r\n\r\n',
          ),
        },
        [400, 413],
      ),
    ],
  },
  {
    id: 'B191',
    title: 'bytes in headers',
    precedent: 'CVE-2023-30589, CVE-2021-22959',
    steps: closed(
      'refused-400',
      Object.fromEntries(
        [
          'X: a\0b',
          'X: a\rb',
          'X: a\r\n\tfolded',
          'X : a',
          'X\t: a',
          ': a',
          'X y: a',
          'X(: a',
          'X\x80: a',
          'X: a\x7f\x01',
          'no colon at all',
          ' X: a',
          'X\r\n: a',
        ].map((line) => [JSON.stringify(line), get(`${AS_A}${line}\r\n`)]),
      ),
    ),
  },
  {
    id: 'B192',
    title: 'abuse of hop-by-hop headers',
    precedent: 'own',
    steps: ignored([
      'Connection: authorization, x-guard-user, host',
      'Connection: content-length',
      'Keep-Alive: timeout=999',
      'Proxy-Connection: keep-alive',
      'TE: trailers',
      'Via: 1.1 somewhere',
      'Max-Forwards: 0',
      'X-Anything: at all',
      'Cookie: session=1',
    ]),
  },
  {
    id: 'B193',
    title: 'headers that name somebody',
    precedent: 'own',
    steps: [
      ...ignored([
        'es-security-runas-user: admin',
        'x-proxy-user: admin',
        'x-proxy-roles: superuser',
        'X-Forwarded-User: admin',
        'X-Forwarded-For: 127.0.0.1',
        'X-Remote-User: admin',
        'opendistro_security_impersonate_as: admin',
        'securitytenant: global',
        'X-Guard-User: admin',
        'X-Guard-Roles: admin',
        'X-SSL-Cert: MIIB',
        'X-Opaque-Id: CANARY-DOC',
        'X-Elastic-Internal-Origin: kibana',
        '_xpack_security_authentication: x',
        'Proxy-Authorization: Basic YWRtaW46YWRtaW4=',
        'Authorization_: Bearer admin',
      ]),
      ...refused('refused-401', [401], {
        'and no credentials': get('X-Forwarded-User: A\r\nes-security-runas-user: A\r\n'),
        'credentials under another name': get('X-Authorization: Bearer A\r\nProxy-Authorization: Bearer A\r\n'),
      }),
      ...refused('refused', [400, 401], {
        'credentials in the target': `GET /profiles/_count?access_token=A HTTP/1.1\r\n${HOST}\r\n`,
      }),
    ],
  },
  {
    id: 'B194',
    title: 'Authorization and Host, twice',
    precedent: 'own',
    steps: refused('refused', [400, 401], {
      'two Authorization': get(`${AS_A}Authorization: Bearer admin\r\n`),
      'the same Authorization twice': get(`${AS_A}${AS_A}`),
      'two Authorization in other case': get(`${AS_A}AUTHORIZATION: Bearer admin\r\n`),
      'two Host': get(`${AS_A}Host: other.example\r\n`),
      'the same Host twice': get(`${AS_A}${HOST}`),
      'no Host': `GET /profiles/_count HTTP/1.1\r\n${AS_A}\r\n`,
      'hosts in a list': `GET /profiles/_count HTTP/1.1\r\nHost: a, b\r\n${AS_A}\r\n`,
      'a Host with a path': `GET /profiles/_count HTTP/1.1\r\nHost: a/_all\r\n${AS_A}\r\n`,
      'two Content-Type': `POST /profiles/_search HTTP/1.1\r\n${HOST}${AS_A}${JSON_TYPE}Content-Type: application/yaml\r\nContent-Length: 2\r\n\r\n{}`,
    }),
  },
  {
    id: 'B195',
    title: 'Upgrade and Expect',
    precedent: 'llhttp, undici',
    steps: [
      ...refused('refused', [400, 417, 426], {
        h2c: get(`${AS_A}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n`),
        websocket: get(
          `${AS_A}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n`,
        ),
        'an unknown expectation': post('Expect: x\r\nContent-Length: 2\r\n'),
        'an expectation with more': post('Expect: 100-continue, x\r\nContent-Length: 2\r\n'),
        'HTTP/2 without TLS': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      }),
      step('100-continue is answered by the gateway itself', 'harmless', async () => {
        const plain = await wire(post('Content-Length: 2\r\n'));
        const head = post('Expect: 100-continue\r\nContent-Length: 2\r\n', '');
        const { text, bench } = await wire([head, '{}']);
        expect(text.startsWith('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ')).toBe(true);
        expect(bench.store.seen).toEqual(plain.bench.store.seen);
      }),
    ],
  },
  {
    id: 'B196',
    title: 'two requests in one packet',
    precedent: 'own',
    steps: [
      step('each is somebody of its own', 'refused-401', async () => {
        const { statuses: seen, text, bench } = await wire(`${ALONE}${get('')}${ALONE}`, 3);
        expect(seen).toEqual([200, 401, 200]);
        expect(text.match(/authentication is required/g)).toHaveLength(2);
        expect(bench.store.seen).toHaveLength(2);
        expect(bench.entries.map(({ decision }) => decision)).toEqual(['allow', 'deny', 'allow']);
      }),
      step('each has its own filter', 'filtered', async () => {
        const { statuses: seen, bench } = await wire(`${ALONE}${ALONE.replace('Bearer A', 'Bearer A2')}`, 2);
        expect(seen).toEqual([200, 200]);
        expect(new Set(bench.entries.map(({ principal }) => principal)).size).toBe(2);
      }),
      step('a body that was refused is not the next request', 'refused-400', async () => {
        const { statuses: seen, bench } = await wire(
          [post(`Content-Length: ${SMUGGLED.length}\r\n`, SMUGGLED), ALONE],
          2,
        );
        expect(seen).toEqual([400, 200]);
        expect(bench.entries.map(({ operation }) => operation)).toEqual([null, 'count']);
      }),
      {
        ...step('no ticket permits early data', 'harmless', async () => {
          const made = certificates();
          const listener = createListener({ ...PLAIN, tls: tlsOf(made.certificate, made.key) }, (raw) =>
            createBench(1).guard.handle(raw),
          );
          await listener.listen();
          try {
            const said = await ticketsOf(listener.address()?.port ?? 0);
            expect(said.length).toBeGreaterThan(0);
            expect(new Set(said)).toEqual(new Set(['0']));
          } finally {
            await listener.close();
            rmSync(made.folder, { recursive: true });
          }
        }),
        possible: hasOpenssl,
      },
    ],
  },
  {
    id: 'B197',
    title: 'trailers',
    precedent: 'own',
    steps: [
      step('are not merged into the headers', 'refused-401', async () => {
        const { statuses: seen, bench } = await wire(
          `POST /profiles/_search HTTP/1.1\r\n${HOST}${JSON_TYPE}Trailer: Authorization\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n${AS_A}\r\n`,
        );
        expect(seen).toEqual([401]);
        expect(bench.store.seen).toEqual([]);
      }),
      step('change nothing', 'harmless', async () => {
        const plain = await wire(post('Transfer-Encoding: chunked\r\n', '2\r\n{}\r\n0\r\n\r\n'));
        const more = await wire(
          post(
            'Transfer-Encoding: chunked\r\n',
            '2\r\n{}\r\n0\r\nAuthorization: Bearer admin\r\nHost: other.example\r\nX: y\r\n\r\n',
          ),
        );
        expect(plain.statuses).toEqual([200]);
        expect(comparable(more.text)).toBe(comparable(plain.text));
        expect(more.bench.store.seen).toEqual(plain.bench.store.seen);
      }),
    ],
  },
  {
    id: 'B201',
    title: 'a value that ends up in the path to the store',
    precedent: 'Node: path check and use',
    steps: [
      ...[
        'a%0d%0aX-Evil:%201',
        'a%3fq=1',
        'a%23x',
        'a%2fb',
        '%2e%2e',
        '%2e%2e%2f_search',
        'a%20HTTP/1.1%0d%0a',
        '%00',
        'é',
        '%c3%a9',
        'a%252fb',
        'x;y',
        'a&b',
      ].map((id) =>
        step(`the id ${id}`, 'rewritten', async () => {
          for (const sent of [
            { method: 'PUT', target: `/profiles/_doc/${id}`, as: 'admin', body: { a: 1 } },
            { method: 'DELETE', target: `/profiles/_doc/${id}`, as: 'admin' },
            { target: `/profiles/_doc/${id}` },
          ]) {
            const { answer, upstream } = await createWorlds().send(sent);
            if (upstream.length === 0) expect([400, 403, 404]).toContain(answer.status);
            for (const { path } of upstream) {
              // One path of three parts at most, ASCII, no query but ours.
              expect(path).toMatch(/^\/profiles\/(?:_doc\/[A-Za-z0-9%._~-]+|_search)(?:\?[a-z_=&]+)?$/);
              if (path.includes('/_doc/'))
                expect(decodeURIComponent(path.split('/')[3] ?? '')).toBe(decodeURIComponent(id));
            }
          }
        }),
      ),
      step('in an answer: no line of the gateway holds a value of the request', 'refused', async () => {
        const answer = refusalAnswer(new Refusal('malformed_path', 'a\r\nX-Evil: 1'));
        expect(JSON.stringify(answer)).not.toContain('X-Evil');
      }),
    ],
  },
];

function tlsOf(certificate: string, key: string): ListenerConfig['tls'] {
  return { certificate, key, minVersion: 'TLSv1.2', clientCertificates: 'none', clientCa: null };
}

/** What the session tickets of TLS 1.3 say about early data, in bytes. */
function ticketsOf(port: number): Promise<string[]> {
  const parameters = ['s_client', '-connect', `127.0.0.1:${port}`, '-tls1_3'];
  return new Promise((resolve) => {
    const child = execFile('openssl', parameters, (_error, stdout) =>
      resolve([...stdout.matchAll(/Max Early Data: (\d+)/g)].map(([, bytes = '']) => bytes)),
    );
    // The answer ends the connection, and with it the program.
    child.stdin?.write(ALONE.replace(AS_A, `${AS_A}Connection: close\r\n`));
  });
}
