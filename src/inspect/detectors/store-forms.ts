/** Recognises a managed back end by the form of a host, the name of the key that holds a value, or the value's own form. */
import { NAMED_STORES, STORE_FORMS } from '../data/managed-stores.ts';
import type { FoundString } from '../source.ts';

export interface StoreMatch {
  kind: string;
  id: string;
  url?: string;
  host?: string;
}

/** Each form with the fixed text that its hosts end in: told before the pattern, of which most are then never compiled. */
const FORMS = STORE_FORMS.map((form) => ({ form, tail: fixedTail(form.host) }));

/** The literal text at the end of an anchored pattern without top-level alternatives; empty where there is none. */
export function fixedTail({ source, flags }: RegExp): string {
  if (flags !== '') return '';
  const tail = /(?:\\\.|(?<!\\)[a-z0-9-])+\$$/.exec(source)?.[0] ?? '$';
  return tail.slice(0, -1).replaceAll('\\.', '.');
}

/** @param target path and query */
export function storeOfHost(scheme: string | undefined, host: string, target: string): StoreMatch | undefined {
  if (scheme === 's3' || scheme === 'gs') return storeOfBucket(scheme, host);
  for (const { form, tail } of FORMS) {
    if (!host.endsWith(tail)) continue;
    const match = form.host.exec(host);
    if (match === null) continue;
    const inPath = form.path === undefined ? undefined : form.path.exec(target);
    if (inPath === null) continue;
    const id = inPath?.[1] ?? match.slice(1).find((group) => group !== undefined);
    if (id === undefined || form.not?.test(id)) continue;
    const base = `${scheme === 'http' ? 'http' : scheme === undefined || scheme === 'https' || scheme.startsWith('ws') ? 'https' : scheme}://${host}`;
    return { kind: form.kind, id, url: base, host };
  }
  return undefined;
}

function storeOfBucket(scheme: 's3' | 'gs', bucket: string): StoreMatch {
  if (scheme === 's3') return { kind: 's3', id: bucket, host: `${bucket}.s3.amazonaws.com` };
  return isFirebaseBucket(bucket)
    ? firebaseBucket(bucket)
    : { kind: 'gcs', id: bucket, host: `${bucket}.storage.googleapis.com` };
}

/** The default bucket of a Firebase project: `<project>.appspot.com`, since October 2024 `<project>.firebasestorage.app`. */
function isFirebaseBucket(name: string): boolean {
  if (!name.endsWith('.app') && !name.endsWith('.appspot.com')) return false;
  return /^[a-z0-9][a-z0-9.-]{2,60}\.(?:appspot\.com|firebasestorage\.app)$/.test(name);
}

function firebaseBucket(bucket: string): StoreMatch {
  return {
    kind: 'firebase-storage',
    id: bucket,
    url: `https://firebasestorage.googleapis.com/v0/b/${bucket}`,
    host: 'firebasestorage.googleapis.com',
  };
}

const GOOGLE_APP_ID = /^1:\d{6,15}:(?:android|ios|web):[0-9a-f]{6,40}$/;
const COGNITO_IDENTITY =
  /^[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]{4,9}-\d:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const COGNITO_USERS = /^[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]{4,9}-\d_[A-Za-z0-9]{6,55}$/;
const PROJECT_ID = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;

/** Stores that a string names by itself or by its key, without being an address. */
export function storeOfString(found: FoundString): StoreMatch | undefined {
  const { text } = found;
  if (text.length > 200) return undefined;
  // each form by its cheapest mark first: this runs for every string of the package
  if (text.startsWith('1:') && GOOGLE_APP_ID.test(text)) return { kind: 'google-app-id', id: text };
  if (text.charCodeAt(2) === 0x2d) {
    if (COGNITO_IDENTITY.test(text)) return { kind: 'cognito-identity-pool', id: text };
    if (COGNITO_USERS.test(text)) return { kind: 'cognito-user-pool', id: text };
  }
  const key = found.name === undefined ? undefined : found.name.slice(found.name.lastIndexOf('/') + 1);
  const kind = key === undefined ? undefined : NAMED_STORES.get(key);
  if (kind === 'firebase-storage' && /^[a-z0-9][a-z0-9._-]{2,80}$/.test(text)) return firebaseBucket(text);
  if (kind === 'firebase-project' && PROJECT_ID.test(text) && isGoogleContext(found, key)) return { kind, id: text };
  if (isFirebaseBucket(text)) return firebaseBucket(text);
  return undefined;
}

/** `project_id` is Firebase's in resources; elsewhere the name is anyone's unless the file is Google's. */
function isGoogleContext(found: FoundString, key: string | undefined): boolean {
  if (found.via === 'resource' || key === 'PROJECT_ID' || key === 'firebase_project_id') return true;
  return /google-?services|firebase/i.test(found.entry);
}
