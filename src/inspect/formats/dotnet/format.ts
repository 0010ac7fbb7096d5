/** How .NET assemblies are recognised: bare, compressed and in stores; their reader is loaded when the first one comes. */
import type { BinaryFormat } from '../reader.ts';

const COMPRESSED_LZ4 = 0x58414c5a; // XALZ
const COMPRESSED_ZSTANDARD = 0x58415a53; // XAZS
const STORE = 0x58414241; // XABA

export const dotnetFormat: BinaryFormat = {
  what: '.NET assemblies',
  via: 'dotnet',
  // no `.exe`, no `.dll`: some are native code of Windows, and some that are compressed keep the name
  names:
    /^(?:assemblies(?:\.[\w-]{1,40})?\.blob|lib(?:assemblies\.[\w-]{1,40}\.blob|assembly-store)\.so|lib[-_].{1,200}\.dll\.so)$/,
  matches: isDotnet,
  load: async () => (await import('./assembly-store.ts')).readAssemblyStore,
};

function isDotnet(head: Buffer): boolean {
  if (head.length < 20) return false;
  const magic = head.readUInt32BE(0);
  if (magic === COMPRESSED_LZ4 || magic === COMPRESSED_ZSTANDARD || magic === STORE) return true;
  // an executable of DOS and Windows; whether it holds .NET code is seen by its reader
  return magic >>> 16 === 0x4d5a && head.length >= 0x40;
}
