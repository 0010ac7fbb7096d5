/** Every binary format with a table of strings of its own. A format is one folder or file and one entry here. */

import { dartFormat } from './dart/format.ts';
import { dotnetFormat } from './dotnet/format.ts';
import { nativeFormat } from './elf/format.ts';
import { gzipFormat } from './gzip/format.ts';
import { hermesFormat } from './hermes/format.ts';
import { metadataFormat } from './il2cpp/format.ts';
import { javaClassFormat } from './java/format.ts';
import { kernelFormat } from './kernel/format.ts';
import { keyStoreFormat } from './key-store/format.ts';
import { libraryMetadataFormat } from './library-metadata/format.ts';
import { machoFormat } from './macho/format.ts';
import { pemFormat } from './pem/format.ts';
import { appDependenciesFormat, protobufFormat } from './protobuf/format.ts';
import { ramBundleFormat } from './ram-bundle/format.ts';
import type { BinaryFormat } from './reader.ts';
import { sqliteFormat } from './sqlite/format.ts';

export const BINARY_FORMATS: readonly BinaryFormat[] = [
  dotnetFormat,
  machoFormat,
  nativeFormat,
  dartFormat,
  kernelFormat,
  hermesFormat,
  metadataFormat,
  ramBundleFormat,
  gzipFormat,
  sqliteFormat,
  javaClassFormat,
  libraryMetadataFormat,
  appDependenciesFormat,
  protobufFormat,
  pemFormat,
  keyStoreFormat,
];

/** The format that the entry's name promises: its last path part. */
export function binaryFormatByName(base: string): BinaryFormat | undefined {
  return BINARY_FORMATS.find(({ names }) => names?.test(base) === true);
}

export function binaryFormatByMagic(head: Buffer): BinaryFormat | undefined {
  return BINARY_FORMATS.find((format) => format.matches(head));
}
