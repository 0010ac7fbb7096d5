/** Which library or SDK a class, or a module of an iOS app, belongs to: the longest known name that it lies below. */
import { SDK_PACKAGES, type SdkPackage } from '../data/sdk-packages/index.ts';
import { OBJECTIVE_C_CLASSES } from '../data/sdk-packages/objective-c-classes.ts';

const BY_PREFIX = indexed(({ prefixes }) => prefixes);
const BY_MODULE = indexed(({ modules }) => modules);

/** Most labels looked at: deeper names are made to be slow. */
const MOST_LABELS = 24;

/** @param className as people write it: `com.squareup.picasso.Picasso$Builder`; a package counts too */
export function sdkOfClass(className: string): SdkPackage | undefined {
  return prefixOf(className)?.sdk;
}

/** @returns the SDK and the prefix by which it was known, the longest of all */
export function prefixOf(className: string): { sdk: SdkPackage; prefix: string } | undefined {
  let name = className.length > 300 ? className.slice(0, 300) : className;
  for (let left = MOST_LABELS; left > 0 && name !== ''; left--) {
    const sdk = BY_PREFIX.get(name);
    if (sdk !== undefined) return { sdk, prefix: name };
    // `com.facebook.FacebookSdk$1` belongs to `com.facebook.FacebookSdk`
    name = name.slice(0, Math.max(0, name.lastIndexOf('.'), name.lastIndexOf('$')));
  }
  return undefined;
}

/** @param name of a framework, a pod, a Swift module or package target */
export function sdkOfModule(name: string): SdkPackage | undefined {
  return BY_MODULE.get(name);
}

const BY_MAVEN = indexed(({ maven }) => (maven === undefined ? [] : [maven]));

/**
 * By a name of the code of an iOS app: a Swift module, or a class of Objective-C. One type of a name proves no module: an
 * app may have a class `Analytics` of its own.
 *
 * @returns the SDK and the name of its framework or pod
 */
export function sdkOfAppleName(name: string, types: number): { sdk: SdkPackage; module: string } | undefined {
  const ofClass = OBJECTIVE_C_CLASSES.get(name);
  const module = ofClass ?? (types > 1 ? name : undefined);
  const sdk = module === undefined ? undefined : BY_MODULE.get(module);
  return sdk === undefined || module === undefined ? undefined : { sdk, module };
}

/** Groups in which one SDK alone is known: its other artifacts are parts of it. */
const BY_GROUP = groups();

/** By Maven coordinate; another artifact tells by its name, as a class of its package does, or by its group. */
export function sdkOfMaven(coordinate: string): SdkPackage | undefined {
  const known = BY_MAVEN.get(coordinate);
  if (known !== undefined) return known;
  const [group = '', artifact = ''] = coordinate.split(':');
  return sdkOfClass(`${group}.${artifact.replaceAll('-', '.')}`) ?? BY_GROUP.get(group);
}

function groups(): ReadonlyMap<string, SdkPackage> {
  const map = new Map<string, SdkPackage>();
  const several = new Set<string>();
  for (const one of SDK_PACKAGES) {
    const group = one.maven?.split(':')[0];
    if (group === undefined) continue;
    if (map.has(group)) several.add(group);
    map.set(group, one);
  }
  for (const group of several) map.delete(group);
  return map;
}

function indexed(namesOf: (one: SdkPackage) => readonly string[]): ReadonlyMap<string, SdkPackage> {
  const map = new Map<string, SdkPackage>();
  for (const one of SDK_PACKAGES) for (const name of namesOf(one)) if (!map.has(name)) map.set(name, one);
  return map;
}
