/** The signed receipt that `postern verify` writes. A contract. */
import { z } from 'zod';
import { STORY_STATES } from '../verdict.ts';
import { verdictSchema } from './model.ts';

export const RECEIPT_SCHEMA = 'https://postern.dev/schema/receipt-1.json';

export const receiptBodySchema = z.object({
  schema: z.literal(RECEIPT_SCHEMA),
  tool: z.object({ name: z.literal('postern'), version: z.string() }),
  issuedAt: z.string(),
  vantage: z.string(),
  scopeHash: z.string(),
  /** SHA-256 of the bytes of the report whose requests were repeated. */
  reportHash: z.string(),
  stories: z.array(
    z.object({
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
    }),
  ),
});

export const receiptSchema = z.object({
  body: receiptBodySchema,
  /** Ed25519 over the RFC 8785 canonical form of `body`. */
  signature: z.object({
    algorithm: z.literal('Ed25519'),
    /** SHA-256 of the raw public key, first 32 hex digits. */
    keyId: z.string(),
    /** Raw public key, base64url. For display: trust comes from pinned keys only. */
    publicKey: z.string(),
    value: z.string(),
  }),
});

export type ReceiptBody = z.infer<typeof receiptBodySchema>;
export type Receipt = z.infer<typeof receiptSchema>;
export type ReceiptStory = ReceiptBody['stories'][number];
