/** Protocol buffers beside the resource tables of an app bundle or APK set. None has a magic: their names tell them. */
import type { BinaryFormat } from '../reader.ts';

const never = (): boolean => false;

export const appDependenciesFormat: BinaryFormat = {
  what: 'list of linked libraries',
  via: 'resource',
  names: /^dependencies\.pb$/,
  matches: never,
  load: async () => (await import('./app-dependencies.ts')).readAppDependencies,
};

export const protobufFormat: BinaryFormat = {
  what: 'settings of an app bundle',
  via: 'resource',
  names: /^(?:BundleConfig|native|assets|apex|toc|device_group_config|runtime_enabled_sdk_config)\.pb$/,
  matches: never,
  load: async () => (await import('./strings.ts')).readProtobufStrings,
};
