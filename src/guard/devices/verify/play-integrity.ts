/**
 * Play Integrity: that Google Play recognises the app, on a device that meets the configured integrity.
 *
 * A classic token is opened here with the app's own response keys (10,000 a day are to be had, so for enrolments only); any
 * other is shown to Google, where the operator configured a service account. Both are judged alike.
 */
import type { JsonObject } from '../../json/value.ts';
import type { PlayIntegrityConfig } from '../../policy/devices-config.ts';
import { isClassicToken, MAX_TOKEN, openPlayToken, type PlayKeys } from './play-token.ts';
import { type PlayFacts, readVerdict } from './play-verdict.ts';
import { sha256 } from './sha256.ts';
import { prove, provingLater } from './unproven.ts';

export interface PlayIntegrityInput {
  readonly token: string;
  /** What the token has to be made for: its nonce or request hash is base64url of the SHA-256 of this. */
  readonly clientData: Uint8Array;
  /** Package that the app says it is; which one it really is, the verdict says. */
  readonly package: string;
}

/**
 * Google's opening of a token.
 *
 * @throws Unproven when Google does not take it, Refusal `unavailable` when Google cannot be asked
 */
export type DecodeIntegrityToken = (packageName: string, token: string, now: number) => Promise<JsonObject>;

export interface PlayIntegrityTrust {
  readonly config: Omit<PlayIntegrityConfig, 'classic' | 'standard'>;
  /** Null: no token is opened here. */
  readonly keys: PlayKeys | null;
  /** Null: none is shown to Google. */
  readonly decode: DecodeIntegrityToken | null;
}

/**
 * @param now ms since the epoch
 * @throws Refusal `attestation`, `unavailable`
 */
export function verifyPlayIntegrity(
  input: PlayIntegrityInput,
  { config, keys, decode }: PlayIntegrityTrust,
  now: number,
): Promise<PlayFacts> {
  return provingLater('attestation', 'play-integrity', async () => {
    const { token } = input;
    prove(token.length <= MAX_TOKEN, 'token: too long');
    // Before Google is asked about it.
    prove(config.packages.includes(input.package), 'package: not configured');
    const expected = sha256(input.clientData).toString('base64url');
    const facts = readVerdict(await open(token), { expected, config, now });
    prove(facts.package === input.package, 'packageName: another package');
    return facts;
  });

  function open(token: string): Promise<JsonObject> {
    if (keys && (decode === null || isClassicToken(token))) return openPlayToken(token, keys);
    prove(decode !== null, 'token: of no configured kind');
    return decode(input.package, token, now);
  }
}
