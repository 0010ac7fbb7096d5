import { beforeAll, describe, expect, it } from 'vitest';
import { sourceOf } from '../../source.ts';
import { recognise } from '../index.ts';
import type { Principal } from './evaluate.ts';
import { effective, type RtdbDocument, rtdbFormat } from './read.ts';

beforeAll(() => rtdbFormat.prepare?.());

function read(rules: unknown): RtdbDocument {
  const { document, skips } = rtdbFormat.read(sourceOf('database.rules.json', JSON.stringify({ rules })), {
    text: () => null,
  });
  expect(skips).toEqual([]);
  return document;
}

function answers(condition: string): string[] {
  const place = read({ users: { $uid: { '.read': condition } } }).places.at(-1);
  if (place === undefined) throw new Error('no place');
  return (['stranger', 'anyone', 'owner'] as const).map((one: Principal) => effective(place, '.read', one).answer);
}

describe('rules of the Realtime Database', () => {
  it('are told by what stands in them', () => {
    expect(recognise('bolt.json', '// c\n{ "rules": { ".read": true } }')).toBe('firebase-rtdb');
    expect(recognise('tslint.json', '{ "rules": { "no-any": true } }')).not.toBe('firebase-rtdb');
    expect(recognise('x.json', '{ "rules": [{ ".read": 1 }] }')).not.toBe('firebase-rtdb');
    expect(recognise('doc.yaml', 'a: |\n  { "rules": { ".read": true } }')).not.toBe('firebase-rtdb');
  });

  const CASES: readonly [string, string, string, string][] = [
    ['true', 'yes', 'yes', 'yes'],
    ['auth != null', 'no', 'yes', 'yes'],
    ['auth.uid != null', 'no', 'yes', 'yes'],
    ['auth == null || auth !== null', 'yes', 'yes', 'yes'],
    ['$uid === auth.uid', 'no', 'maybe', 'yes'],
    ["data.child('owner').val() === auth.uid", 'no', 'maybe', 'maybe'],
    ["data.child('members').hasChild(auth.uid)", 'no', 'maybe', 'maybe'],
    ["root.child('admins/' + auth.uid).exists()", 'no', 'maybe', 'maybe'],
    ["root.child('open').val() == true", 'maybe', 'maybe', 'maybe'],
    ['auth.token.admin === true', 'no', 'maybe', 'maybe'],
    ["auth.provider == 'anonymous'", 'no', 'can', 'can'],
    ['now < 32472144000000', 'yes', 'yes', 'yes'],
    ['now < 1577836800000', 'no', 'no', 'no'],
    ["newData.child('a').val().matches(/^[a-z]+$/)", 'can', 'can', 'can'],
    ['!(auth == null)', 'no', 'yes', 'yes'],
  ];
  for (const [condition, ...expected] of CASES) {
    it(`evaluates ${condition}`, () => expect(answers(condition)).toEqual(expected));
  }

  it('cascade: what is granted above holds below', () => {
    const { places } = read({ '.read': 'auth != null', a: { '.read': false, b: { '.read': 'false' } } });
    const deepest = places.find(({ path }) => path === '/a/b');
    expect(deepest && effective(deepest, '.read', 'anyone').answer).toBe('yes');
    expect(deepest && effective(deepest, '.read', 'stranger').answer).toBe('no');
  });

  it('says which condition is not understood', () => {
    const source = sourceOf('x', '{\n"rules": {\n".read": "auth !== ",\n".write": false } }');
    const { status, skips } = rtdbFormat.read(source, { text: () => null });
    expect(status).toBe('partial');
    expect(skips[0]?.subject).toBe('x:3');
  });
});
