/**
 * One LZ4 block (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md): a row of sequences, each a token (high 4
 * bits: number of literals, low 4 bits: length of the match - 4; 15 means more bytes follow, to be added, while they are
 * 255), the literals, a u16 offset back into what was written. The last sequence ends after its literals.
 *
 * Own code because the packages that there are do not fit: `lz4js` writes without regard to bounds and has not been kept
 * up, `lz4` and `lz4-napi` are native add-ons, and frames, which most of them read, are not what .NET writes.
 */

/**
 * @param size of the uncompressed data; no more than that is ever written
 * @returns what was decoded: shorter than `size` when the block ends early or is damaged
 */
export function decodeLz4Block(block: Uint8Array, size: number): Buffer {
  const out = Buffer.allocUnsafe(size);
  let from = 0;
  let to = 0;
  while (from < block.length) {
    const token = block[from++] ?? 0;
    let literals = token >> 4;
    if (literals === 15) {
      let more = 255;
      while (more === 255 && from < block.length) literals += more = block[from++] ?? 0;
    }
    const take = Math.min(literals, block.length - from, size - to);
    if (take > 16) out.set(block.subarray(from, from + take), to);
    else for (let i = 0; i < take; i++) out[to + i] = block[from + i] as number;
    from += take;
    to += take;
    if (take < literals || from + 2 > block.length) break;

    const offset = (block[from] as number) | ((block[from + 1] as number) << 8);
    from += 2;
    let match = (token & 15) + 4;
    if (match === 19) {
      let more = 255;
      while (more === 255 && from < block.length) match += more = block[from++] ?? 0;
    }
    if (offset === 0 || offset > to || match > size - to) break;
    if (offset >= match && match > 32) out.copyWithin(to, to - offset, to - offset + match);
    else for (let i = 0; i < match; i++) out[to + i] = out[to - offset + i] as number; // may overlap: byte by byte
    to += match;
  }
  return out.subarray(0, to);
}
