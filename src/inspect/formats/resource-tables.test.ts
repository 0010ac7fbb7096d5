/** Resource tables that aapt2 made, binary and protobuf, against each other and against what aapt2 says is in them. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../core/limits.ts';
import { entryOf, fixture, fixturePath } from '../containers/testing/fixture.ts';
import { readResourceTable } from './arsc.ts';
import { readBinaryXml } from './axml.ts';
import { readProtobufResources } from './protobuf/resource-table.ts';
import { mergeResources, type ResourceString, type ResourceTable } from './resources.ts';

function stringsOf(table: ResourceTable): ResourceString[] {
  const found: ResourceString[] = [];
  table.strings((one) => found.push(one));
  return found;
}

function named(table: ResourceTable): string[] {
  return stringsOf(table)
    .map(({ name, text }) => `${name} ${text}`)
    .sort();
}

const binary = readResourceTable(await entryOf(fixture('app.apk'), 'resources.arsc'), LIMITS);
const protobuf = readProtobufResources(await entryOf(fixture('app.aab'), 'base/resources.pb'), LIMITS, 'base/');

describe('a resource table of protocol buffers', () => {
  it('gives the strings that the binary one gives', () => {
    expect(named(protobuf)).toEqual(named(binary));
    expect(named(protobuf)).toContain('string/help https://hilfe.bluemarket-shop.com');
    expect(named(protobuf)).toContain('array/hosts https://b.bluemarket-shop.com');
    expect(named(protobuf)).toContain('string/styled see https://styled.bluemarket-shop.com');
  });

  it('names an alias with what it stands for', () => {
    expect(named(protobuf)).toContain('string/alias https://bluemarket-shop.firebaseio.example');
  });

  it('says where a string stands', async () => {
    const bytes = await entryOf(fixture('app.aab'), 'base/resources.pb');
    const found = stringsOf(protobuf).filter(({ offset }) => offset !== undefined);
    expect(found.length).toBeGreaterThan(8);
    for (const { text, offset = 0 } of found) {
      expect(bytes.toString('utf8', offset, offset + Buffer.byteLength(text))).toBe(text);
    }
  });

  it('resolves every id as the binary one does, files in the module’s folder', () => {
    let resolved = 0;
    for (let type = 1; type < 16; type++) {
      for (let entry = 0; entry < 16; entry++) {
        const id = ((0x7f << 24) | (type << 16) | entry) >>> 0;
        const expected = binary.resolve(id);
        const found = protobuf.resolve(id);
        expect(protobuf.nameOf(id)).toBe(binary.nameOf(id));
        if (typeof expected === 'string' && expected.startsWith('res/')) expect(found).toBe(`base/${expected}`);
        else if (binary.nameOf(id)?.startsWith('dimen/') !== true) expect(found).toEqual(expected);
        if (expected !== undefined) resolved++;
      }
    }
    expect(resolved).toBeGreaterThan(9);
  });

  it('that is cut gives what came before, and says so', async () => {
    const bytes = await entryOf(fixture('app.aab'), 'base/resources.pb');
    const table = readProtobufResources(bytes.subarray(0, 1_000), LIMITS);
    expect(table.result).toMatchObject({ status: 'partial', code: 'PROTOBUF_DAMAGED' });
    // the package is one message: nothing of it is whole
    expect(readProtobufResources(Buffer.from([0xff]), LIMITS).result.status).toBe('partial');
  });
});

describe('a sparse resource table', () => {
  it('gives every value, also of the configuration whose entries are sparse', async () => {
    const table = readResourceTable(await entryOf(fixture('sparse.apk'), 'resources.arsc'), LIMITS);
    const found = named(table);
    for (let i = 1; i <= 120; i++) expect(found).toContain(`string/s${i} https://s${i}.bluemarket-shop.com`);
    expect(found).toContain('string/s7 https://fr7.bluemarket-shop.com');
    expect(found).toContain('string/s99 https://fr99.bluemarket-shop.com');
  });
});

describe('resources of a shared library', () => {
  const library = readResourceTable(fixture('shared-library.arsc'), LIMITS);
  const app = readResourceTable(fixture('library-user.arsc'), LIMITS);

  it('are found from the app, which knows them by an id of its own', () => {
    const manifest = (resources: Parameters<typeof readBinaryXml>[2]) =>
      readBinaryXml(fixture('library-user.xml'), LIMITS, resources).root;
    const valueIn = (resources: Parameters<typeof readBinaryXml>[2]) =>
      manifest(resources)?.children.find(({ name }) => name === 'application')?.children[0]?.attributes.value;
    expect(valueIn(app)).toMatch(/^@0x/);
    expect(valueIn(mergeResources([app, library]))).toBe('https://lib.bluemarket-shop.com');
  });

  it('are looked for under the name that the table gives to their id', () => {
    const found: string[] = [];
    const table = {
      libraryOf: (id: number) => (id === 5 ? 'com.bluemarket.lib' : undefined),
      find(_: number, packageName?: string) {
        if (packageName !== undefined) found.push(packageName);
        return packageName === undefined ? undefined : { name: 'string/url', isDefault: true, value: 'there' };
      },
    };
    expect(mergeResources([table]).resolve(0x05010000)).toBe('there');
    expect(found).toEqual(['com.bluemarket.lib']);
    expect(mergeResources([table]).resolve(0x06010000)).toBeUndefined();
  });

  it('do not answer for an id of the app itself', () => {
    expect(mergeResources([library]).resolve(0x7f010000)).toBeUndefined();
  });

  it('stand under id 0 in their own table', () => {
    expect(library.packages).toEqual([{ id: 0, name: 'com.bluemarket.lib' }]);
    expect(library.libraryOf(0)).toBe('com.bluemarket.lib');
    expect(app.libraryOf(2)).toBeUndefined();
  });
});

/** The bytes of a table, and where its one package begins. */
async function packageIn(): Promise<{ bytes: Buffer; at: number }> {
  const bytes = Buffer.from(await entryOf(fixture('sparse.apk'), 'resources.arsc'));
  return { bytes, at: 12 + bytes.readUInt32LE(16) }; // after the header and the string pool
}

describe('ids of resources', () => {
  it('begin after the offset of types that the package states', async () => {
    const { bytes, at } = await packageIn();
    bytes.writeUInt32LE(4, at + 284);
    const table = readResourceTable(bytes, LIMITS);
    expect(table.resolve(0x7f050000)).toBe('Sparse');
    expect(table.nameOf(0x7f050000)).toBe('string/app_name');
    expect(table.resolve(0x7f010000)).toBeUndefined();
  });

  it('given out before a release lead to those that were given for good', async () => {
    const { bytes, at } = await packageIn();
    const alias = Buffer.alloc(20);
    for (const [where, value] of [
      [0, 0x000c0206],
      [4, 20],
      [8, 1],
      [12, 0x7ffe0003],
      [16, 0x7f010000],
    ] as const) {
      alias.writeUInt32LE(value, where);
    }
    const longer = Buffer.concat([bytes, alias]);
    longer.writeUInt32LE(longer.length, 4);
    longer.writeUInt32LE(longer.length - at, at + 4);
    const table = readResourceTable(longer, LIMITS);
    expect(table.result.status).toBe('read');
    expect(table.resolve(0x7ffe0003)).toBe('Sparse');
    expect(table.resolve(0x7ffe0004)).toBeUndefined();
  });
});

const aapt2 = spawnSync('aapt2', ['version']).status === 0;
if (!aapt2) console.warn('aapt2 is not installed: resource tables are not compared with its dump');

describe.skipIf(!aapt2)('every string value that aapt2 dumps', () => {
  it.each([
    ['app.apk', 'resources.arsc'],
    ['sparse.apk', 'resources.arsc'],
  ])('of %s is read', async (name, entry) => {
    const dump = spawnSync('aapt2', ['dump', 'resources', fixturePath(name)], { encoding: 'utf8' }).stdout;
    const found = new Set(named(readResourceTable(await entryOf(fixture(name), entry), LIMITS)));
    let resource = '';
    let compared = 0;
    for (const line of dump.split('\n')) {
      resource = /^ {4}resource 0x[0-9a-f]{8} (\S+)/.exec(line)?.[1] ?? resource;
      const text = /^ {6}\([^)]*\) "(.*)"$/.exec(line)?.[1];
      if (text === undefined || !/[.:]/.test(text)) continue;
      compared++;
      expect(found).toContain(`${resource} ${text}`);
    }
    expect(compared).toBeGreaterThan(2);
  });
});
