import { describe, expect, it } from 'vitest';
import { SDK_PACKAGES } from '../data/sdk-packages/index.ts';
import { OBJECTIVE_C_CLASSES } from '../data/sdk-packages/objective-c-classes.ts';
import { PURPOSES } from '../data/sdk-packages/sdk-package.ts';
import { sdkOfAppleName, sdkOfClass, sdkOfMaven, sdkOfModule } from './sdk-of-class.ts';

describe('the SDK of a class', () => {
  it('is the one with the longest name above it', () => {
    expect(sdkOfClass('okhttp3.internal.http.RealInterceptorChain')?.name).toBe('OkHttp');
    expect(sdkOfClass('com.google.firebase.FirebaseApp')?.name).toBe('Firebase common');
    expect(sdkOfClass('com.google.firebase.analytics.connector.internal.zza')?.name).toBe(
      'Google Analytics for Firebase',
    );
    expect(sdkOfClass('com.facebook.FacebookSdk$1')?.name).toBe('Facebook SDK');
    expect(sdkOfClass('com.facebook.react.bridge.CatalystInstance')?.name).toBe('React Native');
    expect(sdkOfClass('com.facebook.ads.AdView')?.tracker).toBe(true);
  });

  it('needs whole labels', () => {
    expect(sdkOfClass('okhttp3x.Client')).toBeUndefined();
    expect(sdkOfClass('com.adjust.sdkother.Main')).toBeUndefined();
    expect(sdkOfClass('com.bluemarket.shop.okhttp3.Client')).toBeUndefined();
  });

  it('is unknown for shrunk and empty names, and for names made to be slow', () => {
    expect(sdkOfClass('a.b.c')).toBeUndefined();
    expect(sdkOfClass('')).toBeUndefined();
    const started = performance.now();
    expect(sdkOfClass('x.'.repeat(500_000))).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(200);
  });

  it('is known by pod, framework and coordinate too', () => {
    expect(sdkOfModule('FirebaseCrashlytics')?.tracker).toBe(true);
    expect(sdkOfModule('Shop')).toBeUndefined();
    expect(sdkOfMaven('androidx.core:core')?.name).toBe('AndroidX core');
    expect(sdkOfMaven('androidx.core:core-ktx')?.name).toBe('AndroidX core');
    expect(sdkOfMaven('com.bluemarket:shop')).toBeUndefined();
  });
});

describe('the SDK of a name in an iOS app', () => {
  it('is known by a class that it alone has, and by a module of several types', () => {
    expect(sdkOfAppleName('PFObject', 1)?.module).toBe('Parse');
    expect(sdkOfAppleName('Alamofire', 30)?.sdk.name).toBe('Alamofire');
    expect(sdkOfAppleName('Segment', 1)).toBeUndefined();
  });

  it('is in the list for every class', () => {
    for (const [name, module] of OBJECTIVE_C_CLASSES) expect(sdkOfAppleName(name, 1)?.module, name).toBe(module);
  });
});

describe('the list of SDKs', () => {
  const NAME = /^[A-Za-z_][\w$]*(?:\.[\w$]+)*$/;

  it('has well-formed records with a source', () => {
    for (const one of SDK_PACKAGES) {
      expect(one.source, one.name).toMatch(/^https?:\/\/[a-z0-9.-]+\//);
      expect(one.purposes.length, one.name).toBeGreaterThan(0);
      for (const purpose of one.purposes) expect(PURPOSES, one.name).toContain(purpose);
      expect(one.prefixes.length + one.modules.length, one.name).toBeGreaterThan(0);
      for (const prefix of one.prefixes) expect(prefix, one.name).toMatch(NAME);
      if (one.maven !== undefined) expect(one.maven, one.name).toMatch(/^[\w.-]+:[\w.-]+$/);
    }
  });

  it('names each SDK, package and module once', () => {
    const seen = (names: string[]) => names.filter((name, index) => names.indexOf(name) !== index);
    expect(seen(SDK_PACKAGES.map(({ name }) => name))).toEqual([]);
    expect(seen(SDK_PACKAGES.flatMap(({ prefixes }) => prefixes))).toEqual([]);
    expect(seen(SDK_PACKAGES.flatMap(({ modules }) => modules))).toEqual([]);
  });

  it('holds the SDKs that are met most', () => {
    expect(SDK_PACKAGES.length).toBeGreaterThanOrEqual(400);
  });

  it('claims no name space that an app could be in', () => {
    const broad = SDK_PACKAGES.flatMap(({ prefixes }) => prefixes).filter((prefix) =>
      /^(?:com|org|net|io|de|fr|co|uk|jp|cn|in|ru|me|app|dev)$/.test(prefix),
    );
    expect(broad).toEqual([]);
  });
});
