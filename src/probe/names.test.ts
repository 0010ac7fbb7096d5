import { describe, expect, it } from 'vitest';
import { datasetName, fieldName } from './names.ts';

describe('datasetName', () => {
  it.each([
    ['orders', 'orders'],
    ['CustomerOrdersArchive2024', 'CustomerOrdersArchive2024'],
    ['logs-2024.05.01', 'logs-2024.05.01'],
    ['customer_orders_by_region_and_month_with_totals', 'customer_orders_by_region_and_month_with_totals'],
    ['jane.doe@example.org', '*'],
    ['userdb-6a616e65', 'userdb-*'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N', '*'],
    ['AbCdEfGhIjKlMnOpQrStUvWxYz0123456789', '*'],
  ])('shows %s as %s', (name, shown) => {
    expect(datasetName(name)).toBe(shown);
  });
});

describe('fieldName', () => {
  it('keeps schema words and hides what looks like a value', () => {
    expect(fieldName('address.city')).toBe('address.city');
    expect(fieldName('users.jane.doe@example.org.email')).not.toContain('jane');
    expect(fieldName('by_phone.49301234567')).toBe('by_phone.*');
  });
});
