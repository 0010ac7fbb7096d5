/**
 * Changes files the way that breaks readers of binary formats: not noise, which a reader refuses at the magic, but sound
 * files in which one count, length or offset lies, or two parts do not fit each other.
 *
 * Everything comes from a seed, so that the case with a given number is the same on every machine.
 */

export type Random = (below: number) => number;

/** Xorshift, 32 bits. */
export function createRandom(seed: number): Random {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Values at which sums overflow, signs turn and one more is too many. */
export const EDGES: readonly number[] = [
  0, 1, 2, 4, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0xffffff, 0x7fffffff, 0x80000000, 0xfffffffc,
  0xfffffffe, 0xffffffff,
];

/** The first words of a file hold its counts and offsets. */
const HEAD_WORDS = 48;
const SWEEP_EDGES: readonly number[] = [0, 1, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** How many cases `sweep` has for a file. */
export function sweepLength(original: Buffer): number {
  return Math.min(HEAD_WORDS, original.length >> 2) * SWEEP_EDGES.length * 2;
}

/** One word of the head replaced by one edge, in one byte order: every combination, by number. */
export function sweep(original: Buffer, index: number): Buffer {
  const bytes = Buffer.from(original);
  const edge = SWEEP_EDGES[(index >> 1) % SWEEP_EDGES.length] ?? 0;
  const at = Math.floor((index >> 1) / SWEEP_EDGES.length) * 4;
  if (at + 4 > bytes.length) return bytes;
  if (index % 2 === 0) bytes.writeUInt32LE(edge, at);
  else bytes.writeUInt32BE(edge, at);
  return bytes;
}

type Operator = (bytes: Buffer, random: Random, others: readonly Buffer[]) => Buffer;

const LONGEST_INSERT = 64;

const OPERATORS: readonly (readonly [name: string, weight: number, apply: Operator])[] = [
  [
    'flip a bit',
    3,
    (bytes, random) => {
      const at = random(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
      return bytes;
    },
  ],
  [
    'set a byte',
    3,
    (bytes, random) => {
      bytes[random(bytes.length)] = random(2) === 0 ? (EDGES[random(7)] ?? 0) : random(256);
      return bytes;
    },
  ],
  ['set a number to an edge', 5, (bytes, random) => write(bytes, random, EDGES[random(EDGES.length)] ?? 0)],
  // an offset or a size that is nearly right is what gets past the first check
  ['set a number near the size of the file', 3, (bytes, random) => write(bytes, random, bytes.length + random(17) - 8)],
  ['point somewhere into the file', 3, (bytes, random) => write(bytes, random, random(bytes.length))],
  [
    'make a number a little larger or smaller',
    3,
    (bytes, random) => {
      const at = place(bytes, random) & ~3;
      if (at + 4 > bytes.length) return bytes;
      bytes.writeUInt32LE((bytes.readUInt32LE(at) + random(9) - 4) >>> 0, at);
      return bytes;
    },
  ],
  ['cut the end', 2, (bytes, random) => bytes.subarray(0, 1 + random(bytes.length))],
  [
    'leave out a piece',
    1,
    (bytes, random) => {
      const at = random(bytes.length);
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random(LONGEST_INSERT))]);
    },
  ],
  [
    'put something in',
    1,
    (bytes, random) => {
      const at = random(bytes.length);
      const filler = Buffer.alloc(1 + random(LONGEST_INSERT), EDGES[random(7)] ?? 0);
      return Buffer.concat([bytes.subarray(0, at), filler, bytes.subarray(at)]);
    },
  ],
  [
    'repeat a piece',
    2,
    (bytes, random) => {
      const at = random(bytes.length);
      const piece = bytes.subarray(at, at + 1 + random(512));
      return Buffer.concat([bytes.subarray(0, at), piece, piece, bytes.subarray(at)]);
    },
  ],
  [
    'copy a piece over another',
    3,
    (bytes, random) => {
      const from = random(bytes.length) & ~3;
      bytes.copy(bytes, random(bytes.length) & ~3, from, Math.min(bytes.length, from + 4 + random(128)));
      return bytes;
    },
  ],
  [
    'go on with another file',
    1,
    (bytes, random, others) => {
      const other = others[random(others.length)] ?? bytes;
      return Buffer.concat([bytes.subarray(0, random(bytes.length)), other.subarray(random(other.length))]);
    },
  ],
];

/** Half of the changes hit the first eighth: that is where the tables are described. */
function place(bytes: Buffer, random: Random): number {
  return random(random(2) === 0 ? bytes.length : Math.max(4, bytes.length >> 3));
}

function write(bytes: Buffer, random: Random, value: number): Buffer {
  const width = [1, 2, 4, 4, 4, 8][random(6)] ?? 4;
  // tables are aligned, what lies between them is not
  const at = random(4) === 0 ? place(bytes, random) : place(bytes, random) & ~(Math.min(width, 4) - 1);
  if (at < 0 || at + width > bytes.length) return bytes;
  const whole = value >>> 0;
  const little = random(4) !== 0;
  if (width === 1) bytes[at] = whole & 0xff;
  else if (width === 2) little ? bytes.writeUInt16LE(whole & 0xffff, at) : bytes.writeUInt16BE(whole & 0xffff, at);
  else if (width === 4) little ? bytes.writeUInt32LE(whole, at) : bytes.writeUInt32BE(whole, at);
  else {
    const wide = value > 0x7fffffff ? 0xffffffff_00000000n | BigInt(whole) : BigInt(whole);
    little ? bytes.writeBigUInt64LE(wide, at) : bytes.writeBigUInt64BE(wide, at);
  }
  return bytes;
}

const BAG = OPERATORS.flatMap(([, weight, apply]) => Array.from({ length: weight }, () => apply));

/**
 * One to six changes, most often one: a second one tends to hide what the first would have shown.
 *
 * @param others files of the same format, from which pieces are taken
 */
export function mutate(original: Buffer, random: Random, others: readonly Buffer[]): Buffer {
  let bytes: Buffer = Buffer.from(original);
  let left = random(2) === 0 ? 1 : 1 + random(6);
  for (; left > 0 && bytes.length > 0; left--) bytes = BAG[random(BAG.length)]?.(bytes, random, others) ?? bytes;
  return bytes;
}
