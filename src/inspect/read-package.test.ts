import { createHash, randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { buildBinary } from 'plist';
import { describe, expect, it } from 'vitest';
import { writeDex } from '../../lab/apk/dex-writer.ts';
import { type ApkSpec, buildApk } from '../../lab/apk/index.ts';
import { writeZip } from '../../lab/apk/zip-writer.ts';
import { collect, collectFile } from './containers/testing/collect.ts';
import { dataOffset, patchEntry, prepend } from './containers/testing/damage.ts';

const SPEC: ApkSpec = {
  applicationId: 'com.example.shop',
  versionName: '3.2.0',
  versionCode: 32,
  label: 'Märkt',
  minSdk: 24,
  targetSdk: 34,
  manifestFlags: { debuggable: true, allowBackup: false, usesCleartextTraffic: true },
  networkSecurityConfig: {
    cleartextTrafficPermitted: true,
    userCertificates: true,
    domains: [{ name: 'legacy.example.org', includeSubdomains: true, cleartextTrafficPermitted: false }],
  },
  strings: { firebase_database_url: 'https://shop.firebaseio.example', project_id: 'shop' },
  dex: [['https://search.example.org:9200', 'Lcom/example/shop/Main;', 'Main.java', 'toString'], ['/api/orders']],
  assets: {
    'www/config.json': '{"apiUrl": "http:\\/\\/api.example.org"}',
    'logo.png': Buffer.from([0x89, 0x50, 0x4e, 0x47]),
  },
};
const APK = buildApk(SPEC);

function file(name: string, data: string | Buffer, compress = true) {
  return { name, data: Buffer.from(data), compress };
}

function texts(found: { strings: { text: string; entry: string }[] }, entry: string): string[] {
  return found.strings.filter((string) => string.entry === entry).map(({ text }) => text);
}

function codes(found: { skips: { code: string; severity: string }[] }): string[] {
  return found.skips.map(({ code, severity }) => `${severity} ${code}`);
}

describe('a package', () => {
  it('gives every string that can matter with its place, and no other', async () => {
    const found = await collect(APK);
    expect(found.facts).toEqual({
      platform: 'android',
      sha256: createHash('sha256').update(APK).digest('hex'),
      bytes: APK.length,
    });
    expect(texts(found, 'classes.dex')).toEqual(['https://search.example.org:9200']);
    expect(texts(found, 'classes2.dex')).toEqual(['/api/orders']);
    expect(found.strings.filter(({ via }) => via === 'resource').map(({ name, text }) => [name, text])).toEqual([
      ['string/app_name', 'Märkt'],
      ['string/firebase_database_url', 'https://shop.firebaseio.example'],
      ['string/project_id', 'shop'],
    ]);
    const json = found.strings.find(({ entry }) => entry === 'assets/www/config.json');
    expect(json).toEqual({
      text: 'http://api.example.org',
      entry: 'assets/www/config.json',
      via: 'text',
      name: 'apiUrl',
      line: 1,
      offset: 12,
    });
    expect(found.skips).toEqual([]);
  });

  it('points at the bytes of a string', async () => {
    const { strings } = await collect(APK);
    const inDex = strings.find(({ via }) => via === 'dex-string');
    const dex = writeDex(SPEC.dex[0] ?? []);
    expect(dex.toString('latin1', inDex?.offset, (inDex?.offset ?? 0) + 31)).toBe('https://search.example.org:9200');
  });

  it('has a manifest whose references are resolved, and the configuration that it names', async () => {
    const found = await collect(APK);
    const [manifest] = found.manifests;
    expect(manifest?.entry).toBe('AndroidManifest.xml');
    expect(manifest?.root.attributes).toEqual({
      package: 'com.example.shop',
      versionCode: 32,
      versionName: '3.2.0',
    });
    const application = manifest?.root.children.find(({ name }) => name === 'application');
    expect(application?.attributes).toEqual({
      label: 'Märkt',
      debuggable: true,
      allowBackup: false,
      usesCleartextTraffic: true,
      networkSecurityConfig: 'res/xml/network_security_config.xml',
    });
    expect(found.security).toHaveLength(1);
    const [base, domain] = found.security[0]?.root.children ?? [];
    expect(base?.attributes).toEqual({ cleartextTrafficPermitted: true });
    expect(domain?.children[0]).toMatchObject({ name: 'domain', text: 'legacy.example.org' });
  });

  it('accounts for every entry', async () => {
    const { coverage } = await collect(APK);
    expect(coverage.map(({ entry, status }) => `${status} ${entry}`)).toEqual([
      'read (APK signature)',
      'read resources.arsc',
      'read AndroidManifest.xml',
      'read classes.dex',
      'read classes2.dex',
      'read res/xml/network_security_config.xml',
      'read assets/www/config.json',
      'skipped (images)',
      'skipped (signatures)',
    ]);
  });

  it('tells its progress and stops when asked', async () => {
    const seen: string[] = [];
    const stop = new AbortController();
    const reading = collect(APK, {
      signal: stop.signal,
      onProgress: ({ entry, done, total }) => {
        seen.push(`${entry} ${done}/${total}`);
        if (done === 2) stop.abort();
      },
    });
    await expect(reading).rejects.toThrow(/abort/i);
    expect(seen).toEqual(['resources.arsc 0/8', 'AndroidManifest.xml 1/8', 'classes.dex 2/8']);
  });

  it('inside another is read with its own resources, and named with it', async () => {
    const bundle = writeZip([file('manifest.json', '{}'), file('base.apk', APK, false), file('split.apk', APK)]);
    const found = await collect(bundle, {}, 'app.xapk');
    expect(found.facts.platform).toBe('android');
    expect(texts(found, 'base.apk!classes2.dex')).toEqual(['/api/orders']);
    expect(texts(found, 'split.apk!classes2.dex')).toEqual([]); // the same bytes, read there
    expect(found.manifests[0]?.entry).toBe('base.apk!AndroidManifest.xml');
    expect(found.security[0]?.entry).toBe('base.apk!res/xml/network_security_config.xml');
  });

  it('for iOS is read from an odd root, with XML and binary property lists', async () => {
    const info = buildBinary({
      CFBundleIdentifier: 'org.example.app',
      NSAppTransportSecurity: { NSAllowsArbitraryLoads: true },
    });
    const google =
      '<?xml version="1.0"?><plist version="1.0"><dict><key>DATABASE_URL</key><string>https://x.firebaseio.example</string></dict></plist>';
    const found = await collect(
      writeZip([
        file('app/Payload/A.app/Info.plist', Buffer.from(info)),
        file('app/Payload/A.app/GoogleService-Info.plist', google),
        file(
          'app/Payload/A.app/en.lproj/Localizable.strings',
          Buffer.from('\ufeff"help" = "https://help.example.org";', 'utf16le'),
        ),
        file('app/Payload/A.app/A', Buffer.from('cffaedfe0c000001', 'hex')),
      ]),
      {},
      'app.ipa',
    );
    expect(found.facts.platform).toBe('ios');
    expect(found.plists.map(({ value }) => value)).toEqual([
      { CFBundleIdentifier: 'org.example.app', NSAppTransportSecurity: { NSAllowsArbitraryLoads: true } },
      { DATABASE_URL: 'https://x.firebaseio.example' },
    ]);
    expect(found.strings).toContainEqual({
      text: 'https://x.firebaseio.example',
      entry: 'app/Payload/A.app/GoogleService-Info.plist',
      via: 'plist',
      name: 'DATABASE_URL',
    });
    expect(found.strings).toContainEqual(expect.objectContaining({ text: 'https://help.example.org', name: 'help' }));
    expect(found.coverage).toContainEqual({
      entry: 'app/Payload/A.app/A',
      status: 'skipped',
      reason: 'executable: strings of this format are not read yet',
    });
  });

  it('for the store (AAB) gives its DEX files also when its manifest is damaged', async () => {
    const found = await collect(
      writeZip([
        file('base/manifest/AndroidManifest.xml', Buffer.from([0x0a, 0x05, 1, 2, 3, 4, 5, 6, 7, 8])),
        file('base/dex/classes.dex', writeDex(['https://api.example.org'])),
      ]),
      {},
      'app.aab',
    );
    expect(found.facts.platform).toBe('android');
    expect(texts(found, 'base/dex/classes.dex')).toEqual(['https://api.example.org']);
    expect(found.skips).toEqual([
      expect.objectContaining({ subject: 'base/manifest/AndroidManifest.xml', severity: 'incomplete' }),
    ]);
  });

  it.each([
    ['assets/index.android.bundle', 'c61fbc03c103191f54000000'],
    ['lib/arm64-v8a/libapp.so', '7f454c46'],
    ['lib/arm64-v8a/libx.so', '7f454c46'],
    ['assets/bin/Data/Managed/Metadata/global-metadata.dat', 'af1bb1fa'],
    ['assemblies/App.dll', '58414c5a0000000000000000'],
  ])('whose %s cannot be read is incomplete, and says so', async (name, hex) => {
    const found = await collect(
      writeZip([file('classes.dex', writeDex(['https://a.example'])), file(name, Buffer.from(hex, 'hex'))]),
    );
    expect(found.coverage.find(({ entry }) => entry === name)?.status).not.toBe('read');
    expect(found.skips).toEqual([expect.objectContaining({ subject: name, severity: 'incomplete' })]);
  });

  it('gives DEX files, archives and scripts whatever their names are', async () => {
    const found = await collect(
      writeZip([
        file('assets/payload.bin', writeDex(['https://payload.example.org'])),
        file('assets/data', writeZip([file('x.dex', writeDex(['https://nested.example.org']))])),
        file('assets/main.jsbundle', 'var a = "https://script.example.org"'),
        file('assets/settings', 'endpoint=https://settings.example.org\n'),
      ]),
    );
    expect(texts(found, 'assets/payload.bin')).toEqual(['https://payload.example.org']);
    expect(texts(found, 'assets/data!x.dex')).toEqual(['https://nested.example.org']);
    expect(texts(found, 'assets/main.jsbundle')).toEqual(['https://script.example.org']);
    expect(texts(found, 'assets/settings')).toEqual(['https://settings.example.org']);
  });
});

describe('an input that is no package', () => {
  it.each([
    ['an empty file', 'a.apk', Buffer.alloc(0), 'E_INPUT_CORRUPT'],
    ['an image', 'a.png', Buffer.from('89504e470d0a1a0a', 'hex'), 'E_INPUT_UNSUPPORTED'],
    ['a text that is named like a package', 'a.apk', Buffer.from('<html>not found</html>'), 'E_INPUT_UNSUPPORTED'],
    ['an end record of nothing', 'a.apk', Buffer.from(`504b0506${'00'.repeat(18)}`, 'hex'), 'E_INPUT_CORRUPT'],
    ['a local header and no more', 'a.apk', Buffer.from('504b0304', 'hex'), 'E_INPUT_CORRUPT'],
  ])('is refused: %s', async (_what, name, bytes, code) => {
    await expect(collect(bytes, {}, name)).rejects.toMatchObject({ code });
  });

  it('is refused when it does not exist, or is a folder', async () => {
    await expect(collectFile('/nonexistent/app.apk')).rejects.toMatchObject({ code: 'E_INPUT_NOT_FOUND' });
    await expect(collectFile('/')).rejects.toMatchObject({ code: 'E_INPUT_NOT_FOUND' });
  });

  it('is read when it is one file of a package', async () => {
    const found = await collect(writeDex(['https://api.example.org']), {}, 'classes.dex');
    expect(texts(found, 'classes.dex')).toEqual(['https://api.example.org']);
  });
});

describe('a package whose headers lie', () => {
  it('is read when an unknown method hides plain or deflated bytes', async () => {
    const found = await collect(patchEntry(APK, 'classes.dex', { method: 0x4242 }));
    expect(texts(found, 'classes.dex')).toEqual(['https://search.example.org:9200']);
    expect(found.skips).toEqual([]);
  });

  it('is read when the encryption bit is set on bytes that are not encrypted', async () => {
    const found = await collect(patchEntry(APK, 'AndroidManifest.xml', { flags: 0x801 }));
    expect(found.manifests).toHaveLength(1);
    expect(found.skips).toEqual([]);
  });

  it('is incomplete when an entry is truly encrypted or truly unknown, and the rest is read', async () => {
    const name = 'classes.dex';
    const zip = writeZip([file(name, randomBytes(100), false), file('classes2.dex', writeDex(['https://a.example']))]);
    const locked = await collect(patchEntry(zip, name, { flags: 1, crc32: 1 }));
    expect(codes(locked)).toEqual(['incomplete ZIP_ENCRYPTED']);
    expect(texts(locked, 'classes2.dex')).toEqual(['https://a.example']);
    const odd = await collect(patchEntry(zip, name, { method: 98, crc32: 1 }));
    expect(codes(odd)).toEqual(['incomplete ZIP_UNKNOWN_COMPRESSION']);
    expect(odd.coverage).toContainEqual({
      entry: name,
      status: 'failed',
      reason: 'compression method 98 is not known',
    });
  });

  it('is incomplete when an encrypted entry has a name that says nothing', async () => {
    const zip = writeZip([file('assets/blob', randomBytes(100), false)]);
    expect(codes(await collect(patchEntry(zip, 'assets/blob', { flags: 1, crc32: 1 })))).toEqual([
      'incomplete ZIP_ENCRYPTED',
    ]);
  });

  it('is read to the end when an entry is larger than it says', async () => {
    const found = await collect(patchEntry(APK, 'classes.dex', { size: 10 }));
    expect(texts(found, 'classes.dex')).toEqual(['https://search.example.org:9200']);
  });

  it('may use a name twice, unsafe names and names that are not UTF-8', async () => {
    const dex = writeDex(['https://a.example']);
    const zip = writeZip([
      file('classes.dex', dex),
      file('classes.dex', writeDex(['https://b.example'])),
      file('../../etc/x.json', '"https://c.example"'),
      file('é.json', '"https://d.example"'),
    ]);
    const found = await collect(patchEntry(zip, 'é.json', { flags: 0, name: Buffer.from([0xff, 0x82]) }));
    expect(texts(found, 'classes.dex')).toEqual(['https://a.example', 'https://b.example']);
    expect(texts(found, '../../etc/x.json')).toEqual(['https://c.example']);
    expect(found.strings.find(({ text }) => text === 'https://d.example')?.entry).toMatch(/é\.json$/);
    expect(codes(found)).toEqual(['note ZIP_DUPLICATE_NAME', 'note ZIP_UNSAFE_NAME']);
  });

  it('shows control characters of a name as replacement characters', async () => {
    const found = await collect(writeZip([file('a\u001b[2J.json', '"https://a.example"')]));
    expect(found.strings[0]?.entry).toBe('a\ufffd[2J.json');
  });

  it('may have a DEX before it, which is read and told (Janus)', async () => {
    const found = await collect(prepend(writeDex(['https://evil.example']), APK));
    expect(texts(found, '(before the archive).dex')).toEqual(['https://evil.example']);
    expect(texts(found, 'classes2.dex')).toEqual(['/api/orders']);
    expect(codes(found)).toEqual(['note ZIP_PREPENDED_DEX']);
  });
});

describe('a damaged package', () => {
  it('that was cut off gives what its local headers show', async () => {
    const cut = APK.subarray(0, APK.lastIndexOf('META-INF/MANIFEST.MF') - 60);
    const found = await collect(cut.subarray(0, cut.indexOf('PK\x01\x02', 0, 'latin1')));
    expect(texts(found, 'classes.dex')).toEqual(['https://search.example.org:9200']);
    expect(found.manifests).toHaveLength(1);
    expect(codes(found)).toEqual(['incomplete ZIP_DIRECTORY_DAMAGED']);
  });

  it('that was cut off inside an entry gives the strings before the cut', async () => {
    const strings = Array.from(
      { length: 2000 },
      (_, i) => `https://example.org/${i}/${createHash('md5').update(`${i}`).digest('hex')}`,
    );
    const apk = buildApk({ ...SPEC, dex: [strings] });
    const found = await collect(apk.subarray(0, dataOffset(apk, 'classes.dex') + 30_000));
    expect(texts(found, 'classes.dex').length).toBeGreaterThan(100);
    expect(codes(found)).toContain('incomplete ZIP_DIRECTORY_DAMAGED');
    expect(codes(found)).toContain('incomplete ZIP_TRUNCATED');
    expect(found.coverage).toContainEqual(expect.objectContaining({ entry: 'classes.dex', status: 'partial' }));
  });

  it('with bytes after its end is read all the same', async () => {
    const found = await collect(Buffer.concat([APK, Buffer.from('trailing')]));
    expect(texts(found, 'classes2.dex')).toEqual(['/api/orders']);
  });

  it('with a directory that breaks off is read beyond the break', async () => {
    const bytes = Buffer.from(APK);
    const directory = bytes.indexOf('PK\x01\x02', 0, 'latin1');
    bytes.write('XX', bytes.indexOf('PK\x01\x02', directory + 4, 'latin1'), 'latin1');
    const found = await collect(bytes);
    expect(found.manifests).toHaveLength(1);
    expect(texts(found, 'classes2.dex')).toEqual(['/api/orders']);
    expect(codes(found)).toEqual(['incomplete ZIP_DIRECTORY_DAMAGED']);
  });

  it('with a wrong checksum or spoilt data says so and keeps what it can', async () => {
    const wrong = await collect(patchEntry(APK, 'classes.dex', { crc32: 1 }));
    expect(texts(wrong, 'classes.dex')).toEqual(['https://search.example.org:9200']);
    expect(codes(wrong)).toEqual(['incomplete ZIP_CRC']);
    const spoilt = Buffer.from(APK);
    spoilt.fill(0xff, dataOffset(APK, 'classes.dex'), dataOffset(APK, 'classes.dex') + 20);
    const found = await collect(spoilt);
    expect(codes(found)).toEqual(['incomplete ZIP_CORRUPT']);
    expect(found.coverage).toContainEqual(expect.objectContaining({ entry: 'classes.dex', status: 'failed' }));
  });

  it('whose security configuration is missing is incomplete', async () => {
    const zip = patchEntry(APK, 'res/xml/network_security_config.xml', {
      name: Buffer.from('res/xml/network_security_confiX.xml'),
    });
    expect(codes(await collect(zip))).toEqual(['incomplete NSC_NOT_FOUND']);
  });
});

describe('a package that wants too much', () => {
  const zeros = (size: number) => Buffer.alloc(size);

  it('is read up to the limit of an entry, the rest is told', async () => {
    const dex = writeDex(Array.from({ length: 5000 }, (_, i) => `https://example.org/${i}`));
    const found = await collect(writeZip([file('classes.dex', dex)]), { limits: { entryBytes: 100_000 } });
    expect(codes(found)).toEqual(['incomplete LIMIT_ENTRY_BYTES']);
    expect(found.strings.length).toBeGreaterThan(1000);
    expect(found.strings.length).toBeLessThan(5000);
  });

  it('is read up to the limit of the archive', async () => {
    const zip = writeZip([file('a.dex', zeros(60_000)), file('b.dex', zeros(60_000)), file('c.dex', zeros(60_000))]);
    const found = await collect(zip, { limits: { archiveBytes: 100_000 } });
    expect(codes(found)).toContain('incomplete LIMIT_ENTRY_BYTES');
    expect(codes(found)).toContain('incomplete LIMIT_ARCHIVE_BYTES');
  });

  it('is not inflated when it claims an impossible ratio', async () => {
    const zip = patchEntry(writeZip([file('classes.dex', writeDex(['https://a.example']))]), 'classes.dex', {
      size: 0x7fffffff,
    });
    expect(codes(await collect(zip))).toEqual(['incomplete LIMIT_RATIO']);
  });

  it('is read up to the limit of entries', async () => {
    const zip = writeZip(Array.from({ length: 50 }, (_, i) => file(`assets/${i}.json`, '"https://a.example"')));
    const found = await collect(zip, { limits: { archiveEntries: 20 } });
    expect(found.strings).toHaveLength(20);
    expect(codes(found)).toEqual(['incomplete LIMIT_ENTRIES']);
  });

  it('is read as deep as the limit, and entries inside count with the others', async () => {
    let zip = writeZip([file('deep.json', '"https://deep.example"')]);
    for (let i = 0; i < 5; i++) zip = writeZip([file(`${i}.zip`, zip)]);
    const found = await collect(zip);
    expect(found.strings).toEqual([]);
    expect(codes(found)).toEqual(['incomplete LIMIT_DEPTH']);
    expect((await collect(zip, { limits: { archiveDepth: 5 } })).strings).toHaveLength(1);
    expect(codes(await collect(zip, { limits: { archiveDepth: 5, archiveEntries: 3 } }))).toContain(
      'incomplete LIMIT_ENTRIES',
    );
  });

  it('reads data that many entries share once', async () => {
    const zip = writeZip([file('a.dex', writeDex(['https://a.example'])), file('b.dex', 'x')]);
    const second = zip.lastIndexOf('PK\x01\x02', undefined, 'latin1');
    zip.writeUInt32LE(0, second + 42);
    const found = await collect(zip);
    expect(found.strings).toHaveLength(1);
    expect(codes(found)).toEqual(['incomplete ZIP_OVERLAP']);
  });

  it('reads a script of one enormous line in chunks, with its addresses at both ends', async () => {
    const filler = 'a(function(b){return b.c/2},"d");'.repeat(1_000_000);
    const script = `var first="https://first.example.org";${filler}var last="https://last.example.org";`;
    const found = await collect(writeZip([file('assets/main.js', script)]));
    expect(texts(found, 'assets/main.js')).toEqual(['https://first.example.org', 'https://last.example.org']);
    expect(found.strings[1]).toMatchObject({ line: 1, name: 'last', offset: script.length - 26 });
    expect(found.skips).toEqual([]);
  });

  it('streams a text that hides its size', async () => {
    const script = `${' '.repeat(9 << 20)}"https://last.example.org"`;
    const raw = deflateRawSync(Buffer.from(script));
    expect(raw.length).toBeLessThan(20_000);
    const found = await collect(patchEntry(writeZip([file('a.js', script)]), 'a.js', { size: 100 }));
    expect(texts(found, 'a.js')).toEqual(['https://last.example.org']);
  });
});
