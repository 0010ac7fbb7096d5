import { type Receipt, type ReceiptBody, receiptBodySchema } from '../core/contract/receipt.ts';
import { PosternError } from '../core/errors.ts';
import { openSigned, signBody } from './envelope.ts';
import type { SigningKey } from './signing-key.ts';

/** The receipt of a verify run: its body and an Ed25519 signature over the RFC 8785 canonical form of it. */
export function signReceipt(body: ReceiptBody, key: SigningKey): Receipt {
  return { body, signature: signBody(body, key) };
}

/**
 * The body of a receipt that a pinned key signed and nobody changed since.
 *
 * @param receipt parsed JSON, otherwise as it came
 * @param pinnedKeys raw Ed25519 public keys, base64url; the key inside the receipt is never trusted
 * @throws PosternError `E_RECEIPT_INVALID`
 */
export function verifyReceipt(receipt: unknown, pinnedKeys: readonly string[]): ReceiptBody {
  const opened = openSigned(receipt, pinnedKeys);
  if (opened.reason !== undefined) {
    throw new PosternError('E_RECEIPT_INVALID', `the receipt is not trusted: ${opened.reason}`, {
      hint: 'Pin the public keys of those who may sign under `trust:` in postern.yaml, and get the receipt from its source again.',
    });
  }
  const parsed = receiptBodySchema.safeParse(opened.body);
  if (!parsed.success) {
    throw new PosternError('E_RECEIPT_INVALID', 'the signed document is not a receipt of a version this tool reads');
  }
  return parsed.data;
}
