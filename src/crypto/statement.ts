/**
 * A scope statement: the owner of some hosts says, with a signature, that they may be asked, until when, and at which
 * addresses. Written by `postern scope sign`, named in postern.yaml as `authority: { statement: FILE }`.
 */
import { z } from 'zod';
import { PosternError } from '../core/errors.ts';
import { openSigned, signBody } from './envelope.ts';
import type { SigningKey } from './signing-key.ts';

export const STATEMENT_SCHEMA = 'https://postern.dev/schema/scope-statement-1.json';

export const statementBodySchema = z.object({
  schema: z.literal(STATEMENT_SCHEMA),
  /** Who says so, for people to read. */
  issuer: z.string().min(1),
  issuedAt: z.iso.datetime(),
  /** From this moment on the statement authorizes nothing. */
  expires: z.iso.datetime(),
  targets: z
    .array(
      z.object({
        host: z.string().min(1),
        /** CIDRs or single addresses that the host may resolve to. */
        addresses: z.array(z.string().min(1)).min(1),
      }),
    )
    .min(1),
});

export const signedStatementSchema = z.object({
  body: statementBodySchema,
  signature: z.object({
    algorithm: z.literal('Ed25519'),
    keyId: z.string(),
    publicKey: z.string(),
    value: z.string(),
  }),
});

export type StatementBody = z.infer<typeof statementBodySchema>;
export type SignedStatement = z.infer<typeof signedStatementSchema>;

export function signStatement(body: StatementBody, key: SigningKey): SignedStatement {
  return { body, signature: signBody(body, key) };
}

/**
 * The body of a statement that a trusted key signed, that nobody changed since and that has not expired. Whether it
 * covers a certain host and its addresses is for the caller to judge.
 *
 * @param statement parsed JSON, otherwise as it came
 * @param trustedKeys raw Ed25519 public keys, base64url
 * @throws PosternError `E_AUTHORITY`
 */
export function verifyStatement(statement: unknown, trustedKeys: readonly string[], now: Date): StatementBody {
  const opened = openSigned(statement, trustedKeys);
  if (opened.reason !== undefined) {
    throw new PosternError('E_AUTHORITY', `the scope statement is not trusted: ${opened.reason}`, {
      hint: 'Pin the owner’s public key under `trust:` in postern.yaml, or ask the owner for a new statement.',
    });
  }
  const parsed = statementBodySchema.safeParse(opened.body);
  if (!parsed.success) {
    throw new PosternError('E_AUTHORITY', 'the signed document is not a scope statement of a version this tool reads');
  }
  if (now.getTime() >= Date.parse(parsed.data.expires)) {
    throw new PosternError('E_AUTHORITY', `the scope statement expired on ${parsed.data.expires}`, {
      hint: 'Ask the owner for a new statement.',
    });
  }
  if (now.getTime() < Date.parse(parsed.data.issuedAt)) {
    throw new PosternError('E_AUTHORITY', `the scope statement is dated in the future (${parsed.data.issuedAt})`, {
      hint: 'Check the clock of this machine, or ask the owner for a new statement.',
    });
  }
  return parsed.data;
}
