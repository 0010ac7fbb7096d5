import { describe, expect, it } from 'vitest';
import { redactAddress } from './redact-address.ts';

const SECRET = 'hunter2-and-more';

describe('redactAddress', () => {
  it.each([
    `https://user:${SECRET}@api.bluemarket.example/`,
    `user:${SECRET}@db.bluemarket.example`,
    `https://proxy.example/?https://user:${SECRET}@api.example/`,
    `https://proxy.example/?u=https%3A%2F%2Fuser%3A${SECRET}%40api.example%2F`,
    `https://proxy.example/?u=https%3A%2F%2Fuser:${SECRET}@api.example`,
    `https://a.example/?x=1&api_key=${SECRET}`,
    `https://proxy.example/?u=https%3A%2F%2Fa.example%2F%3Fkey%3D${SECRET}`,
  ])('masks the secret of %s', (text) => {
    expect(redactAddress(text)).not.toContain(SECRET);
  });

  it('masks keys that stand in a path', () => {
    const hook = ['https://hooks.slack.com/services', 'T01234567', 'B01234567', 'aB3dE5gH7jK9mN1pQ3sT5vW7'].join('/');
    expect(redactAddress(hook)).not.toContain('aB3dE5gH7jK9mN1pQ3sT5vW7');
  });

  it.each([
    'https://api.bluemarket.example/v1?page=2',
    '/api/user/login',
    'api.bluemarket.example:9200',
    'https://a.example/@handle',
    'https://${user}:${password}@a.example/',
    'https://{token}@a.example/?to=https://shop:%s@b.example/',
  ])('leaves %s alone', (text) => {
    expect(redactAddress(text)).toBe(text);
  });
});
