import { describe, expect, it } from 'vitest';
import type { InspectEndpoint } from '../../../core/contract/inspect.ts';
import type { PlistValue } from '../../source.ts';
import { declarationsOf, sdkOf } from '../declarations.ts';
import { judgeEntry } from '../place.ts';
import { iosSettings, isAppInfoPlist } from '../settings-ios.ts';
import { frameworkLibraries, sharesPrefix } from './frameworks.ts';
import { createOwnFrameworks } from './own-frameworks.ts';
import { permitsCleartext } from './transport-security.ts';

const APP = 'Payload/Shop.app/';
const INFO = `${APP}Info.plist`;

function valuesOf(info: PlistValue, files: Record<string, PlistValue> = {}, urls: string[] = []): Map<string, unknown> {
  const plists = Object.entries(files).map(([name, value]) => ({ entry: `${APP}${name}`, value }));
  const endpoints = urls.map((url): InspectEndpoint => {
    const { protocol, hostname } = new URL(url);
    const scheme = protocol.slice(0, -1);
    return { url, raw: url, scheme, host: hostname, origin: 'app', reason: '', complete: true, evidence: [] };
  });
  const settings = iosSettings(INFO, info, { plists, endpoints });
  return new Map(settings.map(({ id, value }) => [id.replace('ios.', ''), value]));
}

describe('App Transport Security for one host', () => {
  const exception = (rules: PlistValue) => ({ NSExceptionDomains: { 'bluemarket-shop.com': rules } });
  const allow = { NSExceptionAllowsInsecureHTTPLoads: true };
  it.each([
    ['nothing is declared', undefined, 'api.bluemarket-shop.com', false],
    ['everything is allowed', { NSAllowsArbitraryLoads: true }, 'api.bluemarket-shop.com', true],
    [
      'a narrower key makes iOS ignore it',
      { NSAllowsArbitraryLoads: true, NSAllowsArbitraryLoadsInWebContent: false },
      'api.bluemarket-shop.com',
      false,
    ],
    ['the host has an exception', exception(allow), 'bluemarket-shop.com', true],
    ['the exception is for the domain alone', exception(allow), 'api.bluemarket-shop.com', false],
    [
      'the exception includes subdomains',
      exception({ ...allow, NSIncludesSubdomains: true }),
      'api.bluemarket-shop.com',
      true,
    ],
    [
      'an exception without leave overrules the general key',
      { NSAllowsArbitraryLoads: true, ...exception({}) },
      'bluemarket-shop.com',
      false,
    ],
    ['it is an address', undefined, '203.0.113.7', true],
    ['it is a name of the local network', {}, 'printer.local', true],
  ])('when %s', (_when, ats, host, permitted) => {
    expect(permitsCleartext(ats as never, host, false)).toBe(permitted);
  });

  it('is told for every server that the app names in clear text', () => {
    const info = { NSAppTransportSecurity: exception({ ...allow, NSIncludesSubdomains: true }) };
    const values = valuesOf(info, {}, [
      'http://api.bluemarket-shop.com/v1',
      'http://old.bluemarket-media.com/',
      'https://bluemarket-shop.com/',
    ]);
    expect(values.get('ats.cleartextHosts')).toEqual(['api.bluemarket-shop.com']);
    expect(values.get('ats.blockedHosts')).toEqual(['old.bluemarket-media.com']);
  });
});

describe('the settings of an iOS app', () => {
  it('tell what it offers and asks for', () => {
    const values = valuesOf({
      CFBundleURLTypes: [{ CFBundleURLSchemes: ['bluemarket', 'fb1'] }, 3],
      LSApplicationQueriesSchemes: ['whatsapp'],
      UIBackgroundModes: ['location'],
      NSLocationAlwaysAndWhenInUseUsageDescription: 'x',
      NSContactsUsageDescription: 'x',
    });
    expect(values.get('urlSchemes')).toEqual(['bluemarket', 'fb1']);
    expect(values.get('queriedSchemes')).toEqual(['whatsapp']);
    expect(values.get('backgroundModes')).toEqual(['location']);
    expect(values.get('asksFor')).toEqual(['contacts', 'location']);
  });

  it('tell kinds and counts of its profile, and never a device or a person', () => {
    const profile = {
      ProvisionedDevices: ['00008030-000000000000001E', '00008030-000000000000002E'],
      TeamName: 'Jane Doe',
      ExpirationDate: new Date('2027-03-01T00:00:00Z'),
      Entitlements: { 'get-task-allow': true, 'keychain-access-groups': ['ABCDE12345.*'] },
    };
    const settings = iosSettings(INFO, {}, { plists: [{ entry: `${APP}embedded.mobileprovision`, value: profile }] });
    const values = new Map(settings.map(({ id, value }) => [id, value]));
    expect(values.get('ios.provisioning')).toBe('development');
    expect(values.get('ios.provisioning.devices')).toBe(2);
    expect(values.get('ios.provisioning.expires')).toBe('2027-03-01');
    expect(values.get('ios.entitlement.getTaskAllow')).toBe(true);
    expect(JSON.stringify(settings)).not.toMatch(/Jane|00008030/);
  });

  it.each([
    [{ ProvisionsAllDevices: true }, 'enterprise'],
    [{ ProvisionedDevices: ['a'] }, 'ad hoc'],
    [{}, 'app store'],
  ])('call the profile %j one for %s', (profile, kind) => {
    expect(valuesOf({}, { 'embedded.mobileprovision': profile }).get('provisioning')).toBe(kind);
  });

  it('take the entitlements of the signature before those of the profile', () => {
    const values = valuesOf(
      { CFBundleExecutable: 'Shop' },
      {
        'Shop!entitlements.plist': { 'com.apple.developer.associated-domains': ['applinks:bluemarket-shop.com'] },
        'embedded.mobileprovision': { Entitlements: { 'get-task-allow': true } },
      },
    );
    expect(values.get('entitlement.getTaskAllow')).toBe(false);
    expect(values.get('associatedDomains')).toEqual(['applinks:bluemarket-shop.com']);
  });

  it('survive documents of any shape', () => {
    const odds: PlistValue[] = [null, 'x', 3n, [1], { Entitlements: [1] }, { NSPrivacyTrackingDomains: 'x' }];
    for (const odd of odds) {
      const files = { 'embedded.mobileprovision': odd, 'PrivacyInfo.xcprivacy': odd, 'Shop!entitlements.plist': odd };
      expect(valuesOf({ CFBundleURLTypes: odd }, files).size).toBeGreaterThan(0);
    }
  });

  it('are of the app, wherever its folder stands', () => {
    for (const entry of [INFO, `app/${INFO}`, 'Shop.app/Info.plist', `upload.zip!${INFO}`]) {
      expect(isAppInfoPlist(entry), entry).toBe(true);
    }
    for (const entry of [`${APP}Watch/Shop.app/Info.plist`, `${APP}Base.lproj/Main.storyboardc/Info.plist`]) {
      expect(isAppInfoPlist(entry), entry).toBe(false);
    }
  });
});

describe('privacy manifests', () => {
  const manifest = {
    NSPrivacyTracking: false,
    NSPrivacyTrackingDomains: ['track.bluemarket-ads.com'],
    NSPrivacyCollectedDataTypes: [
      {
        NSPrivacyCollectedDataType: 'NSPrivacyCollectedDataTypeEmailAddress',
        NSPrivacyCollectedDataTypeLinked: true,
        NSPrivacyCollectedDataTypePurposes: ['NSPrivacyCollectedDataTypePurposeAppFunctionality'],
      },
      'odd',
    ],
    NSPrivacyAccessedAPITypes: [
      {
        NSPrivacyAccessedAPIType: 'NSPrivacyAccessedAPICategoryDiskSpace',
        NSPrivacyAccessedAPITypeReasons: ['E174.1'],
      },
    ],
  };

  it('are told in Apple’s own terms, without their prefixes', () => {
    expect(declarationsOf([{ entry: `${APP}PrivacyInfo.xcprivacy`, value: manifest }])).toEqual([
      {
        source: 'privacy-manifest',
        entry: `${APP}PrivacyInfo.xcprivacy`,
        tracking: false,
        trackingDomains: ['track.bluemarket-ads.com'],
        data: [{ type: 'EmailAddress', linked: true, purposes: ['AppFunctionality'] }],
        apis: [{ category: 'DiskSpace', reasons: ['E174.1'] }],
      },
    ]);
  });

  it.each([
    [`${APP}PrivacyInfo.xcprivacy`, undefined],
    [`${APP}Frameworks/Alamofire.framework/PrivacyInfo.xcprivacy`, 'Alamofire'],
    [`${APP}FirebaseCore_Privacy.bundle/PrivacyInfo.xcprivacy`, 'FirebaseCore'],
    [`${APP}Firebase_FirebaseCore.bundle/PrivacyInfo.xcprivacy`, 'FirebaseCore'],
    [`${APP}shared_preferences_foundation_privacy.bundle/PrivacyInfo.xcprivacy`, 'shared_preferences_foundation'],
    [`${APP}PlugIns/Widget.appex/PrivacyInfo.xcprivacy`, undefined],
  ])('of %s are those of %s', (entry, sdk) => {
    expect(sdkOf(entry)).toBe(sdk);
  });
});

describe('the frameworks of an app', () => {
  const framework = (name: string, id: string, version = '1.2.0') => ({
    entry: `${APP}Frameworks/${name}.framework/Info.plist`,
    value: { CFBundleIdentifier: id, CFBundleShortVersionString: version },
  });

  it('are its libraries, with the version that they say', () => {
    const plists = [
      framework('Alamofire', 'org.cocoapods.Alamofire', '5.9.1'),
      framework('ShopKit', 'com.bluemarket.ShopKit'),
      framework('Vendor', 'com.vendor.sdk', '$(VERSION)'),
      framework('XCTest', 'com.apple.XCTest'),
      {
        entry: `${APP}a_b.bundle/Info.plist`,
        value: { CFBundleIdentifier: 'swift-collections.Collections.resources' },
      },
    ];
    expect(
      frameworkLibraries(plists, (id) => sharesPrefix('com.bluemarket.shop', id)).map(
        ({ ecosystem, name, version }) => [ecosystem, name, version],
      ),
    ).toEqual([
      ['cocoapods', 'Alamofire', '5.9.1'],
      ['generic', 'Vendor', undefined],
      ['swift', 'Collections', undefined],
    ]);
  });

  it('are its own when their ids are of its family', () => {
    const own = createOwnFrameworks();
    own.see(INFO, { CFBundleIdentifier: 'com.bluemarket.shop' });
    for (const { entry, value } of [framework('ShopKit', 'com.bluemarket.ShopKit'), framework('Ads', 'com.ads.sdk')]) {
      own.see(entry, value);
    }
    expect(own.has(`${APP}Frameworks/ShopKit.framework/ShopKit`)).toBe(true);
    expect(own.has(`${APP}Frameworks/Ads.framework/Ads`)).toBe(false);
    expect(own.has(`${APP}Frameworks/Other.framework/Other`)).toBe(false);
    own.see(`${APP}ShopUI.bundle/Info.plist`, { CFBundleIdentifier: 'com.bluemarket.ShopUI' });
    expect(own.has(`${APP}ShopUI.bundle/servers.json`)).toBe(true);
    expect(judgeEntry(`${APP}Settings.bundle/Root.plist`).origin).toBe('app');
    expect(judgeEntry(`${APP}Vendor.bundle/servers.json`).origin).toBe('sdk');
    expect(judgeEntry(`${APP}Frameworks/libswiftCore.dylib`).origin).toBe('framework');
    expect(judgeEntry(`${APP}Frameworks/App.framework/flutter_assets/assets/servers.json`).origin).toBe('app');
    expect(sharesPrefix('io.github.one.app', 'io.github.two.kit')).toBe(false);
    expect(sharesPrefix('org.cocoapods.demo.X', 'org.cocoapods.Alamofire')).toBe(false);
    expect(sharesPrefix('', 'com.bluemarket.ShopKit')).toBe(false);
  });
});
