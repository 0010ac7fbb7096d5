/** How grave a finding about an Android app is depends on the rest of the app. */
import { describe, expect, it } from 'vitest';
import { exampleManifest as manifest } from '../../src/inspect/rules/android-hits.ts';
import { reportOfExample } from './inspect-support.ts';

async function found(rule: string, ...example: string[]): Promise<string[]> {
  const { findings } = await reportOfExample(example.join('\n'));
  return findings
    .filter((one) => one.rule === `inspect/${rule}`)
    .map(({ severity, confidence, message }) => `${severity} ${confidence}: ${message}`);
}

const CONTACTS = '<uses-permission android:name="android.permission.READ_CONTACTS"/>';
const OPEN = 'android:usesCleartextTraffic="true"';

describe('a server that the app names in clear text', () => {
  it('is a finding of its own where the app may reach it so, graver than the permission itself', async () => {
    const example = [manifest(OPEN), 'http://api.bluemarket-shop.com/v1'];
    expect(await found('cleartext-endpoint', ...example)).toEqual([
      'high firm: The app talks to api.bluemarket-shop.com in clear text (http).',
    ]);
    expect(await found('android-cleartext-traffic', ...example)).toEqual([
      'medium firm: The app allows clear-text connections to every server.',
    ]);
  });

  it('is for information where the platform refuses the connection', async () => {
    const example = [manifest(''), 'http://api.bluemarket-shop.com/v1'];
    expect(await found('cleartext-endpoint', ...example)).toEqual([]);
    expect(await found('android-cleartext-blocked', ...example)).toEqual([
      'info firm: The app may not talk in clear text to api.bluemarket-shop.com, and names them so: these connections fail.',
    ]);
  });

  it('is judged even so when the scheme is not the platform’s to refuse', async () => {
    expect(await found('cleartext-endpoint', manifest(''), 'mqtt://mq.bluemarket-shop.com:1883')).toHaveLength(1);
  });

  it('is of little weight in a private network', async () => {
    expect(await found('cleartext-endpoint', manifest(OPEN), 'http://192.168.1.20:8080/v1')).toEqual([
      'low firm: The app talks to 192.168.1.20:8080 in clear text (http).',
    ]);
  });
});

describe('permissions for personal data', () => {
  it('are for information alone, and a finding beside a server that others can read', async () => {
    expect(await found('android-personal-permissions', manifest('', { beside: CONTACTS }))).toEqual([
      'info firm: The app may read contacts.',
    ]);
    expect(
      await found(
        'android-personal-permissions',
        manifest(OPEN, { beside: CONTACTS }),
        'http://api.bluemarket-shop.com/v1',
      ),
    ).toEqual([
      'medium tentative: The app may read contacts, and talks to servers that are open to others: api.bluemarket-shop.com.',
    ]);
    expect(
      await found(
        'android-personal-permissions',
        manifest('', { beside: CONTACTS }),
        'mongodb://db.bluemarket-shop.com:27017/shop',
      ),
    ).toEqual([
      'medium tentative: The app may read contacts, and talks to servers that are open to others: db.bluemarket-shop.com.',
    ]);
  });
});

describe('what code does', () => {
  it('weighs by whose code it is', async () => {
    const trusts = (name: string) => found('android-trusts-every-certificate', `call ${name}.check tls.trustAll()`);
    expect(await trusts('com.bluemarket.shop.Net')).toEqual([
      'high firm: The app accepts every TLS certificate: com.bluemarket.shop.Net.check.',
    ]);
    expect(await trusts('a.b.c')).toEqual([
      'medium tentative: Code whose names were shortened accepts every TLS certificate: a.b.c.check.',
    ]);
    expect(await trusts('com.rabbitmq.client.NullTrustManager')).toEqual([
      'info tentative: A library of the app accepts every TLS certificate: com.rabbitmq.client.NullTrustManager.check.',
    ]);
  });
});

describe('components', () => {
  it('are found one by one, so that a new one is told from those already known', async () => {
    const service = (name: string) => `<service android:name=".${name}" android:exported="true"/>`;
    const one = await reportOfExample(manifest('', { inside: service('A') }));
    const two = await reportOfExample(manifest('', { inside: service('A') + service('B') }));
    const prints = (report: typeof one) =>
      report.findings
        .filter(({ rule }) => rule === 'inspect/android-exported-service')
        .map(({ fingerprint }) => fingerprint);
    expect(prints(two)).toHaveLength(2);
    expect(prints(two)).toEqual(expect.arrayContaining(prints(one)));
  });
});
