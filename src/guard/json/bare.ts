import type { Json } from './value.ts';

/**
 * Its objects have one ancestor, which is empty and frozen: nothing is inherited, `__proto__` is a key like any other, and
 * the engine still gives them a shape. (`Object.create(null)` makes a hash table, which costs a fifth more to fill and to
 * print.)
 */
class Bare {
  [key: string]: Json;
}
Reflect.deleteProperty(Bare.prototype, 'constructor');
Object.setPrototypeOf(Bare.prototype, null);
Object.freeze(Bare.prototype);

export function bareObject(): Record<string, Json> {
  return new Bare();
}
