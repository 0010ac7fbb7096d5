/**
 * Client certificates as principals. The listener's TLS verified the chain; here it is asked which of the policy's authorities
 * signed it, since a listener trusts them all alike. Header fields that carry certificates are never looked at.
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { LRUCache } from 'lru-cache';
import { PosternError } from '../../core/errors.ts';
import type { Peer } from '../contract/principal.ts';
import type { CertificateSource } from '../policy/identity-config.ts';
import { Unauthenticated } from './refuse.ts';

export interface VerifiedCertificate {
  readonly source: CertificateSource;
  readonly holder: string;
  /** SHA-256 of the certificate, base64url. */
  readonly thumbprint: string;
  readonly validFrom: number;
  readonly expiresAt: number;
}

interface CertificateVerifier {
  /** @throws Unauthenticated */
  verify(certificate: NonNullable<Peer['certificate']>, now: number): VerifiedCertificate;
}

interface Authority {
  readonly source: CertificateSource;
  readonly certificates: readonly X509Certificate[];
}

const MAX_REMEMBERED = 10_000;
const MAX_HOLDER = 512;
const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** @throws PosternError `E_CONFIG_INVALID` when an authority's file cannot be read */
export function createCertificateVerifier(sources: readonly CertificateSource[]): CertificateVerifier {
  const authorities = sources.map(readAuthority);
  const known = new LRUCache<string, VerifiedCertificate>({ max: MAX_REMEMBERED });
  return {
    verify(certificate, now) {
      const found = known.get(certificate.thumbprint) ?? identify(certificate, authorities);
      known.set(certificate.thumbprint, found);
      // A connection may outlive the certificate that it was opened with.
      if (now < found.validFrom || now >= found.expiresAt)
        throw new Unauthenticated('certificate: not valid at this time');
      return found;
    },
  };
}

function readAuthority(source: CertificateSource): Authority {
  try {
    const blocks = readFileSync(source.ca, 'latin1').match(PEM) ?? [];
    if (blocks.length === 0) throw new Error('no certificate in it');
    return { source, certificates: blocks.map((block) => new X509Certificate(block)) };
  } catch (cause) {
    throw new PosternError('E_CONFIG_INVALID', `the authorities of the certificates ${source.name} cannot be read`, {
      at: { path: source.ca },
      hint: 'Expected a PEM file with one or more certificates.',
      cause,
    });
  }
}

function identify(
  certificate: NonNullable<Peer['certificate']>,
  authorities: readonly Authority[],
): VerifiedCertificate {
  if (!certificate.raw) throw new Unauthenticated('certificate: the listener did not hand it over');
  const leaf = new X509Certificate(certificate.raw);
  const signer = authorities.find(({ certificates }) =>
    certificates.some((authority) => authority.ca && leaf.checkIssued(authority) && leaf.verify(authority.publicKey)),
  );
  if (!signer) throw new Unauthenticated('certificate: of no authority of the policy');
  const holder = holderOf(leaf, signer.source.subject);
  if (holder === undefined || holder === '' || holder.length > MAX_HOLDER)
    throw new Unauthenticated('certificate: names no holder');
  return {
    source: signer.source,
    holder,
    thumbprint: certificate.thumbprint,
    validFrom: Date.parse(leaf.validFrom),
    expiresAt: Date.parse(leaf.validTo),
  };
}

function holderOf(leaf: X509Certificate, subject: CertificateSource['subject']): string | undefined {
  if (subject === 'cn') {
    // Several common names come as a list: then none of them names the holder.
    const name: unknown = leaf.toLegacyObject().subject?.CN;
    return typeof name === 'string' ? name : undefined;
  }
  const names = leaf.subjectAltName ?? '';
  // Node quotes a name that could be taken for a list; such a name is none of ours.
  if (names.includes('"')) return undefined;
  const prefix = subject === 'dns' ? 'DNS:' : 'URI:';
  return names
    .split(', ')
    .find((name) => name.startsWith(prefix))
    ?.slice(prefix.length);
}
