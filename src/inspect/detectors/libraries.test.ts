import { describe, expect, it } from 'vitest';
import type { FoundCode } from '../source.ts';
import { librariesOf } from './libraries.ts';
import { libraryInString } from './library-in-string.ts';

const classes = (...names: string[]): FoundCode => ({
  entry: 'classes.dex',
  via: 'dex-string',
  names: new Map(names.map((name) => [name, 1])),
});
const maven = (name: string, version?: string) => ({
  ecosystem: 'maven' as const,
  name,
  entry: 'META-INF/a.version',
  ...(version === undefined ? {} : { version }),
});

describe('the inventory', () => {
  it('knows an SDK by its classes, without a version', () => {
    const [one, ...others] = librariesOf([], [classes('com.appsflyer.internal', 'com.appsflyer', 'a.b')]);
    expect(others).toEqual([]);
    expect(one).toMatchObject({ purl: 'pkg:maven/com.appsflyer/af-android-sdk', vendor: 'AppsFlyer', tracker: true });
    expect(one?.evidence).toEqual([{ entry: 'classes.dex', via: 'dex-string', name: 'com.appsflyer.internal' }]);
  });

  it('tells which artifact of a group it is by the package of each', () => {
    const found = librariesOf([], [classes('org.apache.commons.codec.binary', 'com.jcraft.jzlib', 'rx.internal')]);
    expect(found.map(({ name }) => name).sort()).toEqual([
      'com.jcraft:jzlib',
      'commons-codec:commons-codec',
      'io.reactivex:rxjava',
    ]);
    const [other] = librariesOf([], [classes('org.apache.commons.jexl3')]);
    expect(other?.name).toBe('Apache Commons');
  });

  it('tells a library once, with its version where that is known', () => {
    const all = librariesOf(
      [maven('com.squareup.okhttp3:okhttp'), maven('com.squareup.okhttp3:okhttp', '4.9.0')],
      [classes('okhttp3.internal')],
    );
    expect(all.map(({ purl }) => purl)).toEqual(['pkg:maven/com.squareup.okhttp3/okhttp@4.9.0']);
  });

  it('takes the metadata’s word for what of a group is there', () => {
    const all = librariesOf(
      [maven('com.google.android.gms:play-services-base', '17.1.0')],
      [classes('com.google.android.gms.auth.api.signin.internal')],
    );
    expect(all.map(({ name }) => name)).toEqual(['com.google.android.gms:play-services-base']);
  });

  it('does not take what AndroidX kept of the Support Library for that', () => {
    expect(librariesOf([], [classes('androidx.core.app', 'android.support.v4.app')]).map(({ name }) => name)).toEqual([
      'androidx.core:core',
    ]);
    expect(librariesOf([], [classes('android.support.v4.app')])).toHaveLength(1);
  });

  it('reads the version of OkHttp from the agent that it sends', () => {
    const found = (text: string) => libraryInString({ text, entry: 'classes.dex', via: 'dex-string' });
    expect(found('okhttp/4.9.0')).toMatchObject({ name: 'com.squareup.okhttp3:okhttp', version: '4.9.0' });
    expect(found('okhttp/5.0.0-alpha.11')?.version).toBe('5.0.0-alpha.11');
    expect(found('okhttp/2.7.5')?.name).toBe('com.squareup.okhttp:okhttp');
    expect(found('okhttp/')).toBeUndefined();
    expect(found('okhttp/4.9.0/path')).toBeUndefined();
  });
});
