/** Goes on at once where there is nothing to wait for: the embedded store answers without a promise, and so does the cache. */
export function after<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
