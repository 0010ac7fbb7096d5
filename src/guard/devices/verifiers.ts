/** The verifiers behind the service: attestations by their registry, assertions by the format that a device was enrolled with. */
import { decodeBase64, decodeBase64url } from '../authn/base64url.ts';
import { Refusal } from '../contract/refusal.ts';
import type { DevicesConfig } from '../policy/devices-config.ts';
import type { Asserted, AssertionClaim, Attester } from './attester.ts';
import { verifyKeyAssertion } from './key-assertion.ts';
import {
  type AttestationTrust,
  type OpenTrustOptions,
  openAttestationTrust,
  verifyAssertion,
  verifyAttestation,
  verifyPlayIntegrity,
} from './verify/index.ts';

/**
 * With the keys and files that the policy names.
 *
 * @throws PosternError `E_CONFIG_INVALID`, `E_INPUT_NOT_FOUND`
 */
export async function createVerifiers(
  config: DevicesConfig,
  options: Partial<OpenTrustOptions> = {},
): Promise<Attester> {
  const trust = await openAttestationTrust(config, { now: Date.now, log: () => {}, ...options });
  return { ...createAttester(trust), close: () => trust.close() };
}

export function createAttester(trust: AttestationTrust): Attester {
  return {
    attest: (claim, now) => verifyAttestation(claim.format, claim, trust, now),
    assert(claim, now) {
      switch (claim.row.facts.format) {
        case 'app-attest':
          return byAppAttest(claim, trust);
        case 'play-integrity':
          return byPlayIntegrity(claim, trust, now);
        case 'key-attestation':
          verifyKeyAssertion(claim.assertion, claim.clientData, claim.row.jkt);
          return { counter: null };
        case 'app-check':
          throw new Refusal('attestation', 'app-check: makes no assertions');
      }
    },
  };
}

function byAppAttest({ assertion: text, clientData, row }: AssertionClaim, { appAttest }: AttestationTrust): Asserted {
  const assertion = decodeBase64(text) ?? decodeBase64url(text);
  if (assertion === undefined || row.assertionKey === null || appAttest === null)
    throw new Refusal('attestation', 'assertion: not base64, or not accepted here');
  const appIds = appAttest.config.appIds.filter((appId) => appId.slice(appId.indexOf('.') + 1) === row.facts.app);
  // The row may be older than the store's: what decides is the store's compare-and-set.
  const { counter } = verifyAssertion({
    assertion,
    clientData,
    publicKey: row.assertionKey,
    appIds,
    lastCounter: row.counter,
  });
  return { counter };
}

async function byPlayIntegrity(
  { assertion: token, clientData, row }: AssertionClaim,
  { playIntegrity }: AttestationTrust,
  now: number,
): Promise<Asserted> {
  if (playIntegrity === null) throw new Refusal('attestation', 'play-integrity: not accepted here');
  await verifyPlayIntegrity({ token, clientData, package: row.facts.app }, playIntegrity, now);
  return { counter: null };
}
