import { describe, expect, it } from 'vitest';
import { shownName, withoutPersons } from './personal-values.ts';

describe('what is of a person', () => {
  it.each([
    [
      'https://api.bluemarket-shop.com/users/jane.doe@example.org/orders',
      'https://api.bluemarket-shop.com/users/***/orders',
    ],
    ['https://a.example/x?email=jane%40example.org&page=2', 'https://a.example/x?email=***&page=2'],
    ['https://a.example/x?to=a%2540example.org', 'https://a.example/x?to=***'],
    ['/api/users/+14155550123/orders', '/api/users/***/orders'],
    ['/api/x?phone=%2B14155550123', '/api/x?phone=***'],
    ['/api/x?user_phone=4155550123&a=1', '/api/x?user_phone=***&a=1'],
    ['users/jane@example.org.json', 'users/***.json'],
    ['cart-jane@example.org.items', '***.items'],
  ])('is masked: %s', (text, shown) => {
    expect(withoutPersons(text)).toBe(shown);
  });

  it.each([
    'https://cdn.bluemarket-shop.com/npm/vue@2.6.14/dist/vue.min.js',
    'res/drawable/icon@2x.png',
    'https://cdn.bluemarket-shop.com/npm/player@1.0.js',
    'lib/android.hardware.camera@1.0.so',
    'https://shop:***@db.bluemarket-shop.com/x',
    'https://***@db.bluemarket-shop.com/x',
    '/api/orders/{id}?page=2&phone={phone}',
    '/maps/@52.52,13.40,12z',
    'https://api.bluemarket-shop.com/v1/12345678901',
    'a+b=c',
  ])('is not seen in %s', (text) => {
    expect(withoutPersons(text)).toBe(text);
  });

  it('takes time in proportion to the text', () => {
    const cost = (unit: string, size: number) => {
      const before = process.cpuUsage();
      withoutPersons(unit.repeat(Math.ceil(size / unit.length)));
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    for (const unit of ['a', 'a.', 'a@', 'a@b.', '+1', '%40', '@', '%2525', '?phone=1', '-phone']) {
      cost(unit, 1 << 14);
      expect(cost(unit, 1 << 20), unit).toBeLessThan(Math.max(20, cost(unit, 1 << 18)) * 12);
    }
  });
});

it('a name that is a key of a known form is masked', () => {
  const key = `sk_live_${'Zq9mT4vXc2LrW8yB6nKd1HsF'}`;
  expect(shownName(`assets/${key}.txt`)).not.toContain(key.slice(5));
  expect(shownName('settings.value')).toBe('settings.value');
});
