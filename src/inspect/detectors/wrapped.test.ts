import { describe, expect, it } from 'vitest';
import { encodedUrls, unwrapBase64 } from './wrapped.ts';

describe('unwrapBase64', () => {
  it.each([
    'http://api.bluemarket.example/v1',
    'https://api.bluemarket.example',
    'wss://live.bluemarket.example/x',
    'mongodb://db.bluemarket.example/x',
    'redis://c.example:6379',
  ])('finds %s in base64', (url) => {
    expect(unwrapBase64(Buffer.from(url).toString('base64'))).toBe(url);
    expect(unwrapBase64(Buffer.from(url).toString('base64url'))).toBe(url);
  });

  it.each(['aHR0cA==', 'aHR0cAAAAAAAAAAAAAAA', 'YW1xcABCDEFGHIJKLMNOP', 'plain text of no kind'])(
    'finds none in %s',
    (text) => {
      expect(unwrapBase64(text)).toBeUndefined();
    },
  );
});

describe('encodedUrls', () => {
  it('finds the address that another carries', () => {
    expect(encodedUrls('https://p.example/?u=https%3A%2F%2Fapi.example%2Fv1&x=1')).toEqual(['https://api.example/v1']);
    expect(encodedUrls('https://p.example/?u=%E0%A4%3A%2F%2F')).toEqual([]);
  });
});
