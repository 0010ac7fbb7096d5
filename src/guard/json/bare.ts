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

/** The largest name that the engine takes for a place in a list. */
const LAST_PLACE = '4294967294';

/**
 * Before the first key that looks like a place in a list (`{"1023":0}`): the engine would give the object a list of 1,500
 * places for it, so that a body of one megabyte made a thousand of them. With a place so far out it keeps a table.
 */
export function keepSparse(object: Record<string, Json>): void {
  object[LAST_PLACE] = null;
  Reflect.deleteProperty(object, LAST_PLACE);
}
