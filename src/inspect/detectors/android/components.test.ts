import { describe, expect, it } from 'vitest';
import { isExported, protectionOf } from './components.ts';
import { shop, valuesOf, xml } from './testing/written-app.ts';

const LAUNCHER =
  '<intent-filter><action name="android.intent.action.MAIN"/><category name="android.intent.category.LAUNCHER"/></intent-filter>';

describe('components', () => {
  it('are exported by declaration, else by intent filter before API level 31, providers up to 16', async () => {
    const filter = '<intent-filter><action name="a"/></intent-filter>';
    const service = await xml(`<service>${filter}</service>`);
    expect(isExported(service, 30)).toBe(true);
    expect(isExported(service, 31)).toBe(false);
    const provider = await xml('<provider/>');
    expect(isExported(provider, 16)).toBe(true);
    expect(isExported(provider, 17)).toBe(false);
    // binary documents hold any integer for a boolean
    expect(isExported({ name: 'service', attributes: { exported: -1 }, children: [], text: '' }, 34)).toBe(true);
    expect(isExported({ name: 'service', attributes: { exported: 0 }, children: [], text: '' }, 30)).toBe(false);
  });

  it('of the app are told apart from those of libraries and those that have to be open', async () => {
    const values = await valuesOf({
      manifest: shop(
        `<activity name=".Main" exported="true">${LAUNCHER}</activity>` +
          '<activity name="com.bluemarket.pay.Confirm" exported="true"/>' +
          '<activity name="net.scanner.ScanActivity" exported="true"/>' +
          '<activity name="com.facebook.CustomTabActivity" exported="true"/>' +
          '<activity-alias name=".Alias" targetActivity=".Secret" exported="true"/>' +
          '<activity name=".Inner" exported="true"><intent-filter><action name="android.intent.action.VIEW"/><data scheme="bluemarket"/></intent-filter></activity>' +
          '<service name="Sync" exported="true"/>' +
          '<service name=".Off" exported="true" enabled="false"/>',
      ),
    });
    expect(values.exportedActivities).toEqual([
      'com.bluemarket.pay.Confirm',
      'com.bluemarket.shop.Alias',
      'com.bluemarket.shop.Inner',
    ]);
    expect(values.exportedServices).toEqual(['com.bluemarket.shop.Sync']);
    expect(values.exportedOfLibraries).toEqual(['net.scanner.ScanActivity']);
    expect(values.exportedComponents).toBe(8);
  });

  it('count as guarded by the permission of the application, of the component, and for providers by both ways in', async () => {
    const provider = (attributes: string, application = '') =>
      valuesOf({ manifest: shop(`<provider name=".P" exported="true" ${attributes}/>`, { application }) });
    expect((await provider('')).exportedProviders).toEqual(['com.bluemarket.shop.P']);
    expect((await provider('readPermission="p.R"')).exportedProviders).toEqual(['com.bluemarket.shop.P']);
    expect((await provider('readPermission="p.R" writePermission="p.W"')).exportedProviders).toBeUndefined();
    expect((await provider('permission="p.A"')).exportedProviders).toBeUndefined();
    expect((await provider('', 'permission="p.A"')).exportedProviders).toBeUndefined();
  });

  it('of feature modules belong to the app, once each', async () => {
    const feature = '<service name=".feature.Sync" exported="true"/>';
    const values = await valuesOf({
      manifest: shop(feature),
      splits: [
        `<manifest package="com.bluemarket.shop" split="f"><application>${feature}<service name=".feature.Two" exported="true"/></application></manifest>`,
      ],
    });
    expect(values.exportedServices).toEqual(['com.bluemarket.shop.feature.Sync', 'com.bluemarket.shop.feature.Two']);
    expect(values.exportedComponents).toBe(2);
  });
});

describe('a permission', () => {
  const own = async (level: string) =>
    new Map([['p', await xml(`<permission name="p"${level === '' ? '' : ` protectionLevel="${level}"`}/>`)]]);
  it.each([
    ['', 'normal'],
    ['normal', 'normal'],
    ['0', 'normal'],
    ['1', 'dangerous'],
    ['0x1', 'dangerous'],
    ['dangerous', 'dangerous'],
    ['signature', undefined],
    ['signature|privileged', undefined],
    ['2', undefined],
    ['18', undefined],
    ['0x00000012', undefined],
    ['internal', undefined],
  ])('of level “%s” protects as %s', async (level, expected) => {
    expect(protectionOf('p', await own(level))).toBe(expected);
  });

  it('of the platform protects by its list, and of another app is not judged', () => {
    expect(protectionOf('android.permission.INTERNET', new Map())).toBe('normal');
    expect(protectionOf('android.permission.READ_CONTACTS', new Map())).toBe('dangerous');
    expect(protectionOf('android.permission.BIND_JOB_SERVICE', new Map())).toBeUndefined();
    expect(protectionOf('com.partner.USE', new Map())).toBeUndefined();
  });
});
