/**
 * What one file of this folder says: a family of back ends, how their addresses and identifiers look, and what a stranger
 * would reach there. Every form carries texts that are one (`is`, with the id that must come out) and look-alikes that are
 * none (`not`); `stores.test.ts` checks the shape of each family and runs them.
 */

/** What a back end keeps. `nothing`: its name says which project or app it is, no more. */
export type Holds = 'records' | 'files' | 'identities' | 'messages' | 'code' | 'nothing';

/** Its title for people stands in core/store-titles.ts. */
export interface StoreKind {
  holds: Holds;
  /** What a stranger who has the address reaches when nothing guards it. */
  reach: string;
}

export interface HostForm {
  kind: string;
  /** Domains that the host is, or stands below: looked up before the pattern runs. Empty: told by the path alone. */
  domains: readonly string[];
  /** The whole host in lower case; its first group that matched is the id. */
  host: RegExp;
  /** Path and query; when set it must match, and its group 1, if it has one, is the id. */
  path?: RegExp;
  /** Ids that are no resource of anyone. */
  not?: RegExp;
  /** The provider's own reference. */
  source: string;
  examples: Examples;
}

/** A string that names a back end by its own form. */
export interface ValueForm {
  kind: string;
  /** Tells nearly every other string apart before the pattern runs: this is asked of every string of a package. */
  mark: Mark;
  /** The whole string; its first group that matched is the id. */
  value: RegExp;
  /** Reads further; undefined when it is none after all. */
  read?: (match: RegExpExecArray) => StoreName | undefined;
  source: string;
  examples: Examples;
}

/** A resource, key or attribute whose name says what its value is. */
export interface NamedForm {
  kind: string;
  /** Last part of the name, exactly so. */
  keys: readonly string[];
  value: RegExp;
  /** The name is anyone's: only in entries that fit. */
  entry?: RegExp;
  /** … or in Android resources, where build tools write it. */
  resource?: true;
  read?: (match: RegExpExecArray) => StoreName | undefined;
  source: string;
  /** Texts as `key=value`. */
  examples: Examples;
}

export type Mark =
  | { start: string }
  | { end: string }
  /** A hyphen after two letters: how regions of AWS begin. */
  | { region: true }
  /** Anywhere in a string of at least `least` characters. */
  | { has: string; least: number };

export interface StoreName {
  id: string;
  url?: string;
  host?: string;
}

export interface Examples {
  /** Text -> id. */
  is: Readonly<Record<string, string>>;
  not: readonly string[];
}

export interface StoreFamily {
  name: string;
  kinds: Readonly<Record<string, StoreKind>>;
  hosts?: readonly HostForm[];
  values?: readonly ValueForm[];
  names?: readonly NamedForm[];
}
