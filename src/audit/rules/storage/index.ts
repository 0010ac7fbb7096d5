import type { RuleSet } from '../../model.ts';
import { uncheckedRule, unverifiedEmailRule, versionRule, widerMatchRule } from '../firestore/details.ts';
import { storageFile } from '../firestore/examples.ts';
import { openRules, type Product } from '../firestore/open.ts';

const product: Product<'storage.rules'> = {
  format: 'storage.rules',
  prefix: 'storage',
  name: 'Cloud Storage',
  things: 'files',
  references: {
    insecure: 'https://firebase.google.com/docs/rules/insecure-rules',
    conditions: 'https://firebase.google.com/docs/storage/security/rules-conditions',
  },
  verified: {
    by: 'source',
    how: 'https://firebase.google.com/docs/rules/insecure-rules – open access and access for any authenticated user are named there as insecure',
  },
  aliases: {
    open: ['SR-AUTH-001'],
    timed: [],
    account: ['SR-AUTH-002'],
    write: [],
    read: ['SR-LIST-001'],
  },
  file: storageFile,
};

export const storageRules: RuleSet<'storage.rules'> = {
  rules: [
    ...openRules(product),
    widerMatchRule(product, []),
    unverifiedEmailRule(product),
    uncheckedRule(product, ['SR-VAL-001']),
    versionRule(product, []),
  ],
  guidance: {
    fixes: {
      managed:
        'Change `storage.rules`, try it in the emulator (`firebase emulators:start --only storage`) with the calls that the app makes, then `firebase deploy --only storage`. A download address with its token works on, whatever the rules say: revoke tokens of files that were public by mistake.',
    },
    check:
      'Without signing in, `curl https://firebasestorage.googleapis.com/v0/b/BUCKET/o` answers 403, and so does the address of a file without its token.',
  },
};
