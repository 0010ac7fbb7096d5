/** The listener's certificate and those of its clients. Files are read again when they change. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { SecureContextOptions, TLSSocket, TlsOptions } from 'node:tls';
import type { Peer } from '../contract/principal.ts';
import type { ListenerTls } from '../policy/listener-config.ts';

/** Forward secrecy and AEAD only; TLS 1.3's own suites are all of that kind. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** @throws Error when a file cannot be read */
export function contextOptions(tls: ListenerTls): SecureContextOptions {
  return {
    cert: readFileSync(tls.certificate),
    key: readFileSync(tls.key),
    ...(tls.clientCa !== null && { ca: readFileSync(tls.clientCa) }),
    minVersion: tls.minVersion,
    ciphers: CIPHERS,
    honorCipherOrder: true,
  };
}

export function clientOptions(tls: ListenerTls): TlsOptions {
  return {
    requestCert: tls.clientCertificates !== 'none',
    rejectUnauthorized: tls.clientCertificates === 'required',
  };
}

/** Says when the files are others than before: by inode, size and times, so that a swapped link counts too. */
export function fileState(tls: ListenerTls): string {
  return [tls.certificate, tls.key, tls.clientCa ?? '']
    .filter((path) => path !== '')
    .map((path) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat === undefined ? 'none' : `${stat.ino}:${stat.size}:${stat.mtimeMs}:${stat.ctimeMs}`;
    })
    .join(' ');
}

/** The client's certificate, only where TLS has verified it against the listener's authorities. */
export function clientCertificate(socket: TLSSocket): Peer['certificate'] {
  if (!socket.authorized) return undefined;
  const { raw, subject, subjectaltname } = socket.getPeerCertificate();
  if (raw === undefined) return undefined;
  // Several common names are no name: which of them is meant?
  const name: unknown = subject?.CN;
  return {
    thumbprint: createHash('sha256').update(raw).digest('base64url'),
    subject: typeof name === 'string' ? name : '',
    names: alternativeNames(subjectaltname ?? ''),
    raw,
  };
}

/** `DNS:a.example, URI:spiffe://b/c` as a list; Node writes names with special characters in quotes, and those are left out. */
function alternativeNames(text: string): readonly string[] {
  if (text === '' || text.includes('"')) return [];
  return text.split(', ');
}
