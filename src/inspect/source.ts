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
  via: Via;
  /** Name of the resource, key or attribute that holds it: `string/firebase_database_url`, `CFBundleName`. */
  name?: string;
  /** Code that uses it, where the format says so; at most `CODE_PLACES` of them. Empty: the format does, and none uses it. */
  code?: readonly CodePlace[];
  /** Joined by us out of pieces that code puts together; what is not known stands as `{}`. */
  joined?: true;
}

/** Where a string was found. */
export type Via =
  /** DEX string pool. */
  | 'dex-string'
  /** Put together by DEX code: base + path, `String.format`. */
  | 'dex-code'
  /** Value of resources.arsc or resources.pb. */
  | 'resource'
  /** Binary, protobuf or text XML. */
  | 'xml'
  | 'plist'
  /** Text asset: script, page, JSON, properties. */
  | 'text'
  /** Constant pool of a Java class. */
  | 'java-class'
  /** String table of Hermes bytecode. */
  | 'hermes'
  /** Flutter AOT snapshot. */
  | 'dart'
  /** Literal table of Unity's global-metadata.dat. */
  | 'il2cpp'
  /** `#US` heap of a .NET assembly. */
  | 'dotnet'
  /** String section of a Mach-O file. */
  | 'macho'
  /** Read-only data of an ELF library. */
  | 'elf'
  /** Cell of a SQLite database. */
  | 'sqlite';

/** Most places of code kept with one string. */
export const CODE_PLACES = 8;

/** A method that uses a constant. */
export interface CodePlace {
  /** As people write it: `com.bluemarket.shop.Api`. */
  class: string;
  method: string;
}

/**
 * A call of an API that matters to security, and what is known of its arguments. Which APIs: `data/android-calls.ts`.
 */
export interface FoundCall extends CodePlace {
  /** Id of the API: `crypto.key`, `webview.javascript`. */
  api: string;
  /** Arguments without the receiver, in order: a constant (booleans are 0 and 1), or undefined when it is not known. */
  args: readonly (string | number | undefined)[];
  entry: string;
  /** Byte offset of the instruction in the entry's uncompressed bytes. */
  offset?: number;
}

/** A trace of a library in the package. */
export interface FoundLibrary {
  ecosystem: 'maven' | 'cocoapods' | 'swift' | 'npm' | 'nuget' | 'pub' | 'generic';
  /** In the ecosystem's own form: `com.squareup.okhttp3:okhttp`, `Alamofire`. */
  name: string;
  version?: string;
  entry: string;
}

/** Names of code in one entry: packages of DEX classes, Swift modules, Objective-C classes, .NET namespaces. */
export interface FoundCode {
  entry: string;
  via: Extract<Via, 'dex-string' | 'macho' | 'dotnet' | 'il2cpp'>;
  /** Name -> number of classes in it. */
  names: ReadonlyMap<string, number>;
}

/** One signature of the package file. */
export interface FoundSignature {
  scheme: 'v1' | 'v2' | 'v3' | 'v3.1' | 'v4' | 'ios';
  /** Of the signer's certificate, as an X.500 string without personal parts: its organization, and a common name that is no person's. */
  subject?: string;
  /** SHA-256 of the signer's certificate, hex. */
  certificate?: string;
  /** Last day of the certificate, ISO 8601. */
  validTo?: string;
  /** Signed with the debug key that the build tools make for everybody. */
  debug: boolean;
  /** What is weak about it, in words: `MD5`, `RSA key of 1024 bits`. */
  weak: readonly string[];
  entry: string;
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

/** What a manifest names an XML resource for. */
export type ResourceXmlPurpose =
  | 'network-security-config'
  | 'full-backup-content'
  | 'data-extraction-rules'
  | 'file-provider-paths';

/** Receives a package as it is read. Detectors that need the whole (settings) use the documents at the end. */
export interface PackageSink {
  string(found: FoundString): void;
  /** AndroidManifest.xml. */
  manifest(entry: string, root: XmlElement): void;
  /** The network security configuration that the manifest's resource id resolves to. */
  networkSecurityConfig(entry: string, root: XmlElement): void;
  /** Another XML resource that the manifest refers to; once per purpose. */
  resourceXml(entry: string, purpose: Exclude<ResourceXmlPurpose, 'network-security-config'>, root: XmlElement): void;
  /** Every property list: Info.plist, GoogleService-Info.plist, PrivacyInfo.xcprivacy, entitlements, profiles. */
  plist(entry: string, value: PlistValue): void;
  call(found: FoundCall): void;
  library(found: FoundLibrary): void;
  code(found: FoundCode): void;
  signature(found: FoundSignature): void;
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
