/** Settings of Android apps are told of any tree whatever: no exception, no endless list, the schema kept. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inspectReportSchema } from '../../src/core/contract/inspect.ts';
import { androidSettings } from '../../src/inspect/detectors/android/index.ts';
import { createCollector } from '../../src/inspect/inspect-package.ts';
import type { FoundCall, XmlElement } from '../../src/inspect/source.ts';

const name = fc.constantFrom(
  ...(
    'manifest uses-sdk application activity activity-alias service receiver provider intent-filter action category data permission ' +
    'uses-permission meta-data grant-uri-permission network-security-config base-config domain-config domain pin-set pin trust-anchors ' +
    'certificates debug-overrides paths root-path files-path full-backup-content exclude cloud-backup x'
  ).split(' '),
);
const key = fc.constantFrom(
  ...(
    'name exported permission readPermission enabled scheme host path port mimeType autoVerify launchMode taskAffinity protectionLevel ' +
    'minSdkVersion targetSdkVersion maxSdkVersion package split cleartextTrafficPermitted includeSubdomains src overridePins expiration ' +
    'allowBackup fullBackupContent dataExtractionRules usesCleartextTraffic debuggable sharedUserId resource __proto__ constructor'
  ).split(' '),
);
const value = fc.oneof(
  fc.boolean(),
  fc.integer(),
  fc.double(),
  fc.string({ maxLength: 12, unit: 'binary' }),
  fc.constantFrom(
    '',
    '@null',
    '@0x7f000001',
    'true',
    '.A',
    '.',
    '..',
    'a.b.C',
    '*',
    'https',
    'android.intent.action.VIEW',
    'android.intent.category.BROWSABLE',
    'android.permission.READ_SMS',
    'com.bluemarket.USE',
    'android.support.FILE_PROVIDER_PATHS',
    'signature|privileged',
    '2020-01-01',
    'user',
  ),
);
const part = {
  name,
  attributes: fc.dictionary(key, value, { maxKeys: 6 }),
  text: fc.constantFrom('', 'bluemarket.example', ' A.example. ', '.', '\u0000'),
};
const { element } = fc.letrec<{ element: XmlElement }>((tie) => ({
  element: fc.oneof(
    { maxDepth: 5 },
    fc.record({ ...part, children: fc.constant([]) }),
    fc.record({ ...part, children: fc.array(tie('element'), { maxLength: 4 }) }),
  ) as fc.Arbitrary<XmlElement>,
}));
const manifest = fc.record({
  name: fc.constant('manifest'),
  attributes: fc.dictionary(key, value, { maxKeys: 4 }),
  children: fc.array(
    fc.oneof(
      element,
      element.map((one) => ({ ...one, name: 'application' })),
    ),
    { maxLength: 6 },
  ),
  text: fc.constant(''),
});
const call: fc.Arbitrary<FoundCall> = fc.record({
  api: fc.constantFrom(
    'crypto.cipher',
    'crypto.digest',
    'webview.interface',
    'webview.mixedContent',
    'file.mode',
    'tls.pin',
    'x',
  ),
  args: fc.array(fc.option(fc.oneof(fc.string(), fc.integer()), { nil: undefined }), { maxLength: 3 }),
  class: fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('', '.', 'a.b.C', 'com.google.X')),
  method: fc.string({ maxLength: 5 }),
  entry: fc.constant('classes.dex'),
});

describe('settings of Android apps', () => {
  it('are told of any manifest, configuration and call, and findings made of them', () => {
    fc.assert(
      fc.property(
        manifest,
        fc.option(element),
        element,
        fc.array(call, { maxLength: 8 }),
        (root, config, paths, calls) => {
          const { sink, report } = createCollector();
          sink.manifest('AndroidManifest.xml', root);
          if (config !== null) sink.networkSecurityConfig('res/nsc.xml', config);
          sink.resourceXml('res/p.xml', 'file-provider-paths', paths);
          sink.resourceXml('res/b.xml', 'full-backup-content', paths);
          for (const one of calls) sink.call(one);
          sink.string({ text: 'http://api.bluemarket-shop.com/v1', entry: 'classes.dex', via: 'dex-string' });
          const made = report(
            'shop.apk',
            { platform: 'android', sha256: '0'.repeat(64), bytes: 1 },
            { redactionKey: new TextEncoder().encode('a key for tests, of no use elsewhere') },
          );
          expect(inspectReportSchema.safeParse(made).success).toBe(true);
          expect(new Set(made.settings.map(({ id }) => id)).size).toBe(made.settings.length);
          expect(new Set(made.findings.map((one) => one.fingerprint)).size).toBe(made.findings.length);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('take time in proportion to the manifest', () => {
    const wide = (count: number): XmlElement => ({
      name: 'manifest',
      attributes: { package: 'a.b' },
      text: '',
      children: [
        {
          name: 'application',
          attributes: {},
          text: '',
          children: Array.from({ length: count }, (_, i) => ({
            name: 'activity',
            attributes: { name: `.A${i}`, exported: true },
            text: '',
            children: [],
          })),
        },
      ],
    });
    const cost = (count: number) => {
      const root = wide(count);
      const before = process.cpuUsage();
      androidSettings({ manifest: { entry: 'm', root } });
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    cost(1000);
    expect(cost(16_000)).toBeLessThan(Math.max(50, cost(2_000)) * 16);
  });
});
