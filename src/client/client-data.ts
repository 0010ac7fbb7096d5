/**
 * What attestations and assertions are made over: lines of text, divided by `\n`. The gateway builds the same from what it
 * received (`docs/mobile/protocol.md`).
 */
import { encodeBase64url, sha256, utf8 } from './base64url.ts';

export interface ClientData {
  /** What native code hashes by itself. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256 of the bytes: App Attest's `clientDataHash`, the challenge of a Key Attestation. */
  readonly hash: Uint8Array<ArrayBuffer>;
  /** The hash in base64url: Play Integrity's `nonce` or `requestHash`. */
  readonly hashText: string;
}

export function enrolData(challenge: string, jkt: string, app: string, version: string): Promise<ClientData> {
  return lines('postern-enrol-1', challenge, jkt, app, version);
}

export function renewalData(challenge: string, jkt: string, device: string): Promise<ClientData> {
  return lines('postern-token-1', challenge, jkt, device);
}

/** @param target path and query as they are sent */
export async function requestData(
  challenge: string,
  jkt: string,
  method: string,
  target: string,
  body: Uint8Array<ArrayBuffer>,
): Promise<ClientData> {
  return lines('postern-request-1', challenge, jkt, method, target, encodeBase64url(await sha256(body)));
}

async function lines(...texts: readonly string[]): Promise<ClientData> {
  const bytes = utf8(texts.join('\n'));
  const hash = await sha256(bytes);
  return { bytes, hash, hashText: encodeBase64url(hash) };
}
