import type { Format } from '../../model.ts';

export interface RtdbDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const rtdbFormat: Format<'firebase-rtdb'> = {
  name: 'firebase-rtdb',
  title: 'Firebase Realtime Database rules',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
