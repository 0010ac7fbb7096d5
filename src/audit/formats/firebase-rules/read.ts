import type { Format } from '../../model.ts';

export interface FirebaseRulesDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const firestoreFormat: Format<'firestore.rules'> = {
  name: 'firestore.rules',
  title: 'Cloud Firestore rules',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};

export const storageFormat: Format<'storage.rules'> = {
  name: 'storage.rules',
  title: 'Cloud Storage for Firebase rules',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
