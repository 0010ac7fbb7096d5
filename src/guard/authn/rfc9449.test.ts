/** The examples of RFC 9449 as they are printed: sections 4.1 (a proof for a token request) and 7.1 (for a resource). */
import { describe, expect, it } from 'vitest';
import { Refusal } from '../contract/refusal.ts';
import type { RawRequest } from '../contract/request.ts';
import { createProofVerifier } from './dpop.ts';
import { openJws, readObject } from './jws.ts';
import { createMemoryReplayStore } from './replay.ts';
import { request, sha256 } from './testing/issuer.ts';

const HEADER =
  'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19';
const TOKEN_PROOF = `${HEADER}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg`;
const RESOURCE_PROOF = `${HEADER}.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA`;
const TOKEN = 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU';
const JKT = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I';
const NOW = 1_562_262_618_000;

const RESOURCE: Partial<RawRequest> = { target: '/protectedresource', origin: 'https://resource.example.org' };

async function outcome(
  proof: string,
  changes: Partial<RawRequest> = RESOURCE,
  ath = sha256(TOKEN),
  jkt = JKT,
): Promise<string> {
  const verifier = createProofVerifier({ replay: createMemoryReplayStore({ now: () => NOW }), nonces: null });
  try {
    await verifier.verify(proof, request([], changes), ath, jkt, NOW);
    return 'accepted';
  } catch (error) {
    if (error instanceof Refusal) return error.detail;
    throw error;
  }
}

describe('RFC 9449', () => {
  it('section 7.1: the proof of the resource request holds for its token, key, method and URI', async () => {
    expect(await outcome(RESOURCE_PROOF)).toBe('accepted');
  });

  it('section 7.1: that proof holds for nothing else', async () => {
    expect(await outcome(RESOURCE_PROOF, { ...RESOURCE, method: 'POST' })).toBe('proof.htm: another method');
    expect(await outcome(RESOURCE_PROOF, { ...RESOURCE, target: '/other' })).toBe('proof.htu: another URI');
    expect(await outcome(RESOURCE_PROOF, RESOURCE, sha256('another'))).toBe('proof.ath: not the hash of the token');
    expect(await outcome(RESOURCE_PROOF, RESOURCE, sha256(TOKEN), 'A'.repeat(43))).toBe(
      'proof.jwk: not the key that the token is bound to',
    );
    expect(await outcome(`${RESOURCE_PROOF.slice(0, -2)}AA`)).toBe('proof.the signature does not hold');
  });

  it('section 7.1: its key has the thumbprint that section 6.1 shows', async () => {
    const verifier = createProofVerifier({ replay: createMemoryReplayStore({ now: () => NOW }), nonces: null });
    const key = await verifier.introduce(RESOURCE_PROOF, request([], RESOURCE), sha256(TOKEN), NOW);
    expect([key.thumbprint, key.algorithm]).toEqual([JKT, 'ES256']);
    await expect(async () =>
      verifier.introduce(RESOURCE_PROOF, request([], RESOURCE), sha256(TOKEN), NOW),
    ).rejects.toMatchObject({
      detail: 'proof.jti: used before',
    });
  });

  it('section 4.1: the proof of a token request is none for a resource, since it names no token', async () => {
    const claims = readObject(openJws(TOKEN_PROOF, 'proof', 4096).payload, 'proof');
    expect(claims).toMatchObject({ htm: 'POST', htu: 'https://server.example.com/token', iat: 1_562_262_616 });
    const changes = { method: 'POST', target: '/token', origin: 'https://server.example.com' };
    expect(await outcome(TOKEN_PROOF, changes)).toBe('proof.ath: not the hash of the token');
  });
});
