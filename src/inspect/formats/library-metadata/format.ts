import type { BinaryFormat } from '../reader.ts';

/** Small files that build tools leave beside the code of a library. No two bytes tell them: only their names do. */
export const libraryMetadataFormat: BinaryFormat = {
  what: 'library metadata',
  via: 'text',
  names:
    /^(?:[\w.-]{1,200}\.version|pom\.properties|app-metadata\.properties|kotlin-tooling-metadata\.json|(?:play-services-|firebase-|transport-)[\w-]{1,100}\.properties|(?:billing|integrity|user-messaging-platform|review|app-update|asset-delivery|feature-delivery|core-common)\.properties)$/,
  matches: () => false,
  many: 'library metadata',
  load: async () => (await import('./index.ts')).readLibraryMetadata,
};
