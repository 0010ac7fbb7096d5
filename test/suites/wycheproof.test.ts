/**
 * Wycheproof (C2SP): JSON Web Signatures that must not verify, JSON Web Keys that must not be used, JSON Web Encryption that
 * this gateway does not read at all. Not part of this repository: `bash test/suites/install.sh wycheproof` gets it. Each vector
 * takes the path of an access token – same reader, same header rules, same keys – up to its claims, which vectors have none of.
 * Results: docs/guard/wycheproof.md.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifySignature } from '../../src/guard/authn/algorithms.ts';
import { openJws, readObject } from '../../src/guard/authn/jws.ts';
import { findKey, readKeySet } from '../../src/guard/authn/key-set.ts';
import { Unauthenticated } from '../../src/guard/authn/refuse.ts';
import { ISSUER_CONFIG } from '../../src/guard/authn/testing/issuer.ts';
import { MAX_TOKEN_LENGTH } from '../../src/guard/authn/token.ts';
import { readTokenHeader } from '../../src/guard/authn/token-header.ts';
import { TOKEN_ALGORITHMS } from '../../src/guard/policy/identity-config.ts';

const SUITES = process.env.POSTERN_SUITES ?? new URL('../../.cache/suites/', import.meta.url).pathname;
const folder = join(SUITES, 'wycheproof');

interface Vector {
  readonly tcId: number;
  readonly comment: string;
  readonly jws?: string | object;
  readonly jwe?: string | object;
  readonly result: 'valid' | 'invalid';
}

interface Group {
  readonly comment: string;
  readonly public?: object;
  readonly private?: object;
  readonly tests: readonly Vector[];
}

const ISSUER = { ...ISSUER_CONFIG, algorithms: TOKEN_ALGORITHMS, types: ['jwt'] };

/**
 * Valid signatures that this gateway refuses on purpose: HMAC, whose key every verifier could sign with; keys whose `alg` no
 * standard has (`ES521`); and signatures made by another algorithm than the key's own `alg` (346 and 350: PS384 by a key for
 * PS256). Everything else that is valid must verify.
 */
function refusedOnPurpose(group: Group, vector: Vector): boolean {
  const keys = JSON.stringify(group.public ?? group.private);
  const otherAlgorithm = vector.tcId === 346 || vector.tcId === 350;
  return (
    keys.includes('"kty":"oct"') || keys.includes('"alg":"ES521"') || (otherAlgorithm && keys.includes('"alg":"PS256"'))
  );
}

/** A compact serialization, or the JSON serialization, which no header can hold. */
function textOf(serialized: string | object | undefined): string {
  return typeof serialized === 'object' ? JSON.stringify(serialized) : (serialized ?? '');
}

function verify(group: Group, text: string): string {
  try {
    const key = group.public ?? group.private ?? {};
    const set = readKeySet(Buffer.from(JSON.stringify('keys' in key ? key : { keys: [key] })), TOKEN_ALGORITHMS);
    const jws = openJws(text, 'token', MAX_TOKEN_LENGTH);
    const header = readTokenHeader(readObject(jws.header, 'token header'), ISSUER);
    const found = findKey(set, header.kid, header.algorithm);
    if (found === undefined || found === 'ambiguous') return 'no key';
    return verifySignature(header.algorithm, found.key, jws.input, jws.signature) ? 'verified' : 'bad signature';
  } catch (error) {
    if (error instanceof Unauthenticated) return error.detail;
    throw error;
  }
}

function groupsOf(name: string): readonly Group[] {
  const file = join(folder, `json_web_${name}_test.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')).testGroups;
  const problem = 'Wycheproof is not installed (bash test/suites/install.sh wycheproof)';
  if (process.env.POSTERN_REQUIRE_SERVERS === '1') throw new Error(problem);
  console.warn(`SKIPPED Wycheproof ${name}: ${problem}`);
  return [];
}

const installed = existsSync(folder);

describe.each([
  ['signature', 401, 355],
  ['key', 26, 21],
  ['encryption', 139, 74],
  ['crypto', 83, 77],
])('Wycheproof json_web_%s', (name, total, invalid) => {
  const groups = groupsOf(name);
  const cases = groups.flatMap((group) => group.tests.map((vector) => ({ group, vector })));

  it.skipIf(!installed)('is there whole', () => {
    expect(cases.length).toBe(total);
    expect(cases.filter(({ vector }) => vector.result === 'invalid').length).toBe(invalid);
  });

  it.skipIf(!installed)('has no invalid vector that this gateway takes', () => {
    const taken = cases
      .filter(
        ({ group, vector }) =>
          vector.result === 'invalid' && verify(group, textOf(vector.jws ?? vector.jwe)) === 'verified',
      )
      .map(({ vector }) => vector.tcId);
    expect(taken).toEqual([]);
  });

  it.skipIf(!installed)('has no valid signature that this gateway refuses but on purpose', () => {
    const refused = cases
      .filter(
        ({ group, vector }) =>
          vector.result === 'valid' && vector.jws !== undefined && !refusedOnPurpose(group, vector),
      )
      .filter(({ group, vector }) => verify(group, textOf(vector.jws)) !== 'verified')
      .map(({ group, vector }) => `${vector.tcId} ${group.comment}: ${verify(group, textOf(vector.jws))}`);
    expect(refused).toEqual([]);
  });

  it.skipIf(!installed)(
    'has no encrypted vector that is read: five parts are refused before anything is decoded',
    () => {
      const answers = new Set(
        cases.filter(({ vector }) => vector.jwe !== undefined).map(({ vector }) => read(textOf(vector.jwe))),
      );
      expect([...answers].filter((answer) => !/^token: (?:not three parts|too long)$/.test(answer))).toEqual([]);
    },
  );
});

// The vectors about encodings are signed with HMAC, whose keys are refused before their text is looked at; so the reader is asked alone.
describe('Wycheproof json_web_signature, group base64', () => {
  const vectors = groupsOf('signature').flatMap((group) => (group.comment === 'base64' ? group.tests : []));
  const valid = new Map(vectors.filter(({ result }) => result === 'valid').map(({ tcId, jws }) => [textOf(jws), tcId]));
  const invalid = vectors.filter(({ result }) => result === 'invalid');

  it.skipIf(!installed)('has no second spelling that the reader opens', () => {
    expect(invalid.length).toBe(14);
    const opened = invalid
      .filter(({ jws }) => read(textOf(jws)) === 'opened')
      .map(({ tcId, jws }) => [tcId, valid.get(textOf(jws))]);
    // The file calls these two invalid and their very bytes valid, as 357: the padding that they are about is not in them.
    expect(opened).toEqual([
      [367, 357],
      [370, 357],
    ]);
  });

  it.skipIf(!installed)('has no valid text that the reader does not open, but the two with a foreign character', () => {
    const closed = [...valid].filter(([text]) => read(text) !== 'opened');
    expect(closed.every(([text]) => text.includes('?'))).toBe(true);
    expect(closed.map(([, tcId]) => tcId)).toEqual([372, 373]);
  });
});

/** What the reader of the compact serialization says, without key and header. */
function read(text: string): string {
  try {
    openJws(text, 'token', MAX_TOKEN_LENGTH);
    return 'opened';
  } catch (error) {
    return error instanceof Unauthenticated ? error.detail : 'failed';
  }
}
