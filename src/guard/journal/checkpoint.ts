import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { Checkpoint } from './line.ts';

/** What a checkpoint is signed with; `loadOrCreateSigningKey` of the crypto room makes one. */
export interface JournalKey {
  readonly privateKey: KeyObject;
  /** Raw Ed25519 key, base64url. */
  readonly publicKey: string;
}

/** The bytes that are signed; one text for one checkpoint. */
function checkpointText(checkpoint: Omit<Checkpoint, 'signature'>): Buffer {
  const { chain, segment, seq, hash, time, reason, publicKey } = checkpoint;
  return Buffer.from(
    ['postern journal checkpoint 1', chain, segment, seq, hash, time, reason, publicKey].join('\n'),
    'utf8',
  );
}

export function signCheckpoint(content: Omit<Checkpoint, 'signature' | 'publicKey'>, key: JournalKey): Checkpoint {
  const unsigned = { ...content, publicKey: key.publicKey };
  return { ...unsigned, signature: sign(null, checkpointText(unsigned), key.privateKey).toString('base64url') };
}

/** True when the key that the checkpoint names made its signature. Whether that key is trusted is another question. */
export function isSigned(checkpoint: Checkpoint): boolean {
  const key = keyOf(checkpoint.publicKey);
  const signature = Buffer.from(checkpoint.signature, 'base64url');
  if (!key || signature.toString('base64url') !== checkpoint.signature) return false;
  return verify(null, checkpointText(checkpoint), key, signature);
}

let known: { readonly text: string; readonly key: KeyObject } | undefined;

function keyOf(publicKey: string): KeyObject | undefined {
  if (known?.text === publicKey) return known.key;
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
    known = { text: publicKey, key };
    return key;
  } catch {
    return undefined;
  }
}

const REASONS: ReadonlySet<unknown> = new Set<Checkpoint['reason']>(['open', 'count', 'time', 'rotate', 'close']);

/** A checkpoint from parsed JSON; undefined for anything else. */
export function readCheckpoint(value: unknown): Checkpoint | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { chain, segment, seq, hash, time, reason, publicKey, signature } = value as Record<string, unknown>;
  if (typeof chain !== 'string' || typeof hash !== 'string') return undefined;
  if (typeof publicKey !== 'string' || typeof signature !== 'string') return undefined;
  if (!isCount(segment) || !isCount(seq) || !isCount(time) || !REASONS.has(reason)) return undefined;
  return { chain, segment, seq, hash, time, reason: reason as Checkpoint['reason'], publicKey, signature };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
