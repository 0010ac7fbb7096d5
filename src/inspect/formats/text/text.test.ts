import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScanner, grammarOf, guessGrammar, looksLikeText, type TextPiece } from './index.ts';

/** Scans a text as a file of the given extension, in chunks of the given size. */
function scan(extension: string, text: string | Buffer, chunk = Number.POSITIVE_INFINITY): TextPiece[] {
  const bytes = Buffer.from(text);
  const found: TextPiece[] = [];
  const grammar = grammarOf(extension);
  if (grammar === undefined) throw new Error(`no grammar for ${extension}`);
  const scanner = createScanner(grammar, (piece) => found.push(piece));
  for (let at = 0; at < bytes.length; at += Math.min(chunk, bytes.length)) scanner.push(bytes.subarray(at, at + chunk));
  scanner.end();
  return found;
}

function named(pieces: TextPiece[]): [string | undefined, string][] {
  return pieces.map(({ name, text }) => [name, text]);
}

describe('code', () => {
  it('gives literals with the key or variable that holds them', () => {
    const js = `const apiUrl = "https://a.example"; x.host='b.example.org:9200'; f("/login"); o={"db":\`mongodb://c.example\`, key:'k.e'}`;
    expect(named(scan('js', js))).toEqual([
      ['apiUrl', 'https://a.example'],
      ['host', 'b.example.org:9200'],
      [undefined, '/login'],
      ['db', 'mongodb://c.example'],
      ['key', 'k.e'],
    ]);
  });

  it('joins a base that is given by name with the paths that follow the name, wherever it is given', () => {
    const js = [
      'a.get(e.apiUrl+"/users/"+t.id);',
      'b.get("".concat(o.default.apiUrl,"/orders"));',
      'c.get(n.apiUrl.concat("/carts"));',
      'd.get(`${environment.apiUrl}/items/${id}`);',
      'f=e.imageHost+"img/a.png";',
      'env={production:!0,apiUrl:"https://api.bluemarket-shop.com/v2",imageHost:"https://img.bluemarket-shop.com/"};',
      '//# sourceMappingURL=index.js.map',
    ].join('\n');
    for (const chunk of [7, 100, js.length]) {
      const joined = scan('js', js, chunk).filter((piece) => piece.joined === true);
      expect(joined.map(({ text, line }) => [line, text])).toEqual([
        [1, 'https://api.bluemarket-shop.com/v2/users/{}'],
        [2, 'https://api.bluemarket-shop.com/v2/orders'],
        [3, 'https://api.bluemarket-shop.com/v2/carts'],
        [4, 'https://api.bluemarket-shop.com/v2/items/{}'],
        [5, 'https://img.bluemarket-shop.com/img/a.png'],
      ]);
    }
  });

  it('joins nothing that is not sure: two bases of a name, short names, names that say nothing, no seam', () => {
    const js = `x={apiUrl:"https://a.example",title:"https://t.example",url:"https://u.example",rootUrl:"https://r.example"};
      y={apiUrl:"https://b.example"}; f(x.apiUrl+"/users"); f(x.title+"/users"); f(x.url+"/users"); f(x.rootUrl+"suffix.x")`;
    expect(scan('js', js).filter((piece) => piece.joined === true)).toEqual([]);
  });

  it('says where: line and byte offset', () => {
    const js = '// ü\n\nvar a = `one\ntwo`;\nvar b = "https://a.example";\n';
    const [piece] = scan('js', js);
    expect(piece).toEqual({ text: 'https://a.example', name: 'b', line: 5, offset: Buffer.from(js).indexOf('https') });
  });

  it('undoes escapes', () => {
    const json = String.raw`{"u":"https:\/\/a.example\/x?a=1\u0026b=2","v":"a\nb.c","w":"\x2fpath/\u{41}","z":"\u{ffffffff}/x"}`;
    expect(scan('json', json).map(({ text }) => text)).toEqual([
      'https://a.example/x?a=1&b=2',
      'a\nb.c',
      '/path/A',
      'u{ffffffff}/x',
    ]);
  });

  it('marks what stands in comments, and takes only addresses there', () => {
    const js =
      'a("/xx"); // see https://doc.example, e.g. this.that\n/* user@example.org\n * @param {x} http://b.example */ b("/yy")';
    expect(named(scan('js', js))).toEqual([
      [undefined, '/xx'],
      ['comment', 'https://doc.example'],
      ['comment', 'user@example.org'],
      ['comment', 'http://b.example'],
      [undefined, '/yy'],
    ]);
    expect(scan('js', js)[3]?.line).toBe(3);
  });

  it('is not led astray by regular expressions and divisions', () => {
    const js = `x=a.replace(/["']/g,"/one");y=b/c/d;z="/two";if(/[/"]/.test(q))r='/three';`;
    expect(scan('js', js).map(({ text }) => text)).toEqual(['/one', '/two', '/three']);
  });

  it('takes addresses that stand outside literals', () => {
    expect(scan('css', 'a{background:url(https://cdn.example.org/i.png)}').map(({ text }) => text)).toEqual([
      'https://cdn.example.org/i.png',
    ]);
  });

  it('recovers at the next line after a quote that is never closed', () => {
    expect(scan('js', `var broken = 'it is\nvar a = "https://a.example";`).map(({ text }) => text)).toEqual([
      'https://a.example',
    ]);
  });

  it('takes the addresses of a literal that is too long to keep', () => {
    const long = `var page = "${'<p class=x>'.repeat(9_000)}<a href=https://a.example/x>${'y'.repeat(200_000)}"; var b = "/after";`;
    for (const chunk of [Number.POSITIVE_INFINITY, 1 << 16, 7_001]) {
      const texts = scan('js', long, chunk).map(({ text }) => text);
      expect(texts).toContain('https://a.example/x');
      expect(texts).toContain('/after');
    }
  });

  it('says the same whatever the chunks', () => {
    const js = Array.from(
      { length: 300 },
      (_, i) =>
        `f${i}({url:"https://a.example/${i}",re:/[/"']+/,t:\`x\ny.z\`}); // http://c.example/${i}\n/* d@e.example */`,
    ).join('');
    const whole = scan('js', js);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_000 }), (chunk) => {
        expect(scan('js', js, chunk)).toEqual(whole);
      }),
      { numRuns: 20 },
    );
    expect(whole).toHaveLength(300 * 3);
  });

  it.each([
    ['slashes', '(/'.repeat(500_000)],
    ['slashes in a class that never closes', '([/'.repeat(300_000)],
    ['quotes', `"'\``.repeat(300_000)],
    ['backslashes', '"\\'.repeat(500_000)],
    ['colons', '://'.repeat(300_000)],
    ['stars', '/*'.repeat(500_000)],
    ['keys', `${'a'.repeat(79)}="b.c"`.repeat(10_000)],
    ['spaces before a literal', `a${' '.repeat(79)}="b.c"`.repeat(10_000)],
  ])('made of %s is read in time', (_what, text) => {
    const started = performance.now();
    for (const extension of ['js', 'html', 'properties', 'txt']) scan(extension, text, 1 << 18);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('markup', () => {
  it('gives attributes, the text of elements, and scripts', () => {
    const html = `<html xmlns="http://www.w3.org/1999/xhtml"><!-- https://c.example --><a
      href='https://a.example/?x=1&amp;y=2'>go</a><access origin="*.example.org"/><string name=url>
      api.example.org </string><p>Read more. See https://d.example.</p>
      <script>var u = "https://s.example"; // http://t.example
      </script><img src=/i.gif></html>`;
    expect(named(scan('html', html))).toEqual([
      ['comment', 'https://c.example'],
      ['href', 'https://a.example/?x=1&y=2'],
      ['origin', '*.example.org'],
      ['string', 'api.example.org'],
      [undefined, 'https://d.example'],
      ['u', 'https://s.example'],
      ['comment', 'http://t.example'],
      ['src', '/i.gif'],
    ]);
    expect(scan('html', html).map(({ line }) => line)).toEqual([1, 2, 2, 3, 3, 4, 4, 5]);
  });

  it('says the same whatever the chunks', () => {
    const html = Array.from(
      { length: 200 },
      (_, i) => `<a href="https://a.example/${i}">x</a>\n<!-- b@c.example -->`,
    ).join('');
    const whole = scan('html', html);
    for (const chunk of [1, 97, 5_000]) expect(scan('html', html, chunk)).toEqual(whole);
    expect(whole).toHaveLength(400);
  });

  it.each([
    ['tags that never close', '<a b="'.repeat(200_000)],
    ['brackets', '<'.repeat(1_000_000)],
    ['scripts', '<script>'.repeat(100_000)],
    ['comments', '<!--'.repeat(200_000)],
    ['one long tag', `<a ${'b=c.d '.repeat(200_000)}>`],
  ])('made of %s is read in time', (_what, text) => {
    const started = performance.now();
    scan('html', text, 1 << 18);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('settings', () => {
  it('gives values with their keys, and marks comments', () => {
    const properties = [
      '# docs: https://c.example',
      'api.url=https\\://a.example/x',
      'DB_URL="postgres://u@db.example:5432/x"',
      '  - endpoint: search.example.org:9200  ',
      'https://bare.example/x y',
      'empty=',
    ].join('\r\n');
    expect(named(scan('properties', properties))).toEqual([
      ['comment', 'https://c.example'],
      ['api.url', 'https://a.example/x'],
      ['DB_URL', 'postgres://u@db.example:5432/x'],
      ['endpoint', 'search.example.org:9200'],
      [undefined, 'https://bare.example/x'],
    ]);
  });

  it('gives the addresses of lines that never end', () => {
    const line = `${'x'.repeat(300_000)} https://a.example/end`;
    expect(scan('txt', line, 1 << 16).map(({ text }) => text)).toEqual(['https://a.example/end']);
  });

  it('takes all that documentation says as comment', () => {
    expect(named(scan('md', 'See https://a.example.'))).toEqual([['comment', 'https://a.example']]);
  });
});

describe('text without a name', () => {
  it('is told from binary data', () => {
    expect(looksLikeText(Buffer.from('a=b\n'))).toBe(true);
    expect(looksLikeText(Buffer.from('größe = 3'))).toBe(true);
    expect(looksLikeText(Buffer.from([0x61, 0, 0x62]))).toBe(false);
    expect(looksLikeText(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x61, 0x61, 0x61, 0x61]))).toBe(false);
    expect(looksLikeText(Buffer.alloc(0))).toBe(false);
  });

  it('is given the grammar that its beginning calls for', () => {
    expect(guessGrammar(Buffer.from('{"a": 1}'))).toBe(grammarOf('json'));
    expect(guessGrammar(Buffer.from('<!DOCTYPE html>'))).toBe(grammarOf('html'));
    expect(guessGrammar(Buffer.from('a.b=c'))).toBe(grammarOf('properties'));
    expect(guessGrammar(Buffer.from('Dear reader'))).toBe(grammarOf('txt'));
  });

  it('with invalid UTF-8 is read all the same', () => {
    const bytes = Buffer.concat([
      Buffer.from('var a="https://a.example/'),
      Buffer.from([0xff, 0xc3]),
      Buffer.from('"'),
    ]);
    expect(scan('js', bytes)[0]?.text).toMatch(/^https:\/\/a\.example\//);
  });
});
