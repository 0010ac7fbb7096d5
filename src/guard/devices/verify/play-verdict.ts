/**
 * The verdict of Play Integrity, classic and standard alike:
 *
 *   { requestDetails: { requestPackageName, nonce | requestHash, timestampMillis },
 *     appIntegrity: { appRecognitionVerdict, packageName, certificateSha256Digest: […], versionCode },
 *     deviceIntegrity: { deviceRecognitionVerdict: […] }, accountDetails: { appLicensingVerdict } }
 *
 * What Google did not evaluate (`UNEVALUATED`, or left out) is not proven. 64-bit numbers come as texts.
 *
 * Source: https://developer.android.com/google/play/integrity/verdicts
 */
import type { Json, JsonObject } from '../../json/value.ts';
import type { PlayIntegrityConfig } from '../../policy/devices-config.ts';
import { objectAt, textsAt } from './json.ts';
import { sameBytes } from './sha256.ts';
import { prove, Unproven } from './unproven.ts';

export interface PlayFacts {
  readonly package: string;
  readonly versionCode: number;
  readonly integrity: 'basic' | 'device' | 'strong';
}

export interface VerdictRules {
  /** Base64url of the SHA-256 of what the token has to be made for. */
  readonly expected: string;
  readonly config: Pick<PlayIntegrityConfig, 'packages' | 'certificates' | 'integrity' | 'licensed' | 'maxAge'>;
  /** ms since the epoch. */
  readonly now: number;
}

/** Google's clock may be that far ahead of ours, ms. */
const AHEAD = 30_000;
const LEVELS = ['basic', 'device', 'strong'] as const;
/** `MEETS_VIRTUAL_INTEGRITY` is an emulator and none of them. */
const VERDICTS = ['MEETS_BASIC_INTEGRITY', 'MEETS_DEVICE_INTEGRITY', 'MEETS_STRONG_INTEGRITY'] as const;

/** @throws Unproven */
export function readVerdict(verdict: JsonObject, rules: VerdictRules): PlayFacts {
  const { config } = rules;
  checkRequest(objectAt(verdict.requestDetails, 'requestDetails'), rules);
  const app = objectAt(verdict.appIntegrity, 'appIntegrity');
  prove(app.appRecognitionVerdict === 'PLAY_RECOGNIZED', 'appRecognitionVerdict: not PLAY_RECOGNIZED');
  const { packageName } = app;
  prove(typeof packageName === 'string' && config.packages.includes(packageName), 'packageName: another package');
  // Read one by one: the request's name is the client's word, the app's is Google's.
  prove(objectAt(verdict.requestDetails, 'requestDetails').requestPackageName === packageName, 'packageName: two');
  const digests = textsAt(app.certificateSha256Digest, 'certificateSha256Digest');
  prove(
    digests.length > 0 && digests.every((digest) => config.certificates.includes(withoutPadding(digest))),
    'certificateSha256Digest: another signing certificate',
  );
  const integrity = integrityOf(objectAt(verdict.deviceIntegrity, 'deviceIntegrity').deviceRecognitionVerdict);
  const wanted = LEVELS.indexOf(config.integrity);
  prove(integrity !== undefined && LEVELS.indexOf(integrity) >= wanted, 'deviceRecognitionVerdict: too weak');
  if (config.licensed) {
    const { appLicensingVerdict } = objectAt(verdict.accountDetails, 'accountDetails');
    prove(appLicensingVerdict === 'LICENSED', 'appLicensingVerdict: not LICENSED');
  }
  return { package: packageName, versionCode: wholeNumber(app.versionCode, 'versionCode'), integrity };
}

function checkRequest(request: JsonObject, { expected, config, now }: VerdictRules): void {
  const { requestPackageName, nonce, requestHash } = request;
  prove(
    typeof requestPackageName === 'string' && config.packages.includes(requestPackageName),
    'requestPackageName: another package',
  );
  const bound = nonce ?? requestHash;
  prove(
    typeof bound === 'string' && (nonce === undefined || requestHash === undefined),
    'nonce or requestHash: not one',
  );
  const holds = sameBytes(Buffer.from(withoutPadding(bound)), Buffer.from(expected));
  prove(holds, `${nonce === undefined ? 'requestHash' : 'nonce'}: of another request`);
  const madeAt = wholeNumber(request.timestampMillis, 'timestampMillis');
  prove(madeAt <= now + AHEAD, 'timestampMillis: in the future');
  prove(now - madeAt <= config.maxAge, 'timestampMillis: too old');
}

function integrityOf(value: Json | undefined): PlayFacts['integrity'] | undefined {
  const verdicts = textsAt(value, 'deviceRecognitionVerdict');
  return LEVELS.findLast((_, level) => verdicts.includes(VERDICTS[level] ?? ''));
}

/** Apps may pad their nonces; the bytes are the same. */
function withoutPadding(text: string): string {
  return text.replace(/={1,2}$/, '');
}

function wholeNumber(value: Json | undefined, what: string): number {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
    throw new Unproven(`${what}: not a whole number`);
  }
  return number;
}
