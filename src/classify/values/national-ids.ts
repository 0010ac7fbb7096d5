/**
 * National identifiers of people, by country: how a value must look before its check digits are computed (stdnum), and
 * which detector it speaks for. A check digit alone proves nothing – of nine countries' checks some passes for 98.6 % of
 * random digits – so each is judged against its own base rate, and those of plain digits only under a telling name or
 * in a data set of that country.
 */
import { nationalIds } from './validators.ts';

export interface NationalId {
  /** Detector: `identity/cpf-br`. */
  id: string;
  country: string;
  /** What it looks like; anchored and without ambiguous repetition. */
  shape: RegExp;
  /** Written with its separators or letters as nothing else is: may speak without a telling name. */
  telling: RegExp | undefined;
  valid(value: string): boolean;
}

type Module = { validate(value: string): { isValid: boolean } };

function entry(
  id: string,
  shape: RegExp,
  moduleOf: (all: ReturnType<typeof nationalIds>) => Module | undefined,
  telling?: RegExp,
): NationalId {
  const valid = (value: string): boolean => {
    try {
      return moduleOf(nationalIds())?.validate(value).isValid ?? false;
    } catch {
      return false;
    }
  };
  return { id: `identity/${id}`, country: id.slice(-2).toUpperCase(), shape, telling, valid };
}

const nine = /^\d{9}$/;
const eleven = /^\d{11}$/;

export const NATIONAL_IDS: readonly NationalId[] = [
  entry('ssn-us', /^\d{3}-?\d{2}-?\d{4}$/, (all) => all.US?.ssn, /^\d{3}-\d{2}-\d{4}$/),
  entry('sin-ca', /^\d{3}[ -]?\d{3}[ -]?\d{3}$/, (all) => all.CA?.sin),
  entry(
    'nino-gb',
    /^[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]$/i,
    (all) => all.GB?.nino,
    /^[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]$/i,
  ),
  entry('tax-id-de', /^\d{2} ?\d{3} ?\d{3} ?\d{3}$/, (all) => all.DE?.idnr),
  entry('social-insurance-de', /^\d{2} ?\d{6} ?[A-Z] ?\d{3}$/i, (all) => all.DE?.svnr, /^\d{2} ?\d{6} ?[A-Z] ?\d{3}$/i),
  entry(
    'nir-fr',
    /^[12] ?\d{2} ?\d{2} ?\d[0-9AB] ?\d{3} ?\d{3} ?\d{2}$/i,
    (all) => all.FR?.nir,
    /^[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d[0-9AB] ?\d{3} ?\d{3} ?\d{2}$/i,
  ),
  entry('nif-fr', /^[0-3]\d ?\d{2} ?\d{3} ?\d{3} ?\d{3}$/, (all) => all.FR?.nif),
  entry('dni-es', /^\d{2}\.?\d{3}\.?\d{3}-?[A-Z]$/i, (all) => all.ES?.dni, /^\d{2}\.?\d{3}\.?\d{3}-?[A-Z]$/i),
  entry('nie-es', /^[XYZ]-?\d{7}-?[A-Z]$/i, (all) => all.ES?.nie, /^[XYZ]-?\d{7}-?[A-Z]$/i),
  entry(
    'codice-fiscale-it',
    /^[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-EHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]$/i,
    (all) => all.IT?.codicefiscale,
    /^[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]$/i,
  ),
  entry('bsn-nl', nine, (all) => all.NL?.bsn),
  entry(
    'national-number-be',
    /^\d{2}\.?\d{2}\.?\d{2}-?\d{3}\.?\d{2}$/,
    (all) => all.BE?.nn,
    /^\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}$/,
  ),
  entry('nif-pt', /^[1235689]\d{8}$/, (all) => all.PT?.nif),
  entry('pesel-pl', eleven, (all) => all.PL?.pesel),
  entry('personnummer-se', /^(?:19|20)?\d{6}[-+]?\d{4}$/, (all) => all.SE?.personnummer, /^(?:19|20)?\d{6}[-+]\d{4}$/),
  entry('fodselsnummer-no', /^\d{6} ?\d{5}$/, (all) => all.NO?.fodselsnummer),
  entry('cpr-dk', /^\d{6}-?\d{4}$/, (all) => all.DK?.cpr, /^\d{6}-\d{4}$/),
  entry('hetu-fi', /^\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]$/i, (all) => all.FI?.hetu, /^\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]$/i),
  entry('ahv-ch', /^756\.?\d{4}\.?\d{4}\.?\d{2}$/, (all) => all.CH?.ssn, /^756\.?\d{4}\.?\d{4}\.?\d{2}$/),
  entry('svnr-at', /^\d{4} ?\d{6}$/, (all) => all.AT?.vnr),
  entry('rodne-cislo-cz', /^\d{6}\/?\d{3,4}$/, (all) => all.CZ?.rc, /^\d{6}\/\d{3,4}$/),
  entry('cnp-ro', /^[1-9]\d{12}$/, (all) => all.RO?.cnp),
  entry('egn-bg', /^\d{10}$/, (all) => all.BG?.egn),
  entry('oib-hr', eleven, (all) => all.HR?.oib),
  entry('amka-gr', eleven, (all) => all.GR?.amka),
  entry('pps-ie', /^\d{7}[A-W][AHWTX]?$/i, (all) => all.IE?.pps, /^\d{7}[A-W][AHWTX]?$/i),
  entry('kimlik-tr', /^[1-9]\d{10}$/, (all) => all.TR?.tckimlik),
  entry('inn-ru', /^\d{12}$/, (all) => all.RU?.inn),
  entry('cpf-br', /^\d{3}\.?\d{3}\.?\d{3}-?\d{2}$/, (all) => all.BR?.cpf, /^\d{3}\.\d{3}\.\d{3}-\d{2}$/),
  entry(
    'curp-mx',
    /^[A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d$/i,
    (all) => all.MX?.curp,
    /^[A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d$/i,
  ),
  entry('rfc-mx', /^[A-Z&Ñ]{4}-?\d{6}-?[0-9A-Z]{3}$/i, (all) => all.MX?.rfc, /^[A-Z]{4}\d{6}[0-9A-Z]{3}$/),
  entry('cuit-ar', /^(?:20|23|24|25|26|27)-?\d{8}-?\d$/, (all) => all.AR?.cuit, /^(?:20|23|24|25|26|27)-\d{8}-\d$/),
  entry('dni-ar', /^\d{1,2}\.?\d{3}\.?\d{3}$/, (all) => all.AR?.dni, /^\d{2}\.\d{3}\.\d{3}$/),
  entry('run-cl', /^\d{1,2}\.?\d{3}\.?\d{3}-?[0-9K]$/i, (all) => all.CL?.run, /^\d{1,2}\.?\d{3}\.?\d{3}-[0-9K]$/i),
  entry('aadhaar-in', /^[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}$/, (all) => all.IN?.aadhaar, /^[2-9]\d{3} \d{4} \d{4}$/),
  entry('pan-in', /^[A-Z]{3}P[A-Z]\d{4}[A-Z]$/i, (all) => all.IN?.pan, /^[A-Z]{3}P[A-Z]\d{4}[A-Z]$/),
  entry('resident-number-cn', /^\d{6}(?:19|20)\d{9}[0-9X]$/i, (all) => all.CN?.ric, /^\d{6}(?:19|20)\d{9}[0-9X]$/i),
  entry('rrn-kr', /^\d{6}-?[1-8]\d{6}$/, (all) => all.KR?.rrn, /^\d{6}-[1-8]\d{6}$/),
  entry('my-number-jp', /^\d{4}[ -]?\d{4}[ -]?\d{4}$/, () => ({
    validate: (value) => ({ isValid: isMyNumber(value) }),
  })),
  entry('hkid-hk', /^[A-Z]{1,2}\d{6}\(?[0-9A]\)?$/i, (all) => all.HK?.hkid, /^[A-Z]{1,2}\d{6}\([0-9A]\)$/i),
  entry('nric-my', /^\d{6}-?\d{2}-?\d{4}$/, (all) => all.MY?.nric, /^\d{6}-\d{2}-\d{4}$/),
  entry('id-th', /^\d-?\d{4}-?\d{5}-?\d{2}-?\d$/, (all) => all.TH?.idnr, /^\d-\d{4}-\d{5}-\d{2}-\d$/),
  entry('tfn-au', /^\d{3} ?\d{3} ?\d{2,3}$/, (all) => all.AU?.tfn),
  entry('ird-nz', /^\d{2,3}-?\d{3}-?\d{3}$/, (all) => all.NZ?.ird),
  entry('id-za', /^\d{13}$/, (all) => all.ZA?.idnr),
  entry('id-il', nine, (all) => all.IL?.idnr),
];

/** Check digit of the Individual Number (Act on the Use of Numbers, ordinance 85 of 2014, article 5). */
function isMyNumber(value: string): boolean {
  const digits = value.replace(/\D/g, '');
  let sum = 0;
  for (let place = 1; place <= 11; place++) sum += Number(digits[11 - place]) * (place <= 6 ? place + 1 : place - 5);
  const rest = sum % 11;
  return Number(digits[11]) === (rest <= 1 ? 0 : 11 - rest);
}
