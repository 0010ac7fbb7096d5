import { describe, expect, it } from 'vitest';
import type { XmlElement } from '../source.ts';
import { createOwnCode } from './android/own-code.ts';
import { addUse, createCodeUse, userOf } from './code-use.ts';

const APP = 'com.bluemarket.shop';
const manifest: XmlElement = { name: 'manifest', attributes: { package: APP }, children: [], text: '' };
const ownCode = createOwnCode(manifest);

function user(classes: readonly string[], host?: string, elsewhere = false) {
  const use = createCodeUse();
  addUse(use, { via: 'dex-string', code: classes.map((name) => ({ class: name, method: 'call' })) });
  if (elsewhere) addUse(use, { via: 'resource' });
  return userOf(use, ownCode, APP, host);
}

describe('whose code uses an endpoint', () => {
  it('is the app’s when one of its classes does, whoever else does too', () => {
    expect(user(['com.makers.library.Client', 'com.bluemarket.net.Api'])).toEqual({ owner: 'app' });
  });

  it('is the app’s when the class shares the name of the app below another domain', () => {
    expect(user(['net.bluemarket.api.Client'])).toEqual({ owner: 'app' });
  });

  it('is the SDK’s when the app only shares the name of the SDK’s makers', () => {
    const app = 'com.alipay.sdk.pay.demo';
    const owns = createOwnCode({ ...manifest, attributes: { package: app } });
    const ownerOf = (name: string) => {
      const use = createCodeUse();
      addUse(use, { via: 'dex-string', code: [{ class: name, method: 'call' }] });
      return userOf(use, owns, app).owner;
    };
    expect(ownerOf('com.alipay.sdk.app.PayTask')).toBe('library');
    expect(ownerOf('com.alipay.apmobilesecuritysdk.face.APSecuritySdk')).toBe('library');
    expect(ownerOf('com.alipay.sdk.pay.demo.PayActivity')).toBe('app');
  });

  it('is a library’s when only classes of others do', () => {
    expect(user(['com.makers.library.net.Client$1'], 'api.elsewhere.io')).toEqual({
      owner: 'library',
      package: 'com.makers.library',
      vendor: false,
    });
  });

  it('is its vendor’s when the package bears the name of the host', () => {
    expect(user(['com.pushmakers.push.Server'], 'api.pushmakers.io')).toMatchObject({ owner: 'library', vendor: true });
  });

  it('does not take a label that everyone uses for the name of a vendor', () => {
    expect(user(['com.makers.api.Client'], 'api.elsewhere.io')).toMatchObject({ vendor: false });
  });

  it('is unknown below names that a shrinker made', () => {
    expect(user(['a.b.c'])).toEqual({ owner: 'unknown' });
  });

  it('is unknown when a resource holds it too', () => {
    expect(user(['com.makers.library.Client'], 'api.elsewhere.io', true)).toEqual({ owner: 'unknown' });
  });

  it('is unknown in a client that a generator wrote into the app', () => {
    expect(user(['io.swagger.client.ApiClient'])).toEqual({ owner: 'unknown' });
  });

  it('is unknown without code, and without a manifest', () => {
    expect(user([])).toEqual({ owner: 'unknown' });
    const use = createCodeUse();
    addUse(use, { via: 'dex-string', code: [{ class: 'com.makers.library.Client', method: 'call' }] });
    expect(userOf(use, undefined, '')).toEqual({ owner: 'unknown' });
  });
});
