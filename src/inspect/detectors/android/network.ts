/** Settings of the network: what may go out in clear, whom the app trusts, what it pins – and the hosts this concerns. */
import type { InspectEndpoint } from '../../../core/contract/inspect.ts';
import { isAddress } from '../url.ts';
import { boolean } from './element.ts';
import { type AndroidFacts, inXml, type Settings } from './facts.ts';
import { type DomainPolicy, defaultPolicy, type NetworkPolicy, networkPolicy, policyFor } from './network-security.ts';

export function networkSettings(facts: AndroidFacts, settings: Settings): void {
  const { networkSecurityConfig: config, targetSdk, manifest } = facts;
  const flag = boolean(facts.application?.attributes.usesCleartextTraffic);
  const policy: NetworkPolicy =
    config === undefined
      ? withoutConfig(targetSdk, flag)
      : // with a configuration present the flag of the manifest is ignored from API level 24 on
        networkPolicy(config.root, targetSdk);
  if (config === undefined) {
    const at = inXml(manifest.entry, 'uses-sdk@targetSdkVersion');
    const flagAt = inXml(manifest.entry, 'application@usesCleartextTraffic');
    settings.value(
      'networkSecurityConfig.cleartextBase',
      flag,
      policy.base.cleartext,
      flag === undefined ? at : flagAt,
    );
    settings.value('networkSecurityConfig.userCa', undefined, targetSdk < 24, at);
  } else {
    configSettings(facts, settings, policy, config.entry);
  }
  hostSettings(facts.endpoints, policy, settings);
}

/** DefaultConfigSource: the flag of the manifest decides for every host. */
function withoutConfig(targetSdk: number, flag: boolean | undefined): NetworkPolicy {
  const base = defaultPolicy(targetSdk);
  return {
    base: { ...base, cleartext: flag ?? base.cleartext },
    domains: [],
    declared: { cleartext: undefined, anchors: false },
    debugOverrides: false,
  };
}

function configSettings(facts: AndroidFacts, settings: Settings, policy: NetworkPolicy, entry: string): void {
  const { base, domains, declared } = policy;
  const at = (name: string) => inXml(entry, name);
  settings.value(
    'networkSecurityConfig.cleartextBase',
    declared.cleartext,
    base.cleartext,
    at('base-config@cleartextTrafficPermitted'),
  );
  const trusting = [base, ...domains].some(({ anchors }) => anchors.some(({ src }) => src === 'user'));
  const says = declared.anchors || (trusting && facts.targetSdk >= 24);
  settings.value(
    'networkSecurityConfig.userCa',
    says ? trusting : undefined,
    trusting,
    at('trust-anchors/certificates@src'),
  );

  const clear = domains.filter(({ cleartext }) => cleartext && !base.cleartext);
  settings.list('networkSecurityConfig.cleartextDomains', clear.map(patternOf), [
    at('domain-config@cleartextTrafficPermitted'),
  ]);

  const all: readonly (DomainPolicy | typeof base)[] = [base, ...domains];
  const own = all
    .flatMap(({ anchors }) => anchors.map(({ src }) => src))
    .filter((src) => src !== 'system' && src !== 'user');
  settings.list('networkSecurityConfig.customCa', own, [at('trust-anchors/certificates@src')]);
  const overriding = all.filter(({ anchors }) => anchors.some((one) => one.overridePins));
  settings.list('networkSecurityConfig.pinsOverridden', overriding.map(patternOf), [at('certificates@overridePins')]);
  if (policy.debugOverrides) settings.value('networkSecurityConfig.debugOverrides', true, false, at('debug-overrides'));

  const pinned = domains.filter(({ pins }) => pins !== undefined && pins.count > 0);
  const pinSet = [at('domain-config/pin-set')];
  settings.list(
    'networkSecurityConfig.pinnedDomains',
    pinned.map(({ host }) => host),
    pinSet,
  );
  const expired = pinned.filter(({ pins }) => pins?.expiration !== undefined && pins.expiration <= facts.today);
  settings.list(
    'networkSecurityConfig.expiredPins',
    expired.map(({ host, pins }) => `${host} since ${pins?.expiration}`),
    [at('pin-set@expiration')],
  );
  const single = pinned.filter((one) => one.pins?.count === 1 && !expired.includes(one));
  settings.list(
    'networkSecurityConfig.pinsWithoutBackup',
    single.map(({ host }) => host),
    pinSet,
  );
}

function patternOf(policy: object): string {
  const { host, subdomains } = policy as Partial<DomainPolicy>;
  return host === undefined ? '*' : subdomains === true && !isNumeric(host) ? `*.${host}` : host;
}

/** An address has no subdomains, whatever the configuration says of them. */
function isNumeric(host: string): boolean {
  return isAddress(host) || host.includes(':');
}

/** Schemes that the platform's policy is asked about; sockets of the app's own (MQTT, databases) ask nobody. */
const ASKED = new Set(['http', 'ws']);
/** Code that brings its own HTTP: Dart and native libraries do not ask the platform whether clear text is allowed. */
const ASKS_NOBODY = new Set(['dart', 'elf', 'il2cpp']);

function hostSettings(endpoints: readonly InspectEndpoint[], policy: NetworkPolicy, settings: Settings): void {
  const allowed = new Map<string, InspectEndpoint>();
  const blocked = new Map<string, InspectEndpoint>();
  for (const endpoint of endpoints) {
    const { origin, scheme, host } = endpoint;
    if (origin !== 'app' || scheme === undefined || host === undefined || !ASKED.has(scheme)) continue;
    if (isOwnDevice(host)) continue;
    const unasked = endpoint.evidence.length > 0 && endpoint.evidence.every(({ via }) => ASKS_NOBODY.has(via));
    const target = unasked || policyFor(policy, host).cleartext ? allowed : blocked;
    if (!target.has(host)) target.set(host, endpoint);
  }
  for (const host of allowed.keys()) blocked.delete(host);
  for (const [id, hosts] of [
    ['cleartextHosts', allowed],
    ['cleartextHostsBlocked', blocked],
  ] as const) {
    const places = [...hosts.values()].flatMap(({ evidence }) => evidence.slice(0, 1)).slice(0, 20);
    settings.list(id, hosts.keys(), places);
  }
}

/** The device itself, and the machine that runs its emulator (Android Studio 10.0.2.2, Genymotion 10.0.3.2). */
export function isOwnDevice(host: string): boolean {
  const name = host.replace(/^\*\./, '').toLowerCase();
  return (
    /^(?:localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[?::1\]?|10\.0\.[23]\.2)$/.test(name) || name.endsWith('.localhost')
  );
}
