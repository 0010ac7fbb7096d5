/** What is known of one library or software development kit. */

export const PURPOSES = [
  'advertising',
  'analytics',
  'architecture',
  'attribution',
  'auth',
  'chat',
  'cloud',
  'crash-reporting',
  'cryptography',
  'data-format',
  'feature-flags',
  'games',
  'images',
  'location',
  'logging',
  'maps',
  'media',
  'messaging',
  'networking',
  'payments',
  'performance-monitoring',
  'push',
  'runtime',
  'session-recording',
  'social',
  'storage',
  'support',
  'testing',
  'ui',
] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface SdkPackage {
  name: string;
  vendor: string;
  purposes: readonly Purpose[];
  /** It reports on the people who use the app to its vendor, or to whoever pays it. */
  tracker: boolean;
  /** Packages of its classes on Android; a class in a package below counts too. */
  prefixes: readonly string[];
  /** Names of its frameworks, pods and Swift modules on iOS. */
  modules: readonly string[];
  /** Coordinate in Maven repositories, `group:artifact`; where it has several, the one that others depend on. */
  maven?: string;
  /** Its own documentation: where the packages' names can be checked. */
  source: string;
}

interface Names {
  /** Packages on Android, separated by blanks. */
  android?: string;
  /** Frameworks, pods and modules on iOS, separated by blanks. */
  ios?: string;
  maven?: string;
}

function record(
  [name, vendor, purposes, source]: readonly [string, string, string, string],
  { android, ios, maven }: Names,
  tracker: boolean,
): SdkPackage {
  return {
    name,
    vendor,
    purposes: words(purposes) as Purpose[],
    tracker,
    prefixes: words(android),
    modules: words(ios),
    ...(maven === undefined ? {} : { maven }),
    source,
  };
}

function words(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(' ');
}

export function sdk(name: string, vendor: string, purposes: string, source: string, names: Names): SdkPackage {
  return record([name, vendor, purposes, source], names, false);
}

/** One that reports on people. */
export function tracker(name: string, vendor: string, purposes: string, source: string, names: Names): SdkPackage {
  return record([name, vendor, purposes, source], names, true);
}
