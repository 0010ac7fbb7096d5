import { describe, expect, it } from 'vitest';
import { isLoopback, isLoopbackNetwork, parseAddress, parseNetwork } from './address.ts';

describe('an address', () => {
  it('has one text for all its spellings', () => {
    expect(parseAddress('2001:DB8:0:0::7')?.text).toBe('2001:db8::7');
    expect(parseAddress('::ffff:10.0.0.1')).toEqual({ text: '10.0.0.1', family: 4 });
    expect(parseAddress('::ffff:7f00:1')).toEqual({ text: '127.0.0.1', family: 4 });
  });

  it.each([
    '0x7f.0.0.1',
    '2130706433',
    '017700000001',
    '127.1',
    '127.0.0.01',
    'fe80::1%eth0',
    '1.2.3.4.5',
    '',
    'localhost',
  ])('is not %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it('is loopback in 127.0.0.0/8 and at ::1 only', () => {
    const loopback = ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1'];
    const not = ['128.0.0.1', '0.0.0.0', '::', '1.127.0.0', '::ffff:10.0.0.1', '::127.0.0.1'];
    expect([...loopback, ...not].filter((text) => isLoopback(parseAddress(text)!))).toEqual(loopback);
  });
});

describe('a network', () => {
  it('contains the addresses of its family with its prefix', () => {
    const inside = (network: string, address: string) => parseNetwork(network)?.contains(parseAddress(address)!);
    expect(inside('203.0.113.0/24', '203.0.113.255')).toBe(true);
    expect(inside('203.0.113.0/24', '203.0.114.0')).toBe(false);
    expect(inside('203.0.113.0/24', '::ffff:203.0.113.9')).toBe(true);
    expect(inside('2001:db8::/64', '2001:db8::ffff')).toBe(true);
    expect(inside('2001:db8::/64', '2001:db8:0:1::')).toBe(false);
    expect(inside('0.0.0.0/0', '2001:db8::1')).toBe(false);
  });

  it.each([
    '203.0.113.7/24',
    '203.0.113.0/33',
    '203.0.113.0/-1',
    '203.0.113.0/08',
    '::ffff:10.0.0.0/104',
    '10.0.0.0/',
    'x/8',
  ])('is not %j', (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  });

  it('is loopback only when all of it is', () => {
    expect(isLoopbackNetwork(parseNetwork('127.0.0.0/8')!)).toBe(true);
    expect(isLoopbackNetwork(parseNetwork('126.0.0.0/7')!)).toBe(false);
    expect(isLoopbackNetwork(parseNetwork('::/127')!)).toBe(false);
  });
});
