/**
 * Whose code uses an endpoint. DEX files tell which classes hold a string, and the manifest tells which classes are the
 * app's: what the app's own classes call is the app's, whoever runs the host; what only classes of others hold is theirs,
 * also when no list knows the library.
 */
import type { FoundString } from '../source.ts';
import type { OwnCode } from './android/own-code.ts';
import { GENERIC_LABELS } from './generic-labels.ts';
import { prefixOf } from './sdk-of-class.ts';

/** The classes seen with one endpoint. */
export interface CodeUse {
  readonly classes: Set<string>;
  /** Also found where no class is known: a resource, a script, a native library. */
  elsewhere: boolean;
}

/** `library` comes with the package that tells it. */
export type User = { owner: 'app' | 'unknown' } | { owner: 'library'; package: string; vendor: boolean };

const MOST_CLASSES = 64;
const UNKNOWN: User = { owner: 'unknown' };

export function createCodeUse(): CodeUse {
  return { classes: new Set(), elsewhere: false };
}

export function addUse(use: CodeUse, { code, via }: Pick<FoundString, 'code' | 'via'>): void {
  if (code === undefined) use.elsewhere ||= via !== 'dex-string';
  else for (const place of code) if (use.classes.size < MOST_CLASSES) use.classes.add(place.class);
}

/** Clients that a generator writes into the app: named for the generator, made for one back end. */
const GENERATED = /^(?:io\.swagger\.client|org\.openapitools)\./;

/**
 * @param host of the endpoint; undefined for a path
 * @param appId of the app: a class that shares a name of its own with it counts as the app's (`net.bluemarket.api`), unless
 *   it is a known SDK's: an app of the SDK's makers (`com.alipay.sdk.demo`) shares theirs with all of it
 */
export function userOf(use: CodeUse, ownCode: OwnCode | undefined, appId: string, host?: string): User {
  if (ownCode === undefined || use.classes.size === 0) return UNKNOWN;
  const names = [...use.classes];
  const owners = names.map((name) => (prefixOf(name) === undefined && isKin(name, appId) ? 'app' : ownCode(name)));
  if (owners.includes('app')) return { owner: 'app' };
  if (use.elsewhere || owners.includes('unknown') || names.some((name) => GENERATED.test(name))) return UNKNOWN;
  const vendor = host === undefined ? undefined : names.find((name) => namesVendor(name, host));
  return { owner: 'library', package: packageOf(vendor ?? names[0] ?? ''), vendor: vendor !== undefined };
}

/** `com.pushers.push.Server` calls `api.pushers.example`: a library that talks to those who made it. */
function namesVendor(className: string, host: string): boolean {
  const labels = host.split('.');
  const names = labels.slice(0, -1).filter((label) => label.length >= 4 && !GENERIC_LABELS.has(label));
  const packages = new Set(className.toLowerCase().split('.').slice(0, -1));
  return names.some((name) => packages.has(name) || packages.has(name.replaceAll('-', '')));
}

function isKin(className: string, appId: string): boolean {
  const own = appId
    .toLowerCase()
    .split('.')
    .filter((label) => label.length >= 5 && !GENERIC_LABELS.has(label));
  const labels = className.toLowerCase().split('.').slice(0, -1);
  return own.some((label) => labels.includes(label));
}

/** `com.makers.library` of `com.makers.library.net.Client$1`. */
function packageOf(className: string): string {
  const labels = className.split('.').slice(0, -1);
  return labels.slice(0, 3).join('.');
}

/** `com.makers` of `com.makers.library`. */
export function makersOf(packageName: string): string {
  return packageName.split('.').slice(0, 2).join('.');
}

/** True when code of the app's own is known to use something: then code of others speaks for others. */
export function hasOwnUse(uses: Iterable<User>): boolean {
  for (const { owner } of uses) if (owner === 'app') return true;
  return false;
}
