/**
 * The secured variant of a store's own features: what to write and what to run so that the app keeps working with an
 * account that may do no more than it needs. Pure: nothing is written or run here.
 *
 * No password stands in any text. A step says how one is made and handed over: on standard input, or in a file that only
 * its owner reads.
 */

/** The account that the app's back end logs in with, and all that it may do. */
export interface AppAccount {
  /** Letters, digits, `_` and `-`; see `assertPlainName`. */
  name: string;
  /** Indices, collections, tables, key prefixes: what the app works on, in the store's own terms. */
  data: readonly string[];
  may: 'read' | 'write';
}

/** A file to put in place. */
export interface SecuredFile {
  /** Where the store reads it, e.g. `/etc/elasticsearch/elasticsearch.yml`; relative ones are beside its configuration. */
  path: string;
  text: string;
  /** Permissions, e.g. `0o640`. */
  mode: number;
  /** `append`: lines for a file that is there already. */
  how: 'create' | 'append';
}

/** One thing that a person does, in order. */
export interface SecuredStep {
  title: string;
  /** A shell command without a secret in it. */
  command: string;
  why: string;
}

/** How one sees that it holds. */
export interface SecuredProof {
  title: string;
  command: string;
  /** What it answers then. */
  answers: string;
}

export interface SecuredVariant {
  files: readonly SecuredFile[];
  steps: readonly SecuredStep[];
  proof: readonly SecuredProof[];
}

/**
 * Names go into commands and configuration; what is not plain is refused instead of quoted.
 *
 * @param what for the message, e.g. `account`
 * @param more characters allowed beside letters, digits, `_` and `-`; e.g. `.*` for index patterns
 * @throws RangeError
 */
export function assertPlainName(what: string, name: string, more = ''): void {
  const plain = /^[A-Za-z0-9_-]$/;
  const whole = name.length > 0 && name.length <= 128 && !name.startsWith('-');
  if (!whole || ![...name].every((character) => plain.test(character) || more.includes(character))) {
    throw new RangeError(`${what}: use letters, digits, _ and -${more === '' ? '' : ` and ${[...more].join(' ')}`}`);
  }
}
