import { decodeBase64 } from '../../authn/base64url.ts';
import { prove } from './unproven.ts';

/** An App Attest key id: canonical base64 of 32 bytes, so that one key has one id. @throws Unproven */
export function readKeyId(text: string): Uint8Array {
  const bytes = text.length === 44 ? decodeBase64(text) : undefined;
  prove(bytes?.length === 32, 'keyId: not base64 of 32 bytes');
  return bytes;
}
