/**
 * Receipts of shredded people and destroyed keys: a body, an Ed25519 signature over its RFC 8785 form, and in each body the
 * SHA-256 of the receipt before it. No personal data: a person is a keyed hash, of which the key is in the vault alone.
 *
 *   1  body { number 1, previous null, event }       signature
 *   2  body { number 2, previous SHA-256 of 1, … }   signature
 *
 * A receipt of a shred says two dates: since when nothing can be read in the live stores, and when that is so in backups of
 * the vault's store. While keys of epochs stand the second one is a due date; the receipt of each destroyed key follows.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { PosternError } from '../core/errors.ts';
import { canonicalJson } from './canonical.ts';
import { openSigned, type Signature, signBody } from './envelope.ts';
import type { SigningKey } from './signing-key.ts';

export const SHRED_RECEIPT_SCHEMA = 'https://postern.dev/schema/shred-receipt-1.json';

const count = z.number().int().min(0);
const date = z.iso.datetime();
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const epoch = z.number().int().min(1);

const documentCounts = z.strictObject({
  resource: z.string(),
  before: count,
  deleted: count,
  /** Still there when asked again. */
  after: count,
  /** Of these, kept on purpose. */
  retained: count,
  reason: z.string().nullable(),
});

/** Documents of a person without a key, whose key a legal hold keeps, or whose key was destroyed before. */
const erasureEvent = z.strictObject({
  kind: z.literal('erasure'),
  /** Keyed hash of the person. */
  subject: z.string().regex(/^[\w-]{43}$/),
  erasedAt: date,
  key: z.enum(['none', 'kept', 'shredded']),
  documents: z.array(documentCounts),
});

const shredEvent = z.strictObject({
  kind: z.literal('shred'),
  /** Keyed hash of the person: `Vault.subjectId`. */
  subject: z.string().regex(/^[\w-]{43}$/),
  /** Whether the vault held a key of the person. */
  hadKey: z.boolean(),
  /** The person's documents were left where they are, on purpose: what they hold encrypted is unreadable, the rest is not. */
  documentsKept: z.literal(true).optional(),
  /** When each step was done. */
  times: z.strictObject({ tombstone: date, documents: date, key: date, purge: date }),
  documents: z.array(documentCounts),
  /** Encrypted values that were tried: before with the key, and after with everything that was left. */
  samples: z.strictObject({ taken: count, readableBefore: count, triedAfter: count, readableAfter: z.literal(0) }),
  gateways: z.strictObject({ confirmed: count, expired: count }),
  liveUnreadableAt: date,
  backups: z.strictObject({
    /** Epochs whose keys may open backups of the person's key. */
    epochs: z.array(epoch),
    /** When the last of these keys was destroyed; null: some stand. */
    unreadableAt: date.nullable(),
    /** When the last that stands is due to be destroyed; null: none stands. */
    due: date.nullable(),
  }),
});

const epochEvent = z.strictObject({
  kind: z.literal('epoch-destroyed'),
  epoch,
  created: date,
  ends: date,
  destroyedAt: date,
  /** People whose keys were moved to a newer epoch before. */
  rewrapped: count,
  /** Copies of the key that destroying it could not reach, in sentences. */
  unreached: z.array(z.string()),
});

export const shredReceiptBodySchema = z.strictObject({
  schema: z.literal(SHRED_RECEIPT_SCHEMA),
  tool: z.strictObject({ name: z.literal('postern'), version: z.string() }),
  issuedAt: date,
  /** Id of the vault. */
  vault: z.string().regex(/^[\w-]{22}$/),
  /** Counts up from 1 in one chain. */
  number: z.number().int().min(1),
  /** `hashOfReceipt` of the one before; null: the first. */
  previous: hash.nullable(),
  event: z.discriminatedUnion('kind', [shredEvent, epochEvent, erasureEvent]),
});

export type ShredReceiptBody = z.infer<typeof shredReceiptBodySchema>;
export type ShredReceiptEvent = ShredReceiptBody['event'];

export interface ShredReceipt {
  readonly body: ShredReceiptBody;
  readonly signature: Signature;
}

export interface ShredReceiptFacts {
  readonly version: string;
  readonly issuedAt: Date;
  readonly vault: string;
  /** Null: the first of its chain. */
  readonly previous: ShredReceipt | null;
}

/** @throws PosternError `E_INTERNAL` for an event that is not of the schema */
export function signShredReceipt(event: ShredReceiptEvent, facts: ShredReceiptFacts, key: SigningKey): ShredReceipt {
  const { previous } = facts;
  const parsed = shredReceiptBodySchema.safeParse({
    schema: SHRED_RECEIPT_SCHEMA,
    tool: { name: 'postern', version: facts.version },
    issuedAt: facts.issuedAt.toISOString(),
    vault: facts.vault,
    number: previous === null ? 1 : previous.body.number + 1,
    previous: previous === null ? null : hashOfReceipt(previous),
    event,
  });
  if (!parsed.success) throw new PosternError('E_INTERNAL', 'a receipt of a shred would not be of its own schema');
  return { body: parsed.data, signature: signBody(parsed.data, key) };
}

/** SHA-256 of the canonical form of the whole receipt, 64 hexadecimal digits: what the next one names. */
export function hashOfReceipt(receipt: ShredReceipt): string {
  return createHash('sha256').update(canonicalJson(receipt)).digest('hex');
}

/**
 * The receipt, if a pinned key signed it and nobody changed it since. Says nothing about those before it.
 *
 * @param receipt parsed JSON, otherwise as it came
 * @param pinnedKeys raw Ed25519 public keys, base64url; the key inside the receipt is never trusted
 * @throws PosternError `E_RECEIPT_INVALID`
 */
export function verifyShredReceipt(receipt: unknown, pinnedKeys: readonly string[]): ShredReceipt {
  const opened = openSigned(receipt, pinnedKeys);
  if (opened.reason !== undefined) {
    throw new PosternError('E_RECEIPT_INVALID', `the receipt is not trusted: ${opened.reason}`, {
      hint: 'Pin the public keys of those who may sign under `trust:` in postern.yaml, and get the receipt from its source again.',
    });
  }
  const body = shredReceiptBodySchema.safeParse(opened.body);
  if (!body.success || !isSigned(receipt)) {
    throw new PosternError('E_RECEIPT_INVALID', 'the signed document is not a receipt of a shred that this tool reads');
  }
  return { body: body.data, signature: receipt.signature };
}

/**
 * The receipts of one chain, oldest first, each verified, none missing between the first and the last that are given.
 *
 * @param options.whole whether the first must be number 1; default true
 * @throws PosternError `E_RECEIPT_INVALID` that says which number is wrong
 */
export function verifyShredReceipts(
  receipts: readonly unknown[],
  pinnedKeys: readonly string[],
  { whole = true }: { readonly whole?: boolean } = {},
): readonly ShredReceipt[] {
  const verified: ShredReceipt[] = [];
  for (const receipt of receipts) {
    const next = verifyShredReceipt(receipt, pinnedKeys);
    const last = verified.at(-1);
    const { number, previous, vault } = next.body;
    const first =
      last === undefined && (whole ? number === 1 && previous === null : (number === 1) === (previous === null));
    const follows =
      last !== undefined &&
      number === last.body.number + 1 &&
      previous === hashOfReceipt(last) &&
      vault === last.body.vault;
    if (!first && !follows) {
      throw new PosternError('E_RECEIPT_INVALID', `receipt ${number} does not follow the one before it`, {
        hint: 'One is missing, was exchanged, or is of another vault. Get the whole chain from its source again.',
      });
    }
    verified.push(next);
  }
  return verified;
}

/** `openSigned` has looked at every member. */
function isSigned(receipt: unknown): receipt is { readonly signature: Signature } {
  return typeof receipt === 'object' && receipt !== null && 'signature' in receipt;
}
