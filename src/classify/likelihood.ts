/** Values against a detector: how much likelier they are if the field holds what the detector says. Natural logarithms. */
import type { Detector } from './detectors.ts';
import { baseRate } from './values/base-rates.ts';
import type { ValueSummary } from './values/tally.ts';

/** Values of one field are alike: more of them than this do not make the verdict surer. */
const MOST_COUNTED = 12;
const CAP = 12;
/** Of other fields under the same name at least this share would fail, too, whatever the worst population passes. */
const MISSING = 0.5;
/** Checks that see shapes of machine-made text: passing says little, failing not much more. */
const PARTIAL_FLOOR = -2.5;
const HIDDEN_FLOOR = -1;

export interface ValueEvidence {
  likelihood: number;
  check: string;
  passed: number;
  tried: number;
  /** Of values that are nothing personal. */
  base: number;
}

/** The best of a detector's checks; undefined when it has none or there are no values. */
export function valueEvidence(detector: Detector, values: ValueSummary, named: boolean): ValueEvidence | undefined {
  if (detector.checks.length === 0 || values.count === 0) return undefined;
  if (detector.id === 'identity/person-name') return evidence(detector, values, 'name', sumOf(values, detector.checks));
  let found: ValueEvidence | undefined;
  // Without a name only the first, which is the narrow one.
  for (const check of named ? detector.checks : detector.checks.slice(0, 1)) {
    const one = evidence(detector, values, check, values.passed[check] ?? 0);
    if (found === undefined || one.likelihood > found.likelihood) found = one;
  }
  return found;
}

/** @param check of any origin: own patterns, national checks with `!`, phone numbers of a country */
export function evidence(
  { sensitivity = 0.95 }: Pick<Detector, 'sensitivity'>,
  values: ValueSummary,
  check: string,
  passed: number,
  triedAs?: number,
): ValueEvidence {
  const every = check === 'email' || check === 'email-within';
  const tried = Math.max(triedAs ?? (every ? values.count : values.examined + values.booleans), passed, 1);
  const base = check === 'name' ? 0.03 : Math.min(baseRate(check), sensitivity);
  const counted = Math.min(tried, Math.max(1, values.distinct), MOST_COUNTED);
  const hits = (passed / tried) * counted;
  const likelihood =
    hits * Math.log(sensitivity / base) + (counted - hits) * Math.log((1 - sensitivity) / Math.max(MISSING, 1 - base));
  const floor = hiddenShare(values) >= 0.6 ? HIDDEN_FLOOR : sensitivity >= 0.85 ? -CAP : PARTIAL_FLOOR;
  return { likelihood: Math.max(floor, Math.min(CAP, likelihood)), check, passed, tried, base };
}

function sumOf(values: ValueSummary, checks: readonly string[]): number {
  return checks.reduce((sum, check) => sum + (values.passed[check] ?? 0), 0);
}

/** Masked, hashed and encrypted values neither pass nor fail: a hashed e-mail address still counts as one. */
function hiddenShare(values: ValueSummary): number {
  return share(values, 'masked') + share(values, 'token') + share(values, 'uuid');
}

export function share(values: ValueSummary, check: string): number {
  return (values.passed[check] ?? 0) / Math.max(1, values.examined + values.booleans);
}

/** What the values cannot be, whatever the name says: a negative number, and why. */
export function contradiction(
  detector: Detector,
  values: ValueSummary,
  words: readonly string[] = [],
): { likelihood: number; reason: string } | undefined {
  if (values.count === 0) return undefined;
  const { category, id } = detector;
  const truths = (values.booleans + (values.passed.truth ?? 0)) / values.count;
  const numbers = values.numbers / values.count;
  if (truths >= 0.9 && category !== 'health' && id !== 'identity/gender') return no(-12, 'its values are yes or no');
  if (share(values, 'path') >= 0.8 && !['credentials', 'orders'].includes(category) && id !== 'identity/attribute') {
    return no(-8, 'its values are paths or links');
  }
  const times = share(values, 'date-time') + share(values, 'date') + (numbers >= 0.9 ? share(values, 'epoch') : 0);
  if (times >= 0.8 && isTimeless(detector)) return no(-10, 'its values are times');
  if (numbers >= 0.9) {
    if (id === 'identity/person-name' || id === 'location/street-address' || id === 'travel/airport') {
      return no(-10, 'its values are numbers');
    }
    const small = share(values, 'small') + share(values, 'decimal');
    const secret = category === 'credentials' && id !== 'credentials/one-time-code';
    if (small >= 0.8 && (secret || category === 'device')) return no(-10, 'its values are small numbers');
    if (small >= 0.8 && id === 'location/place') return no(-3, 'its values are small numbers');
  }
  // An `email_id` that holds keys names a row; hashed addresses are not called so.
  const keys = share(values, 'token') + share(values, 'uuid');
  if (keys >= 0.8 && (category === 'email' || category === 'phone') && /^(?:id|ids|uuid)$/.test(words.at(-1) ?? '')) {
    return no(-10, 'its values are keys');
  }
  if (share(values, 'hex-number') >= 0.8 && category === 'location')
    return no(-10, 'its values are numbers of machines');
  if (share(values, 'words') >= 0.8 && (id === 'location/latitude' || id === 'location/longitude')) {
    return no(-10, 'its values are words');
  }
  if (share(values, 'version') >= 0.8) return no(-8, 'its values are version numbers');
  return undefined;
}

function no(likelihood: number, reason: string): { likelihood: number; reason: string } {
  return { likelihood, reason };
}

function isTimeless({ category, id }: Detector): boolean {
  if (category === 'identity')
    return id !== 'identity/date-of-birth' && id !== 'identity/attribute' && id !== 'identity/passport';
  return ['email', 'phone', 'credentials', 'device', 'location'].includes(category);
}
