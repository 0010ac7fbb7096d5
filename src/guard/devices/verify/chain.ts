/**
 * A chain of certificates up to a pinned root (RFC 5280 section 6.1, for chains that are given in order): each is signed by
 * the next, the last by the root. The system's trust store has no part in it, and neither has the clock of this machine.
 */
import type { Certificate } from './certificate.ts';
import { prove } from './unproven.ts';

export interface ChainRules {
  /** ms since the epoch. */
  readonly now: number;
  /** Certificates that are good beyond their last day; by position, 0 is the leaf. */
  readonly mayBeExpired?: (position: number) => boolean;
  /** Certificates that sign the one below without saying that they may; by position. */
  readonly mayBeNoIssuer?: (position: number) => boolean;
  /** The root is a key that is trusted, whatever the dates of the certificate around it. */
  readonly rootIsKey?: boolean;
}

/** ECDSA and RSA (PKCS #1 v1.5) with SHA-256, -384 or -512. Nothing else was ever used by these roots. */
const ALGORITHMS: ReadonlySet<string> = new Set([
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
]);
const CURVES: ReadonlySet<string | undefined> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
const MIN_MODULUS = 2048;
/** Largest modulus that a signature is checked with: the cost grows with the square. */
const MAX_MODULUS = 4096;

/** basicConstraints and keyUsage are understood here; a verifier says which others it understands. */
const UNDERSTOOD: ReadonlySet<string> = new Set(['2.5.29.19', '2.5.29.15']);
const KEY_CERT_SIGN = 0x0400;

/**
 * @param certificates the leaf first; the root is not among them
 * @throws Unproven that names the position: `x5c[0].validity: over`
 */
export function checkChain(certificates: readonly Certificate[], root: Certificate, rules: ChainRules): void {
  for (const [at, certificate] of certificates.entries()) {
    const issuer = certificates[at + 1] ?? root;
    const what = `x5c[${at}]`;
    prove(Buffer.compare(certificate.issuer, issuer.subject) === 0, `${what}.issuer: not the next certificate`);
    prove(ALGORITHMS.has(certificate.algorithm), `${what}.algorithm: not supported`);
    prove(isStrong(issuer), `${what}: signed with a weak or unsupported key`);
    prove(signedBy(certificate, issuer), `${what}.signature: does not hold`);
    checkDates(certificate, what, rules, rules.mayBeExpired?.(at) === true);
    for (const [oid, { critical }] of certificate.extensions) {
      prove(!critical || UNDERSTOOD.has(oid), `${what}.extensions: an unknown critical one`);
    }
    if (at > 0 && rules.mayBeNoIssuer?.(at) !== true) checkIssuer(certificate, what, at - 1);
  }
  if (rules.rootIsKey !== true) checkDates(root, 'root', rules, false);
  checkIssuer(root, 'root', certificates.length - 1);
}

/** Whether the signature of the first holds under the key of the second. */
export function signedBy(certificate: Certificate, issuer: Certificate): boolean {
  try {
    return certificate.x509.verify(issuer.key);
  } catch {
    // Among others a key of another kind than the signature.
    return false;
  }
}

function checkDates(certificate: Certificate, what: string, { now }: ChainRules, mayBeExpired: boolean): void {
  prove(certificate.notBefore <= now, `${what}.validity: not yet`);
  prove(mayBeExpired || now <= certificate.notAfter, `${what}.validity: over`);
}

/** @param below issuers between this one and the leaf */
function checkIssuer({ basic, usage }: Certificate, what: string, below: number): void {
  prove(basic?.ca === true, `${what}.basicConstraints: no issuer of certificates`);
  prove(basic.pathLength === null || basic.pathLength >= below, `${what}.basicConstraints: too long a chain`);
  prove(usage === null || (usage & KEY_CERT_SIGN) !== 0, `${what}.keyUsage: not for signing certificates`);
}

function isStrong({ key }: Certificate): boolean {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ec') return CURVES.has(namedCurve);
  return key.asymmetricKeyType === 'rsa' && modulusLength >= MIN_MODULUS && modulusLength <= MAX_MODULUS;
}
