import { describe, expect, it } from 'vitest';
import { settingsOf, shop, valuesOf } from './testing/written-app.ts';

describe('the manifest', () => {
  it('without versions means API level 1', async () => {
    const values = await valuesOf({ manifest: '<manifest package="a.b"><application/></manifest>' });
    expect(values).toMatchObject({
      minSdkVersion: 1,
      targetSdkVersion: 1,
      usesCleartextTraffic: true,
      'networkSecurityConfig.cleartextBase': true,
      'networkSecurityConfig.userCa': true,
    });
  });

  it('says what it declares and what is the platform’s default', async () => {
    const settings = await settingsOf({ manifest: shop('', { application: 'debuggable="true"' }) });
    const source = (id: string) => settings.find((one) => one.id === `android.${id}`)?.source;
    expect(source('debuggable')).toBe('declared');
    expect(source('testOnly')).toBe('default');
  });

  it('does not take an unresolved reference for a value', async () => {
    const values = await valuesOf({
      manifest: shop('', { application: 'allowBackup="@0x7f050001" debuggable="@bool/d"' }),
    });
    expect(values).toMatchObject({ allowBackup: true, debuggable: false });
  });

  it('tells the activities whose task a stranger can enter', async () => {
    const tasks = async (activity: string, min = 24, application = '') =>
      (await valuesOf({ manifest: shop(`<activity name=".A" exported="true" ${activity}/>`, { min, application }) }))
        .hijackableTasks;
    expect(await tasks('launchMode="singleTask"')).toEqual(['com.bluemarket.shop.A']);
    expect(await tasks('launchMode="2"', 29)).toEqual(['com.bluemarket.shop.A']);
    expect(await tasks('launchMode="2"', 30)).toBeUndefined();
    expect(await tasks('launchMode="1"')).toBeUndefined();
    expect(await tasks('launchMode="2" taskAffinity=""')).toBeUndefined();
    expect(await tasks('launchMode="2"', 24, 'taskAffinity=""')).toBeUndefined();
  });
});

describe('backups', () => {
  const FULL = 'fullBackupContent="res/xml/b.xml"';
  const RULES = 'dataExtractionRules="res/xml/d.xml"';
  const EXCLUDE = '<exclude domain="file" path="t"/>';
  const unlimited = async (application: string, resources = {}, min = 24) =>
    (await valuesOf({ manifest: shop('', { application, min }), resources })).backupUnlimited;

  it('hold everything unless a rule says what is left out', async () => {
    expect(await unlimited('')).toEqual(['Android 11 and earlier', 'Android 12 and later']);
    expect(await unlimited('allowBackup="false"')).toBeUndefined();
    expect(await unlimited('fullBackupContent="false"')).toBeUndefined();
    expect(await unlimited(FULL, { 'full-backup-content': '<full-backup-content/>' })).toHaveLength(2);
    expect(
      await unlimited(FULL, { 'full-backup-content': `<full-backup-content>${EXCLUDE}</full-backup-content>` }),
    ).toBeUndefined();
  });

  it('of Android 12 follow the rules of their own where these are declared', async () => {
    const rules = (cloud: string) => ({
      'data-extraction-rules': `<data-extraction-rules>${cloud}</data-extraction-rules>`,
    });
    expect(await unlimited(RULES, rules(`<cloud-backup>${EXCLUDE}</cloud-backup>`))).toEqual([
      'Android 11 and earlier',
    ]);
    expect(await unlimited(RULES, rules(`<cloud-backup>${EXCLUDE}</cloud-backup>`), 31)).toBeUndefined();
    // rules for transfers between devices say nothing about the cloud
    expect(
      await unlimited(`${RULES} fullBackupContent="false"`, rules(`<device-transfer>${EXCLUDE}</device-transfer>`)),
    ).toEqual(['Android 12 and later']);
  });

  it('with rules that could not be read are not judged', async () => {
    expect(await unlimited(`${FULL} ${RULES}`)).toBeUndefined();
  });
});

describe('links', () => {
  const linked = (data: string, attributes = '', inside = '') =>
    valuesOf({
      manifest: shop(
        `<activity name=".L" exported="true"><intent-filter ${attributes}><action name="android.intent.action.VIEW"/><category name="android.intent.category.BROWSABLE"/>${data}</intent-filter>${inside}</activity>`,
      ),
    });

  it('are each scheme with each host and path of a filter', async () => {
    const data =
      '<data scheme="https"/><data scheme="bluemarket"/><data host="a.example" port="8443"/><data pathPrefix="/x"/>';
    const values = await linked(data);
    expect(values.deepLinks).toEqual(['bluemarket://a.example:8443/x', 'https://a.example:8443/x']);
    expect(values.customSchemes).toEqual(['bluemarket']);
    expect(values.unverifiedLinks).toEqual(['a.example:8443']);
  });

  it('with autoVerify are the app’s alone; without a host they are everyone’s', async () => {
    const verified = await linked('<data scheme="https" host="a.example"/>', 'autoVerify="true"');
    expect(verified.unverifiedLinks).toBeUndefined();
    expect((await linked('<data scheme="https" host="a.example"/>', 'autoVerify="false"')).unverifiedLinks).toEqual([
      'a.example',
    ]);
    expect((await linked('<data scheme="http"/>')).everyLink).toEqual(['com.bluemarket.shop.L']);
    // a viewer of PDF files is no browser
    expect((await linked('<data scheme="http" mimeType="application/pdf"/>')).everyLink).toBeUndefined();
  });

  it('are bounded, whatever a manifest lists', async () => {
    const data = Array.from({ length: 300 }, (_, i) => `<data scheme="s${i}" host="h${i}" path="/p${i}"/>`).join('');
    expect((await linked(data)).deepLinks).toHaveLength(200);
  });
});

describe('permissions', () => {
  it('that end before the first version the app runs on are not asked for', async () => {
    const beside =
      '<uses-permission name="android.permission.READ_CONTACTS" maxSdkVersion="22"/><uses-permission name="android.permission.READ_SMS" maxSdkVersion="28"/><uses-permission-sdk-23 name="android.permission.CAMERA"/>';
    const values = await valuesOf({ manifest: shop('', { beside }) });
    expect(values.personalPermissions).toEqual(['android.permission.CAMERA', 'android.permission.READ_SMS']);
  });
});

describe('calls', () => {
  it('are told by whose code makes them', async () => {
    const call = (name: string, args: (string | number | undefined)[]) => ({ api: 'crypto.cipher', class: name, args });
    const values = await valuesOf({
      manifest: shop(
        '<activity name="fr.agency.shop.Splash"><intent-filter><action name="android.intent.action.MAIN"/><category name="android.intent.category.LAUNCHER"/></intent-filter></activity>',
      ),
      calls: [
        call('com.bluemarket.shop.Vault', ['AES']),
        call('fr.agency.crypto.Box', ['aes/ecb/pkcs5padding']),
        call('com.google.android.gms.internal.zzab', ['AES']),
        call('net.library.Box', ['AES']),
        call('a.b.c', ['AES']),
        call('com.bluemarket.shop.Unknown', [undefined]),
        call('com.bluemarket.shop.Good', ['AES/GCM/NoPadding']),
        call('com.bluemarket.shop.Rsa', ['RSA/ECB/OAEPPadding']),
      ],
    });
    expect(values['code.ecb']).toEqual([
      'com.bluemarket.shop.Vault.run: AES',
      'fr.agency.crypto.Box.run: aes/ecb/pkcs5padding',
    ]);
    expect(values['code.ecb.library']).toEqual([
      'com.google.android.gms.internal.zzab.run: AES',
      'net.library.Box.run: AES',
    ]);
    expect(values['code.ecb.unattributed']).toEqual(['a.b.c.run: AES']);
  });

  it('with arguments that are not known prove nothing', async () => {
    const unknown = [
      'webview.javascript',
      'webview.fileUrls',
      'webview.mixedContent',
      'webview.debugging',
      'file.mode',
    ];
    const calls = unknown.map((api) => ({ api, class: 'com.bluemarket.shop.A', args: [undefined, undefined] }));
    const values = await valuesOf({ manifest: shop(''), calls });
    expect(Object.keys(values).filter((id) => id.startsWith('code.'))).toEqual([]);
  });
});
