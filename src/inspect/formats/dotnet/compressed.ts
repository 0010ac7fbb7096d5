/**
 * Assemblies as .NET for Android compresses them (dotnet/android, xamarin-app.hh, CompressedAssemblyHeader):
 * magic u32 (`XALZ`: LZ4 block, `XAZS`: Zstandard frame) · descriptor index u32 · uncompressed length u32 · data.
 */
import { failed, type ReadResult } from '../result.ts';
import { decodeLz4Block } from './lz4-block.ts';
import { XALZ, XAZS } from './magic.ts';

const HEADER = 12;
/** A byte of an LZ4 block makes 255 at most; a block of 128 KiB takes Zstandard four bytes. */
const RATIO = { lz4: 255, zstandard: 32_768 };
/** Enough for any assembly (the largest of the framework, Mono.Android, has 40 MB before it is trimmed) and little enough to hold. */
const MOST = 64 << 20;

export function isCompressedAssembly(head: Buffer): boolean {
  if (head.length < HEADER) return false;
  const magic = head.readUInt32LE(0);
  return magic === XALZ || magic === XAZS;
}

/** @returns the assembly, or why it cannot be had */
export async function decompressAssembly(bytes: Buffer): Promise<Buffer | ReadResult> {
  const size = bytes.readUInt32LE(8);
  const data = bytes.subarray(HEADER);
  const lz4 = bytes.readUInt32LE(0) === XALZ;
  if (size === 0 || size > MOST || size > data.length * (lz4 ? RATIO.lz4 : RATIO.zstandard)) {
    return failed('DOTNET_COMPRESSED', `${data.length} bytes claim to hold ${size}`);
  }
  const assembly = lz4 ? decodeLz4Block(data, size) : await decodeZstandard(data, size);
  if (assembly.length === size) return assembly;
  return failed('DOTNET_COMPRESSED', `${lz4 ? 'LZ4' : 'Zstandard'} data is damaged after ${assembly.length} bytes`);
}

/** The reference decoder, as WebAssembly: Node has Zstandard of its own only from 22.15 on. */
async function decodeZstandard(data: Buffer, size: number): Promise<Buffer> {
  const { ZSTDDecoder } = await import('zstddec');
  const decoder = new ZSTDDecoder();
  await decoder.init();
  const decoded = decoder.decode(data, size);
  return Buffer.from(decoded.buffer, decoded.byteOffset, decoded.byteLength);
}
