/** What one field may hold: every detector that its name or its values speak for, with a score. */
import type { MissionCategory } from '../core/category.ts';
import type { FieldReading } from './classify.ts';
import type { FieldToClassify } from './dataset.ts';
import { DETECTORS, type Detector } from './detectors.ts';
import { contradiction, evidence, type ValueEvidence, valueEvidence } from './likelihood.ts';
import { hasPhrase, phrasesOf } from './score.ts';
import { namesPlace, type Subject } from './things.ts';
import type { ValueSummary } from './values/tally.ts';

/** One in some hundred fields is personal in one given way. */
export const PRIOR = -6;
const NAME_LIKELIHOOD = { 3: 11, 2: 10, 1: 6, 0: 6 } as const;
/** For what the name alone would be taken for: `billing_address.first_name` is a name. */
const LEADING = 0.6;
/** A contextual word without its context. */
const OUT_OF_CONTEXT = 2;
const REFUTED = -6;
const PARTS = new Set(['last', 'first', 'four', 'masked', 'bin', 'token', 'hash', 'hashed', 'fingerprint', 'id']);

const DEFAULTS: Readonly<Record<MissionCategory, string>> = {
  ...{
    credentials: 'credentials/secret',
    location: 'location/place',
    travel: 'travel/booking',
    payment: 'payment/detail',
  },
  ...{ email: 'email/address', phone: 'phone/number', identity: 'identity/attribute', orders: 'orders/record' },
  ...{ health: 'health/record', device: 'device/identifier' },
};
const PREPARED = DETECTORS.map((detector) => ({
  detector,
  phrases: phrasesOf(detector.names),
}));
/** Names that ask for an identifier of a person without saying of which country. */
const GENERIC_ID = phrasesOf(
  'national id, id card, id number, identity number, tax id, tax number, document, documento, id document, identity document, personal number, personal id, personal code, citizen id, numero documento, identification, taxpayer id, nin, tin, steuernummer, numero identificacion, national number, social security, seguridad social, kimlik',
);
/** Nouns of things that are often called after people. */
const THINGS = new Set(
  'company brand product city town team street model vendor school hotel ship band album movie title artist publisher supplier manufacturer organization organisation store shop restaurant club venue department project campaign station airport country state region county category color colour font theme firma entreprise empresa azienda marke marque marca file host table course plant animal song genre label unit'.split(
    ' ',
  ),
);

export interface Candidate {
  detector: Detector;
  score: number;
  reading?: FieldReading | undefined;
  values?: ValueEvidence | undefined;
  country?: boolean;
}

export function candidatesOf(
  field: FieldToClassify,
  { words, matches }: { words: readonly string[]; matches: readonly FieldReading[] },
  country: string | undefined,
  subject: Subject,
): Candidate[] {
  const { values } = field;
  const found: Candidate[] = [];
  const told = matches.reduce((most, match) => Math.max(most, nameLikelihood(match)), 0);
  const generic = GENERIC_ID.some((phrase) => hasPhrase(words, phrase));
  for (const { detector, phrases } of PREPARED) {
    const reading = strongest(matches, detector.category);
    const named =
      reading !== undefined &&
      (DEFAULTS[detector.category] === detector.id || phrases.some((phrase) => hasPhrase(words, phrase)));
    const asked = generic && detector.country !== undefined && detector.country === country;
    if (!named && !asked && values === undefined) continue;
    let seen = values === undefined ? undefined : valueEvidence(detector, values, named || asked);
    let score = PRIOR;
    if (named) score += nameLikelihood(reading) + specificity(detector, phrases, words);
    else if (asked) score += 8;
    else if (detector.country !== undefined && values !== undefined) {
      // Written with its own separators or letters; without them only under a name, or in its country.
      const check = `${detector.id}!`;
      seen = evidence(detector, values, check, values.passed[check] ?? 0);
    } else if (detector.alone !== true) continue;
    if (!named && !asked) {
      if (seen === undefined || seen.passed === 0) continue;
      if (told >= 10) score -= 6;
      if (isNamedThing(detector, words) || isOfPlaces(detector, words, subject)) continue;
    }
    if (detector.country !== undefined && country !== undefined) score += detector.country === country ? 3 : -4;
    if (detector.id === 'phone/number' && values !== undefined) seen = phoneEvidence(detector, values, country) ?? seen;
    if (seen) score += seen.likelihood;
    if (values !== undefined) score += contradiction(detector, values, words)?.likelihood ?? 0;
    found.push({
      detector,
      score,
      reading: named ? reading : undefined,
      values: seen,
      country: detector.country !== undefined && detector.country === country,
    });
  }
  refuteDefaults(found, words);
  return found;
}

/**
 * What values refute is not saved by the row that every word of a category leads to: `pan_number` with other numbers holds
 * no card, and no payment detail either. Parts and stand-ins (`iban_last4`, `card_token`) are something else.
 */
function refuteDefaults(found: Candidate[], words: readonly string[]): void {
  if (words.some((word) => PARTS.has(word))) return;
  for (const one of found) {
    if (DEFAULTS[one.detector.category] !== one.detector.id) continue;
    const refuted = found.find(
      ({ detector, reading, values }) =>
        detector.category === one.detector.category && reading !== undefined && (values?.likelihood ?? 0) <= REFUTED,
    );
    if (refuted !== undefined && one.values === undefined) one.score += refuted.values?.likelihood ?? 0;
  }
}

function isNamedThing({ id }: Detector, words: readonly string[]): boolean {
  return id === 'identity/person-name' && words.some((word) => THINGS.has(word));
}

/** Addresses, coordinates and numbers of places of business. */
function isOfPlaces({ category }: Detector, words: readonly string[], subject: Subject): boolean {
  return (category === 'location' || category === 'phone') && (subject === 'places' || namesPlace(words));
}

function nameLikelihood(match: FieldReading): number {
  const likelihood = match.strength === 0 && !match.inContext ? OUT_OF_CONTEXT : NAME_LIKELIHOOD[match.strength];
  return match.leading ? likelihood + LEADING : likelihood;
}

/** Rows that name the field's words come before their category's default, longer phrases before shorter ones. */
function specificity(detector: Detector, phrases: readonly (readonly string[])[], words: readonly string[]): number {
  let longest = 0;
  for (const phrase of phrases) if (hasPhrase(words, phrase)) longest = Math.max(longest, phrase.length);
  return longest === 0 ? (DEFAULTS[detector.category] === detector.id ? 0 : -0.1) : 0.2 + longest * 0.1;
}

function strongest(matches: readonly FieldReading[], category: MissionCategory): FieldReading | undefined {
  let found: FieldReading | undefined;
  for (const match of matches) {
    if (match.category === category && (found === undefined || nameLikelihood(match) > nameLikelihood(found)))
      found = match;
  }
  return found;
}

/** Numbers without + are judged by the plan of the country that the neighbours name. */
function phoneEvidence(
  detector: Detector,
  values: ValueSummary,
  country: string | undefined,
): ValueEvidence | undefined {
  const tried = values.passed['phone-tried'] ?? 0;
  const international = values.passed['phone-international'] ?? 0;
  if (country === undefined || tried < 3 || international > 0) return undefined;
  const check = `phone-${country}`;
  const passed = values.passed[check];
  if (passed === undefined || passed / tried < 0.5) return undefined;
  return evidence(detector, values, check, passed, tried);
}
