import { describe, expect, it } from 'vitest';
import { PosternError } from '../../core/errors.ts';
import type { Observation } from '../service.ts';
import { scriptedContext } from '../testing/scripted.ts';
import { databaseServices } from './database.ts';

const binary = databaseServices.filter(({ transport }) => transport === 'tcp');

describe.each(binary.map((service) => [`${service.id} ${service.face ?? ''}`, service] as const))(
  'the list of %s',
  (_name, service) => {
    it('permits exactly what it says that it sends, and nothing near it', () => {
      for (const list of [service.allow, ...(service.sampling === undefined ? [] : [service.sampling])]) {
        expect(list.planned?.length).toBeGreaterThan(0);
        for (const one of list.planned ?? []) {
          if (!('bytes' in one)) throw new Error('not bytes');
          expect(list.permitsBytes(one.bytes), one.why).toBe(true);
          expect(list.permitsBytes(Buffer.concat([one.bytes, Buffer.from('\r\nFLUSHALL\r\n')])), one.why).toBe(false);
          expect(list.permitsBytes(one.bytes.subarray(0, one.bytes.length - 1)), one.why).toBe(false);
        }
        for (let length = 0; length < 200; length++)
          expect(list.permitsBytes(Buffer.alloc(length, length))).toBe(false);
      }
    });
  },
);

/** Answers of servers that are something else, or that break off. */
const FOREIGN = [
  'HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n',
  '220 smtp.example.org ESMTP\r\n500 what\r\n500 what\r\n500 what\r\n',
  'SSH-2.0-OpenSSH_9.9\r\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
  '+PONG\r\n-ERR unknown command\r\n',
  '\xff'.repeat(400),
  '\0'.repeat(400),
  'A'.repeat(400),
];

describe.each(binary.map((service) => [`${service.id} ${service.face ?? ''}`, service] as const))(
  'the %s probe',
  (_name, service) => {
    it.each(FOREIGN)('claims nothing of what speaks another protocol: %j', async (text) => {
      const bytes = Buffer.from(text, 'latin1');
      for (const early of [true, false]) {
        const context = scriptedContext(service.allow, early ? { greeting: () => bytes } : { answer: () => bytes });
        let seen: Observation | undefined;
        try {
          seen = await service.probe(context);
        } catch (error) {
          expect(error).toBeInstanceOf(PosternError);
          expect((error as PosternError).code).toBe('E_PROBE_IO');
        }
        if (seen?.identified) expect(['inconclusive', 'secured']).toContain(seen.verdict);
      }
    });
  },
);
