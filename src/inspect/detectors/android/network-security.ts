/**
 * The network security configuration as the platform understands it (AOSP frameworks/base
 * core/java/android/security/net/config: XmlConfigSource, ApplicationConfig, NetworkSecurityConfig; API level 24 on).
 *
 * What an element does not say it takes from the one around it: nested domain-config <- domain-config <- base-config <-
 * the platform's default for the target version. A host belongs to the entry that names it exactly, else to the longest
 * that includes its subdomains, else to the base. `debug-overrides` adds trust anchors, and only in a debuggable app.
 */
import type { XmlElement } from '../../source.ts';
import { boolean, child, childrenNamed, text } from './element.ts';

export interface Pins {
  count: number;
  /** ISO 8601 day after which they are not asked for. */
  expiration?: string;
}

export interface Policy {
  cleartext: boolean;
  /** Values of `src`: `system`, `user`, a raw resource. */
  anchors: readonly { src: string; overridePins: boolean }[];
  pins?: Pins;
}

export interface DomainPolicy extends Policy {
  /** Lower case. */
  host: string;
  subdomains: boolean;
}

export interface NetworkPolicy {
  base: Policy;
  domains: readonly DomainPolicy[];
  /** What `base-config` itself says. */
  declared: { cleartext: boolean | undefined; anchors: boolean };
  debugOverrides: boolean;
}

const MAX_DEPTH = 20;
const MOST_DOMAINS = 10_000;

/** The platform's default (NetworkSecurityConfig.getDefaultBuilder). */
export function defaultPolicy(targetSdk: number): Policy {
  const system = { src: 'system', overridePins: false };
  return {
    cleartext: targetSdk < 28,
    anchors: targetSdk < 24 ? [system, { src: 'user', overridePins: false }] : [system],
  };
}

export function networkPolicy(root: XmlElement, targetSdk: number): NetworkPolicy {
  const baseElement = child(root, 'base-config');
  const base = inherit(baseElement, defaultPolicy(targetSdk));
  const domains: DomainPolicy[] = [];
  const walk = (element: XmlElement, outer: Policy, depth: number) => {
    for (const config of childrenNamed(element, 'domain-config')) {
      const policy = inherit(config, outer);
      for (const domain of childrenNamed(config, 'domain')) {
        const host = domain.text.trim().toLowerCase();
        if (host === '' || domains.length >= MOST_DOMAINS) continue;
        domains.push({ ...policy, host, subdomains: boolean(domain.attributes.includeSubdomains) === true });
      }
      if (depth < MAX_DEPTH) walk(config, policy, depth + 1);
    }
  };
  walk(root, base, 0);
  return {
    base,
    domains,
    declared: {
      cleartext: cleartextOf(baseElement),
      anchors: baseElement !== undefined && child(baseElement, 'trust-anchors') !== undefined,
    },
    debugOverrides: child(root, 'debug-overrides') !== undefined,
  };
}

/** The policy for a host, by the platform's order. */
export function policyFor({ base, domains }: Pick<NetworkPolicy, 'base' | 'domains'>, name: string): Policy {
  const host = name.toLowerCase().replace(/\.$/, '');
  let best: DomainPolicy | undefined;
  for (const domain of domains) {
    if (domain.host === host) return domain;
    if (!domain.subdomains || !host.endsWith(`.${domain.host}`)) continue;
    if (best === undefined || domain.host.length > best.host.length) best = domain;
  }
  return best ?? base;
}

function inherit(element: XmlElement | undefined, outer: Policy): Policy {
  if (element === undefined) return outer;
  const anchors = child(element, 'trust-anchors');
  const pinSet = child(element, 'pin-set');
  const pins = pinSet === undefined ? outer.pins : readPins(pinSet);
  return {
    cleartext: cleartextOf(element) ?? outer.cleartext,
    anchors:
      anchors === undefined
        ? outer.anchors
        : childrenNamed(anchors, 'certificates').map(({ attributes }) => ({
            src: text(attributes.src) ?? '',
            overridePins: boolean(attributes.overridePins) === true,
          })),
    ...(pins === undefined ? {} : { pins }),
  };
}

function cleartextOf(element: XmlElement | undefined): boolean | undefined {
  return boolean(element?.attributes.cleartextTrafficPermitted);
}

function readPins(pinSet: XmlElement): Pins {
  const pins = childrenNamed(pinSet, 'pin').map((pin) => pin.text.trim());
  const expiration = text(pinSet.attributes.expiration);
  const count = new Set(pins.filter(Boolean)).size;
  return { count, ...(expiration === undefined || !/^\d{4}-\d\d-\d\d/.test(expiration) ? {} : { expiration }) };
}
