#!/usr/bin/env node
/**
 * Makes a package of some 300 MB as large apps are: many DEX files, native libraries for three ABIs, a large Hermes bundle,
 * .NET assemblies, databases, scripts, layouts, images, and packages inside. Equal on every machine: compiled files of the
 * tests, and noise from a seed. Streamed to disk; no more than one entry is in memory.
 *
 *   node bench/inspect/make-large.mjs large.apk [megabytes, default 300]
 *   python3 bench/inspect/measure.py node bin/postern.js inspect large.apk --format json --allow-partial
 */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { crc32, deflateRawSync } from 'node:zlib';
import { rolldown } from 'rolldown';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const [target, megabytes = '300'] = process.argv.slice(2);
if (target === undefined) throw new Error('make-large.mjs FILE [megabytes]');
const scale = Number(megabytes) / 300;

/** The writers are TypeScript; they are joined into one module for this run. */
async function writers() {
  const out = join(root, '.cache', `make-large-${process.pid}`);
  mkdirSync(out, { recursive: true });
  const inputs = {
    dex: 'lab/apk/dex-writer.ts',
    arsc: 'lab/apk/arsc-writer.ts',
    xml: 'lab/apk/xml-writer.ts',
    elf: 'src/inspect/formats/elf/testing/elf-writer.ts',
    dart: 'src/inspect/formats/dart/testing/snapshot-writer.ts',
  };
  const bundle = await rolldown({
    input: Object.fromEntries(Object.entries(inputs).map(([name, path]) => [name, join(root, path)])),
    platform: 'node',
    logLevel: 'silent',
    external: /^node:/,
  });
  await bundle.write({ dir: out, format: 'esm' });
  await bundle.close();
  const load = (name) => import(pathToFileURL(join(out, `${name}.js`)).href);
  const made = await Promise.all(Object.keys(inputs).map(load));
  rmSync(out, { recursive: true });
  return Object.assign({}, ...made);
}
const { writeDex, writeResources, writeBinaryXml, writeElf, writeSnapshot } = await writers();
const fixture = (path) => readFileSync(join(root, 'src/inspect/formats', path));

let state = 0x9e3779b9;
function random(below) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}
function noise(size) {
  const words = new Uint32Array(size >> 2);
  for (let at = 0; at < words.length; at++) {
    random(1);
    words[at] = state;
  }
  return Buffer.from(words.buffer);
}
const WORDS =
  'cart order user payment address search list detail view model remote local cache token session image product price review store'.split(
    ' ',
  );
const word = () => WORDS[random(WORDS.length)];

const fd = openSync(target, 'w');
const directory = [];
let position = 0;
function put(name, data, compress = true) {
  const body = compress ? deflateRawSync(data, { level: 6 }) : data;
  const raw = Buffer.from(name);
  const shared = Buffer.alloc(26);
  shared.writeUInt16LE(20, 0);
  shared.writeUInt16LE(compress ? 8 : 0, 4);
  shared.writeUInt32LE(crc32Of(data), 10);
  shared.writeUInt32LE(body.length, 14);
  shared.writeUInt32LE(data.length, 18);
  shared.writeUInt16LE(raw.length, 22);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(position, 10);
  directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), shared, tail, raw);
  for (const part of [Buffer.from('PK\x03\x04', 'latin1'), shared, raw, body]) {
    writeSync(fd, part);
    position += part.length;
  }
}

/** node:zlib has crc32 from 20.15 on. */
function crc32Of(data) {
  return crc32(data) >>> 0;
}

/** Names and descriptors as a DEX pool holds them, an address among thousands. */
function pool(count, seed) {
  const strings = [];
  for (let at = 0; at < count; at++) {
    const name = `${word()}${random(1 << 24).toString(36)}`;
    if (at % 500 === 0) strings.push(`https://api${seed % 20}.bluemarket-shop.com/v1/${word()}/${at}`);
    else if (at % 3 === 0) strings.push(`Lcom/bluemarket/${word()}/${word()}/${name};`);
    else if (at % 7 === 0) strings.push(`The ${word()} of the ${word()} could not be read: ${name}`);
    else strings.push(`${word()}${name}`);
  }
  return strings;
}

/** Hermes bytecode of version 96 as far as its strings: no functions, one run of kinds (see formats/hermes/layout.ts). */
function hermes(strings) {
  const bodies = strings.map((text) => Buffer.from(text, 'latin1'));
  const small = Buffer.alloc(bodies.length * 4);
  const overflow = [];
  let offset = 0;
  for (const [index, body] of bodies.entries()) {
    if (body.length < 255 && offset < 1 << 23)
      small.writeUInt32LE(((body.length << 24) | (offset << 1)) >>> 0, index * 4);
    else {
      small.writeUInt32LE(((255 << 24) | ((overflow.length & 0x7fffff) << 1)) >>> 0, index * 4);
      overflow.push([offset, body.length]);
    }
    offset += body.length;
  }
  const table = Buffer.alloc(overflow.length * 8);
  for (const [index, [at, length]] of overflow.entries()) {
    table.writeUInt32LE(at, index * 8);
    table.writeUInt32LE(length, index * 8 + 4);
  }
  const kinds = Buffer.alloc(4);
  kinds.writeUInt32LE(bodies.length);
  const header = Buffer.alloc(128);
  Buffer.from('c61fbc03c103191f', 'hex').copy(header);
  header.writeUInt32LE(96, 8);
  header.writeUInt32LE(1, 44);
  header.writeUInt32LE(bodies.length, 52);
  header.writeUInt32LE(overflow.length, 56);
  header.writeUInt32LE(offset, 60);
  const file = Buffer.concat([header, kinds, small, table, ...bodies, noise(4 << 20)]);
  file.writeUInt32LE(file.length, 32);
  return file;
}

const times = (count, make) => {
  for (let at = 0; at < Math.max(1, Math.round(count * scale)); at++) make(at);
};

const application = { name: 'application', attributes: { 'android:usesCleartextTraffic': true } };
put(
  'AndroidManifest.xml',
  writeBinaryXml({ name: 'manifest', attributes: { package: 'com.bluemarket.large' }, children: [application] }),
);
put(
  'resources.arsc',
  writeResources('com.bluemarket.large', [
    { type: 'string', entries: pool(60_000, 1).map((text, at) => [`text_${at}`, text]) },
  ]),
  false,
);
times(24, (at) => put(at === 0 ? 'classes.dex' : `classes${at + 1}.dex`, writeDex(pool(110_000, at))));
const shop = fixture('dex/testing/shop.dex');
times(40, (at) => put(`assets/modules/module${at}.dex`, shop));
for (const abi of ['arm64-v8a', 'armeabi-v7a', 'x86_64']) {
  const strings = Buffer.from(`${pool(60_000, abi.length).join('\0')}\0`);
  times(3, (at) => {
    const code = noise(9 << 20);
    put(
      `lib/${abi}/libengine${at}.so`,
      writeElf({
        sections: [
          { name: '.rodata', bytes: strings },
          { name: '.text', bytes: code, flags: 6 },
        ],
      }),
    );
  });
  const snapshot = writeSnapshot({ layout: 'clusters', strings: pool(60_000, 3), noise: noise(2 << 20) });
  put(
    `lib/${abi}/libapp.so`,
    writeElf({ sections: [{ name: '.rodata', bytes: snapshot }], symbols: { _kDartIsolateSnapshotData: '.rodata' } }),
  );
}
put('assets/index.android.bundle', hermes(pool(400_000, 5)));
const dll = fixture('dotnet/testing/shop.dll');
times(600, (at) => put(`assemblies/Shop${at}.dll`, dll));
const database = fixture('sqlite/testing/utf8.db');
times(300, (at) => put(`assets/databases/shop${at}.db`, database));
times(60, (at) => {
  const lines = pool(12_000, at).map((text, line) => `function f${line}(a){return call("${text}", a, {b: ${line}})}`);
  put(`assets/www/chunk${at}.js`, Buffer.from(lines.join('\n')));
});
times(4_000, (at) =>
  put(
    `res/layout/screen_${at}.xml`,
    writeBinaryXml({
      name: 'layout',
      children: Array.from({ length: 20 }, (_, i) => ({
        name: 'view',
        attributes: { 'android:name': `com.bluemarket.${word()}${i}` },
      })),
    }),
  ),
);
times(2_500, (at) =>
  put(`res/drawable/image_${at}.png`, Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), noise(30_000)]), false),
);
times(20, (at) => put(`assets/films/film${at}.mp4`, noise(1 << 20), false));
times(8, (at) => put(`assets/packs/data${at}.bin`, noise(3 << 20), false));

const central = Buffer.concat(directory);
const end = Buffer.alloc(22);
end.write('PK\x05\x06', 'latin1');
end.writeUInt16LE(directory.length / 4, 8);
end.writeUInt16LE(directory.length / 4, 10);
end.writeUInt32LE(central.length, 12);
end.writeUInt32LE(position, 16);
writeSync(fd, central);
writeSync(fd, end);
closeSync(fd);
console.log(`${target}: ${((position + central.length) / 1e6).toFixed(0)} MB, ${directory.length / 4} entries`);
