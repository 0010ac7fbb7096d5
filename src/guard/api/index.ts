/** Declared resources as typed REST. */
export type { Api, IdempotencyStore } from './contract.ts';
export { createApi } from './create-api.ts';
export { decryptDocument, referencesOf } from './decrypt.ts';
export { encryptColumns, isEncrypted, placeOf } from './encrypt.ts';
export { createMemoryIdempotency } from './memory-idempotency.ts';

export { openKeys, personOf } from './people.ts';
export { problemAnswer } from './problem.ts';
export { subjectOfOwner } from './scope.ts';
