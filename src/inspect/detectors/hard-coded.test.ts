import { describe, expect, it } from 'vitest';
import { reportOf } from '../../../test/golden/inspect-support.ts';
import type { FoundCall } from '../source.ts';
import { hardCoded } from './hard-coded.ts';

const call = (api: string, args: FoundCall['args'], type = 'com.bluemarket.shop.Vault'): FoundCall => ({
  api,
  args,
  entry: 'classes.dex',
  offset: 4711,
  class: type,
  method: 'open',
});

describe('hardCoded', () => {
  it.each([
    ['crypto.key', ['a key of thirty-two letters here', 'AES'], 'hardcoded-key', 'a key of thirty-two letters here'],
    ['crypto.key', ['000102030405060708090a0b0c0d0e0f', 'AES'], 'hardcoded-key', '000102030405060708090a0b0c0d0e0f'],
    ['crypto.password', ['h4rd-c0ded', undefined, 1000, 256], 'hardcoded-password', 'h4rd-c0ded'],
    ['crypto.iv', ['0123456789abcdef'], 'hardcoded-iv', '0123456789abcdef'],
    ['crypto.salt', ['bluemarket', 100], 'hardcoded-salt', 'bluemarket'],
    ['jwt.key', ['HS256', 'signs-with-this'], 'hardcoded-key', 'signs-with-this'],
    ['keystore.password', [undefined, 'h4rd-c0ded'], 'hardcoded-password', 'h4rd-c0ded'],
    ['database.password', ['orders.db', 'h4rd-c0ded', undefined], 'hardcoded-password', 'h4rd-c0ded'],
    [
      'database.password',
      ['jdbc:mysql://db.bluemarket-shop.com/a', 'shop', 'h4rd-c0ded'],
      'hardcoded-password',
      'h4rd-c0ded',
    ],
    ['login.password', ['shop', 'h4rd-c0ded'], 'hardcoded-password', 'h4rd-c0ded'],
    ['field.secret', ['dbPassword', 'h4rd-c0ded'], 'hardcoded-password', 'h4rd-c0ded'],
    ['field.secret', ['secretKey', 'h4rd-c0ded'], 'hardcoded-key', 'h4rd-c0ded'],
  ] as const)('%s(%j) is a %s', (api, args, kind, value) => {
    expect(hardCoded(call(api, [...args]))).toMatchObject({ kind, value });
  });

  it.each([
    ['crypto.key', [undefined, 'AES']],
    ['crypto.key', ['AES/CBC/PKCS5Padding']],
    ['crypto.key', [16]],
    ['crypto.cipher', ['AES/ECB/PKCS5Padding']],
    ['keystore.password', ['AndroidKeyStore', undefined]],
    ['login.password', ['shop', undefined]],
    ['database.password', ['jdbc:mysql://db.bluemarket-shop.com/a', undefined, undefined]],
    ['login.password', ['%s', '{password}']],
    ['webview.javascript', [1]],
    ['none', ['h4rd-c0ded']],
  ] as const)('%s(%j) carries none', (api, args) => {
    expect(hardCoded(call(api, [...args]))).toBeUndefined();
  });
});

describe('a report', () => {
  it('holds the constants that the app’s own code gives away, with class and method', async () => {
    const report = await reportOf({
      appId: 'com.bluemarket.shop',
      calls: [
        call('crypto.key', ['a key of thirty-two letters here', 'AES']),
        call('login.password', ['shop', 'verycomplicatedpassword']),
        call('field.secret', ['password', 'verycomplicatedpassword']),
      ],
      reveal: true,
    });
    expect(report.credentials.map(({ kind, provider, value, origin }) => [origin, provider, kind, value])).toEqual([
      ['app', 'cipher', 'hardcoded-key', 'a key of thirty-two letters here'],
      ['app', 'login', 'hardcoded-password', 'verycomplicatedpassword'],
    ]);
    expect(report.credentials[0]?.evidence).toEqual([
      { entry: 'classes.dex', via: 'dex-code', offset: 4711, class: 'com.bluemarket.shop.Vault', method: 'open' },
    ]);
    expect(JSON.stringify(report.findings)).not.toContain('verycomplicatedpassword');
    expect(report.findings.map(({ rule }) => rule)).toContain('inspect/hardcoded-password');
  });

  it('does not blame the app for the code of a library', async () => {
    const report = await reportOf({
      appId: 'com.bluemarket.shop',
      calls: [call('crypto.key', ['a key of thirty-two letters here'], 'com.google.android.gms.internal.Zz')],
    });
    expect(report.credentials.map(({ origin }) => origin)).toEqual(['sdk']);
    expect(report.findings.map(({ rule }) => rule)).not.toContain('inspect/hardcoded-key');
  });

  it('names the project of a Firebase configuration that holds values without keys', async () => {
    const strings = ['1:123456789012:ios:0123456789abcdef', 'bluemarket-shop.appspot.com'].map((text) => ({
      text,
      entry: 'lib/arm64-v8a/libapp.so',
      via: 'dart' as const,
    }));
    const kinds = async (some: typeof strings) =>
      (await reportOf({ strings: some })).stores.map(({ kind, id }) => `${kind} ${id}`);
    expect(await kinds(strings)).toContain('firebase-project bluemarket-shop');
    expect(await kinds(strings.slice(1))).toEqual(['firebase-storage bluemarket-shop.appspot.com']);
  });

  it('counts a key as the app’s, though its name begins like a library’s', async () => {
    const report = await reportOf({
      strings: [
        {
          text: '0a1b2c3d4e5f60718293a4b5c6d7e8f9',
          name: 'string/facebook_app_secret',
          via: 'resource',
          entry: 'resources.arsc',
        },
        { text: 'rzp_live_aB3dE5gH7jK9mN', name: 'string/razorpay_key', via: 'resource', entry: 'resources.arsc' },
      ],
    });
    expect(report.credentials.map(({ origin, provider }) => `${origin} ${provider}`)).toEqual([
      'app facebook',
      'app razorpay',
    ]);
  });
});
