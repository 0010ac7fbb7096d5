/** App bundles, APK sets, libraries and bare files: packages that the build tools made, read whole. */
import { describe, expect, it } from 'vitest';
import { writeDex } from '../../../lab/apk/dex-writer.ts';
import { writeZip } from '../../../lab/apk/zip-writer.ts';
import { inspectPackage } from '../inspect-package.ts';
import type { XmlElement } from '../source.ts';
import { type Collected, collect, collectFile } from './testing/collect.ts';
import { entryOf, fixture, fixturePath } from './testing/fixture.ts';

const KEY = new TextEncoder().encode('a key for tests, of no use elsewhere');

function textsOf({ strings }: Collected): string[] {
  return strings.map(({ text }) => text);
}

function applicationOf(root: XmlElement | undefined): XmlElement | undefined {
  return root?.children.find(({ name }) => name === 'application');
}

async function settingsOf(path: string): Promise<Record<string, unknown>> {
  const { app, settings } = await inspectPackage(path, { redactionKey: KEY });
  return { ...app, ...Object.fromEntries(settings.map(({ id, value }) => [id, value])) };
}

const APP = {
  platform: 'android',
  id: 'com.bluemarket.shop',
  version: '4.2',
  name: 'Blue Market',
  'android.minSdkVersion': 21,
  'android.targetSdkVersion': 34,
  'android.networkSecurityConfig.cleartextBase': false,
};

describe('one app', () => {
  it.each(['app.apk', 'app.aab', 'app.apks', 'app.xapk'])('is the same app read from %s', async (name) => {
    expect(await settingsOf(fixturePath(name))).toMatchObject(APP);
  });

  it.each(['app.apk', 'app.aab', 'app.apks', 'app.xapk'])('has the same strings and documents in %s', async (name) => {
    const found = await collectFile(fixturePath(name));
    const texts = textsOf(found);
    for (const host of ['help', 'hilfe', 'a', 'b', 'one', 'style', 'layout']) {
      expect(texts).toContain(`https://${host}.bluemarket-shop.com`);
    }
    expect(found.security.length).toBeGreaterThan(0);
    const base = found.manifests.find(({ root }) => typeof root.attributes.split !== 'string');
    expect(applicationOf(base?.root)?.attributes.label).toBe('Blue Market');
    const value = applicationOf(base?.root)?.children.find(({ name }) => name === 'meta-data')?.attributes.value;
    expect(value).toBe('https://bluemarket-shop.firebaseio.example');
    expect(found.skips).toEqual([]);
  });
});

describe('an app bundle', () => {
  it('is read with its feature modules, each reference in its own table', async () => {
    const { manifests, strings } = await collectFile(fixturePath('app.aab'));
    const feature = manifests.find(({ entry }) => entry === 'feature/manifest/AndroidManifest.xml');
    expect(applicationOf(feature?.root)?.children[0]?.attributes.label).toBe('https://feature.bluemarket-shop.com');
    expect(strings).toContainEqual(
      expect.objectContaining({ entry: 'feature/resources.pb', name: 'string/feature_url' }),
    );
  });

  it('lists the libraries that the build linked', async () => {
    const maven = Buffer.concat([field(1, 'com.squareup.okhttp3'), field(2, 'okhttp'), field(5, '4.12.0')]);
    const name = 'BUNDLE-METADATA/com.android.tools.build.libraries/dependencies.pb';
    const data = message(1, message(1, maven));
    const { libraries } = await collect(writeZip([{ name, data, compress: true }]), {}, 'app.aab');
    expect(libraries).toEqual([
      { ecosystem: 'maven', name: 'com.squareup.okhttp3:okhttp', version: '4.12.0', entry: name },
    ]);
  });
});

describe('an app in several APKs', () => {
  it('resolves what the base refers to in a split', async () => {
    // the base has no table: what its manifest names is in the split alone
    const app = fixture('app.apk');
    const base = writeZip([
      { name: 'AndroidManifest.xml', data: await entryOf(app, 'AndroidManifest.xml'), compress: true },
    ]);
    const split = writeZip([
      { name: 'resources.arsc', data: await entryOf(app, 'resources.arsc'), compress: false },
      {
        name: 'AndroidManifest.xml',
        data: await entryOf(app, 'AndroidManifest.xml'),
        compress: true,
      },
    ]);
    const set = writeZip([
      { name: 'base.apk', data: base, compress: true },
      { name: 'config.xhdpi.apk', data: split, compress: true },
    ]);
    const { manifests } = await collect(set, {}, 'app.apks');
    const own = manifests.find(({ entry }) => entry === 'base.apk!AndroidManifest.xml');
    expect(applicationOf(own?.root)?.attributes.label).toBe('Blue Market');
  });

  it('is read once where standalone APKs hold the same bytes', async () => {
    const { strings, coverage } = await collectFile(fixturePath('app.apks'));
    const tables = new Set(strings.filter(({ via }) => via === 'resource').map(({ entry }) => entry));
    expect([...tables]).toEqual([
      'splits/base-master.apk!resources.arsc',
      'splits/base-de.apk!resources.arsc',
      'standalones/standalone-hdpi.apk!resources.arsc',
    ]);
    expect(coverage).toContainEqual({
      entry: 'standalones/standalone-xxhdpi.apk!(entries of other splits)',
      status: 'read',
      reason: '1 entry: the same bytes under the same name, read there',
    });
  });

  it('has its second file read where only the checksum is the same', async () => {
    const apk = (host: string) =>
      writeZip([{ name: 'classes.dex', data: writeDex([`https://${host}.bluemarket-shop.com`]), compress: false }]);
    const first = apk('aaa');
    const second = apk('bbb');
    // the directory of the second claims the checksum of the first
    const crc = first.readUInt32LE(first.lastIndexOf('PK\x01\x02', undefined, 'latin1') + 16);
    second.writeUInt32LE(crc, second.lastIndexOf('PK\x01\x02', undefined, 'latin1') + 16);
    const set = writeZip([
      { name: 'a.apk', data: first, compress: false },
      { name: 'b.apk', data: second, compress: false },
    ]);
    expect(textsOf(await collect(set, {}, 'app.apks'))).toEqual(
      expect.arrayContaining(['https://aaa.bluemarket-shop.com', 'https://bbb.bluemarket-shop.com']),
    );
  });

  it('keeps two apps of one archive apart', async () => {
    const set = writeZip([
      { name: 'a.apk', data: fixture('app.apk'), compress: false },
      { name: 'b.apk', data: fixture('sparse.apk'), compress: false },
    ]);
    const { manifests } = await collect(set, {}, 'apps.apks');
    const labels = manifests.map(({ root }) => applicationOf(root)?.attributes.label);
    expect(labels).toEqual(['Blue Market', 'Sparse']);
  });
});

describe('a library', () => {
  it('is read with names of its string resources, its classes and its manifest', async () => {
    const found = await collectFile(fixturePath('library.aar'));
    expect(found.strings).toContainEqual({
      text: 'https://bluemarket-shop.firebaseio.example',
      entry: 'res/values/values.xml',
      via: 'resource',
      name: 'string/firebase_database_url',
      line: 3,
    });
    expect(found.strings).toContainEqual(
      expect.objectContaining({ entry: 'classes.jar!com/bluemarket/sdk/Api.class', text: 'orders/{id}' }),
    );
    expect(applicationOf(found.manifests[0]?.root)?.attributes.label).toBe('Blue Market');
    expect(found.security.map(({ entry }) => entry)).toEqual(['res/xml/network.xml']);
    expect(found.coverage).toContainEqual({
      entry: 'classes.jar!(Java classes)',
      status: 'read',
      reason: '2 entries: their strings',
    });
  });
});

describe('a file of a package by itself', () => {
  it.each([
    ['resources.arsc', 'app.apk', 'resources.arsc', 'https://help.bluemarket-shop.com'],
    ['resources.pb', 'app.aab', 'base/resources.pb', 'https://help.bluemarket-shop.com'],
    ['classes.jar', 'library.aar', 'classes.jar', 'orders/{id}'],
  ])('is read: %s', async (name, archive, entry, text) => {
    expect(textsOf(await collect(await entryOf(fixture(archive), entry), {}, name))).toContain(text);
  });

  it.each([
    ['binary', 'app.apk', 'AndroidManifest.xml'],
    ['protobuf', 'app.aab', 'base/manifest/AndroidManifest.xml'],
    ['text', 'library.aar', 'AndroidManifest.xml'],
  ])('is read: a %s manifest', async (_, archive, entry) => {
    const { manifests, facts } = await collect(await entryOf(fixture(archive), entry), {}, 'AndroidManifest.xml');
    expect(manifests[0]?.root.attributes.package).toMatch(/^com\.bluemarket\./);
    expect(facts.platform).toBe('android');
  });
});

function field(number: number, text: string): Buffer {
  return message(number, Buffer.from(text));
}

function message(number: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, body.length]), body]);
}

describe('a set of APKs that was made to take for ever', () => {
  it('is listed beforehand only so far', async () => {
    // every APK is the same directory of a thousand names; a hundred of them are more than may be looked at
    const names = Array.from({ length: 1_000 }, (_, i) => ({ name: `n${i}`, data: Buffer.alloc(1), compress: false }));
    const apk = writeZip(names);
    const parts = Array.from({ length: 100 }, (_, i) => ({ name: `${i}.apk`, data: apk, compress: false }));
    const { skips } = await collect(writeZip(parts), { limits: { archiveEntries: 2_000 } }, 'app.apks');
    expect(skips.some(({ code }) => code === 'LIMIT_ENTRIES')).toBe(true);
  });

  it('is walked no deeper than archives are read', async () => {
    let inner = writeZip([
      { name: 'classes.dex', data: writeDex(['https://deep.bluemarket-shop.com']), compress: true },
    ]);
    for (let depth = 0; depth < 6; depth++) {
      inner = writeZip([
        { name: 'a.apk', data: inner, compress: true },
        { name: 'b.apk', data: inner, compress: true },
      ]);
    }
    const { skips, strings } = await collect(inner, {}, 'app.apks');
    expect(skips.map(({ code }) => code)).toContain('LIMIT_DEPTH');
    expect(strings).toEqual([]);
  });
});
