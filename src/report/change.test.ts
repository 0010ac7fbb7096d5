import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { SettingEvidence } from '../core/evidence.ts';
import type { Patch, TextEdit } from '../core/patch.ts';
import { type Change, changeOf } from './change.ts';

const SETTING: SettingEvidence = {
  kind: 'setting',
  path: 'redis.conf',
  pointer: 'bind',
  actual: '0.0.0.0',
  expected: '127.0.0.1',
  line: 7,
};

function changed(source: string, edits: TextEdit[], known = source): Change {
  const sha256 = createHash('sha256').update(known).digest('hex');
  const patch: Patch = { path: 'redis.conf', sha256, edits, title: 't', blastRadius: 'b', needsConfirmation: false };
  return changeOf(patch, [SETTING], Buffer.from(source));
}

function lines({ lines: all }: Change): string[] {
  return all.map(({ sign, text }) => sign + text);
}

test('shows the changed lines, before and after, and none of their neighbours', () => {
  const source = 'requirepass example-neighbour\nbind 0.0.0.0\nport 6379\n';
  const change = changed(source, [{ start: 35, end: 42, text: '127.0.0.1' }]);
  expect(lines(change)).toEqual(['-bind 0.0.0.0', '+bind 127.0.0.1']);
  expect(change.line).toBe(2);
  expect(JSON.stringify(change)).not.toContain('neighbour');
});

test('an insertion of lines shows only what is new', () => {
  expect(lines(changed('a\nb\n', [{ start: 2, end: 2, text: 'x\ny\n' }]))).toEqual(['+x', '+y']);
});

test('edits that touch one line are one change, edits far apart are two', () => {
  expect(
    lines(
      changed('one two\nthree\nfour\n', [
        { start: 0, end: 3, text: '1' },
        { start: 4, end: 7, text: '2' },
      ]),
    ),
  ).toEqual(['-one two', '+1 2']);
  expect(
    lines(
      changed('one\ntwo\nthree\n', [
        { start: 8, end: 13, text: '3' },
        { start: 0, end: 3, text: '1' },
      ]),
    ),
  ).toEqual(['-one', '+1', '-three', '+3']);
});

test('offsets count UTF-16 units, as the audit made them', () => {
  const source = '# 🙂\nbind 0.0.0.0\n';
  const start = source.indexOf('0.0.0.0');
  expect(lines(changed(source, [{ start, end: start + 7, text: '::1' }]))).toEqual(['-bind 0.0.0.0', '+bind ::1']);
});

test.each([
  ['requirepass example-not-a-secret', 'requirepass …[20]'],
  ['  ELASTIC_PASSWORD: "example-not-a-secret"', '  ELASTIC_PASSWORD: "exam…[20]"'],
  ['url: postgres://shop:example1@db/shop', 'url: postgres://shop:***@db/shop'],
  ['password_encryption = scram-sha-256', 'password_encryption = scram-sha-256'],
  ['passwordFile: /run/secrets/es', 'passwordFile: /run/secrets/es'],
  ['password: $ES_PASSWORD', 'password: $ES_PASSWORD'],
  ['xpack.security.enabled: true', 'xpack.security.enabled: true'],
])('a secret on a changed line is masked: %s', (line, shown) => {
  const expected = shown.replace('requirepass …[20]', 'requirepass exam…[20]');
  expect(lines(changed(`${line}\n`, [{ start: 0, end: line.length, text: '' }]))[0]).toBe(`-${expected}`);
});

test('a file that changed since the audit is not read: the setting tells instead', () => {
  const change = changed('bind 10.0.0.1\n', [{ start: 5, end: 12, text: '127.0.0.1' }], 'bind 0.0.0.0\n');
  expect(lines(change)).toEqual(['-bind: 0.0.0.0', '+bind: 127.0.0.1']);
  expect(change.line).toBe(7);
});

test('a patch whose edits lie outside of the file shows the setting', () => {
  expect(lines(changed('bind\n', [{ start: 90, end: 99, text: 'x' }]))).toEqual(['-bind: 0.0.0.0', '+bind: 127.0.0.1']);
});

test('a very long change is cut, and says by how much', () => {
  const change = changed('a\n', [
    { start: 0, end: 1, text: Array.from({ length: 60 }, (_, index) => `l${index}`).join('\n') },
  ]);
  expect(change.lines).toHaveLength(24);
  expect(change.more).toBe(37);
});
