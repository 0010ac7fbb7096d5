import type { Shop } from '../seed/shop.ts';

/** How many orders the customer of the story has: enough to see that they are several, few enough to read. */
const ORDERS = 3;

/** The customer whose token the range has: the first one of the seed with three orders. */
export function demoCustomer({ customers, orders }: Shop): number {
  const counts = new Map<number, number>();
  for (const { customer_id } of orders) counts.set(customer_id, (counts.get(customer_id) ?? 0) + 1);
  return customers.find(({ customer_id }) => counts.get(customer_id) === ORDERS)?.customer_id ?? 1;
}
