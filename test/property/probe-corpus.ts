/**
 * The dialogues of the unit tests as a corpus: the test helpers remember with whom a service talked, and what that peer
 * answers is then asked again, changed. So a new service is attacked with its own open answers, without a word here.
 */

import { readdirSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { vi } from 'vitest';
import { PosternError } from '../../src/core/errors.ts';
import { type AllowList, permitsHttpRequest } from '../../src/net/allow-list.ts';
import type { HttpAnswer, PostingSession } from '../../src/net/connection.ts';
import type { ProbeContext, ProbeService } from '../../src/probe/service.ts';
import type { Reply } from '../../src/probe/testing/http-server.ts';
import type { Script } from '../../src/probe/testing/scripted.ts';

/** One request to a web server: its line, and what was posted. */
export interface Asked {
  method: string;
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export type Answers = (asked: Asked) => Reply | undefined | Promise<Reply | undefined>;

export interface WebDialogue {
  /** The id of the service that was found or named. */
  service: string;
  verdict: string;
  answers: Answers;
  scope: { identifiers?: Readonly<Record<string, string>>; datasets?: readonly string[]; buckets?: readonly string[] };
}

export interface ByteDialogue {
  allow: AllowList;
  script: Script;
  /** What was sent, by connection. */
  sent: Buffer[][];
}

const web: WebDialogue[] = [];
const bytes: ByteDialogue[] = [];
const answering = new Map<number, Answers>();

function requestOf({ method, path, headers, body }: Asked): IncomingMessage {
  return Object.assign(Readable.from(body === '' ? [] : [Buffer.from(body)]), {
    method,
    url: path,
    headers,
  }) as unknown as IncomingMessage;
}

/** Makes the helpers of the unit tests remember; then runs the unit tests of all services as part of the caller's file. */
export async function unitTestsAsCorpus(): Promise<{ web: WebDialogue[]; bytes: ByteDialogue[] }> {
  vi.doMock('../../src/probe/testing/http-server.ts', async (original) => {
    const actual = await original<typeof import('../../src/probe/testing/http-server.ts')>();
    return {
      ...actual,
      httpServer: async (answer: Parameters<typeof actual.httpServer>[0]) => {
        const server = await actual.httpServer(answer);
        answering.set(server.port, (asked) => answer(asked.path, requestOf(asked), asked.body));
        return server;
      },
    };
  });
  vi.doMock('../../src/probe/testing/posting-server.ts', async (original) => {
    const actual = await original<typeof import('../../src/probe/testing/posting-server.ts')>();
    return {
      ...actual,
      postingServer: async (answer: Parameters<typeof actual.postingServer>[0]) => {
        const server = await actual.postingServer(answer);
        answering.set(server.port, (asked) => answer(`${asked.method} ${asked.path}`, asked.body));
        return server;
      },
    };
  });
  vi.doMock('../../src/probe/testing/ask.ts', async (original) => {
    const actual = await original<typeof import('../../src/probe/testing/ask.ts')>();
    return {
      ...actual,
      askPort: async (...args: Parameters<typeof actual.askPort>) => {
        const result = await actual.askPort(...args);
        const answers = answering.get(args[0]);
        const [, , , more = []] = args;
        const { buckets, datasets, identifiers } =
          'length' in more ? { buckets: more } : (more as WebDialogue['scope']);
        const scope = {
          ...(buckets === undefined ? {} : { buckets }),
          ...(datasets === undefined ? {} : { datasets }),
          ...(identifiers === undefined ? {} : { identifiers }),
        };
        if (answers !== undefined) web.push({ service: result.service, verdict: result.verdict, answers, scope });
        return result;
      },
    };
  });
  vi.doMock('../../src/probe/testing/scripted.ts', async (original) => {
    const actual = await original<typeof import('../../src/probe/testing/scripted.ts')>();
    return {
      ...actual,
      scriptedContext: (allow: AllowList, script: Script) => {
        const dialogue: ByteDialogue = { allow, script, sent: [] };
        bytes.push(dialogue);
        return actual.scriptedContext(allow, {
          ...script,
          answer: (request, connection) => {
            dialogue.sent[connection] ??= [];
            dialogue.sent[connection]?.push(request);
            return script.answer?.(request, connection) ?? 'close';
          },
        });
      },
    };
  });
  const folder = new URL('../../src/probe/services/', import.meta.url).pathname;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (name.endsWith('.test.ts')) await import(join(folder, name));
  }
  return { web, bytes };
}

export interface MemoryPeer {
  context: ProbeContext;
  exchanges: string[];
  asked: Asked[];
}

/** A context whose HTTP answers come from a function; what the allow-list refuses is refused here too. */
export function memoryPeer(
  service: ProbeService,
  allow: AllowList,
  answers: Answers,
  options: ProbeContext['options'],
  more: Partial<ProbeContext> = {},
  salt = 0,
): MemoryPeer {
  const exchanges: string[] = [];
  const asked: Asked[] = [];
  const closed = new PosternError('E_PROBE_IO', 'the peer closed the connection');
  async function ask(
    method: 'GET' | 'HEAD' | 'POST',
    path: string,
    { headers = {}, maxBytes = 1_048_576 }: { headers?: Record<string, string>; maxBytes?: number } = {},
    body?: string,
  ): Promise<HttpAnswer> {
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const request = { method, path, headers: lower, ...(body === undefined ? {} : { body }) };
    if (!permitsHttpRequest(allow, request, options.identifiers ?? {})) {
      throw new PosternError('E_PROBE_FORBIDDEN', `${service.id} may not send ${method} ${path}`);
    }
    const one = { method, path, headers: { accept: '*/*', ...lower }, body: body ?? '' };
    asked.push(one);
    if (asked.length > 2_000) throw new Error(`${service.id} asks without an end`);
    const told = await answers(one);
    const reply = Array.isArray(told) ? (told as unknown as Reply) : ([404, { error: 'not found' }] as const);
    const [status, content = {}, own = {}] = reply as Reply;
    if (status === 0) throw closed;
    const text = Buffer.isBuffer(content)
      ? content
      : Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
    const type = typeof content === 'string' ? 'text/plain' : 'application/json';
    return {
      status,
      headers: { 'content-type': type, ...own },
      body: method === 'HEAD' ? Buffer.alloc(0) : text.subarray(0, maxBytes),
      truncated: text.length > maxBytes,
    };
  }
  const session: PostingSession = {
    address: '127.0.0.1',
    port: 1,
    tls: undefined,
    get: (path, own) => ask('GET', path, own),
    head: (path, own) => ask('HEAD', path, own),
    post: (path, body, own) => ask('POST', path, own, body),
    close: () => {},
  };
  let count = 0;
  return {
    exchanges,
    asked,
    context: {
      host: '127.0.0.1',
      port: 1,
      options,
      connect: () => Promise.reject(closed),
      http: () => Promise.resolve(session),
      nonce: () => `x${(0x1_2345_6789 + salt * 104_729 + count++ * 7_919).toString(16)}abcdef`.slice(0, 16),
      record: (request, answer) => exchanges.push(`${request} -> ${answer}`),
      ...more,
    },
  };
}
