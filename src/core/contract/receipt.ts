/** The signed receipt that `postern verify` writes. A contract. */
import { z } from 'zod';
import { STORY_STATES } from '../verdict.ts';
import { verdictSchema } from './model.ts';

/** What is written. */
export const RECEIPT_SCHEMA = 'https://postern.dev/schema/receipt-2.json';
/** Read as well: receipts of before there was `through`. */
export const RECEIPT_SCHEMA_1 = 'https://postern.dev/schema/receipt-1.json';

/** What came of asking at the gateway that guards the store (version 2). */
const throughSchema = z.object({
  /** `host:port`, as clients reach it. */
  gateway: z.string(),
  /** What requests of nobody, and one with a token that nobody signed, were answered: 401 when all of them were. */
  stranger: z.object({ asked: z.number().int(), status: z.number().int().nullable() }),
  /** The signed-in control, before and after the attempts. */
  control: z.object({ detail: z.string(), ok: z.boolean(), at: z.string() }),
  /** Requests around the policy with the control's credentials; `narrowed`: answered from what it may see anyway. */
  attempts: z.object({
    tried: z.number().int(),
    refused: z.number().int(),
    narrowed: z.number().int(),
    answered: z.array(z.string()),
    unclear: z.array(z.string()),
  }),
  /** Roles that the gateway's policy only watches; null when no policy was given. */
  observed: z.array(z.string()).nullable(),
});

const bodyShape = {
  tool: z.object({ name: z.literal('postern'), version: z.string() }),
  issuedAt: z.string(),
  vantage: z.string(),
  scopeHash: z.string(),
  /** SHA-256 of the bytes of the report whose requests were repeated. */
  reportHash: z.string(),
};

const storyShape = {
  id: z.string(),
  headline: z.string(),
  before: z.enum(STORY_STATES),
  state: z.enum(STORY_STATES),
  /** Why this state, in one sentence. */
  reason: z.string(),
  rules: z.array(z.string()),
  attempts: z.array(
    z.object({
      host: z.string(),
      address: z.string(),
      port: z.number().int(),
      service: z.string(),
      request: z.string(),
      verdict: verdictSchema,
      tlsFingerprint256: z.string().optional(),
      at: z.string(),
    }),
  ),
  control: z
    .object({
      /** `authorized`: the owner's own way in still works; `trusted-vantage`: the service is seen alive from inside. */
      kind: z.enum(['authorized', 'trusted-vantage']),
      detail: z.string(),
      ok: z.boolean(),
      at: z.string(),
    })
    .nullable(),
};

const firstBodySchema = z.object({
  schema: z.literal(RECEIPT_SCHEMA_1),
  ...bodyShape,
  stories: z.array(z.object(storyShape)),
});
const secondBodySchema = z.object({
  schema: z.literal(RECEIPT_SCHEMA),
  ...bodyShape,
  stories: z.array(z.object({ ...storyShape, through: throughSchema.optional() })),
});

export const receiptBodySchema = z.discriminatedUnion('schema', [secondBodySchema, firstBodySchema]);

const signatureSchema = z.object({
  algorithm: z.literal('Ed25519'),
  /** SHA-256 of the raw public key, first 32 hex digits. */
  keyId: z.string(),
  /** Raw public key, base64url. For display: trust comes from pinned keys only. */
  publicKey: z.string(),
  value: z.string(),
});

/** Ed25519 over the RFC 8785 canonical form of `body`. */
export const receiptSchema = z.object({ body: receiptBodySchema, signature: signatureSchema });
/** Each version by itself, for the JSON Schemas. */
export const receipt1Schema = z.object({ body: firstBodySchema, signature: signatureSchema });
export const receipt2Schema = z.object({ body: secondBodySchema, signature: signatureSchema });

/** A receipt of either version: one of the first has no `through`. */
export type ReceiptBody = Omit<z.infer<typeof secondBodySchema>, 'schema'> & {
  schema: typeof RECEIPT_SCHEMA | typeof RECEIPT_SCHEMA_1;
};
export interface Receipt {
  body: ReceiptBody;
  signature: z.infer<typeof signatureSchema>;
}
export type ReceiptStory = ReceiptBody['stories'][number];
export type ReceiptThrough = NonNullable<ReceiptStory['through']>;
