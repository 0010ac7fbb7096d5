/** Rules about the network settings of an Android app: clear text, trust, pins. */
import { isOwnDevice } from '../detectors/android/network.ts';
import { listHit, listOf, exampleManifest as manifest, mastg, named, risk, settingOf } from './android-hits.ts';
import { settingHit } from './evidence.ts';
import type { InspectRule } from './inspect-rule.ts';

const CONFIG = 'https://developer.android.com/privacy-and-security/security-config';
const config = (inside: string) => `<network-security-config>${inside}</network-security-config>`;
const pinSet = (inside: string, expiration = '') =>
  config(
    `<domain-config><domain includeSubdomains="true">bluemarket-shop.com</domain><pin-set${expiration}>${inside}</pin-set></domain-config>`,
  );
const PIN = '<pin digest="SHA-256">7HIpactkIAq2Y49orFOOQKurWxmmSFZhBCoQYcRhJ3Y=</pin>';
const BACKUP_PIN = '<pin digest="SHA-256">fwza0LRMXouZHRC8Ei+4PyuldPDcf3UKgO/04cDM1oE=</pin>';

const cleartextTraffic: InspectRule = {
  id: 'inspect/android-cleartext-traffic',
  title: 'The app allows clear-text connections',
  severity: 'medium',
  owner: 'developer',
  description:
    'Connections without TLS are allowed for every server, by `android:usesCleartextTraffic`, by the `base-config` of the network security configuration, or because the app targets a version of Android that allows them. One forgotten `http:` address then goes out unnoticed.',
  remediation:
    'Set `cleartextTrafficPermitted="false"` in the `base-config` of the network security configuration (or `android:usesCleartextTraffic="false"`), target API level 28 or later, and list the few hosts that truly need it in a `domain-config`.',
  references: [`${CONFIG}#CleartextTrafficPermitted`, risk('cleartext-communications'), mastg('NETWORK', '0235')],
  cwe: ['CWE-319'],
  masvs: ['MASVS-NETWORK-1'],
  examples: {
    bad: [
      manifest('android:usesCleartextTraffic="true"'),
      manifest('', { target: 27 }),
      config('<base-config cleartextTrafficPermitted="true"/>'),
    ],
    good: [
      manifest(''),
      manifest('android:usesCleartextTraffic="false"', { target: 27 }),
      config('<base-config cleartextTrafficPermitted="false"/>'),
      `${manifest('android:usesCleartextTraffic="true"')}\n${config('<base-config/>')}`,
    ],
  },
  find(inspection) {
    // The effective value: with a configuration present the flag of the manifest no longer counts.
    return settingHit(inspection, 'android.networkSecurityConfig.cleartextBase', 'false', ({ source }) =>
      source === 'default' &&
      inspection.settings.some((one) => one.id === 'android.usesCleartextTraffic' && one.source === 'default')
        ? 'The app allows clear-text connections, because it targets Android 8 or less and does not forbid them.'
        : 'The app allows clear-text connections to every server.',
    );
  },
};

const cleartextDomains: InspectRule = {
  id: 'inspect/android-cleartext-domains',
  title: 'The app allows clear-text connections to some servers',
  severity: 'low',
  owner: 'developer',
  description:
    'A `domain-config` of the network security configuration allows connections without TLS to these servers. What goes there can be read and changed on the way.',
  remediation:
    'Serve these hosts over TLS, and remove `cleartextTrafficPermitted="true"` from their `domain-config`. Put hosts of development into a configuration of the debug build.',
  references: [`${CONFIG}#CleartextTrafficPermitted`, mastg('NETWORK', '0235')],
  cwe: ['CWE-319'],
  masvs: ['MASVS-NETWORK-1'],
  examples: {
    bad: [
      config(
        '<domain-config cleartextTrafficPermitted="true"><domain>old.bluemarket-shop.com</domain></domain-config>',
      ),
      config(
        '<domain-config cleartextTrafficPermitted="true"><domain>localhost</domain><domain-config><domain>cdn.bluemarket-shop.com</domain></domain-config></domain-config>',
      ),
    ],
    good: [
      config(
        '<domain-config cleartextTrafficPermitted="true"><domain>localhost</domain><domain>10.0.2.2</domain></domain-config>',
      ),
      config('<domain-config cleartextTrafficPermitted="false"><domain>bluemarket-shop.com</domain></domain-config>'),
    ],
  },
  find(inspection) {
    const id = 'networkSecurityConfig.cleartextDomains';
    const others = listOf(inspection, id).filter((host) => !isOwnDevice(host));
    if (others.length === 0) return [];
    return listHit(inspection, id, {
      expected: 'none',
      message: () => `The app allows clear-text connections to ${named(others)}.`,
    });
  },
};

const blockedHost: InspectRule = {
  id: 'inspect/android-cleartext-blocked',
  title: 'An http address of the app will fail',
  severity: 'info',
  owner: 'developer',
  description:
    'The app names a server over `http:` or `ws:` and does not allow clear text to it: the platform refuses the connection. It is no leak; it is a feature that does not work, and an invitation to allow clear text for all.',
  remediation: 'Change the address to `https:` (`wss:`).',
  references: [`${CONFIG}#CleartextTrafficPermitted`],
  cwe: ['CWE-319'],
  masvs: ['MASVS-NETWORK-1'],
  examples: {
    bad: [`${manifest('')}\nhttp://api.bluemarket-shop.com/v1/orders`],
    good: [
      `${manifest('android:usesCleartextTraffic="true"')}\nhttp://api.bluemarket-shop.com/v1/orders`,
      `${manifest('')}\nhttps://api.bluemarket-shop.com/v1/orders`,
    ],
  },
  find(inspection) {
    const min = settingOf(inspection, 'minSdkVersion')?.value;
    const earlier = typeof min === 'number' && min < 23 ? ' On Android 5 and earlier they go out in clear.' : '';
    return listHit(inspection, 'cleartextHostsBlocked', {
      expected: 'https addresses',
      message: (hosts) =>
        `The app may not talk in clear text to ${named(hosts)}, and names them so: these connections fail.${earlier}`,
    });
  },
};

const userCa: InspectRule = {
  id: 'inspect/android-user-ca',
  title: 'The app trusts certificates that users install',
  severity: 'medium',
  owner: 'developer',
  description:
    'The network security configuration trusts `user` certificates (or the app targets Android 6 or less, where that is the default). Whoever talks a user into installing a certificate – or has the device for a minute – reads the app’s encrypted traffic.',
  remediation: 'Keep `<certificates src="user"/>` in `debug-overrides` only, and target API level 24 or later.',
  references: [`${CONFIG}#TrustingAdditionalCas`, mastg('NETWORK', '0286'), mastg('NETWORK', '0285')],
  cwe: ['CWE-295'],
  masvs: ['MASVS-NETWORK-2'],
  examples: {
    bad: [
      config(
        '<base-config><trust-anchors><certificates src="system"/><certificates src="user"/></trust-anchors></base-config>',
      ),
      manifest('', { target: 23, min: 21 }),
    ],
    good: [
      manifest('', { target: 24, min: 21 }),
      config('<debug-overrides><trust-anchors><certificates src="user"/></trust-anchors></debug-overrides>'),
    ],
  },
  find: (inspection) =>
    settingHit(inspection, 'android.networkSecurityConfig.userCa', 'system certificates only', ({ source }) =>
      source === 'default'
        ? 'The app trusts certificates that users install, because it targets Android 6 or less.'
        : 'The app trusts certificates that users install.',
    ),
};

const anchors = (inside: string) => config(`<base-config><trust-anchors>${inside}</trust-anchors></base-config>`);
const customCa: InspectRule = {
  id: 'inspect/android-custom-ca',
  title: 'The app trusts certificates that it carries',
  severity: 'info',
  owner: 'developer',
  description:
    'Outside `debug-overrides` the network security configuration trusts a certificate of the package’s own. That narrows trust when it stands alone, and widens it when it is the one of a proxy for tests.',
  remediation: 'See whose certificate it is. One for tests belongs into `<debug-overrides>`, which a release ignores.',
  references: [`${CONFIG}#ConfigCustom`],
  cwe: ['CWE-295'],
  masvs: ['MASVS-NETWORK-2'],
  examples: {
    bad: [anchors('<certificates src="system"/><certificates src="@raw/proxy"/>')],
    good: [
      anchors('<certificates src="system"/>'),
      config('<debug-overrides><trust-anchors><certificates src="@raw/proxy"/></trust-anchors></debug-overrides>'),
    ],
  },
  find: (inspection) =>
    listHit(inspection, 'networkSecurityConfig.customCa', {
      expected: 'certificates for tests in debug-overrides only',
      message: (files) => `The app trusts certificates that it carries: ${named(files)}.`,
    }),
};

const expiredPins: InspectRule = {
  id: 'inspect/android-pins-expired',
  title: 'The certificate pins of the app have expired',
  severity: 'medium',
  owner: 'developer',
  description:
    'The `expiration` of a `pin-set` has passed. The platform no longer asks for these pins: the app is not pinned, and does not say so.',
  remediation: 'Publish a version with current pins and a later `expiration` – well before the day.',
  references: [`${CONFIG}#CertificatePinning`, mastg('NETWORK', '0243')],
  cwe: ['CWE-298'],
  masvs: ['MASVS-NETWORK-2'],
  examples: {
    bad: [pinSet(PIN + BACKUP_PIN, ' expiration="2019-06-30"')],
    good: [pinSet(PIN + BACKUP_PIN, ' expiration="2099-06-30"'), pinSet(PIN + BACKUP_PIN)],
  },
  find: (inspection) =>
    listHit(inspection, 'networkSecurityConfig.expiredPins', {
      expected: 'a day to come',
      message: (hosts) => `The certificate pins have expired: ${named(hosts)}.`,
    }),
};

const lonePin: InspectRule = {
  id: 'inspect/android-pins-without-backup',
  title: 'A pin of the app has no backup',
  severity: 'low',
  owner: 'developer',
  description:
    'A `pin-set` holds one pin. When that key has to be changed – lost, stolen, its authority distrusted – every installed app stops working until it is updated.',
  remediation:
    'Add the pin of a key that is kept offline: `<pin digest="SHA-256">…</pin>` beside the first, and an `expiration`.',
  references: [`${CONFIG}#CertificatePinning`],
  cwe: ['CWE-324'],
  masvs: ['MASVS-NETWORK-2'],
  examples: { bad: [pinSet(PIN)], good: [pinSet(PIN + BACKUP_PIN), config('<base-config/>')] },
  find: (inspection) =>
    listHit(inspection, 'networkSecurityConfig.pinsWithoutBackup', {
      expected: 'two pins at least',
      message: (hosts) => `One pin only, without a backup: ${named(hosts)}.`,
    }),
};

const pinsOverridden: InspectRule = {
  id: 'inspect/android-pins-overridden',
  title: 'Certificates that bypass the app’s pins',
  severity: 'medium',
  owner: 'developer',
  description:
    '`overridePins="true"` outside `debug-overrides`: connections that these certificates vouch for are not held against the pins.',
  remediation: 'Remove `overridePins`, or move the `<certificates>` into `<debug-overrides>`, where it is the default.',
  references: [`${CONFIG}#certificates`],
  cwe: ['CWE-295'],
  masvs: ['MASVS-NETWORK-2'],
  examples: {
    bad: [anchors('<certificates src="user" overridePins="true"/>')],
    good: [
      anchors('<certificates src="system"/>'),
      config(
        '<debug-overrides><trust-anchors><certificates src="user" overridePins="true"/></trust-anchors></debug-overrides>',
      ),
    ],
  },
  find: (inspection) =>
    listHit(inspection, 'networkSecurityConfig.pinsOverridden', {
      expected: 'not set',
      message: (hosts) => `Certificates bypass the pins of ${hosts.includes('*') ? 'every server' : named(hosts)}.`,
    }),
};

export const androidNetworkRules: readonly InspectRule[] = [
  cleartextTraffic,
  cleartextDomains,
  blockedHost,
  userCa,
  customCa,
  expiredPins,
  lonePin,
  pinsOverridden,
];
