/** Declared resources as typed REST. */
export type { Api, ApiOptions, IdempotencyStore, PublishedResources } from './contract.ts';
export { createApi } from './create-api.ts';
export { type Decrypted, decryptDocument, referencesOf } from './decrypt.ts';
export { type EncryptedField, encryptColumns, isEncrypted, lookupValues, mapOf, placeOf } from './encrypt.ts';
export { createMemoryIdempotency, type MemoryIdempotencyOptions } from './memory-idempotency.ts';
export { normalise } from './normalise.ts';
export { problemAnswer } from './problem.ts';
export { openKeys, personOf } from './people.ts';
export { ownerClaim, scopeOf, subjectOfOwner } from './scope.ts';
export { textOfValue, valueOfText } from './seal-text.ts';
