import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SealContent } from '../contract/store.ts';
import { createSealer, type SealKey } from './sealer.ts';

const NOW = 1_800_000_000_000;
const keyOf = (id: string, fill: number): SealKey => ({ id, key: new Uint8Array(32).fill(fill) });
const CURRENT = keyOf('0a0b0c0d', 1);
const content: SealContent = {
  kind: 'scroll',
  id: 'FGluY2x1ZGVfY29udGV4dF91dWlk==',
  principal: 'token:https://id.example/:u1',
  confirmation: null,
  upstream: 'shop',
  indices: ['profiles'],
  grants: ['h1'],
  expiresAt: NOW + 60_000,
  state: '{"version":1}',
};
const sealer = createSealer({ current: CURRENT, previous: [] }, { now: () => NOW });

describe('createSealer', () => {
  it('opens what it sealed, whatever the content', () => {
    fc.assert(
      fc.property(
        fc.record({
          id: fc.string({ maxLength: 300 }),
          principal: fc.string(),
          confirmation: fc.option(fc.string()),
          upstream: fc.string(),
          state: fc.string(),
          pairs: fc.array(fc.tuple(fc.string(), fc.string()), { minLength: 1, maxLength: 4 }),
        }),
        ({ pairs, ...rest }) => {
          const sealed: SealContent = {
            kind: 'pit',
            ...rest,
            indices: pairs.map(([index]) => index),
            grants: pairs.map(([, grant]) => grant),
            expiresAt: NOW + 1,
          };
          expect(sealer.open(sealer.seal(sealed), 'pit')).toEqual(sealed);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('seals the same content differently each time, in base64url without padding', () => {
    const [one, two] = [sealer.seal(content), sealer.seal(content)];
    expect(one).not.toBe(two);
    expect(one).toMatch(/^psg1[\w-]+$/);
  });

  it('does not open a text in which any character was changed, cut off or added (B147)', () => {
    const text = sealer.seal(content);
    for (let at = 0; at < text.length; at++) {
      const other = text[at] === 'A' ? 'B' : 'A';
      expect(sealer.open(text.slice(0, at) + other + text.slice(at + 1), 'scroll')).toBeUndefined();
      expect(sealer.open(text.slice(0, at), 'scroll')).toBeUndefined();
    }
    for (const added of ['A', '=', '==', ' ', '\n', '.'])
      expect(sealer.open(text + added, 'scroll'), added).toBeUndefined();
  });

  it('does not open another spelling of the same bytes', () => {
    for (let n = 0; n < 3; n++) {
      const text = sealer.seal({ ...content, state: 'x'.repeat(n) });
      expect(sealer.open(Buffer.from(text, 'base64url').toString('base64'), 'scroll')).toSatisfy(
        (opened) => opened === undefined || !/[+/=]/.test(Buffer.from(text, 'base64url').toString('base64')),
      );
      // The last character carries bits that no byte uses, unless the length is a multiple of three.
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      const spelled = [...alphabet].filter((last) => sealer.open(text.slice(0, -1) + last, 'scroll') !== undefined);
      expect(spelled).toEqual([text.at(-1)]);
    }
  });

  it('does not open as another kind', () => {
    const text = sealer.seal(content);
    expect(sealer.open(text, 'pit')).toBeUndefined();
    expect(sealer.open(text, 'sort')).toBeUndefined();
  });

  it('does not open what has expired', () => {
    const text = sealer.seal({ ...content, expiresAt: NOW });
    expect(sealer.open(text, 'scroll')).toBeUndefined();
  });

  it('opens under a previous key, and not under an unknown one of the same bytes or the same id', () => {
    const text = createSealer({ current: CURRENT, previous: [] }).seal({ ...content, expiresAt: Date.now() + 60_000 });
    const next = keyOf('11111111', 2);
    expect(createSealer({ current: next, previous: [CURRENT] }).open(text, 'scroll')?.id).toBe(content.id);
    expect(createSealer({ current: next, previous: [] }).open(text, 'scroll')).toBeUndefined();
    expect(createSealer({ current: next, previous: [keyOf(CURRENT.id, 9)] }).open(text, 'scroll')).toBeUndefined();
    const renamed = { ...CURRENT, id: '22222222' };
    expect(createSealer({ current: next, previous: [renamed] }).open(text, 'scroll')).toBeUndefined();
  });

  it('takes a new data key after the given number of seals, and still opens what the old one sealed', () => {
    const short = createSealer({ current: CURRENT, previous: [] }, { now: () => NOW, sealsPerDataKey: 2 });
    const texts = [1, 2, 3, 4, 5].map(() => short.seal(content));
    const salts = texts.map((text) => Buffer.from(text, 'base64url').toString('hex', 7, 23));
    expect(new Set(salts).size).toBe(3);
    for (const text of texts) {
      expect(short.open(text, 'scroll')).toEqual(content);
      expect(sealer.open(text, 'scroll')).toEqual(content);
    }
  });

  it('refuses keys that cannot be told apart or are of another length', () => {
    expect(() => createSealer({ current: CURRENT, previous: [CURRENT] })).toThrow(RangeError);
    expect(() => createSealer({ current: { id: 'x', key: CURRENT.key }, previous: [] })).toThrow(RangeError);
    expect(() => createSealer({ current: { id: CURRENT.id, key: new Uint8Array(16) }, previous: [] })).toThrow(
      RangeError,
    );
  });

  it('opens nothing for arbitrary text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String({ maxLength: 400 })), (text) => {
        expect(sealer.open(text, 'scroll')).toBeUndefined();
        expect(sealer.open(`psg1${text}`, 'scroll')).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});
