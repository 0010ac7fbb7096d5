/** A seeded source of choices (sfc32): the same seed, the same requests, on every machine. */
export interface Random {
  /** 0 … below − 1. */
  int(below: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** `list` is pairs of weight and value. */
  weighted<T>(list: readonly (readonly [weight: number, value: T])[]): T;
  /** 0 … most members of the list, in its order. */
  some<T>(list: readonly T[], most: number): T[];
}

export function createRandom(seed: number): Random {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, seed | 0, 1];
  function next(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  }
  for (let n = 0; n < 12; n++) next();
  const int = (below: number): number => Math.floor((next() / 0x1_0000_0000) * below);
  const chance = (probability: number): boolean => next() < probability * 0x1_0000_0000;
  return {
    int,
    chance,
    pick<T>(list: readonly T[]): T {
      if (list.length === 0) throw new Error('nothing to choose from');
      return list[int(list.length)] as T;
    },
    weighted<T>(list: readonly (readonly [number, T])[]): T {
      let left = int(list.reduce((sum, [weight]) => sum + weight, 0));
      for (const [weight, value] of list) {
        left -= weight;
        if (left < 0) return value;
      }
      throw new Error('nothing to choose from');
    },
    some<T>(list: readonly T[], most: number): T[] {
      const count = int(Math.min(most, list.length) + 1);
      return list.filter((_, at) => int(list.length - at) < count);
    },
  };
}

/** The seed of one case of a run: cases are replayed one by one. */
export function caseSeed(seed: number, index: number): number {
  let mixed = (seed ^ Math.imul(index + 1, 0x9e3779b1)) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
