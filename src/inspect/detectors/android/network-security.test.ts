import { describe, expect, it } from 'vitest';
import { networkPolicy, policyFor } from './network-security.ts';
import { shop, valuesOf, xml } from './testing/written-app.ts';

const NESTED = `<network-security-config>
  <base-config cleartextTrafficPermitted="false"/>
  <domain-config cleartextTrafficPermitted="true">
    <domain includeSubdomains="true">bluemarket.example</domain>
    <pin-set expiration="2025-05-01"><pin digest="SHA-256">aaa=</pin><pin digest="SHA-256">bbb=</pin></pin-set>
    <domain-config>
      <domain>cdn.bluemarket.example</domain>
      <trust-anchors><certificates src="user"/></trust-anchors>
    </domain-config>
    <domain-config cleartextTrafficPermitted="false">
      <domain includeSubdomains="true">pay.bluemarket.example</domain>
    </domain-config>
  </domain-config>
</network-security-config>`;

describe('the network security configuration', () => {
  it('gives a host the entry that names it, else the longest that includes its subdomains, else the base', async () => {
    const policy = networkPolicy(await xml(NESTED), 34);
    const clear = (host: string) => policyFor(policy, host).cleartext;
    expect(clear('bluemarket.example')).toBe(true);
    expect(clear('API.Bluemarket.example.')).toBe(true);
    expect(clear('cdn.bluemarket.example')).toBe(true);
    expect(clear('pay.bluemarket.example')).toBe(false);
    expect(clear('eu.pay.bluemarket.example')).toBe(false);
    expect(clear('notbluemarket.example')).toBe(false);
    expect(clear('other.example')).toBe(false);
  });

  it('takes subdomains of names, not of addresses', async () => {
    const networkSecurityConfig = `<network-security-config><domain-config cleartextTrafficPermitted="true">
      <domain includeSubdomains="true">bluemarket.example</domain>
      <domain includeSubdomains="true">192.0.2.7</domain>
      <domain includeSubdomains="true">2001:db8::7</domain>
    </domain-config></network-security-config>`;
    const values = await valuesOf({ manifest: shop(''), networkSecurityConfig });
    expect(values['networkSecurityConfig.cleartextDomains']).toEqual([
      '*.bluemarket.example',
      '192.0.2.7',
      '2001:db8::7',
    ]);
  });

  it('lets nested entries inherit what they do not say', async () => {
    const policy = networkPolicy(await xml(NESTED), 34);
    const cdn = policyFor(policy, 'cdn.bluemarket.example');
    expect(cdn.pins).toEqual({ count: 2, expiration: '2025-05-01' });
    expect(cdn.anchors.map(({ src }) => src)).toEqual(['user']);
    // an exact name without includeSubdomains does not cover what lies below it
    expect(policyFor(policy, 'a.cdn.bluemarket.example').anchors.map(({ src }) => src)).toEqual(['system']);
  });

  it('takes what the base does not say from the default of the target version', async () => {
    const empty = await xml('<network-security-config><base-config/></network-security-config>');
    expect(networkPolicy(empty, 27).base.cleartext).toBe(true);
    expect(networkPolicy(empty, 28).base.cleartext).toBe(false);
    expect(networkPolicy(empty, 23).base.anchors.map(({ src }) => src)).toEqual(['system', 'user']);
    expect(networkPolicy(empty, 24).base.anchors.map(({ src }) => src)).toEqual(['system']);
  });

  it('keeps debug-overrides out of a release', async () => {
    const values = await valuesOf({
      manifest: shop(''),
      networkSecurityConfig:
        '<network-security-config><debug-overrides cleartextTrafficPermitted="true"><trust-anchors><certificates src="user"/></trust-anchors></debug-overrides></network-security-config>',
    });
    expect(values['networkSecurityConfig.userCa']).toBe(false);
    expect(values['networkSecurityConfig.cleartextBase']).toBe(false);
    expect(values['networkSecurityConfig.debugOverrides']).toBe(true);
  });

  it('tells pins that have expired, and those without a backup', async () => {
    const config = (today: string, pins: string, expiration = '') =>
      valuesOf({
        manifest: shop(''),
        networkSecurityConfig: `<network-security-config><domain-config><domain>bluemarket.example</domain><pin-set${expiration}>${pins}</pin-set></domain-config></network-security-config>`,
        today,
      });
    const two = '<pin>aaa=</pin><pin>bbb=</pin>';
    const day = ' expiration="2026-02-01"';
    expect((await config('2026-01-31', two, day))['networkSecurityConfig.expiredPins']).toBeUndefined();
    expect((await config('2026-02-01', two, day))['networkSecurityConfig.expiredPins']).toEqual([
      'bluemarket.example since 2026-02-01',
    ]);
    expect((await config('2026-01-31', two))['networkSecurityConfig.pinsWithoutBackup']).toBeUndefined();
    // the same pin twice is one
    expect(
      (await config('2026-01-31', '<pin>a=</pin><pin>a=</pin>'))['networkSecurityConfig.pinsWithoutBackup'],
    ).toEqual(['bluemarket.example']);
  });
});

describe('clear text by host', () => {
  it('is judged by the policy for each host that the app names', async () => {
    const values = await valuesOf({
      manifest: shop('', { application: 'usesCleartextTraffic="true"' }),
      networkSecurityConfig: NESTED,
      endpoints: [
        'http://api.bluemarket.example/v1',
        'http://pay.bluemarket.example/',
        'ws://other.example/',
        'https://x.example/',
      ],
    });
    expect(values.cleartextHosts).toEqual(['api.bluemarket.example']);
    expect(values.cleartextHostsBlocked).toEqual(['other.example', 'pay.bluemarket.example']);
  });

  it('follows the flag of the manifest without a configuration, and the target version without a flag', async () => {
    const allowed = async (target: number, application: string) =>
      (await valuesOf({ manifest: shop('', { target, application }), endpoints: ['http://a.example/'] }))
        .cleartextHosts;
    expect(await allowed(34, '')).toBeUndefined();
    expect(await allowed(27, '')).toEqual(['a.example']);
    expect(await allowed(34, 'usesCleartextTraffic="true"')).toEqual(['a.example']);
    expect(await allowed(27, 'usesCleartextTraffic="false"')).toBeUndefined();
  });

  it('does not count the device itself and the machine of its emulator', async () => {
    const endpoints = ['http://localhost:8081/', 'http://10.0.2.2:3000/', 'http://127.0.0.1/', 'http://10.0.3.2/'];
    const values = await valuesOf({ manifest: shop('', { target: 22 }), endpoints });
    expect(values.cleartextHosts).toBeUndefined();
  });

  it('knows that code with an HTTP client of its own does not ask the platform', async () => {
    const values = await valuesOf({
      manifest: shop(''),
      endpoints: ['dart http://a.example/', 'hermes http://b.example/'],
    });
    expect(values.cleartextHosts).toEqual(['a.example']);
    expect(values.cleartextHostsBlocked).toEqual(['b.example']);
  });
});
