/** How .NET assemblies are recognised: bare, compressed and in stores; their reader is loaded when the first one comes. */
import type { BinaryFormat } from '../reader.ts';
import { MZ, XABA, XALZ, XAZS } from './magic.ts';

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
  const magic = head.readUInt32LE(0);
  if (magic === XALZ || magic === XAZS || magic === XABA) return true;
  // an executable of DOS and Windows; whether it holds .NET code is seen by its reader
  return (magic & 0xffff) === MZ && head.length >= 0x40;
}
