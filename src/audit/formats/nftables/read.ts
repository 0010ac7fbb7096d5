import type { Format } from '../../model.ts';

export interface NftablesDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const nftablesFormat: Format<'nftables'> = {
  name: 'nftables',
  title: 'nftables (text and JSON)',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
