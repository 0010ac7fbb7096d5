/** The documents of one iOS package, and what a detector asks of them. */
import type { InspectEndpoint, InspectSetting } from '../../../core/contract/inspect.ts';
import { type BinaryFacts, ENTITLEMENTS_SUFFIX, FACTS_SUFFIX } from '../../formats/macho/facts.ts';
import type { PlistValue } from '../../source.ts';
import { type Dictionary, dictionary, string } from './plist-values.ts';

export interface PlistDocument {
  entry: string;
  value: PlistValue;
}

export interface IosPackage {
  /** The app's Info.plist and where it stands. */
  info: Dictionary;
  entry: string;
  /** Folder of the app, with the slash at its end: `Payload/Shop.app/`. */
  folder: string;
  /** Path of the app's executable. */
  executable: string;
  plists: readonly PlistDocument[];
  endpoints: readonly Pick<InspectEndpoint, 'origin' | 'scheme' | 'host' | 'url' | 'evidence'>[];
  /** What the executable says about itself; undefined when it was not read. */
  binary: BinaryFacts | undefined;
  /** Those that the executable is signed with, else those that the profile grants. */
  entitlements: Dictionary | undefined;
  profile: { entry: string; value: Dictionary } | undefined;
}

export function createIosPackage(
  entry: string,
  info: PlistValue,
  plists: readonly PlistDocument[],
  endpoints: IosPackage['endpoints'],
): IosPackage {
  const plist = dictionary(info) ?? {};
  const folder = entry.slice(0, entry.lastIndexOf('/') + 1);
  const executable = `${folder}${string(plist.CFBundleExecutable) ?? /([^/]+)\.app\/$/.exec(folder)?.[1] ?? ''}`;
  const find = (path: string) => dictionary(plists.find((one) => one.entry === path)?.value);
  const profile = find(`${folder}embedded.mobileprovision`);
  return {
    info: plist,
    entry,
    folder,
    executable,
    plists,
    endpoints,
    binary: find(`${executable}${FACTS_SUFFIX}`) as BinaryFacts | undefined,
    entitlements: find(`${executable}${ENTITLEMENTS_SUFFIX}`),
    profile: profile === undefined ? undefined : { entry: `${folder}embedded.mobileprovision`, value: profile },
  };
}

/** Major version of the SDK that the app was built with; undefined when it does not say. */
export function sdkMajor({ info, binary }: IosPackage): number | undefined {
  const named = /^iphoneos(\d{1,2})\./.exec(string(info.DTSDKName) ?? '')?.[1];
  const major = Number(named ?? /^(\d{1,2})\./.exec(string(binary?.sdkVersion) ?? '')?.[1]);
  return Number.isNaN(major) ? undefined : major;
}

type Value = InspectSetting['value'];

/** Collects settings of one document. */
export function settingsOf(entry: string, via: 'plist' | 'macho') {
  const settings: InspectSetting[] = [];
  const add = (id: string, name: string, value: Value, source: InspectSetting['source']) => {
    settings.push({ id: `ios.${id}`, value, source, evidence: [{ entry, via, ...(name === '' ? {} : { name }) }] });
  };
  return {
    settings,
    /** A key that has a default when the document leaves it out. */
    keyed(id: string, name: string, declared: Value | undefined, fallback: Value) {
      add(id, name, declared ?? fallback, declared === undefined ? 'default' : 'declared');
    },
    /** Only when there is something to say. */
    declared(id: string, name: string, value: Value | undefined) {
      if (value !== undefined && !(Array.isArray(value) && value.length === 0)) add(id, name, value, 'declared');
    },
    /** What follows from several keys and the platform's rules. */
    effective(id: string, name: string, value: Value, source: InspectSetting['source'] = 'declared') {
      if (!(Array.isArray(value) && value.length === 0)) add(id, name, value, source);
    },
  };
}
