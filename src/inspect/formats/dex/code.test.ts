import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../core/limits.ts';
import type { CodePlace, FoundCall } from '../../source.ts';
import { readDex } from '../dex.ts';
import type { ReadResult } from '../result.ts';

interface Read {
  result: ReadResult;
  code: Map<string, readonly CodePlace[] | undefined>;
  packages: Map<string, number>;
  joined: { text: string; method: string }[];
  calls: Omit<FoundCall, 'entry'>[];
  paths: { text: string; place: CodePlace }[];
}

function readCode(bytes: Buffer): Read {
  const read: Omit<Read, 'result'> = { code: new Map(), packages: new Map(), joined: [], calls: [], paths: [] };
  const result = readDex(bytes, LIMITS, (text, _offset, code) => read.code.set(text, code?.()), {
    packages: (names) => {
      for (const [name, count] of names) read.packages.set(name, count);
    },
    joined: (text, _offset, { method }) => read.joined.push({ text, method }),
    call: (call) => read.calls.push(call),
    path: (text, _offset, place) => read.paths.push({ text, place }),
  });
  return { result, ...read };
}

/** testing/Shop.java, compiled by javac and D8. */
const SHOP = readFileSync(new URL('./testing/shop.dex', import.meta.url));
const shop = readCode(SHOP);

const joinedIn = (method: string) => shop.joined.filter((one) => one.method === method).map(({ text }) => text);
const callsOf = (api: string) => shop.calls.filter((call) => call.api === api);

describe('the code of a DEX file', () => {
  it('is walked to its end', () => {
    expect(shop.result.status).toBe('read');
    expect([...shop.packages]).toEqual([['shop', 8]]);
  });

  it('says which method uses a string: in its instructions, a field’s first value, an annotation', () => {
    expect(shop.code.get('https://uri.bluemarket-shop.com/')).toBeUndefined();
    expect(shop.code.get('uri.bluemarket-shop.com')).toEqual([{ class: 'shop.Shop', method: 'uri' }]);
    expect(shop.code.get('https://api.bluemarket-shop.com/')).toEqual([{ class: 'shop.Shop', method: '<clinit>' }]);
    expect(shop.code.get('X-Client: shop.android')).toEqual([{ class: 'shop.Shop$Api', method: 'login' }]);
    expect(shop.code.get('Shop.java')).toBeUndefined();
  });

  it('says that no code uses a string that only names something', () => {
    const names = [...shop.code].filter(([, code]) => code?.length === 0).map(([text]) => text);
    expect(names.length).toBeGreaterThan(0);
    expect(names.some((text) => text.startsWith('https://'))).toBe(false);
  });

  it.each([
    ['appended', 'https://a.bluemarket-shop.com/users/{}/orders?page=1'],
    ['added', 'http://{}:{}/login'],
    ['fromField', 'https://api.bluemarket-shop.com/v1/items'],
    ['fromLateField', 'https://late.bluemarket-shop.com/v1/late'],
    ['fromGetter', 'https://getter.bluemarket-shop.com/v1/carts'],
    ['endpoint', 'https://api.bluemarket-shop.com/v1/helped'],
    ['fetch', 'https://callee.bluemarket-shop.com/v1/fetched'],
    ['concat', 'https://concat.bluemarket-shop.com/v1/joined'],
    ['formatted', 'https://format.bluemarket-shop.com/v1/items/{}/{}?q=%'],
    ['uri', 'https://uri.bluemarket-shop.com/v1/{}?q=x'],
    ['uriUpon', 'https://upon.bluemarket-shop.com/v1/items'],
    ['httpUrl', 'https://okhttp.bluemarket-shop.com:8443/v1'],
    ['eitherWay', 'https://either.bluemarket-shop.com/v1/{}end'],
    ['ternary', 'https://ternary.bluemarket-shop.com/{}/end'],
  ])('joins what is put together in %s', (method, text) => {
    expect(joinedIn(method)).toEqual([text]);
  });

  it('joins what java.net.URL resolves and puts together', () => {
    expect(joinedIn('url')).toEqual([
      'https://url.bluemarket-shop.com/v1/items',
      'https://parts.bluemarket-shop.com:8080/v1/items',
    ]);
  });

  it('never joins what may not belong together: ways that meet, loops, handlers, overridden getters, changed fields', () => {
    expect(shop.joined.filter(({ text }) => /wrong|first\./.test(text))).toEqual([]);
    // what another method may have put in between stays open
    expect(joinedIn('neverAfterEscape')).toEqual(['https://escape.bluemarket-shop.com/{}never/escape']);
  });

  it('gives the path of a request in an annotation', () => {
    expect(shop.paths.map(({ text, place }) => [text, place.method]).sort()).toEqual([
      ['/v2/login', 'login'],
      ['v1/users/{id}', 'user'],
    ]);
  });

  it('follows a key into its call: through a field, a parameter and getBytes, an array, base64', () => {
    expect(callsOf('crypto.key').map(({ method, args }) => [method, ...args])).toEqual([
      ['decodedKey', 'c2l4dGVlbiBieXRlIGtleQ==', 'AES'],
      ['literalKey', '0102030405060708090a0b0c0d0e0f10', 'AES'],
      ['seal', 'sixteen byte key', 'AES'],
    ]);
  });

  it('tells an initialisation vector of zeros, and none that was filled with random bytes', () => {
    expect(callsOf('crypto.iv').map(({ method, args }) => [method, ...args])).toEqual([['seal', '00'.repeat(16)]]);
  });

  it('tells flags and ciphers with their constants', () => {
    expect(callsOf('webview.javascript')).toMatchObject([{ method: 'web', args: [1] }]);
    expect(callsOf('webview.mixedContent')).toMatchObject([{ method: 'web', args: [0] }]);
    expect(callsOf('crypto.cipher')).toMatchObject([{ method: 'seal', args: ['AES/CBC/PKCS5Padding'] }]);
    const [cipher] = callsOf('crypto.cipher');
    expect(SHOP.readUInt16LE(cipher?.offset ?? 0) & 0xff).toBe(0x71); // invoke-static
  });

  it('tells checks of certificates that check nothing, and none that do', () => {
    expect(callsOf('tls.trustAll').map((call) => call.class)).toEqual(['shop.Shop$TrustsAll']);
    expect(callsOf('tls.allowAll').map(({ method }) => method)).toEqual(['verify']);
    expect(callsOf('tls.allowAll')[0]?.class).not.toBe('shop.Shop$ComparesHost');
  });

  it('tells a constant in a field that is named for a secret', () => {
    expect(callsOf('field.secret')).toMatchObject([{ class: 'shop.Shop', args: ['password', 'correct-horse-1'] }]);
  });

  it('is the same whatever stands around the bytes in memory', () => {
    const odd = Buffer.alloc(SHOP.length + 3);
    SHOP.copy(odd, 3);
    expect(readCode(odd.subarray(3)).joined).toEqual(shop.joined);
  });

  it('that is cut off or broken is told as partial, with the strings that are there', () => {
    const broken = Buffer.from(SHOP);
    // every class's code points beyond the file
    broken.fill(0xff, broken.readUInt32LE(0x6c), broken.readUInt32LE(0x6c) + 2_000);
    const read = readCode(broken);
    expect(read.result.status).toBe('partial');
    expect(read.code.size).toBeGreaterThan(0);
  });
});
