/** What the format readers hand to the detectors: one stream of located strings, and the parsed documents. */
import type { CoverageEntry } from '../core/contract/inspect.ts';
import type { Skip } from '../core/skip.ts';

/** One string of a package and where it stands. */
export interface FoundString {
  text: string;
  /** Entry inside the package; nested archives joined by `!`, e.g. `base.apk!classes.dex`. */
  entry: string;
  /** Byte offset in the entry's uncompressed bytes. */
  offset?: number;
  /** 1-based line, for text entries. */
  line?: number;
  /** `dex-string`: DEX string pool; `resource`: resources.arsc value; `xml`: binary or text XML; `plist`; `text`: text asset. */
  via: 'dex-string' | 'resource' | 'xml' | 'plist' | 'text';
  /** Name of the resource, key or attribute that holds it: `string/firebase_database_url`, `CFBundleName`. */
  name?: string;
}

/** One element of a binary or text XML document. Resource references in attribute values are resolved where possible. */
export interface XmlElement {
  name: string;
  /** Attribute name without namespace -> value. Booleans and integers keep their type; references resolve to strings. */
  attributes: Record<string, string | number | boolean>;
  children: XmlElement[];
  text: string;
}

export type PlistValue =
  | string
  | number
  | bigint
  | boolean
  | Date
  | Uint8Array
  | null
  | PlistValue[]
  | { [key: string]: PlistValue };

/** Receives a package as it is read. Detectors that need the whole (settings) use the documents at the end. */
export interface PackageSink {
  string(found: FoundString): void;
  /** AndroidManifest.xml. */
  manifest(entry: string, root: XmlElement): void;
  /** The network security configuration that the manifest's resource id resolves to. */
  networkSecurityConfig(entry: string, root: XmlElement): void;
  plist(entry: string, value: PlistValue): void;
  coverage(entry: CoverageEntry): void;
  skip(skip: Skip): void;
}

export type Platform = 'android' | 'ios' | 'unknown';

export interface PackageFacts {
  platform: Platform;
  /** SHA-256 of the package file, hex. */
  sha256: string;
  bytes: number;
}
