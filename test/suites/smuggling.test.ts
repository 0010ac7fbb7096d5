import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Exchange, exchange, type Standing, standing, statuses } from '../../src/guard/listener/testing/raw.ts';
import { type Payload, payloads, withId } from './smuggling-payloads.ts';

interface Told extends Exchange {
  /** Requests of this payload that reached the guard. */
  readonly handled: readonly string[];
}

const all = payloads();
const told = new Map<Payload, Told>();
const AT_A_TIME = 48;
let server: Standing;

beforeAll(async () => {
  server = await standing();
  const left = all.map((payload, at) => ({ payload, id: String(10_000 + at) }));
  const work = async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const { payload, id } = next;
      const parts = payload.parts.map((part) => withId(part, id));
      told.set(payload, { ...(await exchange(server.port, parts)), handled: ofPayload(id) });
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
});

afterAll(() => server.listener.close());

function ofPayload(id: string): string[] {
  return server.handled.filter((line) => /^[A-Z]+ \/[ms](\d+)/.exec(line)?.[1] === id);
}

describe('a message that two readers cut differently', () => {
  it('comes in many shapes', () => {
    expect(all.length).toBeGreaterThan(600);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it.each(all.map((payload) => [payload.outcome, payload.name, payload] as const))('is %s: %s', (_o, _n, payload) => {
    const answer = told.get(payload)!;
    const codes = statuses(answer);
    // Whatever else happens, the request inside is never a request.
    expect(answer.handled.filter((line) => /^[A-Z]+ \/s/.test(line))).toEqual([]);
    if (payload.outcome === 'alone') {
      expect(answer.handled).toHaveLength(1);
      expect(codes[0]).toBe(200);
      expect(codes.slice(1).every((code) => code >= 400)).toBe(true);
      return;
    }
    expect(answer.handled).toEqual([]);
    if (payload.outcome === 'starved') expect(answer.text).toBe('');
    else {
      expect(codes).toHaveLength(1);
      expect(codes[0]).toBeGreaterThanOrEqual(400);
      expect(codes[0]).toBeLessThan(500);
      if (payload.outcome === 'refused') expect(answer.closed).toBe(true);
    }
  });
});

describe('a refused message', () => {
  it('is answered in the shape of Elasticsearch, without a byte of it', () => {
    for (const [payload, { text }] of told) {
      if (payload.outcome !== 'refused') continue;
      const body = text.slice(text.indexOf('\r\n\r\n') + 4);
      expect(JSON.parse(body), payload.name).toMatchObject({ error: { root_cause: [{}] }, status: expect.any(Number) });
      expect(text, payload.name).not.toMatch(/chunked|smuggled|\/[ms]\d/i);
    }
  });
});
