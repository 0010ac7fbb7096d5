import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RECEIPT_SCHEMA, RECEIPT_SCHEMA_1, type ReceiptBody } from '../core/contract/receipt.ts';
import { canonicalJson } from './canonical.ts';
import { signReceipt, verifyReceipt } from './receipt.ts';
import { generateSigningKey } from './signing-key.ts';
import { STATEMENT_SCHEMA, type StatementBody, signStatement, verifyStatement } from './statement.ts';

const key = generateSigningKey();
const stranger = generateSigningKey();

const BODY: ReceiptBody = {
  schema: RECEIPT_SCHEMA,
  tool: { name: 'postern', version: '0.1.0' },
  issuedAt: '2026-03-01T12:00:00.000Z',
  vantage: 'office',
  scopeHash: 'a'.repeat(64),
  reportHash: 'b'.repeat(64),
  stories: [
    {
      id: 'c'.repeat(32),
      headline: 'Elasticsearch stands open',
      before: 'exposed',
      state: 'closed',
      reason: 'every attempt ended in refused',
      rules: ['probe/elasticsearch-open'],
      attempts: [
        {
          host: 'shop.example',
          address: '203.0.113.7',
          port: 9200,
          service: 'elasticsearch',
          request: 'GET /',
          verdict: 'refused',
          at: '2026-03-01T12:00:00.000Z',
        },
      ],
      control: { kind: 'authorized', detail: 'logged in', ok: true, at: '2026-03-01T12:00:00.000Z' },
    },
  ],
};

/** Every place in a JSON value, as a path. */
function paths(value: unknown, at: (string | number)[] = []): (string | number)[][] {
  if (Array.isArray(value)) return [at, ...value.flatMap((item, index) => paths(item, [...at, index]))];
  if (typeof value === 'object' && value !== null) {
    return [at, ...Object.entries(value).flatMap(([name, item]) => paths(item, [...at, name]))];
  }
  return [at];
}

function tampered(document: unknown, path: readonly (string | number)[], value: unknown): unknown {
  if (path.length === 0) return value;
  const copy: unknown = structuredClone(document);
  let here = copy;
  for (const name of path.slice(0, -1)) here = Reflect.get(Object(here), name);
  if (value === undefined) Reflect.deleteProperty(Object(here), path.at(-1) ?? '');
  else Reflect.set(Object(here), path.at(-1) ?? '', value);
  return copy;
}

describe('receipts', () => {
  const receipt = signReceipt(BODY, key);

  it('give their body back under a pinned key, also after a trip through JSON with other key order', () => {
    const shuffled: unknown = JSON.parse(JSON.stringify({ signature: receipt.signature, body: receipt.body }, null, 2));
    expect(verifyReceipt(shuffled, [stranger.publicKey, key.publicKey])).toEqual(BODY);
  });

  it('of the first version hold as they did, and what the second added is not read from them', () => {
    const first = { ...BODY, schema: RECEIPT_SCHEMA_1 } satisfies ReceiptBody;
    expect(verifyReceipt(signReceipt(first, key), [key.publicKey])).toEqual(first);
    const through = {
      gateway: 'search.example:9443',
      stranger: { asked: 8, status: 401 },
      control: { detail: 'answered', ok: true, at: BODY.issuedAt },
      attempts: { tried: 1, refused: 1, narrowed: 0, answered: [], unclear: [] },
      observed: [],
    };
    const stories = BODY.stories.map((story) => ({ ...story, through }));
    const second = { ...BODY, stories } satisfies ReceiptBody;
    expect(verifyReceipt(signReceipt(second, key), [key.publicKey])).toEqual(second);
    expect(verifyReceipt(signReceipt({ ...first, stories }, key), [key.publicKey])).toEqual(first);
  });

  it('are worth nothing without a pinned key, whatever key they carry', () => {
    expect(() => verifyReceipt(receipt, [])).toThrow('no key is pinned');
    expect(() => verifyReceipt(receipt, [stranger.publicKey])).toThrow('not pinned');
    expect(() => verifyReceipt(receipt, ['damaged', `${key.publicKey}=`])).toThrow('not pinned');
  });

  it('fail when any field is changed, removed or added', () => {
    const places = paths(receipt);
    expect(places.length).toBeGreaterThan(30);
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), (path, value) => {
        const other = tampered(receipt, path, value);
        fc.pre(canonicalJson(other) !== canonicalJson(receipt));
        expect(() => verifyReceipt(other, [key.publicKey])).toThrow(
          expect.objectContaining({ code: 'E_RECEIPT_INVALID' }),
        );
      }),
      { numRuns: 500 },
    );
    for (const path of places.slice(1)) {
      expect(() => verifyReceipt(tampered(receipt, path, undefined), [key.publicKey])).toThrow(/not trusted/);
    }
    for (const path of [[], ['body'], ['signature'], ['body', 'stories', 0]]) {
      expect(() => verifyReceipt(tampered(receipt, [...path, 'extra'], 1), [key.publicKey])).toThrow(/not trusted/);
    }
  });

  it('fail when one character of the signature is written differently though it decodes the same', () => {
    const { value } = receipt.signature;
    for (const other of [`${value}=`, `${value} `, value.replaceAll('-', '+').replaceAll('_', '/'), `${value}A`]) {
      if (other === value) continue;
      expect(() => verifyReceipt(tampered(receipt, ['signature', 'value'], other), [key.publicKey])).toThrow(/damaged/);
    }
  });

  it('fail on what is no receipt at all without throwing anything else', () => {
    let deep: unknown = [];
    for (let i = 0; i < 50_000; i++) deep = [deep];
    const hostile: unknown[] = [
      null,
      1,
      'x',
      [],
      {},
      { body: {}, signature: {} },
      { body: { deep }, signature: receipt.signature },
    ];
    for (const document of hostile) {
      expect(() => verifyReceipt(document, [key.publicKey])).toThrow(
        expect.objectContaining({ code: 'E_RECEIPT_INVALID' }),
      );
    }
  });
});

describe('scope statements', () => {
  const body: StatementBody = {
    schema: STATEMENT_SCHEMA,
    issuer: 'Example hosting',
    issuedAt: '2026-01-01T00:00:00Z',
    expires: '2026-06-01T00:00:00Z',
    targets: [{ host: 'shop.example', addresses: ['203.0.113.7'] }],
  };
  const statement = signStatement(body, key);

  it('hold from their issue until they expire', () => {
    const at = (when: string) => () => verifyStatement(statement, [key.publicKey], new Date(when));
    expect(at('2026-05-31T23:59:59Z')()).toEqual(body);
    expect(at('2026-06-01T00:00:00Z')).toThrow('expired');
    expect(at('2025-12-31T23:59:59Z')).toThrow('future');
  });

  it('fail with E_AUTHORITY when changed or signed by a stranger', () => {
    const now = new Date('2026-02-01T00:00:00Z');
    const wider = tampered(statement, ['body', 'targets', 0, 'host'], 'other.example');
    for (const [document, pinned] of [
      [wider, key.publicKey],
      [statement, stranger.publicKey],
    ] as const) {
      expect(() => verifyStatement(document, [pinned], now)).toThrow(expect.objectContaining({ code: 'E_AUTHORITY' }));
    }
  });

  it('are no receipts, and receipts are no statements, though one key signs both', () => {
    expect(() => verifyReceipt(statement, [key.publicKey])).toThrow('not a receipt');
    expect(() => verifyStatement(signReceipt(BODY, key), [key.publicKey], new Date())).toThrow('not a scope statement');
  });
});

describe('canonicalJson', () => {
  // RFC 8785 §3.2.3 and appendix B.
  it('sorts keys by UTF-16 units and writes numbers as ECMAScript does', () => {
    expect(canonicalJson({ '\u20ac': 1, '\r': 2, '1': 3, '\u0080': 4, '\u00f6': 5, '\ud83d\ude00': 6 })).toBe(
      '{"\\r":2,"1":3,"\u0080":4,"\u00f6":5,"\u20ac":1,"\ud83d\ude00":6}',
    );
    // biome-ignore lint/correctness/noPrecisionLoss: the example of RFC 8785 is about just that
    expect(canonicalJson([333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001, -0])).toBe(
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    );
  });

  it('refuses what JSON cannot say', () => {
    expect(() => canonicalJson(undefined)).toThrow(TypeError);
    expect(() => canonicalJson({ x: Number.NaN })).toThrow();
  });
});
