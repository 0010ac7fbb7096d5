import { describe, expect, it } from 'vitest';
import type { XmlElement } from '../source.ts';
import { androidSettings } from './android/index.ts';
import { iosIdentity, iosSettings, isAppInfoPlist } from './settings-ios.ts';

function element(
  name: string,
  attributes: XmlElement['attributes'] = {},
  children: XmlElement[] = [],
  text = '',
): XmlElement {
  return { name, attributes, children, text };
}

function valuesOf(
  application: XmlElement['attributes'],
  sdk: XmlElement['attributes'],
  config?: XmlElement,
): Map<string, unknown> {
  const root = element('manifest', {}, [element('uses-sdk', sdk), element('application', application)]);
  const settings = androidSettings({
    manifest: { entry: 'AndroidManifest.xml', root },
    ...(config === undefined ? {} : { networkSecurityConfig: { entry: 'res/xml/nsc.xml', root: config } }),
  });
  return new Map(settings.map(({ id, value }) => [id.replace('android.', ''), value]));
}

describe('androidSettings', () => {
  it('takes the platform’s defaults for the target version', () => {
    const old = valuesOf({}, { targetSdkVersion: 22 });
    expect(old.get('usesCleartextTraffic')).toBe(true);
    expect(old.get('networkSecurityConfig.userCa')).toBe(true);
    const recent = valuesOf({}, { targetSdkVersion: 34 });
    expect(recent.get('usesCleartextTraffic')).toBe(false);
    expect(recent.get('networkSecurityConfig.cleartextBase')).toBe(false);
    expect(recent.get('networkSecurityConfig.userCa')).toBe(false);
    expect(recent.get('allowBackup')).toBe(true);
    expect(recent.get('debuggable')).toBe(false);
  });

  it('lets the network security configuration win over the flag of the manifest', () => {
    const config = element('network-security-config', {}, [
      element('base-config', { cleartextTrafficPermitted: false }),
      element('domain-config', { cleartextTrafficPermitted: true }, [
        element('domain', {}, [], 'old.bluemarket.example'),
        element('trust-anchors', {}, [element('certificates', { src: 'user' })]),
      ]),
    ]);
    const settings = valuesOf({ usesCleartextTraffic: true }, { targetSdkVersion: 34 }, config);
    expect(settings.get('networkSecurityConfig.cleartextBase')).toBe(false);
    expect(settings.get('networkSecurityConfig.cleartextDomains')).toEqual(['old.bluemarket.example']);
    expect(settings.get('networkSecurityConfig.userCa')).toBe(true);
  });

  it('counts components that are exported by declaration or, before API level 31, by an intent filter', () => {
    const filter = element('intent-filter');
    const root = (targetSdkVersion: number) =>
      element('manifest', {}, [
        element('uses-sdk', { targetSdkVersion }),
        element('application', {}, [
          element('activity', { name: '.A' }, [filter]),
          element('service', { exported: true }),
          element('receiver', { exported: false }, [filter]),
        ]),
      ]);
    const count = (target: number) =>
      androidSettings({ manifest: { entry: 'm', root: root(target) } }).find(
        ({ id }) => id === 'android.exportedComponents',
      )?.value;
    expect(count(30)).toBe(2);
    expect(count(31)).toBe(1);
  });
});

describe('iosSettings', () => {
  it('reads App Transport Security and its exceptions', () => {
    const settings = iosSettings('Payload/Shop.app/Info.plist', {
      NSAppTransportSecurity: {
        NSAllowsArbitraryLoads: true,
        NSExceptionDomains: {
          'b.bluemarket.example': { NSExceptionAllowsInsecureHTTPLoads: true },
          'a.bluemarket.example': { NSTemporaryExceptionAllowsInsecureHTTPLoads: true },
          'safe.bluemarket.example': { NSIncludesSubdomains: true },
        },
      },
    });
    const values = new Map(settings.map(({ id, value }) => [id, value]));
    expect(values.get('ios.ats.arbitraryLoads')).toBe(true);
    expect(values.get('ios.ats.exception')).toEqual(['a.bluemarket.example', 'b.bluemarket.example']);
  });

  it('survives any value in any place', () => {
    expect(iosSettings('Info.plist', { NSAppTransportSecurity: 'yes', UIFileSharingEnabled: 3n })).not.toHaveLength(0);
    expect(iosIdentity([1, 2])).toEqual({ id: '', version: '' });
  });

  it('knows the app’s own Info.plist from those inside it', () => {
    expect(isAppInfoPlist('Payload/Shop.app/Info.plist')).toBe(true);
    expect(isAppInfoPlist('app/Payload/Shop.app/Info.plist')).toBe(true);
    expect(isAppInfoPlist('Payload/Shop.app/Frameworks/X.framework/Info.plist')).toBe(false);
    expect(isAppInfoPlist('Payload/Shop.app/PlugIns/W.appex/Info.plist')).toBe(false);
  });
});
