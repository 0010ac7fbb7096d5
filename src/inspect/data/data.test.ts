import { describe, expect, it } from 'vitest';
import { lookupHost } from '../detectors/host-list.ts';
import { DOCUMENTATION_HOSTS, NAMESPACE_HOSTS, PLACEHOLDER_HOSTS, RENTED_HOSTS } from './hosts.ts';
import { SDK_HOSTS } from './sdk-hosts.ts';

const GROUPS = [...NAMESPACE_HOSTS, ...DOCUMENTATION_HOSTS, ...PLACEHOLDER_HOSTS, ...RENTED_HOSTS, ...SDK_HOSTS];

describe('the host lists', () => {
  it('say for every group who owns it and where that is written', () => {
    expect(GROUPS.length).toBeGreaterThan(150);
    for (const { name, source, hosts } of GROUPS) {
      expect(name).not.toBe('');
      expect(source).toMatch(/^https?:\/\/\S+$/);
      expect(hosts.length, name).toBeGreaterThan(0);
    }
  });

  it('hold only patterns that can match', () => {
    const odd = GROUPS.flatMap(({ hosts }) => hosts).filter(
      (pattern) => !/^(?:\*\.)?(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:]+\])(?:\/\S*)?$/.test(pattern),
    );
    expect(odd).toEqual([]);
  });

  it('name no pattern with two different origins', () => {
    const origins = new Map<string, string>();
    const conflicts: string[] = [];
    for (const { hosts, origin } of GROUPS) {
      for (const host of hosts) {
        if (origins.has(host) && origins.get(host) !== origin) conflicts.push(host);
        origins.set(host, origin);
      }
    }
    expect(conflicts).toEqual([]);
  });

  it('prefer the more specific pattern', () => {
    expect(lookupHost('www.googleapis.com', '/auth/drive')?.name).toBe('OAuth scope constant');
    expect(lookupHost('maps.googleapis.com', '/maps/api/js')?.name).toBe('Google Maps SDK');
    expect(lookupHost('storage.googleapis.com', '/bluemarket/x')?.origin).toBe('app');
    expect(lookupHost('x.y.crashlytics.com', '')?.origin).toBe('sdk');
    expect(lookupHost('notcrashlytics.com', '')).toBeUndefined();
    expect(lookupHost('www.paypal.com', '/checkout')).toBeUndefined();
    expect(lookupHost('www.paypal.com', '/')?.origin).toBe('documentation');
  });
});
