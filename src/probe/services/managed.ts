/** Providers’ services and object stores. */
import type { ProbeService } from '../service.ts';
import { algolia } from './algolia/index.ts';
import { appwrite } from './appwrite/index.ts';
import { azureBlob } from './azure-blob/index.ts';
import { firebaseRemoteConfig } from './firebase-remote-config/index.ts';
import { firebaseRtdb } from './firebase-rtdb/index.ts';
import { firebaseStorage } from './firebase-storage/index.ts';
import { firestore } from './firestore/index.ts';
import { gcs } from './gcs/index.ts';
import { s3 } from './s3/index.ts';
import { supabase } from './supabase/index.ts';

export const managedServices: readonly ProbeService[] = [
  s3,
  firebaseRtdb,
  firestore,
  firebaseStorage,
  firebaseRemoteConfig,
  gcs,
  azureBlob,
  supabase,
  appwrite,
  algolia,
];
