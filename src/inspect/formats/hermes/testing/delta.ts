/** The string tables of Hermes bytecode in delta form, as hbc-deltaprep writes them (lib/BCGen/HBC/BytecodeFormConverter.cpp). */
import { locateStrings } from '../layout.ts';

const OFFSET = 0x7fffff;

export function toDelta(original: Buffer): Buffer {
  const layout = locateStrings(original, 'execution');
  if (layout === undefined) throw new Error('not Hermes bytecode');
  const bytes = Buffer.from(original);
  for (const at of [0, 4]) bytes.writeUInt32LE(~original.readUInt32LE(at) >>> 0, at);
  let previous = 0;
  for (let at = layout.small; at < layout.overflow; at += 4) {
    const entry = original.readUInt32LE(at);
    const offset = (entry >>> 1) & OFFSET;
    bytes.writeUInt32LE(((entry & 0xff000001) | (((offset - previous) & OFFSET) << 1)) >>> 0, at);
    previous = offset;
  }
  previous = 0;
  for (let at = layout.overflow; at < layout.overflow + layout.overflows * 8; at += 8) {
    const offset = original.readUInt32LE(at);
    bytes.writeUInt32LE((offset - previous) >>> 0, at);
    previous = offset;
  }
  return bytes;
}
