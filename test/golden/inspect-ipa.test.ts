/** Whole iOS packages, made here: what is the app's own in one with frameworks, and what is left of an encrypted one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, buildBinary } from 'plist';
import { describe, expect, it } from 'vitest';
import { writeZip } from '../../lab/apk/zip-writer.ts';
import { writeSnapshot } from '../../src/inspect/formats/dart/testing/snapshot-writer.ts';
import {
  cstrings,
  writeCms,
  writeFat,
  writeMachO,
  writeSignature,
} from '../../src/inspect/formats/macho/testing/write-macho.ts';
import { inspectPackage } from '../../src/inspect/index.ts';
import { own, TEST_KEY } from './inspect-support.ts';

const ID = 'com.bluemarket.shop';
const code = (...texts: string[]) => [{ name: '__cstring', data: cstrings(...texts) }];
const info = (id: string, more: Record<string, unknown> = {}) =>
  Buffer.from(buildBinary({ CFBundleIdentifier: id, CFBundleShortVersionString: '2.1.0', ...more } as never));

async function inspect(files: Record<string, Buffer>) {
  const folder = mkdtempSync(join(tmpdir(), 'postern-ipa-'));
  try {
    const path = join(folder, 'shop.ipa');
    writeFileSync(path, writeZip(Object.entries(files).map(([name, data]) => ({ name, data, compress: true }))));
    return await inspectPackage(path, { redactionKey: TEST_KEY });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function app(root: string, executable: Buffer, more: Record<string, Buffer> = {}): Record<string, Buffer> {
  const files = {
    Shop: executable,
    'Info.plist': info(ID, { CFBundleExecutable: 'Shop', DTSDKName: 'iphoneos17.2' }),
    ...more,
  };
  return Object.fromEntries(Object.entries(files).map(([name, data]) => [`${root}Shop.app/${name}`, data]));
}

describe('an iOS package', () => {
  it.each(['Payload/', 'app/Payload/', ''])('is read with “%s” as its root', async (root) => {
    const binary = writeFat([
      writeMachO({ wide: false, sections: code('https://api.orders-hub.com/v1') }),
      writeMachO({ sections: code('https://api.orders-hub.com/v1') }),
    ]);
    const report = await inspect(app(root, binary));
    expect(report.app).toMatchObject({ platform: 'ios', id: ID, version: '2.1.0' });
    expect(own(report)).toEqual(['https://api.orders-hub.com/v1']);
    expect(report.endpoints[0]?.evidence).toHaveLength(1);
    expect(report.skips).toEqual([]);
  });

  it('tells what its own frameworks say from what those of others do, wherever they stand in the archive', async () => {
    const strings = Array.from({ length: 40 }, (_, index) => `package:shop/screens/screen_${index}.dart`);
    const dart = writeSnapshot({ layout: '64', strings: [...strings, 'https://dart.orders-hub.com/v2'] });
    const frameworks: Record<string, Buffer> = {
      'Frameworks/ShopKit.framework/ShopKit': writeMachO({
        fileType: 6,
        sections: code('https://kit.orders-hub.com/'),
      }),
      'Frameworks/ShopKit.framework/Info.plist': info('com.bluemarket.ShopKit'),
      'Frameworks/Ads.framework/Ads': writeMachO({ fileType: 6, sections: code('https://in.ads-maker.net/v1') }),
      'Frameworks/Ads.framework/Info.plist': info('org.cocoapods.Ads'),
      'Frameworks/App.framework/App': writeMachO({
        fileType: 6,
        sections: [{ name: '__const', data: dart }],
        exports: ['_kDartIsolateSnapshotData'],
      }),
      'Frameworks/App.framework/Info.plist': info('io.flutter.flutter.app'),
    };
    const report = await inspect({
      ...Object.fromEntries(Object.entries(frameworks).map(([name, data]) => [`Payload/Shop.app/${name}`, data])),
      ...app('Payload/', writeMachO()),
    });
    expect(own(report).sort()).toEqual(['https://dart.orders-hub.com/v2', 'https://kit.orders-hub.com/']);
    expect(report.endpoints.find(({ host }) => host === 'in.ads-maker.net')).toMatchObject({
      origin: 'sdk',
      reason: 'an embedded framework',
    });
    const flutter = report.endpoints.find(({ host }) => host === 'dart.orders-hub.com');
    expect(flutter?.evidence.map(({ via }) => via)).toEqual(['dart']);
    expect(report.libraries.map(({ purl }) => purl)).toContain('pkg:cocoapods/Ads@2.1.0');
  });

  it('that the store encrypted says so, and gives what its lists and signature hold', async () => {
    const signature = writeSignature({ entitlements: build({ 'aps-environment': 'production' }) });
    const profile = writeCms(
      Buffer.from(build({ ProvisionsAllDevices: true, TeamName: 'Jane Doe', Contact: 'https://jane.orders-hub.com' })),
      [],
      64,
    );
    const report = await inspect(
      app('Payload/', writeMachO({ cryptid: 1, sections: code('https://api.orders-hub.com/v1'), signature }), {
        'embedded.mobileprovision': profile,
        'Settings.plist': Buffer.from(build({ Server: 'https://lists.orders-hub.com/' })),
      }),
    );
    expect(own(report)).toEqual(['https://lists.orders-hub.com/']);
    expect(report.skips).toEqual([
      expect.objectContaining({ code: 'MACHO_ENCRYPTED', severity: 'incomplete', subject: 'Payload/Shop.app/Shop' }),
    ]);
    const values = new Map(report.settings.map(({ id, value }) => [id, value]));
    expect(values.get('ios.binary.encrypted')).toBe(true);
    expect(values.get('ios.entitlement.push')).toBe('production');
    expect(values.get('ios.provisioning')).toBe('enterprise');
    expect(JSON.stringify(report)).not.toMatch(/[Jj]ane/);
  });
});
