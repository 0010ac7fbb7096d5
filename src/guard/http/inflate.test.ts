import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../contract/refusal.ts';
import { inflateRequest } from './inflate.ts';
import { rawRequest } from './testing/raw-request.ts';

const LIMITS = { maxBytes: 1_000_000, maxRatio: 100 };

function compressed(encoding: string, body: Uint8Array, ...more: string[]) {
  return rawRequest('/a', { method: 'POST', headers: ['Host', 'a', 'Content-Encoding', encoding, ...more], body });
}

async function codeOf(encoding: string, body: Uint8Array, limits = LIMITS, ...more: string[]) {
  return inflateRequest(compressed(encoding, body, ...more), limits).then(
    () => undefined,
    (error) => (error instanceof Refusal ? error.code : error),
  );
}

describe('a compressed body', () => {
  it('is inflated, and its header gone', async () => {
    const whole = await inflateRequest(compressed('gzip', gzipSync('{"size":1}')), LIMITS);
    expect(Buffer.from(whole.body).toString()).toBe('{"size":1}');
    expect(whole.headers).toEqual(['Host', 'a']);
  });

  it('is left alone when it is none', async () => {
    const plain = rawRequest('/a');
    expect(await inflateRequest(plain, LIMITS)).toBe(plain);
  });

  it('must not grow beyond the bound, nor by more than the ratio (B070)', async () => {
    expect(await codeOf('gzip', gzipSync(Buffer.alloc(2_000_000)))).toBe('too_large');
    expect(await codeOf('gzip', gzipSync(Buffer.alloc(900_000)))).toBe('too_large');
    expect(await codeOf('gzip', gzipSync(Buffer.alloc(60_000)))).toBeUndefined();
  });

  it('is one layer of gzip and nothing else (B070)', async () => {
    const body = gzipSync('{}');
    expect(await codeOf('gzip, gzip', gzipSync(body))).toBe('unsupported_media');
    expect(await codeOf('gzip', body, LIMITS, 'content-encoding', 'gzip')).toBe('unsupported_media');
    expect(await codeOf('deflate', deflateSync('{}'))).toBe('unsupported_media');
    expect(await codeOf('br', body)).toBe('unsupported_media');
    expect(await codeOf('', body)).toBe('unsupported_media');
  });

  it('is one whole stream', async () => {
    const body = gzipSync('{"size":1}');
    expect(await codeOf('gzip', body.subarray(0, -3))).toBe('malformed_body');
    expect(await codeOf('gzip', Buffer.concat([body, Buffer.from('{"size":2}')]))).toBe('malformed_body');
    expect(await codeOf('gzip', Buffer.from('{"size":1}'))).toBe('malformed_body');
  });
});
