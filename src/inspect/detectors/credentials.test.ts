import { describe, expect, it } from 'vitest';
import { createCredentials } from './credentials.ts';
import { createEndpoints } from './endpoints.ts';
import { createPlaceBudget } from './evidence.ts';
import type { PlaceJudgement } from './place.ts';

const APP: PlaceJudgement = { origin: 'app', reason: 'a test' };

function inUrl(text: string, place = APP) {
  const budget = createPlaceBudget();
  const endpoints = createEndpoints(() => place, budget);
  endpoints.take({ text, entry: 'www/a.js', via: 'text' });
  const credentials = createCredentials(() => place, budget);
  return credentials.finish(endpoints.judge({ appId: '' }), new Uint8Array(32))(true);
}

describe('what stands in an address', () => {
  it.each([
    ['https://shop:h4rd-c0ded@api.bluemarket-shop.com/', 'h4rd-c0ded'],
    ['mongodb://shop:h4rd-c0ded@localhost/shop', 'h4rd-c0ded'],
    ['mongodb://shop:h4rd-c0ded@127.0.0.1/shop', 'h4rd-c0ded'],
    ['https://api.bluemarket-shop.com/v1?api_key=aB3dE5gH7jK9', 'aB3dE5gH7jK9'],
  ])('is a credential: %s', (url, value) => {
    expect(inUrl(url)).toMatchObject([{ value }]);
  });

  it.each([
    'https://user:h4rd-c0ded@example.com/',
    'https://shop:h4rd-c0ded@your-server.com/',
    'https://api.bluemarket-shop.com/v1?token=${token}',
    'https://api.bluemarket-shop.com/v1?appid={application_id}',
    'https://api.bluemarket-shop.com/v1?key=%s&access_token=%1$s',
    'https://shop:${password}@api.bluemarket-shop.com/',
    'https://shop:#{password}@api.bluemarket-shop.com/',
  ])('is none: %s', (url) => {
    expect(inUrl(url)).toEqual([]);
  });

  it('of a documentation is not called a secret', () => {
    const place: PlaceJudgement = { origin: 'documentation', reason: 'in a comment' };
    expect(inUrl('https://shop:h4rd-c0ded@api.bluemarket-shop.com/', place)).toMatchObject([
      { sensitivity: 'unknown' },
    ]);
  });
});
