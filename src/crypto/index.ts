export { signReceipt, verifyReceipt } from './receipt.ts';
export { loadOrCreateRedactionKey } from './redaction-key.ts';
export { type LedgerEntry, openShredLedger, type ShredLedger, type ShredLedgerOptions } from './shred-ledger.ts';
export {
  hashOfReceipt,
  SHRED_RECEIPT_SCHEMA,
  type ShredReceipt,
  type ShredReceiptBody,
  type ShredReceiptEvent,
  type ShredReceiptFacts,
  signShredReceipt,
  verifyShredReceipt,
  verifyShredReceipts,
} from './shred-receipt.ts';
export { generateSigningKey, loadOrCreateSigningKey } from './signing-key.ts';
export { STATEMENT_SCHEMA, signedStatementSchema, signStatement, verifyStatement } from './statement.ts';
