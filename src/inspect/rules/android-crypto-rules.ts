/** Rules about the cryptography an Android app's own code asks for. Constant keys, IVs and salts: credential-rules.ts. */
import { codeHits, mastg, risk } from './android-hits.ts';
import type { InspectRule } from './inspect-rule.ts';

const call = (text: string) => `call com.bluemarket.shop.Vault.seal ${text}`;
const library = (text: string) => `call com.google.android.gms.internal.zzab.zza ${text}`;

const ecb: InspectRule = {
  id: 'inspect/android-cipher-ecb',
  title: 'The app encrypts in ECB mode',
  severity: 'medium',
  owner: 'developer',
  description:
    'A block cipher is used in ECB mode (also `AES` alone means ECB): equal blocks of plain text give equal blocks of cipher text, and blocks can be moved about unnoticed.',
  remediation:
    'Use `Cipher.getInstance("AES/GCM/NoPadding")` with a fresh IV for each message, and a key from the Android Keystore.',
  references: [risk('broken-cryptographic-algorithm'), mastg('CRYPTO', '0232')],
  cwe: ['CWE-327'],
  masvs: ['MASVS-CRYPTO-1'],
  examples: {
    bad: [call('crypto.cipher("AES/ECB/PKCS5Padding")'), call('crypto.cipher("AES")')],
    good: [
      call('crypto.cipher("AES/GCM/NoPadding")'),
      call('crypto.cipher("RSA/ECB/OAEPWithSHA-256AndMGF1Padding")'),
      call('crypto.cipher(?)'),
      library('crypto.cipher("AES")'),
    ],
  },
  find: (inspection) => codeHits(inspection, 'ecb', { does: 'encrypts in ECB mode', severity: 'medium' }),
};

const brokenCipher: InspectRule = {
  id: 'inspect/android-broken-cipher',
  title: 'The app encrypts with a broken algorithm',
  severity: 'medium',
  owner: 'developer',
  description: 'DES, 3DES, RC2 and RC4 are broken or outdated: what they seal can be read by others.',
  remediation: 'Use `Cipher.getInstance("AES/GCM/NoPadding")` with a key of 256 bits from the Android Keystore.',
  references: [risk('broken-cryptographic-algorithm'), mastg('CRYPTO', '0221')],
  cwe: ['CWE-327'],
  masvs: ['MASVS-CRYPTO-1'],
  examples: {
    bad: [call('crypto.cipher("DES/CBC/PKCS5Padding")'), call('crypto.cipher("DESede")'), call('crypto.cipher("RC4")')],
    good: [call('crypto.cipher("AES/CBC/PKCS5Padding")'), library('crypto.cipher("DES")')],
  },
  find: (inspection) =>
    codeHits(inspection, 'brokenCipher', { does: 'encrypts with a broken algorithm', severity: 'medium' }),
};

const rawRsa: InspectRule = {
  id: 'inspect/android-rsa-without-padding',
  title: 'The app uses RSA without padding',
  severity: 'medium',
  owner: 'developer',
  description:
    'RSA without padding gives equal cipher text for equal plain text, and short messages can be computed back.',
  remediation: 'Use `Cipher.getInstance("RSA/ECB/OAEPWithSHA-256AndMGF1Padding")`.',
  references: [risk('broken-cryptographic-algorithm')],
  cwe: ['CWE-780'],
  masvs: ['MASVS-CRYPTO-1'],
  examples: {
    bad: [call('crypto.cipher("RSA/ECB/NoPadding")'), call('crypto.cipher("RSA/NONE/NoPadding")')],
    good: [call('crypto.cipher("RSA/ECB/OAEPPadding")'), call('crypto.cipher("AES/GCM/NoPadding")')],
  },
  find: (inspection) => codeHits(inspection, 'rawRsa', { does: 'uses RSA without padding', severity: 'medium' }),
};

const brokenDigest: InspectRule = {
  id: 'inspect/android-broken-digest',
  title: 'The app uses a hash that can be forged',
  severity: 'low',
  owner: 'developer',
  description:
    'MD5 and SHA-1 let others make two inputs with one hash. That matters for signatures, passwords and integrity; for a name in a cache it does not.',
  remediation:
    'Use `MessageDigest.getInstance("SHA-256")`; for passwords `SecretKeyFactory.getInstance("PBKDF2withHmacSHA256")` – on the server.',
  references: [risk('broken-cryptographic-algorithm'), 'https://csrc.nist.gov/pubs/sp/800/131/a/r2/final'],
  cwe: ['CWE-328'],
  masvs: ['MASVS-CRYPTO-1'],
  examples: {
    bad: [call('crypto.digest("MD5")'), call('crypto.digest("SHA-1")'), call('crypto.digest("SHA1")')],
    good: [call('crypto.digest("SHA-256")'), call('crypto.digest("SHA-512")'), library('crypto.digest("MD5")')],
  },
  find: (inspection) =>
    codeHits(inspection, 'brokenDigest', { does: 'uses a hash that can be forged', severity: 'low' }),
};

export const androidCryptoRules: readonly InspectRule[] = [ecb, brokenCipher, rawRsa, brokenDigest];
