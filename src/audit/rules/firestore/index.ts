import type { RuleSet } from '../../model.ts';
import {
  otherNameRule,
  selfGivenRoleRule,
  uncheckedRule,
  unverifiedEmailRule,
  versionRule,
  widerMatchRule,
} from './details.ts';
import { firestoreFile } from './examples.ts';
import { openRules, type Product } from './open.ts';

const product: Product<'firestore.rules'> = {
  format: 'firestore.rules',
  prefix: 'firestore',
  name: 'Firestore',
  things: 'records',
  references: {
    insecure: 'https://firebase.google.com/docs/firestore/security/insecure-rules',
    conditions: 'https://firebase.google.com/docs/firestore/security/rules-conditions',
  },
  verified: {
    by: 'source',
    how: 'https://firebase.google.com/docs/firestore/security/insecure-rules – open access, any authenticated user and cascading grants are named there as insecure; matches are OR-ed (rules-structure)',
  },
  aliases: {
    open: ['FS-AUTH-001'],
    timed: ['FS-AUTH-002'],
    account: ['FS-AUTH-003'],
    write: [],
    read: ['FS-LIST-001'],
  },
  file: firestoreFile,
};

export const firestoreRules: RuleSet<'firestore.rules'> = {
  rules: [
    ...openRules(product),
    widerMatchRule(product, ['FS-AUTH-004']),
    selfGivenRoleRule(product),
    otherNameRule(product),
    unverifiedEmailRule(product),
    uncheckedRule(product, ['FS-VAL-001']),
    versionRule(product, ['FS-VER-001']),
  ],
  guidance: {
    fixes: {
      managed:
        'Change `firestore.rules`, try it in the emulator (`firebase emulators:start --only firestore`) with the calls that the app makes, then `firebase deploy --only firestore:rules`. Rules take effect for new requests within a minute, for open listeners within ten.',
    },
    check:
      'In the Firebase console, Firestore, Rules, the playground with "Authenticated" off answers "Simulated read denied" for the path; without the console: `curl https://firestore.googleapis.com/v1/projects/PROJECT/databases/(default)/documents/PATH` answers 403 PERMISSION_DENIED.',
  },
};
