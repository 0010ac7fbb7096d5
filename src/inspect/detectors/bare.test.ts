import { describe, expect, it } from 'vitest';
import { parseBare } from './bare.ts';

describe('parseBare', () => {
  it.each([
    ['api.bluemarket-shop.com', { host: 'api.bluemarket-shop.com' }],
    ['www.bluemarket.io', { host: 'www.bluemarket.io' }],
    ['bluemarket-shop.com', { host: 'bluemarket-shop.com' }],
    ['203.0.113.7:9200', { host: '203.0.113.7', port: 9200 }],
    ['db.bluemarket.dev:27017/customers', { host: 'db.bluemarket.dev', port: 27017, path: '/customers' }],
    ['shop:pass-word@db.bluemarket.dev', { user: 'shop', password: 'pass-word', host: 'db.bluemarket.dev' }],
  ])('takes %s', (text, expected) => {
    expect(parseBare(text)).toMatchObject(expected);
  });

  it.each([
    'com.bluemarket.shop',
    'java.net',
    'android.net.conn',
    'user.name',
    'index.html',
    'classes.dex',
    'libapp.so',
    '1.2.3.4',
    '2.0.1',
    'Intent.ACTION_VIEW',
    'foo.Bar.com',
    'mailto:jane@bluemarket-shop.com',
    '0-abcdef.apps.googleusercontent.com',
    'application/vnd.api+json',
    'example',
    '300.1.1.1:80',
    'db.bluemarket.dev:99999',
  ])('leaves %s', (text) => {
    expect(parseBare(text)).toBeUndefined();
  });
});
