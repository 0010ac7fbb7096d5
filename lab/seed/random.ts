/** A seeded generator (mulberry32): the same seed gives the same shop on every machine. Not for secrets. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** An integer in [from, to]. */
  integer(from: number, to: number): number;
  pick<T>(values: readonly T[]): T;
  /** `length` lower-case hex digits. */
  hex(length: number): string;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }
  function integer(from: number, to: number): number {
    return from + Math.floor(next() * (to - from + 1));
  }
  return {
    next,
    integer,
    pick(values) {
      const value = values[integer(0, values.length - 1)];
      if (value === undefined) throw new RangeError('pick needs at least one value');
      return value;
    },
    hex(length) {
      let digits = '';
      while (digits.length < length)
        digits += Math.floor(next() * 0x1_0000_0000)
          .toString(16)
          .padStart(8, '0');
      return digits.slice(0, length);
    },
  };
}
