import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../contract/refusal.ts';
import { withoutPrefix, withPrefix } from './namespace.ts';

const namespace = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !text.includes(':'));
const id = fc.string({ minLength: 1, maxLength: 40 });

describe('ids in a namespace', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(namespace, id, (name, text) => {
        fc.pre(text !== '.' && text !== '..' && !text.startsWith(`${name}:`));
        expect(withoutPrefix(`${name}:`, withPrefix(`${name}:`, text))).toBe(text);
      }),
    );
  });

  it('of two namespaces never meet', () => {
    fc.assert(
      fc.property(namespace, id, namespace, id, (one, text, other, text2) => {
        fc.pre(one !== other);
        fc.pre([text, text2].every((each) => each !== '.' && each !== '..'));
        fc.pre(!text.startsWith(`${one}:`) && !text2.startsWith(`${other}:`));
        const stored = withPrefix(`${one}:`, text);
        expect(stored).not.toBe(withPrefix(`${other}:`, text2));
        expect(withoutPrefix(`${other}:`, stored)).toBeUndefined();
      }),
    );
  });

  it('are refused when they are empty, steps of a path, too long, no Unicode, or in the namespace already', () => {
    for (const text of ['', '.', '..', 'x'.repeat(511), 'é'.repeat(255), '\ud800', 't1:x'])
      expect(() => withPrefix('t1:', text), text.slice(0, 5)).toThrow(Refusal);
    expect(withPrefix('', 't1:x')).toBe('t1:x');
  });
});
