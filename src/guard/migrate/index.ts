/** Brings what is in a store already to what the policy declares now. */
export {
  encryptExisting,
  type Migration,
  type Verification,
  verifyEncrypted,
} from './encrypt-existing.ts';
