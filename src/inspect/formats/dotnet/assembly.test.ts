import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readAssemblyStore } from './assembly-store.ts';
import { type Found, readAs } from './testing/read.ts';

const SHOP = readFileSync(new URL('./testing/shop.dll', import.meta.url));

describe('an assembly made by a compiler', () => {
  let found: Found;
  const texts = () => found.strings.map(({ text }) => text);
  const byText = (text: string) => found.strings.find((string) => string.text === text);
  beforeAll(async () => {
    found = await readAs(readAssemblyStore, SHOP, { entry: 'shop.dll' });
  });

  it('gives its literals, each exactly, with ASCII and other characters', () => {
    expect(found.result).toEqual({ status: 'read', reason: '.NET assembly, 11 literals, 2 resources' });
    expect(texts()).toContain('https://zero.bluemarket-shop.com/');
    expect(texts()).toContain('https://login.bluemarket-shop.com/über?u=');
    expect(texts()).toContain('你好 https://cn.bluemarket-shop.com/');
  });

  it('leaves out what cannot matter', () => {
    expect(texts()).not.toContain('just a sentence');
    expect(texts()).not.toContain('short');
  });

  it('points at the bytes of a literal', () => {
    const { offset = 0, text } = byText('wss://live.bluemarket-shop.com/socket') ?? { text: '' };
    expect(SHOP.toString('utf16le', offset, offset + text.length * 2)).toBe('wss://live.bluemarket-shop.com/socket');
  });

  it('says which methods use a literal, all of them, also in nested types', () => {
    expect(byText('https://shared.bluemarket-shop.com/')?.code).toEqual([
      { class: 'BlueMarket.Shop.Api', method: 'Pick' },
      { class: 'BlueMarket.Shop.Api', method: 'Again' },
    ]);
    expect(byText('wss://live.bluemarket-shop.com/socket')?.code).toEqual([
      { class: 'BlueMarket.Shop.Api.Session', method: 'Open' },
    ]);
  });

  it('names the method that people wrote where the compiler made a class of it', () => {
    expect(byText('https://login.bluemarket-shop.com/über?u=')?.code).toEqual([
      { class: 'BlueMarket.Shop.Api', method: 'LoginAsync' },
    ]);
    expect(byText('https://later.bluemarket-shop.com/x')?.code).toEqual([
      { class: 'BlueMarket.Shop.Api', method: 'Later' },
    ]);
  });

  it('names a literal after the field or property that receives it', () => {
    expect(byText('https://api.bluemarket-shop.com/v2/')?.name).toBe('BaseUrl');
    expect(byText('https://zero.bluemarket-shop.com/')?.name).toBeUndefined();
  });

  it('keeps a password that looks like a word, because of the name of its field', () => {
    expect(byText('tomatoes')?.name).toBe('Password');
  });

  it('gives constants that no code uses, by the name of their field', () => {
    expect(byText('bm-live-0123456789abcdef')?.name).toBe('ApiKey');
  });

  it('gives the strings of attributes: positional, in arrays, named', () => {
    expect(byText('/api/orders/{id}')?.name).toBe('BlueMarket.Http.GetAttribute');
    expect(byText('/v0/order/{id}')?.name).toBe('BlueMarket.Http.GetAttribute');
    expect(byText('orders.bluemarket-shop.com')?.name).toBe('Host');
    expect(byText('https://telemetry.bluemarket-shop.com/v1')?.name).toBe('TelemetryEndpoint');
  });

  it('leaves out attributes that only people and tools read', () => {
    expect(texts().join()).not.toContain('imprint');
    expect(texts().join()).not.toContain('git.bluemarket-shop.com');
  });

  it('gives static data that is text: UTF-8 literals', () => {
    expect(texts()).toContain('mqtt://b.example');
  });

  it('reads text files among its resources as entries of their own', () => {
    expect(byText('https://settings.bluemarket-shop.com/api')).toMatchObject({
      entry: 'shop.dll!BlueMarket.Shop.appsettings.json',
      name: 'Url',
    });
  });

  it('reads tables of resources, long values too', () => {
    expect(byText('https://help.bluemarket-shop.com/start')?.name).toBe('Help');
    expect(texts().some((text) => text.length > 300 && text.endsWith('https://long.bluemarket-shop.com/'))).toBe(true);
  });

  it('tells its name, the version of its package and its namespaces', () => {
    expect(found.libraries).toEqual([{ ecosystem: 'nuget', name: 'shop', version: '2.1.3', entry: 'shop.dll' }]);
    expect(found.code.map(({ names }) => [...names])).toEqual([
      [
        ['BlueMarket.Http', 1],
        ['BlueMarket.Shop', 3],
      ],
    ]);
  });
});

describe('what is no assembly that can be read', () => {
  it('is told: a native executable of Windows', async () => {
    const native = Buffer.from(SHOP);
    const directories = native.readUInt32LE(0x3c) + 24 + 96;
    native.fill(0, directories + 14 * 8, directories + 15 * 8);
    const { result, strings } = await readAs(readAssemblyStore, native);
    expect(result).toEqual({ status: 'skipped', reason: 'a Windows executable without .NET code' });
    expect(strings).toEqual([]);
  });

  it('is told: damaged metadata', async () => {
    const broken = Buffer.from(SHOP);
    broken.write('XXXX', broken.indexOf('BSJB'), 'latin1');
    expect((await readAs(readAssemblyStore, broken)).result).toMatchObject({
      status: 'failed',
      code: 'DOTNET_BAD_METADATA',
    });
  });

  it('is told, after what could be read: literals that go beyond their heap', async () => {
    const broken = Buffer.from(SHOP);
    const text = Buffer.from('https://one.bluemarket-shop.com/', 'utf16le');
    broken[broken.indexOf(text) - 1] = 0xff; // no length begins so
    const { result, strings } = await readAs(readAssemblyStore, broken);
    expect(result).toMatchObject({ status: 'partial', code: 'DOTNET_BAD_HEAP' });
    expect(strings.map((string) => string.text)).toContain('https://zero.bluemarket-shop.com/');
  });
});
