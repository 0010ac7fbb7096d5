import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskSecret, namePattern, redactUrl } from './redact.ts';

const SECRET = 'Zq7hunter2and8more9';

describe('redactUrl', () => {
  it.each([
    `https://shop:${SECRET}@api.example/v1`,
    `https://${SECRET}@api.example/42`,
    `https://${SECRET}:x-oauth-basic@api.example/repo.git`,
    `https://shop:${SECRET}@more@api.example/`,
    `https://shop:ab@${SECRET}@api.example/`,
    `https://shop:ab/${SECRET}@api.example/`,
    `https://shop:ab?${SECRET}@api.example/`,
    `https://shop:ab#${SECRET}@api.example/`,
    `mongodb://shop:${SECRET}@a.example:27017,b.example:27017/shop`,
    `jdbc:postgresql://shop:${SECRET}@db.example/shop`,
    `see https://a.example/ and redis://:${SECRET}@cache.example "here"`,
    `https://proxy.example/?to=https://shop:${SECRET}@api.example/`,
    `https://a.example/?api_key=${SECRET}`,
    `https://a.example/?a=b?token=${SECRET}`,
    `https://a.example/?token=a?${SECRET}`,
    `https://a.example/?api%5Fkey=${SECRET}`,
    `https://a.example/?accessToken=${SECRET}`,
    `https://a.example/?auth[token]=${SECRET}`,
    `https://a.example/?x=1&amp;secret=${SECRET}`,
    `https://a.example/?to=https://b.example/?key=${SECRET}`,
    `https://a.example/cb#access_token=${SECRET}&token_type=bearer`,
    `https://a.example/cb#id=1&clientSecret=${SECRET}`,
    `jdbc:sqlserver://db.example:1433;user=sa;password=${SECRET}`,
    `https://a.example/?X-Amz-Signature=${SECRET}`,
    `https://a.example/?token={x}${SECRET}`,
    `https://\${user}:${SECRET}@a.example/`,
  ])('hides the secret of %s', (url) => {
    expect(redactUrl(url)).not.toContain(SECRET.slice(4));
  });

  it.each([
    'https://api.example/v1?page=2&sort=name',
    'https://api.example:9200/_search?size=0#top',
    'https://api.example/@handle',
    'https://api.example:8080/@handle',
    'https://{host}:{port}/users/{id}@2x.png',
    'http://[::1]:9200/a@b',
    'https://api.example/a?monkey=1&design=flat',
    '/api/user/login',
    'mailto:shop@example.org',
    'https://a.example/?token=${token}&page=2',
    'https://a.example/?appid={key}',
    'https://a.example/?key=%s&q=%1$s',
    'https://a.example/?key={{ apiKey }}',
    'https://${user}:${password}@a.example/',
    'https://{token}@a.example/',
    'postgres://shop:%s@db.example/shop',
  ])('leaves %s alone', (url) => {
    expect(redactUrl(url)).toBe(url);
  });

  it('keeps what tells a person which login it is, and drops names that are secrets or people', () => {
    expect(redactUrl('postgres://shop:abc@db.example/shop')).toBe('postgres://shop:***@db.example/shop');
    expect(redactUrl('smtp://jane@example.org:abc@mail.example')).toBe('smtp://***:***@mail.example');
  });

  it('gives the same when asked twice', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
        const once = redactUrl(url.replace('://', `://u:${SECRET}@`));
        expect(once).not.toContain(SECRET);
        expect(redactUrl(once).length).toBeLessThanOrEqual(once.length + 64);
      }),
    );
  });

  it('takes time in proportion to hostile text', () => {
    const seeds = ['?', '&', '#', '://', '://a:b/', '?a', '=', '?key=', '@', 'a:b@', '%41', '?%41='];
    for (const seed of seeds) {
      const text = `https://a.example/${seed.repeat(Math.ceil(2_000_000 / seed.length))}`;
      const start = process.cpuUsage();
      redactUrl(text);
      const { user } = process.cpuUsage(start);
      expect(user / 1000, seed).toBeLessThan(2_000);
    }
  });
});

describe('maskSecret', () => {
  it('shows at most four characters, and none of a short secret', () => {
    expect(maskSecret(SECRET)).toBe('Zq7h…[19]');
    expect(maskSecret('short')).toBe('…[5]');
  });
});

it('does not take a value in braces for a template', () => {
  expect(redactUrl('https://a.example/?key={6F9619FF-8B86-D011-B42D-00CF4FC964FF}')).toContain('key={6F9…[38]');
  expect(redactUrl('https://a.example/?key={a1b2c3d4e5}')).not.toContain('a1b2');
});

describe('namePattern', () => {
  it.each([
    ['user:4711:email', 'user:*:email'],
    ['photos/jane@example.org.jpg', 'photos/*'],
    ['photos/20250927.jpg', 'photos/*.jpg'],
    ['session:9f8e7d6c5b4a', 'session:*'],
  ])('%s is shown as %s', (name, pattern) => {
    expect(namePattern(name)).toBe(pattern);
  });

  it('takes time in proportion to hostile names', () => {
    for (const seed of ['.', '.a', ':', 'a', '4', '@', '.aaaaaa']) {
      const start = process.cpuUsage();
      namePattern(seed.repeat(2_000_000));
      expect(process.cpuUsage(start).user / 1000, seed).toBeLessThan(2_000);
    }
  });
});
