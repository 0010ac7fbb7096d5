/** Objects of invented people, made from a seed so that two runs agree. */
import { createHash } from 'node:crypto';

export type Resource = 'orders' | 'addresses' | 'invoices' | 'receipts' | 'products';

export interface StandInObject {
  id: string | number;
  /** Undefined: everybody's. */
  owner: string | undefined;
  fields: Readonly<Record<string, unknown>>;
}

const PER_ACCOUNT = 3;

/** @param owners account names */
export function objectsOf(owners: readonly string[]): Record<Resource, StandInObject[]> {
  const made = (resource: Resource, fields: (owner: string, index: number) => StandInObject['fields']) =>
    owners.flatMap((owner, place) =>
      Array.from({ length: PER_ACCOUNT }, (_, index): StandInObject => {
        const id = resource === 'invoices' ? 4_000 + place * 100 + index : uuidOf(`${resource}/${owner}/${index}`);
        return { id, owner, fields: fields(owner, index) };
      }),
    );
  return {
    orders: made('orders', (owner, index) => ({
      status: ['open', 'paid', 'sent'][index % 3],
      total: 1_900 + 731 * index + owner.length,
      customer: { name: `${owner} example`, email: `${owner}@shop.example`, phone: `+44 20 7946 0${100 + index}` },
      items: [{ sku: `sku-${owner}-${index}`, quantity: index + 1 }],
    })),
    addresses: made('addresses', (owner, index) => ({
      street: `${index + 1} ${owner} Lane`,
      city: 'Exampleton',
      country: 'GB',
    })),
    invoices: made('invoices', (owner, index) => ({
      billedTo: `${owner} example`,
      iban: `GB00 EXMP 0000 00${owner.length}${index}`,
      amount: 2_400 + 97 * index,
    })),
    receipts: made('receipts', (owner, index) => ({ email: `${owner}@shop.example`, number: `R-${owner}-${index}` })),
    products: ['Kettle', 'Lamp', 'Chair'].map((title, index) => ({
      id: index + 1,
      owner: undefined,
      fields: { title, price: 1_500 + 500 * index },
    })),
  };
}

function uuidOf(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
