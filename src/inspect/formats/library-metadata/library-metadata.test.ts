import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../core/limits.ts';
import type { FoundLibrary, PackageSink } from '../../source.ts';
import { binaryFormatByName } from '../binary-formats.ts';
import type { ReadContext } from '../reader.ts';
import { readLibraryMetadata } from './index.ts';
import { libraryTraces } from './text-traces.ts';

function collect() {
  const libraries: Omit<FoundLibrary, 'entry'>[] = [];
  const strings: string[] = [];
  const sink = {
    library: ({ entry: _, ...rest }: FoundLibrary) => void libraries.push(rest),
  } as unknown as PackageSink;
  return { libraries, strings, sink };
}

function read(entry: string, text: string) {
  const { libraries, strings, sink } = collect();
  const context: ReadContext = {
    entry,
    limits: LIMITS,
    sink,
    string: (found) => void strings.push(found),
    inner: () => context,
  };
  readLibraryMetadata(Buffer.from(text), context);
  return { libraries, strings };
}

const traces = (entry: string, text: string) => {
  const { libraries, sink } = collect();
  libraryTraces(entry, Buffer.from(text), sink);
  return libraries;
};

describe('library metadata', () => {
  it.each([
    ['META-INF/androidx.core_core-ktx.version', '1.12.0\n', 'androidx.core:core-ktx', '1.12.0'],
    ['META-INF/kotlinx_coroutines_core.version', '1.6.4', 'org.jetbrains.kotlinx:kotlinx-coroutines-core', '1.6.4'],
    [
      'META-INF/androidx.arch.core_core-runtime.version',
      "task ':x' property 'version'",
      'androidx.arch.core:core-runtime',
      undefined,
    ],
    ['META-INF/maven/a.b/c/pom.properties', '#made\nversion=1.2\ngroupId=a.b\nartifactId=c\n', 'a.b:c', '1.2'],
    [
      'play-services-basement.properties',
      'version=18.1.0\r\nclient=play-services-basement\r\n',
      'com.google.android.gms:play-services-basement',
      '18.1.0',
    ],
    ['firebase-auth.properties', 'version=19.4.0\nclient=firebase-auth', 'com.google.firebase:firebase-auth', '19.4.0'],
    [
      'kotlin-tooling-metadata.json',
      '{"buildPluginVersion": "1.9.0"}',
      'org.jetbrains.kotlin:kotlin-gradle-plugin',
      '1.9.0',
    ],
  ])('%s names a library', (entry, text, name, version) => {
    expect(binaryFormatByName(entry.slice(entry.lastIndexOf('/') + 1))?.what).toBe('library metadata');
    expect(read(entry, text).libraries).toEqual([
      { ecosystem: 'maven', name, ...(version === undefined ? {} : { version }) },
    ]);
  });

  it('hands on the values of an app’s own file under such a name', () => {
    const { libraries, strings } = read('firebase-shop.properties', 'url=https://api.bluemarket-shop.com/\n');
    expect(libraries).toEqual([]);
    expect(strings).toEqual(['https://api.bluemarket-shop.com/']);
  });

  it('takes nothing for a coordinate that is none', () => {
    expect(read('META-INF/maven/a/b/pom.properties', 'groupId=a/../b\nartifactId=c').libraries).toEqual([]);
    expect(read('app.version', '1.0').libraries).toEqual([]);
  });
});

describe('scripts', () => {
  it('name the plug-ins of Cordova with their versions', () => {
    const text =
      'module.exports = [];\nmodule.exports.metadata = \n{ "cordova-plugin-device": "1.1.2", "x y": "1.0" }\n});';
    expect(traces('assets/www/cordova_plugins.js', text)).toEqual([
      { ecosystem: 'npm', name: 'cordova-plugin-device', version: '1.1.2' },
    ]);
  });

  it('name installed packages, and not the app’s own', () => {
    const text = '{"name":"@bluemarket/cart","version":"2.0.1"}';
    expect(traces('assets/node_modules/@bluemarket/cart/package.json', text)).toHaveLength(1);
    expect(traces('assets/www/package.json', text)).toEqual([]);
  });

  it.each([
    ['/*! jQuery v3.1.0 | (c) jQuery Foundation */', 'jquery', '3.1.0'],
    ['/*!\n * Bootstrap v3.3.7 (http://getbootstrap.com)\n */', 'bootstrap', '3.3.7'],
    ['/**\n * @license AngularJS v1.5.3\n * (c) 2010-2016 Google, Inc.\n */', 'angular', '1.5.3'],
    ['/*!\n * Copyright 2015 Drifty Co.\n * Ionic, v1.2.4\n */', 'ionic-angular', '1.2.4'],
    ['var v={version:{major:0,minor:55,patch:3,prerelease:null}}', 'react-native', '0.55.3'],
  ])('name themselves: %s', (text, name, version) => {
    expect(traces('assets/www/app.js', `var a = 1;\n${text}`)).toEqual([{ ecosystem: 'npm', name, version }]);
  });

  it('with a banner of nobody known tell nothing', () => {
    expect(traces('assets/www/app.js', '/*! Bluemarket v3.1.0 */ /*! jQuery */')).toEqual([]);
  });

  it('of a hostile make are read in linear time', () => {
    const started = performance.now();
    traces('assets/www/app.js', '/*!'.repeat(700_000));
    traces('assets/www/app.js', 'minor:'.repeat(400_000));
    traces('assets/www/cordova_plugins.js', `.metadata${'"a":'.repeat(300_000)}`);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
