import { describe, expect, it } from 'vitest';
import type { FoundString } from '../source.ts';
import { createPlaces, UNUSED } from './place.ts';

const used = (...classes: string[]): FoundString => ({
  text: 'https://api.bluemarket-shop.com/',
  entry: 'classes.dex',
  via: 'dex-string',
  code: classes.map((name) => ({ class: name, method: 'run' })),
});

describe('the place of a string of the code', () => {
  const placeOf = createPlaces({
    ownCode: () => (name) => (name.startsWith('com.facebook.shop.') ? 'app' : 'library'),
  });

  it('is a library when all the code that uses it is', () => {
    expect(placeOf(used('okhttp3.Address', 'okio.Buffer'))).toEqual({ origin: 'sdk', reason: 'in okhttp3 (OkHttp)' });
  });

  it('is the app when some of the code is, or nobody knows whose it is', () => {
    expect(placeOf(used('okhttp3.Address', 'com.bluemarket.shop.Api')).origin).toBe('app');
    expect(placeOf(used('a.b.c')).origin).toBe('app');
    expect(placeOf(used('com.facebook.shop.login.Api')).origin).toBe('app');
  });

  it('is the app with a weaker reason when no code uses it', () => {
    expect(placeOf(used())).toBe(UNUSED);
  });

  it('is the app where the format tells nothing of code', () => {
    const { code: _, ...plain } = used();
    expect(placeOf(plain).reason).toBe('in the app’s own code or resources');
  });
});
