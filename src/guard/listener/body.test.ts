import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../contract/request.ts';
import { Bodies } from './body.ts';

const LIMITS = {
  maxBodyBytes: 1000,
  maxBodyBytesInFlight: 1500,
  maxBodyBytesPerPeer: 1500,
  minBodyRate: 100,
  requestTimeout: 60_000,
};

function reading(bodies: Bodies, declared = -1, peer = '192.0.2.1') {
  const stream = new PassThrough();
  const told: { body?: string; refused?: Answer } = {};
  const body = bodies.read(stream, declared, peer, (whole, refused) => {
    if (whole !== null) told.body = Buffer.from(whole).toString();
    if (refused !== null) told.refused = refused;
  });
  return { stream, told, body, settled: () => new Promise((resolve) => setImmediate(resolve)) };
}

describe('a body', () => {
  it('is put together from any chunks, and held until it is released', async () => {
    const bodies = new Bodies(LIMITS);
    const one = reading(bodies);
    const text = 'x'.repeat(100) + 'y'.repeat(300) + 'z'.repeat(599);
    for (const char of text) one.stream.write(char);
    one.stream.end();
    await one.settled();
    expect(one.told.body).toBe(text);
    expect(bodies.held).toBe(999);
    bodies.release(999);
  });

  it('slower than the rate is refused after five seconds, and not before', async () => {
    const bodies = new Bodies(LIMITS);
    const slow = reading(bodies);
    const steady = reading(bodies);
    slow.stream.write('x'.repeat(300));
    steady.stream.write('x'.repeat(700));
    await slow.settled();
    bodies.refuseSlow(slow.body.startedAt + 4900);
    expect(slow.told.refused).toBeUndefined();
    bodies.refuseSlow(slow.body.startedAt + 6000);
    expect(slow.told.refused?.status).toBe(408);
    expect(steady.told.refused).toBeUndefined();
    expect(bodies.held).toBe(700);
    bodies.refuseSlow(slow.body.startedAt + 61_000);
    expect(steady.told.refused?.status).toBe(408);
    expect(bodies.held).toBe(0);
  });

  it('is refused beyond its bound and beyond that of all together', async () => {
    const counted: string[] = [];
    const bodies = new Bodies({ ...LIMITS, onMalformed: (code) => counted.push(code) });
    const large = reading(bodies);
    large.stream.write('x'.repeat(1001));
    await large.settled();
    expect(large.told.refused?.status).toBe(413);
    const first = reading(bodies);
    first.stream.write('x'.repeat(900));
    await first.settled();
    const second = reading(bodies);
    second.stream.write('x'.repeat(700));
    await second.settled();
    expect(second.told.refused?.status).toBe(503);
    expect(bodies.held).toBe(900);
    bodies.refuseSlow(first.body.startedAt + 61_000);
    expect(counted).toEqual(['too_large', 'unavailable', 'slow']);
  });

  it('is forgotten when its client goes away', async () => {
    const bodies = new Bodies(LIMITS);
    const one = reading(bodies);
    one.stream.write('x'.repeat(500));
    await one.settled();
    one.stream.destroy();
    await one.settled();
    expect(one.told).toEqual({});
    expect(bodies.held).toBe(0);
  });

  it('does not let one peer hold what the others need, and gives its share back', async () => {
    const bodies = new Bodies({ ...LIMITS, maxBodyBytesPerPeer: 900 });
    const first = reading(bodies);
    first.stream.write('a'.repeat(600));
    await first.settled();
    const second = reading(bodies);
    second.stream.write('b'.repeat(400));
    await second.settled();
    expect(second.told.refused?.status).toBe(503);
    const other = reading(bodies, -1, '192.0.2.2');
    other.stream.end('c'.repeat(400));
    await other.settled();
    expect(other.told.body).toHaveLength(400);
    first.stream.end();
    await first.settled();
    const third = reading(bodies);
    third.stream.end('d'.repeat(400));
    await third.settled();
    expect(third.told.body).toHaveLength(400);
  });
});
