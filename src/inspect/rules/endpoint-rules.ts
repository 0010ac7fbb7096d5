/** Rules about the servers an app talks to. */
import { assetId } from '../../core/asset.ts';
import type { InspectEndpoint } from '../../core/contract/inspect.ts';
import { isPrivateAddress } from '../detectors/origin.ts';
import { isCleartextScheme, storeOf } from '../detectors/schemes.ts';
import { listOf } from './android-hits.ts';
import { byServer, placesOf } from './evidence.ts';
import type { Inspection, InspectRule, RuleHit } from './inspect-rule.ts';

function own(inspection: Inspection): InspectEndpoint[] {
  return inspection.endpoints.filter((endpoint) => endpoint.origin === 'app');
}

const cleartextEndpoint: InspectRule = {
  id: 'inspect/cleartext-endpoint',
  title: 'The app talks to a server in clear text',
  severity: 'high',
  owner: 'developer',
  description:
    'An address of the app uses a scheme without encryption (`http:`, `ws:`, `ftp:`, `mqtt:` …). Whoever shares the network – a café, a hotel, a provider – reads what the app sends and can change what it receives.',
  remediation:
    'Serve the back end over TLS and change the address to `https:` (`wss:`, `mqtts:` …). Then forbid clear text: `android:usesCleartextTraffic="false"` or a network security configuration; on iOS remove the App Transport Security exceptions.',
  references: [
    'https://developer.android.com/privacy-and-security/risks/cleartext-communications',
    'https://mas.owasp.org/MASVS/06-MASVS-NETWORK/',
  ],
  cwe: ['CWE-319'],
  masvs: ['MASVS-NETWORK-1'],
  examples: {
    bad: [
      'http://api.bluemarket-shop.com/v1/orders',
      'ws://live.bluemarket-shop.com/feed',
      'mqtt://203.0.113.7:1883',
      '<network-security-config><domain-config cleartextTrafficPermitted="true"><domain>api.bluemarket-shop.com</domain></domain-config></network-security-config>\nhttp://api.bluemarket-shop.com/v1/orders',
    ],
    good: [
      'https://api.bluemarket-shop.com/v1/orders',
      'http://schemas.android.com/apk/res/android',
      'http://localhost:8081/',
      'http://',
      // forbidden by the network security configuration, or by the default of the target version
      '<network-security-config><domain-config cleartextTrafficPermitted="false"><domain includeSubdomains="true">bluemarket-shop.com</domain></domain-config></network-security-config>\nhttp://api.bluemarket-shop.com/v1/orders',
    ],
  },
  find(inspection) {
    // what the platform of the app refuses to connect to does not leak: see inspect/android-cleartext-blocked
    const blocked = new Set(listOf(inspection, 'cleartextHostsBlocked'));
    const clear = own(inspection).filter(
      (one) =>
        !(blocked.has(one.host ?? '') && /^(?:http|ws)$/.test(one.scheme ?? '')) &&
        one.scheme !== undefined &&
        one.host !== undefined &&
        isCleartextScheme(one.scheme) &&
        storeOf(one.scheme, one.port) === undefined,
    );
    return [...byServer(clear)].map(([server, group]): RuleHit => {
      const schemes = [...new Set(group.map((one) => one.scheme ?? ''))].sort().join(', ');
      return {
        asset: assetId('endpoint', server),
        locator: [server],
        message: `The app talks to ${server} in clear text (${schemes}).`,
        // who shares that network is known; mostly it is a machine of the developers that was left in
        ...(isPrivateAddress(group[0]?.host ?? '') ? { severity: 'low' as const } : {}),
        confidence: 'firm',
        evidence: placesOf(
          inspection.path,
          group.flatMap((one) => one.evidence),
          group[0]?.url,
        ),
      };
    });
  },
};

const directStore: InspectRule = {
  id: 'inspect/data-store-in-app',
  title: 'The app names a data store directly',
  severity: 'high',
  owner: 'developer',
  description:
    'An address of the app is that of a data store itself (`mongodb:`, `redis:`, port 9200 of Elasticsearch …), not of an API in front of it. A store that an app can reach, everyone on the internet can reach; and an app cannot keep a password.',
  remediation:
    'Put an API or a gateway with per-user authentication in front of the store, let the app talk to that only, close the store’s port to the internet, and rotate what the app carried.',
  references: [
    'https://owasp.org/www-project-mobile-top-10/2023-risks/m8-security-misconfiguration',
    'https://mas.owasp.org/MASVS/06-MASVS-NETWORK/',
  ],
  cwe: ['CWE-1125', 'CWE-668'],
  masvs: ['MASVS-NETWORK-1', 'MASVS-CODE-4'],
  examples: {
    bad: [
      'http://search.bluemarket-shop.com:9200/customers/_search',
      'mongodb://db.bluemarket-shop.com:27017/shop',
      '203.0.113.7:6379',
      'redis://cache.bluemarket-shop.com',
    ],
    good: ['https://api.bluemarket-shop.com/v1/search', 'http://localhost:9200/', 'mongodb://localhost:27017/test'],
  },
  find(inspection) {
    const stores = own(inspection).filter(
      (one) => one.host !== undefined && storeOf(one.scheme, one.port) !== undefined,
    );
    return [...byServer(stores)].map(([server, group]): RuleHit => {
      const first = group[0];
      const service = storeOf(first?.scheme, first?.port) ?? 'data store';
      return {
        asset: assetId('endpoint', server),
        locator: [server, service],
        message: `The app names a data store itself: ${server} looks like ${service}.`,
        confidence:
          first?.scheme !== undefined && storeOf(first.scheme, undefined) !== undefined ? 'firm' : 'tentative',
        evidence: placesOf(
          inspection.path,
          group.flatMap((one) => one.evidence),
          first?.url,
        ),
      };
    });
  },
};

export const endpointRules: readonly InspectRule[] = [cleartextEndpoint, directStore];
