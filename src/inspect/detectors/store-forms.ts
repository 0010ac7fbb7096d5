/** Recognises a managed back end by the form of a host, the name of the key that holds a value, or the value's own form. */
import { firebaseBucket } from '../data/stores/firebase.ts';
import { STORE_FAMILIES, storeKind } from '../data/stores/index.ts';
import type { HostForm, NamedForm, StoreName, ValueForm } from '../data/stores/store-family.ts';
import type { FoundString } from '../source.ts';
import { isStandIn } from './match-credentials.ts';

export interface StoreMatch extends StoreName {
  kind: string;
}

/** Forms by the domain that their hosts stand below; `` those that the path alone tells. */
const HOSTS = new Map<string, HostForm[]>();
const NAMES = new Map<string, NamedForm[]>();
/** Forms of values by what their mark asks first. */
const BY_FIRST = new Map<number, [start: string, form: ValueForm][]>();
const BY_LAST = new Map<number, [end: string, form: ValueForm][]>();
const REGIONAL: ValueForm[] = [];
const ANYWHERE: [text: string, least: number, form: ValueForm][] = [];
let least = Number.POSITIVE_INFINITY;

for (const { hosts = [], values = [], names = [] } of STORE_FAMILIES) {
  for (const form of hosts) {
    for (const domain of form.domains.length === 0 ? [''] : form.domains) push(HOSTS, domain, form);
  }
  for (const form of names) for (const key of form.keys) push(NAMES, key, form);
  for (const form of values) {
    const { mark } = form;
    if ('start' in mark) push(BY_FIRST, mark.start.charCodeAt(0), [mark.start, form]);
    else if ('end' in mark) push(BY_LAST, mark.end.charCodeAt(mark.end.length - 1), [mark.end, form]);
    else if ('region' in mark) REGIONAL.push(form);
    else {
      ANYWHERE.push([mark.has, mark.least, form]);
      least = Math.min(least, mark.least);
    }
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}

/** @param target path and query */
export function storeOfHost(scheme: string | undefined, host: string, target: string): StoreMatch | undefined {
  if (scheme === 's3' || scheme === 'gs') return storeOfBucket(scheme, host);
  // every domain that the host stands below, the longest first
  for (let at = 0; at >= 0; at = nextLabel(host, at)) {
    const forms = HOSTS.get(at === 0 ? host : host.slice(at));
    const match = forms === undefined ? undefined : firstMatch(forms, scheme, host, target);
    if (match !== undefined) return match;
  }
  return target.length < 6 ? undefined : firstMatch(HOSTS.get('') ?? [], scheme, host, target);
}

function nextLabel(host: string, at: number): number {
  const dot = host.indexOf('.', at);
  return dot < 0 ? -1 : dot + 1;
}

function firstMatch(
  forms: readonly HostForm[],
  scheme: string | undefined,
  host: string,
  target: string,
): StoreMatch | undefined {
  for (const { kind, host: pattern, path, not } of forms) {
    const match = pattern.exec(host);
    if (match === null) continue;
    const inPath = path === undefined ? undefined : path.exec(target);
    if (inPath === null) continue;
    const id = inPath?.[1] ?? match.slice(1).find((group) => group !== undefined);
    if (id === undefined || not?.test(id)) continue;
    const url = `${urlScheme(scheme)}://${host}`;
    return isAskable(kind) ? { kind, id, url, host } : { kind, id, url };
  }
  return undefined;
}

/** A host is given where a probe could ask it what it keeps. */
const ASKED_BEFORE = /^(?:api-gateway|cloud-functions|lambda-url|aws-iot|cognito-user-pool)$/;

function isAskable(kind: string): boolean {
  const holds = storeKind(kind)?.holds;
  return holds === 'records' || holds === 'files' || ASKED_BEFORE.test(kind);
}

function urlScheme(scheme: string | undefined): string {
  if (scheme === undefined || scheme === 'https' || scheme.startsWith('ws')) return 'https';
  return scheme;
}

function storeOfBucket(scheme: 's3' | 'gs', bucket: string): StoreMatch {
  if (scheme === 's3') return { kind: 's3', id: bucket, host: `${bucket}.s3.amazonaws.com` };
  return /^[a-z0-9][a-z0-9.-]{2,60}\.(?:appspot\.com|firebasestorage\.app)$/.test(bucket)
    ? { kind: 'firebase-storage', ...firebaseBucket(bucket) }
    : { kind: 'gcs', id: bucket, host: `${bucket}.storage.googleapis.com` };
}

/** Longest string that a form fits: a token. */
const LONGEST = 2000;
const HYPHEN = 0x2d;

/** Stores that a string names by itself or by its key, without being an address. Runs for every string of the package. */
export function storeOfString(found: FoundString): StoreMatch | undefined {
  const { text, name } = found;
  const { length } = text;
  if (length > LONGEST || length === 0) return undefined;
  for (const [start, form] of BY_FIRST.get(text.charCodeAt(0)) ?? []) {
    const match = text.startsWith(start) ? valueMatch(form, text) : undefined;
    if (match !== undefined) return match;
  }
  for (const [end, form] of BY_LAST.get(text.charCodeAt(length - 1)) ?? []) {
    const match = text.endsWith(end) ? valueMatch(form, text) : undefined;
    if (match !== undefined) return match;
  }
  if (text.charCodeAt(2) === HYPHEN) {
    for (const form of REGIONAL) {
      const match = valueMatch(form, text);
      if (match !== undefined) return match;
    }
  }
  if (length >= least && length < 1000) {
    for (const [part, shortest, form] of ANYWHERE) {
      const match = length >= shortest && text.includes(part) ? valueMatch(form, text) : undefined;
      if (match !== undefined) return match;
    }
  }
  return name === undefined ? undefined : namedMatch(found, name);
}

function valueMatch({ kind, value, read }: ValueForm | NamedForm, text: string): StoreMatch | undefined {
  const match = value.exec(text);
  if (match === null) return undefined;
  if (read !== undefined) {
    const store = read(match);
    return store === undefined ? undefined : { kind, ...store };
  }
  const id = match.slice(1).find((group) => group !== undefined);
  return id === undefined ? undefined : { kind, id };
}

function namedMatch(found: FoundString, name: string): StoreMatch | undefined {
  const forms = NAMES.get(name.slice(name.lastIndexOf('/') + 1));
  if (forms === undefined) return undefined;
  for (const form of forms) {
    const placed =
      form.entry === undefined || form.entry.test(found.entry) || (form.resource === true && found.via === 'resource');
    const match = placed && !isStandIn(found.text) ? valueMatch(form, found.text) : undefined;
    if (match !== undefined) return match;
  }
  return undefined;
}
