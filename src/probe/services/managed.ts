/** Providers’ services and object stores. */
import type { ProbeService } from '../service.ts';
import { firebaseRtdb } from './firebase-rtdb/index.ts';
import { s3 } from './s3/index.ts';

export const managedServices: readonly ProbeService[] = [s3, firebaseRtdb];
