import type { Format } from '../../model.ts';

export interface IptablesDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const iptablesFormat: Format<'iptables-save'> = {
  name: 'iptables-save',
  title: 'iptables-save and ip6tables-save',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
