import { describe, expect, it } from 'vitest';
import { normalizeUrl, parseUrl } from './url.ts';

describe('parseUrl', () => {
  it('reads every piece', () => {
    expect(parseUrl('mongodb://u:p@A.example:27017,b.example/shop?x=1#f')).toMatchObject({
      scheme: 'mongodb',
      user: 'u',
      password: 'p',
      host: 'a.example',
      port: 27017,
      more: [{ host: 'b.example' }],
      path: '/shop',
      query: '?x=1',
      fragment: '#f',
      complete: true,
    });
  });

  it.each(['http://', 'https://%s/api', 'https://{host}/api', 'https://${host}/api', 'https://*/*'])(
    'finds no host in the template %s',
    (raw) => {
      const url = parseUrl(raw);
      expect(url?.host).toBeUndefined();
      expect(url?.complete).toBe(false);
    },
  );

  it.each([
    'https://api.bluemarket.example/orders/{id}',
    'https://api.bluemarket.example/orders/%s',
    'https://api.bluemarket.example/orders?key=',
    'http://api.bluemarket.example:',
    'http://img.bluemarket.example/{{ item.icon }}.png',
  ])('keeps the host of %s, which is not complete', (raw) => {
    expect(parseUrl(raw)?.host).toMatch(/bluemarket\.example$/);
    expect(parseUrl(raw)?.complete).toBe(false);
  });

  it.each([
    'http://a b/',
    'http://300.1.1.1/',
    'http://x..y/',
    'http://h:99999/',
    'http://-/',
    'http://(x)/',
    'nothing',
  ])('refuses %s', (raw) => {
    expect(parseUrl(raw)).toBeUndefined();
  });

  it('reads IPv6 addresses and international names', () => {
    expect(parseUrl('http://[2001:DB8::1]:9200/')).toMatchObject({ host: '[2001:db8::1]', port: 9200 });
    expect(parseUrl('https://bücher.example/')?.host).toBe('xn--bcher-kva.example');
  });
});

describe('normalizeUrl', () => {
  it.each([
    ['HTTPS://API.Bluemarket.example:443', 'https://api.bluemarket.example/'],
    ['http://api.bluemarket.example:8080?x', 'http://api.bluemarket.example:8080/?x'],
    ['redis://cache.bluemarket.example:6379', 'redis://cache.bluemarket.example'],
    ['https://%s/api', 'https://%s/api'],
  ])('%s becomes %s', (raw, url) => {
    const parsed = parseUrl(raw);
    expect(parsed && normalizeUrl(parsed)).toBe(url);
  });
});
