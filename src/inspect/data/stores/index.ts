/** Every family of back ends. A family is one file and one entry here; `stores.test.ts` checks and runs all of them. */
import { aws } from './aws.ts';
import { azure } from './azure.ts';
import { backends } from './backends.ts';
import { buckets } from './buckets.ts';
import { databases } from './databases.ts';
import { firebase } from './firebase.ts';
import { google } from './google.ts';
import { messaging } from './messaging.ts';
import { search } from './search.ts';
import type { StoreFamily, StoreKind } from './store-family.ts';
import { supabase } from './supabase.ts';

export const STORE_FAMILIES: readonly StoreFamily[] = [
  firebase,
  supabase,
  aws,
  google,
  azure,
  buckets,
  databases,
  search,
  backends,
  messaging,
];

const KINDS = new Map<string, StoreKind>(STORE_FAMILIES.flatMap(({ kinds }) => Object.entries(kinds)));

/** What is known of a kind: `firebase-rtdb`. */
export function storeKind(kind: string): StoreKind | undefined {
  return KINDS.get(kind);
}
