import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress, parseNetwork } from '../../src/net/address.ts';
import type { HttpAnswer } from '../../src/net/connection.ts';
import { datasetName, fieldName, grouped } from '../../src/probe/names.ts';
import { elasticsearchAllow } from '../../src/probe/services/elasticsearch/allow.ts';
import { isPlainIndexName, readFields, readIndices } from '../../src/probe/services/elasticsearch/indices.ts';
import { readBanner } from '../../src/probe/services/elasticsearch/product.ts';
import { readS3 } from '../../src/probe/services/s3/answers.ts';

const body = fc.oneof(
  fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)),
  fc.json().map((text) => Buffer.from(text)),
  fc
    .array(
      fc.constantFrom(
        '<ListBucketResult>',
        '<Contents>',
        '<Key>',
        '&a;',
        '</Key>',
        '<!DOCTYPE x [',
        ']>',
        '<Error><Code>',
        'x',
      ),
    )
    .map((parts) => Buffer.from(parts.join(''))),
  fc
    .array(
      fc.record(
        { index: fc.anything(), 'docs.count': fc.anything(), 'store.size': fc.anything() },
        { requiredKeys: [] },
      ),
    )
    .map((rows) =>
      Buffer.from(JSON.stringify(rows, (_key, value) => (typeof value === 'bigint' ? `${value}` : value))),
    ),
);
const answer: fc.Arbitrary<HttpAnswer> = fc.record({
  status: fc.constantFrom(200, 201, 301, 400, 401, 403, 404, 500),
  headers: fc.dictionary(
    fc.constantFrom('content-type', 'www-authenticate', 'server', 'x-elastic-product'),
    fc.string(),
  ),
  body,
  truncated: fc.boolean(),
});

describe('readers of HTTP answers', () => {
  it('read whatever a server sends without an exception, and count nothing below zero', async () => {
    await fc.assert(
      fc.asyncProperty(answer, async (one) => {
        expect(['open', 'locked', 'other']).toContain(readBanner(one).access);
        for (const row of readIndices(one) ?? []) {
          expect(typeof row.index).toBe('string');
          expect((row.documents ?? 0) >= 0 && (row.bytes ?? 0) >= 0).toBe(true);
        }
        expect(readFields(one).every((field) => typeof field === 'string')).toBe(true);
        expect(['buckets', 'bucket', 'acl', 'error', 'other']).toContain((await readS3(one)).kind);
      }),
      { numRuns: 500 },
    );
  });

  it('ask by name only for indices that the allow-list takes for exactly one', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'grapheme' }),
          fc.string(),
          fc.string({ unit: 'binary', maxLength: 300 }),
          fc.constantFrom('\ud800', 'ä'.repeat(127), 'a,b', '*', '_all', '<x>', '..', '.k', 'a/b'),
        ),
        (name) => {
          if (!isPlainIndexName(name)) return;
          let path: string;
          try {
            path = `/${encodeURIComponent(name)}/_mapping`;
          } catch {
            return;
          }
          expect(decodeURIComponent(path.split('/')[1] ?? '')).toBe(name);
          expect(name).not.toMatch(/[,*]|^[._]/);
          expect(elasticsearchAllow.permitsHttp('GET', path)).toBe(true);
        },
      ),
    );
  });
});

describe('names', () => {
  it('show no e-mail address, no telephone number and no long token', () => {
    const secret = fc.constantFrom(
      'jane@example.org',
      '15550100123',
      '0123456789abcdef01234567',
      '5f0c6f6e-7b43-4b8a-9b1d-0123456789ab',
    );
    fc.assert(
      fc.property(fc.constantFrom('', 'user-', 'a_'), secret, (prefix, value) => {
        expect(datasetName(prefix + value)).not.toContain(value);
        expect(fieldName(`customer.${prefix}${value}.email`)).not.toContain(value);
      }),
    );
  });

  it('group counts in threes', () => {
    fc.assert(
      fc.property(fc.nat(), (count) => {
        expect(grouped(count)).toBe(count.toLocaleString('en-US'));
      }),
    );
  });
});

describe('networks', () => {
  it('contain an address exactly when their bits agree', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 1, max: 32 }), (base, other, length) => {
        const bits = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
        const size = 2 ** (32 - length);
        const start = Math.floor(bits(base) / size) * size;
        const text = [24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join('.');
        const address = parseAddress(other);
        if (address === undefined) throw new Error('no address');
        expect(parseNetwork(`${text}/${length}`)?.contains(address)).toBe(
          Math.floor(bits(other) / size) * size === start,
        );
      }),
    );
  });

  it('have one text for every spelling of an IPv6 address', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const address = parseAddress(text);
        expect(address).toBeDefined();
        expect(parseAddress(address?.text ?? '')).toEqual(address);
        expect(parseAddress(text.toUpperCase())).toEqual(address);
      }),
    );
  });
});
