/**
 * Length and effect of every Dalvik instruction (dalvik-bytecode and instruction-formats, source.android.com), DEX 035–041.
 * The opcode is the low byte of the first code unit; `nop` with a high byte 1, 2 or 3 heads a payload table:
 *   0x0100 packed-switch: size u16, first_key i32, targets i32[size]             = size × 2 + 4 units
 *   0x0200 sparse-switch: size u16, keys i32[size], targets i32[size]            = size × 4 + 2 units
 *   0x0300 fill-array-data: element_width u16, size u32, data u8[width × size]   = (width × size + 1) / 2 + 4 units
 */

/** `length × count` runs; the sum is 256. */
function table(runs: readonly (readonly [value: number, count: number])[]): Uint8Array {
  const all = new Uint8Array(256);
  let at = 0;
  for (const [value, count] of runs) {
    all.fill(value, at, at + count);
    at += count;
  }
  return all;
}

/** Code units of each instruction; 0 where no instruction has this opcode (optimised code of a device is in no package). */
export const LENGTH: Uint8Array = table([
  ...([
    [1, 2],
    [2, 1],
    [3, 1],
    [1, 1],
    [2, 1],
    [3, 1],
    [1, 1],
    [2, 1],
    [3, 1],
  ] as const), // nop, moves (00–09)
  ...([
    [1, 9],
    [2, 1],
    [3, 1],
    [2, 2],
    [3, 1],
    [5, 1],
    [2, 1],
  ] as const), // move-result … const-wide/high16 (0a–19)
  ...([
    [2, 1],
    [3, 1],
    [2, 1],
    [1, 2],
    [2, 2],
    [1, 1],
    [2, 2],
    [3, 3],
    [1, 2],
  ] as const), // const-string … goto (1a–28)
  ...([
    [2, 1],
    [3, 3],
    [2, 5],
    [2, 12],
    [0, 6],
    [2, 42],
  ] as const), // goto/16 … sput-short (29–6d)
  ...([
    [3, 5],
    [0, 1],
    [3, 5],
    [0, 2],
  ] as const), // invoke-kind (6e–7a)
  ...([
    [1, 21],
    [2, 32],
    [1, 32],
    [2, 19],
    [0, 23],
  ] as const), // arithmetic (7b–f9)
  ...([
    [4, 2],
    [3, 2],
    [2, 2],
  ] as const), // invoke-polymorphic, invoke-custom, const-method (fa–ff)
]);

/** What an instruction writes: nothing, vA in the high byte, vA in four bits; alone or as a pair. */
export const WRITES_NONE = 0;
export const WRITES_AA = 1;
export const WRITES_A = 2;
export const WRITES_AA_WIDE = 3;
export const WRITES_A_WIDE = 4;

/** The register that each instruction overwrites. `move/16` (03, 06, 09) names its in the second unit and is left out. */
export const WRITES: Uint8Array = (() => {
  const all = new Uint8Array(256);
  const set = (value: number, ...ranges: (readonly [number, number])[]) => {
    for (const [from, to] of ranges) all.fill(value, from, to + 1);
  };
  set(WRITES_A, [0x01, 0x01], [0x07, 0x07], [0x12, 0x12], [0x20, 0x21], [0x23, 0x23], [0x52, 0x58], [0x7b, 0x8f]);
  set(WRITES_A, [0xb0, 0xd7]);
  set(WRITES_AA, [0x02, 0x02], [0x08, 0x08], [0x0a, 0x0a], [0x0c, 0x0d], [0x13, 0x15], [0x1a, 0x1c], [0x22, 0x22]);
  set(WRITES_AA, [0x2d, 0x31], [0x44, 0x4a], [0x60, 0x66], [0x90, 0xaf], [0xd8, 0xe2], [0xfe, 0xff]);
  set(WRITES_AA_WIDE, [0x05, 0x05], [0x0b, 0x0b], [0x16, 0x19], [0x45, 0x45], [0x61, 0x61], [0x9b, 0xa5], [0xab, 0xaf]);
  set(WRITES_A_WIDE, [0x04, 0x04], [0x53, 0x53], [0x7d, 0x7e], [0x80, 0x81], [0x83, 0x83], [0x86, 0x86]);
  set(WRITES_A_WIDE, [0x88, 0x89], [0x8b, 0x8b], [0xbb, 0xc5], [0xcb, 0xcf]);
  return all;
})();

/** What the scan of all code looks at; everything else is stepped over. */
export const KIND_STRING = 1;
export const KIND_STRING_JUMBO = 2;
export const KIND_INVOKE = 3;
export const KIND_PUT = 4;
export const KIND_GET_STATIC = 5;
export const KIND_NOP = 6;
export const KIND_BAD = 7;

export const KIND: Uint8Array = (() => {
  const all = new Uint8Array(256);
  for (let op = 0; op < 256; op++) if (LENGTH[op] === 0) all[op] = KIND_BAD;
  all[0x00] = KIND_NOP;
  all[0x1a] = KIND_STRING;
  all[0x1b] = KIND_STRING_JUMBO;
  all.fill(KIND_PUT, 0x59, 0x60);
  all.fill(KIND_GET_STATIC, 0x60, 0x67);
  all.fill(KIND_PUT, 0x67, 0x6e);
  all.fill(KIND_INVOKE, 0x6e, 0x73);
  all.fill(KIND_INVOKE, 0x74, 0x79);
  return all;
})();

/** Units of the payload table that `nop` at `at` heads; 1 for a plain nop. */
export function payloadLength(code: Uint16Array, at: number): number {
  const size = code[at + 1] ?? 0;
  switch (code[at]) {
    case 0x0100:
      return size * 2 + 4;
    case 0x0200:
      return size * 4 + 2;
    case 0x0300:
      return ((size * ((code[at + 2] ?? 0) + (code[at + 3] ?? 0) * 0x10000) + 1) >>> 1) + 4;
    default:
      return 1;
  }
}
