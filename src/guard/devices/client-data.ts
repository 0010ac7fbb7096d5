/**
 * What a device's attestations and assertions are made over (their "client data"): lines of text, UTF-8, divided by `\n`,
 * without one at the end. Lines and not JSON, so that Swift, Kotlin and this gateway cannot print the same thing in two ways.
 *
 *   postern-enrol-1        challenge  jkt  app  version
 *   postern-token-1        challenge  jkt  device
 *   postern-request-1      challenge  jkt  method  target  SHA-256 of the body (base64url)
 *
 * `jkt` binds the attested key and the key of the DPoP proofs to one another; the first line keeps the three apart. In the
 * first of them it is empty for Key Attestation, whose challenge is older than the key – and whose key is the one of the proofs.
 */
import { hash } from 'node:crypto';

export function enrolData(challenge: string, jkt: string, app: string, version: string): Buffer {
  return lines(['postern-enrol-1', challenge, jkt, app, version]);
}

export function renewalData(challenge: string, jkt: string, device: string): Buffer {
  return lines(['postern-token-1', challenge, jkt, device]);
}

/** @param target path and query as sent */
export function requestData(
  challenge: string,
  jkt: string,
  request: { readonly method: string; readonly target: string; readonly body: Uint8Array },
): Buffer {
  const body = hash('sha256', request.body, 'base64url');
  return lines(['postern-request-1', challenge, jkt, request.method, request.target, body]);
}

/** No line can hold a `\n`: each was read by a grammar that has none. */
function lines(texts: readonly string[]): Buffer {
  return Buffer.from(texts.join('\n'));
}
