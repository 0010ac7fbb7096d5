import { describe, expect, it } from 'vitest';
import { scanUrls } from './scan-urls.ts';

function scan(text: string): string[] {
  const found: string[] = [];
  scanUrls(text, ({ raw }) => found.push(raw));
  return found;
}

describe('scanUrls', () => {
  it('takes a literal whole, also what a sentence would strip', () => {
    expect(scan('https://opentdb.example/api.php?amount=9&category=')).toEqual([
      'https://opentdb.example/api.php?amount=9&category=',
    ]);
    expect(scan('http://')).toEqual(['http://']);
  });

  it.each([
    ['see https://a.example/x.', 'https://a.example/x'],
    ['(https://a.example/x)', 'https://a.example/x'],
    ['[a](https://a.example/x_(y)) b', 'https://a.example/x_(y)'],
    ["a='http://localhost:8081/';o.exports=f", 'http://localhost:8081/'],
    ['<a href="https://a.example/?q=1&amp;b=2">', 'https://a.example/?q=1&amp;b=2'],
    ['{"u":"https:\\/\\/a.example\\/v1"}', 'https://a.example/v1'],
    ['jdbc:mysql://db.example:3306/x', 'mysql://db.example:3306/x'],
    ['img http://a.example/{{ w.icon }}.png end', 'http://a.example/{{ w.icon }}.png'],
  ])('finds the address in %s', (text, url) => {
    expect(scan(text)).toEqual([url]);
  });

  it('finds nested addresses too', () => {
    expect(scan('https://proxy.example/?https://api.example/x')).toEqual([
      'https://proxy.example/?https://api.example/x',
      'https://api.example/x',
    ]);
  });

  it.each(['content://media/x', 'file:///etc/passwd', 'android-app://x', 'xhttp://a.example', '/^https?:\\/\\/(.*)/'])(
    'finds nothing in %s',
    (text) => {
      expect(scan(text)).toEqual([]);
    },
  );

  it('looks at each separator once, however many there are', () => {
    const calls = { count: 0 };
    scanUrls('http://'.repeat(200_000), () => {
      calls.count++;
    });
    expect(calls.count).toBeLessThanOrEqual(200_000);
    scanUrls('://'.repeat(1_000_000), () => {
      throw new Error('there is no scheme');
    });
  });
});
