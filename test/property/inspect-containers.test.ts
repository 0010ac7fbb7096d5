/**
 * Hostile input for the readers of app bundles, resource tables, signatures, Java classes and APK sets: what real tools
 * made, with bytes changed, cut and doubled. Each comes to an end in bounded time and throws nothing.
 */
import { describe, expect, it } from 'vitest';
import { PosternError } from '../../src/core/errors.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { bufferSource } from '../../src/inspect/containers/byte-source.ts';
import { jarSigners } from '../../src/inspect/containers/signing/jar-signature.ts';
import { readSigningBlock } from '../../src/inspect/containers/signing/signing-block.ts';
import { collect } from '../../src/inspect/containers/testing/collect.ts';
import { entryOf, fixture } from '../../src/inspect/containers/testing/fixture.ts';
import { readResourceTable } from '../../src/inspect/formats/arsc.ts';
import { readJavaClass } from '../../src/inspect/formats/java/index.ts';
import { readAppDependencies } from '../../src/inspect/formats/protobuf/app-dependencies.ts';
import { readProtobufResources } from '../../src/inspect/formats/protobuf/resource-table.ts';
import { readProtobufStrings } from '../../src/inspect/formats/protobuf/strings.ts';
import { isProtobufXml, readProtobufXml } from '../../src/inspect/formats/protobuf/xml-node.ts';
import type { ReadContext } from '../../src/inspect/formats/reader.ts';
import { mergeResources, type ResourceTable } from '../../src/inspect/formats/resources.ts';
import { readValuesXml } from '../../src/inspect/formats/values-xml.ts';

const STATUSES = ['read', 'partial', 'skipped', 'failed'];
const LIMIT_MS = 1_000;
const BOLD = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** Xorshift: the same cases on every run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function mutate(original: Buffer, random: (below: number) => number): Buffer {
  let bytes: Buffer = Buffer.from(original);
  for (let changes = 1 + random(8); changes > 0; changes--) {
    const at = random(bytes.length);
    const value = BOLD[random(BOLD.length)] ?? 0;
    const kind = random(6);
    if (kind < 2) bytes[at] = random(256);
    else if (kind < 4 && at + 4 <= bytes.length) bytes.writeUInt32LE(value, at);
    else if (kind === 4) bytes = bytes.subarray(0, Math.max(4, at));
    else bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - random(64)))]);
  }
  return bytes;
}

function context(): ReadContext {
  const taken = { strings: 0 };
  const made = {
    entry: 'x',
    limits: LIMITS,
    sink: { library: () => {} },
    string(text: string) {
      expect(text.length).toBeLessThanOrEqual(LIMITS.stringLength * 3);
      taken.strings++;
    },
  };
  return made as unknown as ReadContext;
}

function useTable(table: ResourceTable): void {
  let strings = 0;
  table.strings(({ text }) => {
    strings += text.length > 0 ? 1 : 0;
  });
  expect(strings).toBeLessThan(200_000);
  const all = mergeResources([table, table]);
  for (let id = 0x7f010000; id < 0x7f0a0000; id += 0x7fff) {
    all.resolve(id);
    table.nameOf(id);
  }
  expect(STATUSES).toContain(table.result.status);
}

const signed = fixture('signed-v4.apk');
const block = signed.indexOf('APK Sig Block 42') + 16;
const api = await entryOf(await entryOf(fixture('library.aar'), 'classes.jar'), 'com/bluemarket/sdk/Api.class');

const READERS: Record<string, { sample: Buffer; read(bytes: Buffer): unknown }> = {
  'resources.arsc': {
    sample: await entryOf(fixture('app.apk'), 'resources.arsc'),
    read: (bytes) => useTable(readResourceTable(bytes, LIMITS)),
  },
  'a sparse resources.arsc': {
    sample: await entryOf(fixture('sparse.apk'), 'resources.arsc'),
    read: (bytes) => useTable(readResourceTable(bytes, LIMITS)),
  },
  'a shared library’s resources.arsc': {
    sample: fixture('shared-library.arsc'),
    read: (bytes) => useTable(readResourceTable(bytes, LIMITS)),
  },
  'resources.pb': {
    sample: await entryOf(fixture('app.aab'), 'base/resources.pb'),
    read: (bytes) => useTable(readProtobufResources(bytes, LIMITS, 'base/')),
  },
  'a manifest of protocol buffers': {
    sample: await entryOf(fixture('app.aab'), 'base/manifest/AndroidManifest.xml'),
    read(bytes) {
      isProtobufXml(bytes.subarray(0, 512), bytes.length);
      expect(STATUSES).toContain(readProtobufXml(bytes, LIMITS, undefined, () => {}).result.status);
    },
  },
  'any protocol buffer': {
    sample: await entryOf(fixture('app.aab'), 'base/resources.pb'),
    read(bytes) {
      expect(STATUSES).toContain(readProtobufStrings(bytes, context()).status);
      expect(STATUSES).toContain(readAppDependencies(bytes, context()).status);
    },
  },
  'a Java class': { sample: api, read: (bytes) => expect(STATUSES).toContain(readJavaClass(bytes, context()).status) },
  'a JAR signature': {
    sample: await entryOf(fixture('signed-v1.apk'), 'META-INF/DEBUG.RSA'),
    read: (bytes) => jarSigners(bytes),
  },
  'an APK Signing Block': {
    sample: signed.subarray(block - 5_000, block),
    read(bytes) {
      const end = Buffer.alloc(22);
      end.writeUInt32LE(0x06054b50);
      end.writeUInt32LE(bytes.length, 16);
      const found = readSigningBlock(bufferSource(Buffer.concat([bytes, end])));
      expect(found?.signatures.length ?? 0).toBeLessThan(5_000);
    },
  },
  'string resources as text': {
    sample: await entryOf(fixture('library.aar'), 'res/values/values.xml'),
    read: (bytes) => readValuesXml(bytes, () => {}),
  },
};

describe.each(Object.entries(READERS))('the reader of %s', (_, { sample, read }) => {
  it('comes to an end on what a real tool made and somebody changed', async () => {
    const random = createRandom(0x5eed + sample.length);
    for (let run = 0; run < 1_200; run++) {
      const started = performance.now();
      await read(mutate(sample, random));
      expect(performance.now() - started).toBeLessThan(LIMIT_MS);
    }
  });

  it('comes to an end wherever it is cut', async () => {
    const step = Math.max(1, Math.floor(sample.length / 300));
    for (let length = 0; length < sample.length; length += step) await read(sample.subarray(0, length));
  });
});

describe.each(['app.aab', 'app.apks', 'app.xapk', 'library.aar', 'signed-v4.apk'])('%s', (name) => {
  it('that was changed anywhere is read or refused', async () => {
    const random = createRandom(0xca11 + name.length);
    const sample = fixture(name);
    for (let run = 0; run < 100; run++) {
      try {
        const { coverage } = await collect(mutate(sample, random), { limits: { archiveBytes: 64 << 20 } }, name);
        for (const { status } of coverage) expect(STATUSES).toContain(status);
      } catch (error) {
        if (!(error instanceof PosternError)) throw error;
        expect(['E_INPUT_CORRUPT', 'E_INPUT_UNSUPPORTED']).toContain(error.code);
      }
    }
  });
});
