/** How stories name things. */
import type { Category } from '../core/category.ts';
import { series } from '../core/words.ts';

/** In the order in which a sentence names them: what most people recognise first. */
const FIELD_WORDS = {
  email: 'e-mail',
  phone: 'phone',
  credentials: 'password',
  location: 'location',
  travel: 'travel',
  payment: 'payment',
  identity: 'identity',
  orders: 'order',
  health: 'health',
  device: 'device',
} as const satisfies Record<Category, string>;

/** `e-mail, phone, password hash and location fields`. */
export function fieldPhrase(fields: readonly { name: string; category: Category }[]): string {
  const words = Object.entries(FIELD_WORDS).flatMap(([category, word]) => {
    const found = fields.filter((field) => field.category === category);
    if (found.length === 0) return [];
    const hashed = category === 'credentials' && found.some(({ name }) => /hash|bcrypt|scrypt|argon/i.test(name));
    return [hashed ? 'password hash' : word];
  });
  return words.length === 0 ? '' : `${series(words)} fields`;
}

/** `host:9200`, `[2001:db8::1]:9200`. */
export function authorityOf(host: string, port: number | undefined): string {
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return port === undefined ? name : `${name}:${port}`;
}
