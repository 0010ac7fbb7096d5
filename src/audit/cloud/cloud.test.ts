import { describe, expect, it } from 'vitest';
import { isWholeInternet, reachOfCidr, widestReach } from './cidr.ts';
import {
  isAdministrator,
  isPublic,
  type Json,
  mayOf,
  refusesPlainHttp,
  statementsOf,
  wildcardServices,
} from './policy.ts';
import { isEveryPort, portRangeOf, storesIn } from './ports.ts';

describe('address ranges', () => {
  it('tell the internet from networks', () => {
    const reaches = [
      '0.0.0.0/0',
      '::/0',
      '128.0.0.0/1',
      '10.0.0.0/8',
      '10.1.0.0/16',
      '203.0.113.0/24',
      '8.8.8.8/32',
      '127.0.0.1',
      'nonsense',
      '10.1',
      '1.2.3.4/99',
    ];
    expect(reaches.map(reachOfCidr)).toEqual([
      'internet',
      'internet',
      'internet',
      'wide',
      'private',
      'private',
      'public',
      'loopback',
      'unknown',
      'unknown',
      'unknown',
    ]);
  });

  it('of a list are as wide as their widest', () => {
    expect(widestReach(['10.1.0.0/16', '0.0.0.0/0'])).toBe('internet');
    expect(widestReach([])).toBeNull();
    expect(isWholeInternet(['10.0.0.0/8'])).toBe(false);
  });
});

describe('port ranges', () => {
  it('cover stores', () => {
    expect(storesIn({ from: 443, to: 443 })).toEqual([]);
    expect(storesIn({ from: 5432, to: 5433 })).toEqual(['PostgreSQL']);
    expect(isEveryPort({ from: 0, to: 65_535 })).toBe(true);
    expect(['5432', '1-2', '*', 'x', '9-1'].map(portRangeOf)).toEqual([
      { from: 5432, to: 5432 },
      { from: 1, to: 2 },
      { from: 0, to: 65_535 },
      null,
      null,
    ]);
  });
});

describe('policies', () => {
  const statement = (rest: Record<string, Json>): Json => ({
    Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...rest },
  });
  const isOpen = (rest: Record<string, Json>): boolean => statementsOf(statement(rest)).some(isPublic);

  it('are public for everybody without a narrowing condition', () => {
    expect(isOpen({ Principal: '*' })).toBe(true);
    expect(isOpen({ Principal: { AWS: ['arn:aws:iam::1:root', '*'] } })).toBe(true);
    expect(isOpen({ Principal: '*', Condition: { StringLike: { 'aws:PrincipalOrgID': '*' } } })).toBe(true);
    expect(isOpen({ Principal: '*', Condition: { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } } })).toBe(true);
    expect(isOpen({ Principal: '*', Condition: { Bool: { 'aws:SecureTransport': true } } })).toBe(true);
    const page = 'https://www.example.com/*';
    expect(isOpen({ Principal: '*', Condition: { StringLike: { 'aws:Referer': page } } })).toBe(true);
  });

  it('are not public for named ones, narrowed ones, denials, and what is not told', () => {
    expect(isOpen({ Principal: { AWS: 'arn:aws:iam::1:root' } })).toBe(false);
    expect(isOpen({ Principal: '*', Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } })).toBe(false);
    expect(isOpen({ Principal: '*', Condition: { IpAddress: { 'aws:SourceIp': ['203.0.113.0/24'] } } })).toBe(false);
    expect(isOpen({ Principal: '*', Condition: { StringEquals: { 'aws:Referer': 'shared-text' } } })).toBe(false);
    expect(isOpen({ Principal: '*', Effect: 'Deny' })).toBe(false);
    expect(isOpen({ Principal: undefined })).toBe(false);
    expect(isOpen({ Principal: '*', Condition: undefined })).toBe(false);
    expect(statementsOf('not json')).toEqual([]);
  });

  it('are not public where a Deny leaves only named ones', () => {
    const allow = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::files/*' };
    const open = (deny: Record<string, Json>): boolean =>
      statementsOf({ Statement: [allow, { Effect: 'Deny', Action: 's3:*', Resource: '*', ...deny }] }).some(isPublic);
    const outside = { StringNotEquals: { 'aws:PrincipalOrgID': 'o-example' } };
    expect(open({ NotPrincipal: { AWS: 'arn:aws:iam::1:role/api' } })).toBe(false);
    expect(open({ Principal: '*', Condition: outside })).toBe(false);
    expect(open({ Principal: '*', Condition: { NotIpAddress: { 'aws:SourceIp': '198.51.100.0/24' } } })).toBe(false);
    expect(open({ Principal: '*', Condition: { NotIpAddress: { 'aws:SourceIp': '0.0.0.0/0' } } })).toBe(true);
    expect(open({ Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })).toBe(true);
    expect(open({ Principal: '*', Condition: outside, Action: 's3:PutObject' })).toBe(true);
    expect(open({ Principal: '*', Condition: outside, Resource: 'arn:aws:s3:::other/*' })).toBe(true);
    expect(open({ NotPrincipal: '*' })).toBe(true);
  });

  it('say what one may do', () => {
    const one = (Action: Json): string => statementsOf(statement({ Action })).map(mayOf).join();
    expect([one('s3:*'), one(['s3:PutObject']), one('s3:GetObject'), one('foo:Bar')]).toEqual([
      'everything',
      'write',
      'read',
      'unknown',
    ]);
    expect(statementsOf(statement({ Action: '*' })).some(isAdministrator)).toBe(true);
    expect(statementsOf(statement({ Action: 'dynamodb:*' })).flatMap(wildcardServices)).toEqual(['dynamodb']);
    expect(
      refusesPlainHttp(
        statementsOf(
          statement({ Effect: 'Deny', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ),
      ),
    ).toBe(true);
    const excepted = { NotPrincipal: { AWS: 'arn:aws:iam::1:role/api' } };
    const bool = { Bool: { 'aws:SecureTransport': 'false' } };
    expect(refusesPlainHttp(statementsOf(statement({ Effect: 'Deny', ...excepted, Condition: bool })))).toBe(false);
  });
});
