import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bluemarketCheckReport } from '../../test/golden/fixtures/check-report.ts';
import { render } from './index.ts';
import { cleaned, plain, plainLines } from './untrusted.ts';

/** What a terminal or a reader could be fooled by. Escapes of our own colours are not among the output tested here. */
const DANGEROUS =
  /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]|[\ud800-\udfff]/u;

test('terminal escapes, bidirectional controls and line breaks do not survive', async () => {
  expect(plain('\u001b[31mred\u001b[0m')).toBe('red');
  expect(plain('\u001b]8;;https://phish.example\u0007click\u001b]8;;\u0007')).toBe('click');
  expect(plain('photo\u202egpj.exe')).toBe('photogpj.exe');
  expect(plain('ok\n0 exposed\r\tall clean')).toBe('ok 0 exposed all clean');
  expect(plain('a\u200bb\u{e0041}c\ufeff')).toBe('abc');
  expect(plain('half \ud800 pair')).toBe('half \ufffd pair');
  expect(plain('日本語 – “ok” 🙂')).toBe('日本語 – “ok” 🙂');
});

test('text of several lines keeps its lines and nothing else', async () => {
  expect(plainLines('a: 1\r\nb:\t2\u001b[2J\n')).toBe('a: 1\nb:\t2\n');
});

test('a cleaned report keeps its shape, also with keys that an object has by itself', async () => {
  const report = JSON.parse(
    '{"__proto__":"\\u001b[1mx","list":[{"edits":[{"start":1,"end":2,"text":"a\\nb"}]}],"none":null,"n":3}',
  );
  const copy = cleaned(report);
  expect(Object.keys(copy)).toEqual(['__proto__', 'list', 'none', 'n']);
  expect(JSON.stringify(copy)).toBe(
    '{"__proto__":"x","list":[{"edits":[{"start":1,"end":2,"text":"a\\nb"}]}],"none":null,"n":3}',
  );
});

test('no string of a report reaches the terminal, Markdown or HTML with something dangerous in it', async () => {
  const hostile = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => `${text}\u001b[2J\u202e\u0007`);
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      const report = bluemarketCheckReport();
      const [story] = report.stories;
      if (story === undefined) throw new Error('the fixture has stories');
      Object.assign(story, { headline: text, unknowns: [text] });
      for (const task of story.tasks) for (const patch of task.patches) patch.title = text;
      for (const asset of report.assets)
        if (asset.kind === 'store') Object.assign(asset, { service: text, version: text });
      report.skips.push({ subject: text, code: text, reason: text, severity: 'incomplete' });
      for (const format of ['terminal', 'markdown', 'html'] as const)
        expect(await render(format, report)).not.toMatch(DANGEROUS);
    }),
    { numRuns: 60 },
  );
});

test('JSON keeps every character and still does nothing to a terminal', async () => {
  const report = bluemarketCheckReport();
  report.vantage = 'a\u001b[2J\u009b31m\u202e\u{e0041}\u007f';
  const text = await render('json', report);
  expect(text).not.toMatch(DANGEROUS);
  expect(JSON.parse(text).vantage).toBe(report.vantage);
});
