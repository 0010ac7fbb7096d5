export { signReceipt, verifyReceipt } from './receipt.ts';
export { loadOrCreateRedactionKey } from './redaction-key.ts';

export {
  signShredReceipt,
  verifyShredReceipt,
} from './shred-receipt.ts';
export { generateSigningKey, loadOrCreateSigningKey } from './signing-key.ts';
export { STATEMENT_SCHEMA, signedStatementSchema, signStatement, verifyStatement } from './statement.ts';
