import { createRequire } from 'node:module';

// The package is CommonJS (`module.exports = serialize`) with types written for an ES module, so a default import has
// the wrong type under nodenext; the signature is stated here instead.
const serialize: (input: unknown) => string | undefined = createRequire(import.meta.url)('canonicalize');

/**
 * The one canonical text of a JSON value (RFC 8785, JCS): what signatures and hashes are made over.
 *
 * @throws TypeError for what JSON cannot say: undefined, functions, NaN, cycles
 */
export function canonicalJson(value: unknown): string {
  const text = serialize(value);
  if (text === undefined) throw new TypeError('the value has no JSON form');
  return text;
}
