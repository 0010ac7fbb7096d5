/** What is worth telling of a signer's certificate. Nothing is verified: whoever asks has the package, not the trust. */
import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import type { FoundSignature } from '../../source.ts';

export type SignerFacts = Pick<FoundSignature, 'subject' | 'certificate' | 'validTo' | 'debug' | 'weak'>;

const MAX_SUBJECT = 200;
/** Keys below these sizes are within reach of who has the means (NIST SP 800-131A: 112 bits of strength). */
const LEAST_BITS = 2048;
const SMALL_CURVES = /^(?:sec[pt]1\d\d[kr]\d|prime192v\d|brainpoolP1\d\d[rt]1)$/;

/**
 * The test key of the Android sources: its private half is published with them, and packages signed with it are about
 * (https://android.googlesource.com/platform/build/+/refs/heads/main/target/product/security/).
 */
const AOSP_TEST_KEY = 'a40da80a59d170caa950cf15c18c454d47a39b26989d8b640ecd745ba71bf5dc';

/**
 * @param der the certificate
 * @param weak what is weak about the signature made with it
 */
export function signerFacts(der: Buffer, weak: readonly string[] = []): SignerFacts {
  const certificate = createHash('sha256').update(der).digest('hex');
  try {
    const parsed = new X509Certificate(der);
    const subject = subjectOf(parsed.subject);
    const until = new Date(parsed.validTo);
    return {
      ...(subject === '' ? {} : { subject }),
      certificate,
      ...(Number.isNaN(until.getTime()) ? {} : { validTo: until.toISOString().slice(0, 10) }),
      // made by the build tools: CN=Android Debug,O=Android,C=US (older ones differ in what follows the name)
      debug: /^CN=Android Debug(?:$|, )/.test(subject) || certificate === AOSP_TEST_KEY,
      weak: [...weak, ...weakKey(keyOf(parsed)), ...(certificate === AOSP_TEST_KEY ? ['key is published'] : [])],
    };
  } catch {
    return { certificate, debug: false, weak: [...weak] }; // a certificate that OpenSSL does not read
  }
}

/**
 * The organization. `keytool` asks for the common name as “your first and last name”, so it is told only where it is the
 * organization's or the one that the build tools write.
 */
function subjectOf(lines: string): string {
  const parts = lines.split('\n');
  const name = parts.find((line) => line.startsWith('CN='));
  const organization = parts.find((line) => line.startsWith('O='));
  const isPublic = name !== undefined && (BUILD_NAMES.has(name) || name.slice(3) === organization?.slice(2));
  return [isPublic ? name : undefined, organization]
    .filter((part) => part !== undefined)
    .join(', ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd')
    .slice(0, MAX_SUBJECT);
}

const BUILD_NAMES = new Set(['CN=Android Debug', 'CN=Android']);

function keyOf(certificate: X509Certificate): KeyObject | undefined {
  try {
    return certificate.publicKey;
  } catch {
    return undefined;
  }
}

function weakKey(key: KeyObject | undefined): string[] {
  const { modulusLength, namedCurve } = key?.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined && modulusLength < LEAST_BITS) {
    return [`${(key?.asymmetricKeyType ?? 'key').toUpperCase()} key of ${modulusLength} bits`];
  }
  return namedCurve !== undefined && SMALL_CURVES.test(namedCurve) ? [`EC key on ${namedCurve}`] : [];
}
