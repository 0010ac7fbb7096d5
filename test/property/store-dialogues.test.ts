import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PosternError } from '../../src/core/errors.ts';
import { isExposed } from '../../src/core/verdict.ts';
import type { Observation, ProbeService } from '../../src/probe/service.ts';
import { memcached } from '../../src/probe/services/memcached/index.ts';
import { encodeDocument, type Plain } from '../../src/probe/services/mongodb/bson.ts';
import { mongodb } from '../../src/probe/services/mongodb/index.ts';
import { mqtt } from '../../src/probe/services/mqtt/index.ts';
import { mysql } from '../../src/probe/services/mysql/index.ts';
import { postgresql } from '../../src/probe/services/postgresql/index.ts';
import { redis } from '../../src/probe/services/redis/index.ts';
import { scriptedContext } from '../../src/probe/testing/scripted.ts';

const SERVICES: readonly ProbeService[] = [redis, memcached, postgresql, mysql, mongodb, mqtt];

/** An OP_MSG answer; `list` names the sub-document that is an array. Its "response to" is set when it is sent. */
function mongoReply(document: Record<string, Plain>, list?: string): string {
  const body = encodeDocument(document);
  if (list !== undefined) body[body.indexOf(Buffer.from(`\x03${list}\0`))] = 0x04;
  const head = Buffer.alloc(21);
  head.writeInt32LE(body.length + 21, 0);
  head.writeInt32LE(2013, 12);
  return Buffer.concat([head, body]).toString('latin1');
}

/** Openings that get a fuzzed peer past identification, so that the codecs behind it are reached too. */
const OPENINGS: Readonly<Record<string, readonly string[]>> = {
  redis: [
    '+PONG\r\n',
    '-ERR unknown command\r\n',
    '$3\r\nabc\r\n',
    '*2\r\n$1\r\n0\r\n*1\r\n$1\r\na\r\n',
    '$999999999999\r\n',
    '*-1\r\n',
    '*2\r\n',
  ],
  memcached: [
    'VERSION 1.6.1\r\nERROR\r\n',
    'STAT a b\r\nEND\r\n',
    'END\r\n',
    'ERROR\r\n',
    '\x81\0\0\0\0\0\0\0\xff\xff\xff\xff',
  ],
  postgresql: [
    'N',
    'S',
    'R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I',
    'E\0\0\0\x0aC42P01\0\0',
    'D\0\0\0\x0b\0\x01\0\0\0\x01tZ\0\0\0\x05I',
    'D\x7f\xff\xff\xff\0\x01',
    'Z\0\0\0\x05I',
  ],
  mysql: [
    `\x4a\0\0\0\x0a8.0.36\0\x01\0\0\0abcdefgh\0\0\xa2\x21\x02\0\x08\0\x15${'\0'.repeat(10)}abcdefghijkl\0mysql_native_password\0`,
    '\x07\0\0\x02\0\0\0\x02\0\0\0',
    '\x0c\0\0\x01\xff\x1e\x04#42S22abc',
    '\x01\0\0\x01\x01\x03\0\0\x02def\x05\0\0\x03\xfe\0\0\x02\0',
    '\xff\xff\xff\0',
    '\xff\xff\x03\x01',
  ],
  mongodb: [
    mongoReply({ ok: 1, maxWireVersion: 17, isWritablePrimary: true, version: '7.0.1' }),
    mongoReply({ ok: 0, code: 59 }),
    mongoReply({ ok: 0, code: 13 }),
    mongoReply({ databases: { 0: { name: 'shop', sizeOnDisk: 9 } }, ok: 1 }, 'databases'),
    mongoReply({ cursor: { firstBatch: { 0: { name: 'a', key: { email: 1 } } } }, ok: 1 }, 'firstBatch'),
    '\xff\xff\xff\x7f\x09\0\0\0\x01\0\0\0\xdd\x07\0\0',
  ],
  mqtt: ['\x20\x02\0\0', '\x90\x05\x6a\x1e\0\0\0', '\xd0\0', '\x31\xff\xff\xff\x7f', '\x30\x05\0\x01ab'],
};

function peerBytes(service: ProbeService) {
  const opening = fc.constantFrom(...(OPENINGS[service.id] ?? [''])).map((text) => Buffer.from(text, 'latin1'));
  const noise = fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes));
  const mutated = fc.tuple(opening, fc.nat(80), fc.nat(255)).map(([bytes, at, value]) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[at % copy.length] = value;
    return copy;
  });
  const cut = fc.tuple(opening, fc.nat(80)).map(([bytes, length]) => bytes.subarray(0, length));
  return fc.array(fc.oneof({ weight: 6, arbitrary: opening }, { weight: 2, arbitrary: mutated }, cut, noise), {
    maxLength: 24,
  });
}

async function converse(
  service: ProbeService,
  greeting: Buffer,
  answers: readonly Buffer[],
): Promise<{ result: Observation | PosternError; requests: Buffer[] }> {
  let next = 0;
  const context = scriptedContext(service.allow, {
    emptyPassword: true,
    greeting: () => greeting,
    answer: (request) => {
      const bytes = answers[next++];
      if (bytes === undefined) return 'close';
      if (service.id !== 'mongodb' || bytes.length < 16) return bytes;
      const copy = Buffer.from(bytes);
      request.copy(copy, 8, 4, 8);
      return copy;
    },
  });
  try {
    return { result: await service.probe(context), requests: context.sent };
  } catch (error) {
    if (error instanceof PosternError) return { result: error, requests: context.sent };
    throw error;
  }
}

describe.each(SERVICES.map((service) => [service.id, service] as const))('the %s dialogue', (_id, service) => {
  const greeting = service.serverSpeaksFirst
    ? peerBytes(service).map((parts) => Buffer.concat(parts))
    : fc.constant(Buffer.alloc(0));

  it('ends in an observation or a connection failure, whatever the peer says, and sends nothing outside its list', async () => {
    await fc.assert(
      fc.asyncProperty(greeting, peerBytes(service), async (first, answers) => {
        const { result } = await converse(service, first, answers);
        if (result instanceof PosternError) expect(result.code).toBe('E_PROBE_IO');
        else {
          expect(result.reason).not.toBe('');
          expect(result.identified || result.verdict === 'unidentified').toBe(true);
          for (const dataset of result.datasets) {
            expect(dataset.documents ?? 0).toBeGreaterThanOrEqual(0);
            expect(dataset.bytes ?? 0).toBeGreaterThanOrEqual(0);
          }
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('never takes noise for an open store', async () => {
    const noise = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), noise, async (first, answers) => {
        const { result } = await converse(
          service,
          service.serverSpeaksFirst ? Buffer.from(first) : Buffer.alloc(0),
          answers.map((bytes) => Buffer.from(bytes)),
        );
        if (!(result instanceof PosternError)) expect(isExposed(result.verdict)).toBe(false);
      }),
      { numRuns: 1500 },
    );
  });

  it('judges any bytes without throwing, and refuses almost all of them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(service.allow.permitsBytes(bytes)).toBe(false);
        expect(service.control?.allow.permitsBytes(bytes) ?? false).toBeTypeOf('boolean');
      }),
      { numRuns: 3000 },
    );
  });

  it('is closed to every one-byte change of what it may send', async () => {
    const sent = new Map<string, Buffer>();
    const openings = (OPENINGS[service.id] ?? []).map((text) => Buffer.from(text, 'latin1'));
    await fc.assert(
      fc.asyncProperty(greeting, peerBytes(service), async (first, answers) => {
        const { requests } = await converse(service, first, answers);
        for (const request of requests) sent.set(request.toString('hex'), request);
      }),
      { numRuns: 1500, examples: [[Buffer.alloc(0), openings]] },
    );
    expect(sent.size).toBeGreaterThan(2);
    for (const request of sent.values()) {
      fc.assert(
        fc.property(fc.nat(request.length - 1), fc.integer({ min: 128, max: 255 }), (at, value) => {
          const changed = Buffer.from(request);
          changed[at] = value;
          // Another request of the dialogue may be one byte away: MQTT's PINGREQ and DISCONNECT, MySQL's login with TLS
          // (bit 3 of the sixth byte) and without.
          if (
            sent.has(changed.toString('hex')) ||
            (service.id === 'mysql' && at === 5 && ((changed[5] ?? 0) ^ 0x08) === request[5])
          )
            return;
          // A letter beyond ASCII, in the name of a collection that the peer made up, becomes another letter.
          if (service.id === 'mongodb' && (request[at] ?? 0) >= 0x80 && at >= 16) return;
          // Request ids are the only bytes that may be anything.
          const isId =
            (service.id === 'mongodb' && at >= 4 && at < 8) ||
            (service.id === 'mqtt' && request[0] === 0x82 && (at === 2 || at === 3));
          expect(service.allow.permitsBytes(changed)).toBe(isId);
        }),
        { numRuns: 200 },
      );
    }
  });
});
