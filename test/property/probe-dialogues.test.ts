/**
 * Every service against its own open answers, changed: nothing throws, nothing counts below zero, no planted value comes
 * out, and a server that also answers what cannot exist is never called open. And every byte of these dialogues is held
 * against the second, independent statement of what may be sent.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { PosternError } from '../../src/core/errors.ts';
import { isExposed } from '../../src/core/verdict.ts';
import { allowEither } from '../../src/net/allow-list.ts';
import { services } from '../../src/probe/index.ts';
import type { Observation, ProbeService } from '../../src/probe/service.ts';
import { askPort } from '../../src/probe/testing/ask.ts';
import type { Reply } from '../../src/probe/testing/http-server.ts';
import { scriptedContext } from '../../src/probe/testing/scripted.ts';
import { GRAMMAR, isContradictionCheck, isTls } from '../servers/harness/grammar.ts';
import { startRecorder } from '../servers/harness/recorder.ts';
import {
  type Answers,
  type Asked,
  type ByteDialogue,
  memoryPeer,
  unitTestsAsCorpus,
  type WebDialogue,
} from './probe-corpus.ts';
import { moreDialogues } from './probe-more-dialogues.ts';
import { changedBytes, changedReply, leakIn, numbers, strangeIn } from './probe-mutations.ts';

const corpus = await unitTestsAsCorpus();
const MUTATIONS = Number(process.env.POSTERN_PROBE_MUTATIONS ?? 150);

type End = { observation?: Observation; failure?: unknown; told: string[]; asked: Asked[]; ms: number };

async function meet(
  service: ProbeService,
  answers: Answers,
  scope: WebDialogue['scope'],
  { sample = false, salt = 0 } = {},
): Promise<End> {
  const allow = sample && service.sampling !== undefined ? allowEither(service.allow, service.sampling) : service.allow;
  const more = {
    subjectFields: (_dataset: string, fields: readonly string[]) => [...fields],
    ...(sample ? { values: { most: 5, take: () => {} } } : {}),
  };
  const { context, exchanges, asked } = memoryPeer(
    service,
    allow,
    answers,
    { emptyPassword: false, ...scope },
    more,
    salt,
  );
  const start = performance.now();
  const end = (rest: Partial<End>): End => ({ ...rest, told: exchanges, asked, ms: performance.now() - start });
  try {
    return end({ observation: await service.probe(context) });
  } catch (failure) {
    return end({ failure });
  }
}

async function talk(service: ProbeService, script: ByteDialogue['script']): Promise<End & { sent: Buffer[] }> {
  const context = scriptedContext(service.allow, script);
  const start = performance.now();
  const end = (rest: Partial<End>) => ({
    ...rest,
    told: context.exchanges.map(({ request, answer }) => `${request} -> ${answer}`),
    asked: [],
    sent: context.sent,
    ms: performance.now() - start,
  });
  try {
    return end({ observation: await service.probe(context) });
  } catch (failure) {
    return end({ failure });
  }
}

/** The same over a socket. */
async function playing(
  answer: (path: string, request: IncomingMessage) => Promise<Reply | undefined>,
): Promise<{ port: number; close(): void }> {
  const server = createServer((request, response) => {
    void answer(request.url ?? '', request).then((reply) => {
      const [status, body = {}, headers = {}] = Array.isArray(reply) ? reply : [404, { error: 'not found' }];
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const type = typeof body === 'string' ? 'text/plain' : 'application/json';
      response.writeHead(status as number, { 'content-type': type, ...(headers as Record<string, string>) }).end(text);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Its page is all that strangers get. */
const NEVER_OPEN = new Set(['search-logs (sentry)']);

/** The dialogues in which this very service sees an open store, the longest first. */
async function openAt(service: ProbeService): Promise<{ dialogue: WebDialogue; asked: Asked[] }[]> {
  const found = new Map<string, { dialogue: WebDialogue; asked: Asked[] }>();
  for (const dialogue of [...corpus.web, ...moreDialogues]) {
    if (dialogue.service !== service.id) continue;
    const { observation, asked } = await meet(service, dialogue.answers, dialogue.scope);
    if (observation === undefined || !observation.identified) continue;
    if (!isExposed(observation.verdict) && !NEVER_OPEN.has(nameOf(service))) continue;
    const key = asked.map(({ method, path }) => `${method} ${path.replace(/x[0-9a-f]{15}/g, '*')}`).join(' ');
    found.set(key, { dialogue, asked });
  }
  return [...found.values()].sort((a, b) => b.asked.length - a.asked.length);
}

function judged(end: End, what: string): void {
  const { observation, failure, told, ms } = end;
  if (failure !== undefined) {
    const known = failure instanceof PosternError && failure.code === 'E_PROBE_IO';
    expect.soft(known, `${what}: ${failure instanceof Error ? failure.stack : failure}`).toBe(true);
    if (failure instanceof Error) expect.soft(leakIn(failure.message), what).toBeUndefined();
  }
  const text = JSON.stringify([observation, told]);
  expect.soft(leakIn(text), `${what}: ${text.slice(0, 3_000)}`).toBeUndefined();
  expect.soft(strangeIn(text), `${what}: ${text.slice(0, 3_000)}`).toBeUndefined();
  for (const [path, number] of numbers(observation)) {
    expect.soft(Number.isSafeInteger(number) && number >= 0, `${what}: ${path} is ${number}`).toBe(true);
  }
  expect.soft(ms, what).toBeLessThan(5_000);
}

const web = services.filter(({ transport }) => transport === 'http');
/** The Android Debug Database writes HTTP of its own kind, and is played on a socket in its own tests. */
const raw = services.filter(
  ({ id, face, transport }) => transport === 'tcp' && !(id === 'android-debug' && face === 'http'),
);
const nameOf = ({ id, face }: ProbeService) => (face === undefined ? id : `${id} (${face})`);
const lineOf = ({ method, path, body }: Asked) => `${method} ${path} ${body}`;
const knownPaths = (asked: readonly Asked[]) => new Set(asked.map(lineOf));

const served = new Map<string, number>();
afterAll(() => {
  // Those without one have real servers only (test/servers).
  const silent = [...web, ...raw].filter((service) => !served.has(nameOf(service))).map(nameOf);
  expect(silent).toEqual([]);
});

describe.each(web.map((service) => [nameOf(service), service] as const))('%s, asked over HTTP,', (name, service) => {
  it('survives its own open answers, changed, and gives no value away', async () => {
    const dialogues = await openAt(service);
    served.set(name, dialogues.length);
    expect.soft(dialogues.length).toBeGreaterThan(0);
    for (let n = 0; n < MUTATIONS; n++) {
      const one = dialogues[n % dialogues.length];
      if (one === undefined) continue;
      let step = 0;
      const answers: Answers = async (asked) => changedReply(await one.dialogue.answers(asked), `${name} ${n}`, step++);
      judged(await meet(service, answers, one.dialogue.scope, { sample: n % 2 === 1 }), `${name} ${n}`);
    }
  });

  it('sends in its open dialogues what the independent statement has, and nothing else', async () => {
    for (const { dialogue } of (await openAt(service)).slice(0, 4)) {
      const server = await playing(async (path, request) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, String(value)]));
        const body = Buffer.concat(chunks).toString('utf8');
        return dialogue.answers({ method: request.method ?? 'GET', path, headers, body });
      });
      const recorder = await startRecorder(server.port);
      try {
        await askPort(recorder.port, service.id, 2_000, dialogue.scope);
        const sent = recorder.sent().filter((one) => !isContradictionCheck(one) && !isTls(one));
        expect.soft(sent.length, name).toBeGreaterThan(0);
        for (const connection of sent) {
          const foreign = GRAMMAR[service.id]?.(connection);
          expect.soft(foreign, `${name} sent what it may not: ${foreign}`).toBeUndefined();
        }
      } finally {
        await recorder.close();
        server.close();
      }
    }
  });

  it('does not believe a server that gives one of these answers to everything', async () => {
    for (const { dialogue, asked } of (await openAt(service)).slice(0, 3)) {
      for (const one of asked) {
        const reply = await dialogue.answers(one);
        if (reply === undefined) continue;
        const { observation } = await meet(service, () => reply, dialogue.scope);
        const what = `${name}: ${one.method} ${one.path} everywhere: ${observation?.verdict}, ${observation?.reason}`;
        expect.soft(isExposed(observation?.verdict ?? 'inconclusive'), what).toBe(false);
      }
    }
  });

  it('does not believe a server that answers what cannot exist as well', async () => {
    for (const { dialogue, asked } of (await openAt(service)).slice(0, 3)) {
      const again = knownPaths((await meet(service, dialogue.answers, dialogue.scope, { salt: 1 })).asked);
      const known = new Set([...knownPaths(asked)].filter((one) => again.has(one)));
      if (NEVER_OPEN.has(name)) continue;
      expect
        .soft(known.size, `${name} asks for nothing that cannot exist: ${[...known].join(', ')}`)
        .toBeLessThan(asked.length);
      const replies = await Promise.all(
        asked.map(async (one) => ({ reply: await dialogue.answers(one), control: !known.has(lineOf(one)), one })),
      );
      // What a real server of the kind says to what cannot exist: a page, `null`, an answer without a count.
      const negative = new Set(replies.filter(({ control }) => control).map(({ reply }) => JSON.stringify(reply)));
      const positive = replies.flatMap(({ reply, one }) =>
        reply?.[0] !== 200 || one.path === '/' || negative.has(JSON.stringify(reply)) ? [] : [reply],
      );
      for (const [n, other] of positive.entries()) {
        const answers: Answers = (one) => (known.has(lineOf(one)) ? dialogue.answers(one) : other);
        const { observation } = await meet(service, answers, dialogue.scope);
        const what = `${name}: answer ${n} to what cannot exist: ${observation?.verdict}, ${observation?.reason}`;
        expect.soft(isExposed(observation?.verdict ?? 'inconclusive'), what).toBe(false);
      }
    }
  });
});

describe.each(raw.map((service) => [nameOf(service), service] as const))('%s, asked over TCP,', (name, service) => {
  it('survives its own answers, changed, and gives no value away', async () => {
    const dialogues = corpus.bytes.filter(({ allow }) => allow === service.allow);
    served.set(name, dialogues.length);
    expect.soft(dialogues.length).toBeGreaterThan(0);
    for (let n = 0; n < MUTATIONS * 2; n++) {
      const one = dialogues[n % dialogues.length];
      if (one === undefined) continue;
      let step = 0;
      const { script } = one;
      const answers: ByteDialogue['script'] = {
        ...script,
        ...(script.greeting === undefined
          ? {}
          : { greeting: (index) => changedBytes(script.greeting?.(index) ?? Buffer.alloc(0), `${name} ${n}`, step++) }),
        answer: (request, connection) => {
          const told = script.answer?.(request, connection) ?? 'close';
          return told === 'close' ? told : changedBytes(told, `${name} ${n}`, step++);
        },
      };
      judged(await talk(service, answers), `${name} ${n}`);
    }
  });

  it('does not believe a server that gives one answer to everything', async () => {
    const told = new Map<string, Uint8Array>();
    for (const { allow, script } of corpus.bytes) {
      if (allow !== service.allow) continue;
      await talk(service, {
        ...script,
        answer: (request, connection) => {
          const bytes = script.answer?.(request, connection) ?? 'close';
          if (bytes !== 'close') told.set(Buffer.from(bytes).toString('hex'), bytes);
          return bytes;
        },
      });
    }
    const greeting = corpus.bytes.find(({ allow, script }) => allow === service.allow && script.greeting)?.script
      .greeting;
    for (const bytes of told.values()) {
      const script = { ...(greeting ? { greeting } : {}), answer: () => bytes, nonce: 'fedcba9876543210' };
      const { observation } = await talk(service, script);
      const what = `${name}: ${JSON.stringify(Buffer.from(bytes).toString('latin1').slice(0, 200))}: ${observation?.reason}`;
      expect.soft(isExposed(observation?.verdict ?? 'inconclusive'), what).toBe(false);
    }
  });

  it('sends in these dialogues what the independent statement has, and nothing else', () => {
    const dialogues = corpus.bytes.filter(({ allow }) => allow === service.allow);
    for (const { sent } of dialogues) {
      for (const connection of sent) {
        if (connection === undefined) continue;
        const foreign = GRAMMAR[service.id]?.(Buffer.concat(connection));
        expect.soft(foreign, `${name} sent what it may not: ${foreign}`).toBeUndefined();
      }
    }
  });
});
