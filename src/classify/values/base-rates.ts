/**
 * Share of values that are nothing personal and pass a check all the same, in the worst population: integers of every
 * length, epochs, hex, words, codes, versions, dates, … Measured by bench/classify/base-rates.mjs, 4,096 values each; the
 * comment names the population.
 */
const MEASURED: Readonly<Record<string, number>> = {
  // integers of 1 digits
  age: 1.0,
  // versions
  'birth-year': 0.3174,
  // integers of 16 digits
  card: 0.0254,
  // integers of 3 digits
  code: 1.0,
  // ratios
  coordinate: 1.0,
  // dates
  date: 1.0,
  // timestamps
  'date-time': 1.0,
  // prices
  decimal: 1.0,
  // integers of 1 digits
  degrees: 1.0,
  // epoch seconds
  epoch: 1.0,
  // capitals and digits
  flight: 0.0005,
  // shelf codes
  'icd-10-short': 0.9609,
  // integers of 12 digits
  'identity/aadhaar-in': 0.1001,
  // integers of 13 digits
  'identity/ahv-ch': 0.0002,
  // integers of 13 digits
  'identity/ahv-ch!': 0.0002,
  // integers of 11 digits
  'identity/amka-gr': 0.0017,
  // integers of 9 digits
  'identity/bsn-nl': 0.0928,
  // epoch milliseconds
  'identity/cnp-ro': 0.0017,
  // integers of 11 digits
  'identity/cpf-br': 0.0093,
  // epoch seconds
  'identity/cpr-dk': 0.1069,
  // integers of 11 digits
  'identity/cuit-ar': 0.0056,
  // integers of 7 digits
  'identity/dni-ar': 1.0,
  // integers of 10 digits
  'identity/egn-bg': 0.1021,
  // integers of 11 digits
  'identity/fodselsnummer-no': 0.0007,
  // hex, 8
  'identity/hkid-hk': 0.0012,
  // integers of 9 digits
  'identity/id-il': 0.1013,
  // epoch milliseconds
  'identity/id-th': 0.092,
  // integers of 13 digits
  'identity/id-za': 0.0002,
  // integers of 12 digits
  'identity/inn-ru': 0.0122,
  // integers of 8 digits
  'identity/ird-nz': 0.0994,
  // integers of 11 digits
  'identity/kimlik-tr': 0.0117,
  // integers of 12 digits
  'identity/my-number-jp': 0.0991,
  // integers of 11 digits
  'identity/national-number-be': 0.0002,
  // epoch milliseconds
  'identity/nif-fr': 0.0012,
  // ids in sequence, 9 digits
  'identity/nif-pt': 0.1001,
  // integers of 15 digits
  'identity/nir-fr': 0.0017,
  // integers of 15 digits
  'identity/nir-fr!': 0.0005,
  // integers of 12 digits
  'identity/nric-my': 0.0271,
  // integers of 11 digits
  'identity/oib-hr': 0.094,
  // integers of 11 digits
  'identity/pesel-pl': 0.0078,
  // hex, 8
  'identity/pps-ie': 0.0007,
  // hex, 8
  'identity/pps-ie!': 0.0007,
  // ids in sequence, 9 digits
  'identity/rodne-cislo-cz': 0.7559,
  // epoch milliseconds
  'identity/rrn-kr': 0.0032,
  // ids in sequence, 9 digits
  'identity/run-cl': 0.0911,
  // integers of 9 digits
  'identity/sin-ca': 0.1013,
  // ids in sequence, 9 digits
  'identity/ssn-us': 1.0,
  // epoch seconds
  'identity/svnr-at': 0.0042,
  // integers of 11 digits
  'identity/tax-id-de': 0.01,
  // ids in sequence, 9 digits
  'identity/tfn-au': 0.0908,
  // integers of 15 digits
  imei: 0.0925,
  // capitals and digits
  locator: 0.3562,
  // hex, 16
  mixed: 1.0,
  // paths
  path: 1.0,
  // integers of 10 digits
  'phone-AR': 0.0573,
  // epoch seconds
  'phone-AT': 1.0,
  // article numbers
  'phone-AU': 0.4844,
  // integers of 8 digits
  'phone-BE': 0.599,
  // epoch seconds
  'phone-BR': 0.4922,
  // article numbers
  'phone-CH': 0.3932,
  // integers of 10 digits
  'phone-CN': 0.4531,
  // integers of 11 digits
  'phone-DE': 0.8099,
  // article numbers
  'phone-ES': 0.3724,
  // ids in sequence, 9 digits
  'phone-FR': 1.0,
  // epoch seconds
  'phone-GB': 0.7865,
  // article numbers
  'phone-ID': 0.5156,
  // integers of 10 digits
  'phone-IN': 0.7083,
  // integers of 9 digits
  'phone-IT': 0.112,
  // integers of 9 digits
  'phone-JP': 0.7786,
  // ids in sequence, 9 digits
  'phone-KR': 1.0,
  // integers of 10 digits
  'phone-MX': 0.4714,
  // ids in sequence, 9 digits
  'phone-NL': 1.0,
  // article numbers
  'phone-PL': 0.75,
  // integers of 9 digits
  'phone-PT': 0.1797,
  // integers of 10 digits
  'phone-RU': 0.2187,
  // ids in sequence, 9 digits
  'phone-SE': 1.0,
  // integers of 10 digits
  'phone-TR': 0.151,
  // integers of 10 digits
  'phone-US': 0.3802,
  // ids in sequence, 9 digits
  'phone-ZA': 1.0,
  // integers of 7 digits
  'phone-shaped': 1.0,
  // integers of 7 digits
  'phone-tried': 0.0938,
  // article numbers
  'phone-written': 1.0,
  // integers of 4 digits
  postal: 1.0,
  // sentences
  prose: 1.0,
  // integers of 1 digits
  small: 1.0,
  // hex, 32
  token: 1.0,
  // booleans
  truth: 1.0,
  // UUIDs
  uuid: 1.0,
  // versions
  version: 1.0,
  // words
  words: 1.0,
  // integers of 4 digits
  year: 0.0127,
};

/** Below what a sample of this size can show. */
const FLOOR = 0.002;

export function baseRate(check: string): number {
  // A shape that is written like nothing else may still be a firm's own code.
  const floor = check.endsWith('!') ? 0.02 : FLOOR;
  return Math.min(0.98, Math.max(floor, Object.hasOwn(MEASURED, check) ? (MEASURED[check] ?? 0) : 0));
}
