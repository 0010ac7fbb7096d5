import { generateKeyPairSync } from 'node:crypto';
import type { JournalKey } from '../checkpoint.ts';
import type { DecisionEntry } from '../entry.ts';

/** A decision as the pipeline gives it. */
export function decision(number: number, changes: Partial<DecisionEntry> = {}): DecisionEntry {
  return {
    time: Date.UTC(2026, 0, 2, 3, 4, 5, 6) + number,
    requestId: `r-${number}`,
    operation: 'search',
    decision: 'allow',
    code: null,
    detail: null,
    status: 200,
    role: 'mobile',
    rules: ['roles.mobile.rules[0]'],
    upstream: 'shop',
    indices: ['profiles'],
    documents: 10,
    principal: 'cHJpbmNpcGFs',
    peer: '203.0.113.0/24',
    observed: null,
    durationMicros: 1234,
    authKind: 'token',
    ...changes,
  };
}

/** A key that lives as long as the test. */
export function testKey(): JournalKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { privateKey, publicKey: publicKey.export({ format: 'jwk' }).x ?? '' };
}
