/** What one value may be, each by a check that is cheap to refuse. None of them keeps what it sees. */
import { ibanValidator, phoneValidator } from './validators.ts';

/** RFC 5321 as it is used: no quotes, no comments, a domain with a dot. */
const EMAIL =
  /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}\p{L}[\p{L}\p{N}-]{1,62}$/u;
/** In running text; bounded on both sides. */
const EMAIL_WITHIN = /[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}\.[A-Za-z]{2,24}/;

export function isEmail(value: string): boolean {
  const at = value.indexOf('@');
  return at > 0 && at <= 64 && value.length <= 254 && EMAIL.test(value) && !value.includes('..');
}

export function holdsEmail(text: string): boolean {
  const at = text.indexOf('@');
  return at > 0 && EMAIL_WITHIN.test(text.slice(Math.max(0, at - 64), at + 160));
}

/** Luhn's check digit (ISO/IEC 7812-1, annex B) over digits alone. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, double = false; at >= 0; at--, double = !double) {
    const digit = digits.charCodeAt(at) - 48;
    const doubled = digit * 2;
    sum += double ? (doubled > 9 ? doubled - 9 : doubled) : digit;
  }
  return sum % 10 === 0;
}

/** Issuer ranges with their lengths: Visa, Mastercard, Amex, Discover, JCB, Diners, UnionPay, Maestro, Mir, RuPay, Elo. */
const ISSUERS =
  /^(?:4\d{12}(?:\d{3}(?:\d{3})?)?|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d{2}|7[01]\d|720)\d{12}|3[47]\d{13}|6(?:011|4[4-9]\d|5\d{2})\d{12}|35(?:2[89]|[3-8]\d)\d{12}|3(?:0[0-5]|09|[689]\d)\d{11}|62\d{14,17}|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{8,15}|220[0-4]\d{12}|(?:60|81|82)\d{14}|(?:5067|4576|4011|6363)\d{12})$/;

export function isCard(digits: string): boolean {
  return ISSUERS.test(digits) && passesLuhn(digits);
}

export function isIban(value: string): boolean {
  return ibanValidator()(value.replace(/[ -]/g, '').toUpperCase());
}

export function isImei(digits: string): boolean {
  return passesLuhn(digits) && !/^(\d)\1{14}$/.test(digits);
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?::\d{1,5}|\/\d{1,2})?$/;
const IPV6 =
  /^(?=[0-9a-f:.]{2,45}(?:\/\d{1,3})?$)(?:[0-9a-f]{1,4}:){1,7}(?::|[0-9a-f]{1,4}|:[0-9a-f:]{1,30})(?:\/\d{1,3})?$|^::(?:[0-9a-f:]{1,35})(?:\.\d{1,3}){0,3}$/i;

export function isIp(value: string): boolean {
  return IPV4.test(value) || (value.includes(':') && hasGroups(value) && IPV6.test(value));
}

/** Eight groups, or fewer around `::`: a time of day (`05:23:00`) has three and a MAC address six. */
function hasGroups(value: string): boolean {
  return value.includes('::') || value.includes('.') || value.split(':').length === 8;
}

/** `1.2.3.4` may as well be a version: all parts small. */
export function isLikeVersion(value: string): boolean {
  return /^v?\d{1,2}(?:\.\d{1,2}){1,3}$/.test(value);
}

const MAC = /^(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})$/i;

export function isMac(value: string): boolean {
  return MAC.test(value);
}

/** `52.52, 13.405`, `POINT(13.405 52.52)`, `52.52;13.405`. */
const COORDINATES = /^(?:POINT ?\()?(-?\d{1,3}\.\d{2,16})[,; ] ?(-?\d{1,3}\.\d{2,16})\)?$/i;

export function isCoordinates(value: string): boolean {
  const match = COORDINATES.exec(value);
  return match !== null && Math.abs(Number(match[1])) <= 180 && Math.abs(Number(match[2])) <= 180;
}

/** International: begins with + or 00. */
export function isInternationalPhone(value: string): boolean {
  return phoneValidator()(value.startsWith('00') ? `+${value.slice(2)}` : value);
}

/** Countries whose national numbering plans are tried, so that a sibling's country can be asked afterwards. */
export const PHONE_COUNTRIES = [
  ...['US', 'GB', 'DE', 'FR', 'ES', 'IT', 'NL', 'PT', 'BR', 'MX', 'AR', 'IN', 'JP', 'CN', 'KR', 'PL', 'SE', 'CH', 'AT'],
  ...['BE', 'AU', 'TR', 'RU', 'ID', 'ZA'],
] as const;
export type PhoneCountry = (typeof PHONE_COUNTRIES)[number];

export function isNationalPhone(value: string, country: PhoneCountry): boolean {
  return phoneValidator()(value, country);
}

/** Digits with the separators of people; 7 to 15 digits (ITU-T E.164). */
export function isPhoneShaped(value: string): boolean {
  return (
    /^\+?[(\d][\d\s().\-/]{5,24}\d(?: ?(?:x|ext\.?|#) ?\d{1,6})?$/i.test(value) && !/^\d{4}-\d{2}-\d{2}/.test(value)
  );
}

const DAY_FIRST = /^(\d{1,2})[./-](\d{1,2})[./-](\d{2}|\d{4})$/;
const YEAR_FIRST = /^(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)?)?$/;

/** The year of a date without a time of day; undefined for anything else. */
export function yearOfDate(value: string): number | undefined {
  const iso = YEAR_FIRST.exec(value);
  if (iso) return isDay(Number(iso[2]), Number(iso[3])) ? Number(iso[1]) : undefined;
  const other = DAY_FIRST.exec(value);
  if (!other) return undefined;
  const [first, second] = [Number(other[1]), Number(other[2])];
  if (!isDay(first, second) && !isDay(second, first)) return undefined;
  const year = Number(other[3]);
  return year < 100 ? (year > 30 ? 1900 + year : 2000 + year) : year;
}

function isDay(month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;

export function isDateTime(value: string): boolean {
  return DATE_TIME.test(value);
}

const JWT = /^ey[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*){0,2}$/;
const API_KEY =
  /^(?:(?:sk|pk|rk)_(?:live|test)_|whsec_|AKIA|ASIA|AIza|gh[pousr]_|github_pat_|glpat-|xox[abposr]-|SG\.|sk-|shpat_|shpss_|npm_|pypi-|ya29\.|EAAC|key-|dop_v1_|hf_|AGE-SECRET-KEY-|-----BEGIN [A-Z ]{0,20}PRIVATE KEY)[A-Za-z0-9_\-.=+/\s]{8,}/;

export function isJwt(value: string): boolean {
  return JWT.test(value.slice(0, 4_096));
}

export function isApiKey(value: string): boolean {
  return API_KEY.test(value.slice(0, 256));
}

/** ICD-10 with its dot, which tells it from seat numbers and shelf codes. */
const ICD10 = /^[A-TV-Z]\d[0-9AB]\.[0-9A-Z]{1,4}$/;
const ICD10_SHORT = /^[A-TV-Z]\d[0-9AB]$/;

export function isIcd10(value: string): 'dotted' | 'short' | undefined {
  return ICD10.test(value) ? 'dotted' : ICD10_SHORT.test(value) ? 'short' : undefined;
}

export function isBloodType(value: string): boolean {
  return /^(?:A|B|AB|0|O) ?(?:[+-]|Rh ?[+-]|pos(?:itive?|itiv)?|neg(?:ative?|ativ)?)\.?$/i.test(value);
}

/** ISO 3779 without I, O, Q; position 9 is a check digit in North America and China only. */
export function isVin(value: string): boolean {
  return /^(?=.*[A-Z].*[A-Z])(?=.*\d.*\d.*\d)[A-HJ-NPR-Z0-9]{13}\d{4}$/.test(value);
}

const AIRLINES = new Set(
  (
    'LH BA AF KL AA UA DL WN B6 AS AC QF NZ SQ CX JL NH KE OZ CA MU CZ EK QR EY TK SU LO SK AY IB UX TP VY FR U2 W6 EW OS LX ' +
    'SN AZ ITA LA G3 AD AM AV CM ET MS SA KQ AI 6E UK SG GA MH TG VN PR CI BR HU LY RO OK BT EI DY D8 HV TO PC SV GF WY RJ ME ' +
    'AT NK F9 HA WS TS FI VS LS BY X3 DE 4U XQ'
  ).split(' '),
);

export function isFlightNumber(value: string): boolean {
  return /^[A-Z0-9]{2} ?-?\d{1,4}$/.test(value) && AIRLINES.has(value.slice(0, 2)) && value.length >= 4;
}

const AGENT =
  /^(?:Mozilla\/\d|Dalvik\/\d|okhttp\/\d|Opera\/\d|[\w.-]{2,40}\/\d[\w.]{0,20} (?:CFNetwork|\((?:iPhone|iPad|Linux|Android|Windows|Macintosh)))/;

export function isUserAgent(value: string): boolean {
  return AGENT.test(value.slice(0, 128));
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(value: string): boolean {
  return UUID.test(value);
}

/** Three of `*`, `x` or bullets in a row hide a value. */
export function isMasked(value: string): boolean {
  return /[*•●]{2}|[xX]{4}/.test(value.slice(0, 64));
}

const STREET =
  /(?:^|\s)(?:street|st\.?|road|rd\.?|avenue|ave\.?|av\.?|lane|ln\.?|drive|dr\.?|boulevard|blvd\.?|court|ct\.?|way|close|crescent|place|square|highway|parkway|terrace|rue|allée|impasse|chemin|quai|calle|c\/|avenida|avda\.?|carrera|plaza|paseo|via|viale|piazza|corso|rua|travessa|praça|alameda|ul\.?|ulica|al\.|aleja|plac|ulitsa|улица|ул\.?|проспект|jalan|jl\.?|sokak|caddesi|cad\.?|mah\.?)(?:\s|,|$)|(?:stra(?:ß|ss)e|str\.|weg|allee|gasse|platz|ring|ufer|damm|straat|laan|plein|gracht|kade|gatan|vägen|gade|vej|gata|veien|katu|tie)\s\d/i;

/** A street with a house number, before or behind. */
export function isStreet(value: string): boolean {
  if (value.length > 160) return false;
  return (/\d/.test(value) && STREET.test(value)) || /(?:丁目|番地|\d号)/.test(value);
}

/** Postal codes by country, for names that say so. */
export const POSTAL: Readonly<Record<string, RegExp>> = {
  US: /^\d{5}(?:-\d{4})?$/,
  CA: /^[A-Z]\d[A-Z] ?\d[A-Z]\d$/i,
  GB: /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/i,
  NL: /^\d{4} ?[A-Z]{2}$/i,
  DE: /^\d{5}$/,
  BR: /^\d{5}-?\d{3}$/,
  PT: /^\d{4}-\d{3}$/,
  PL: /^\d{2}-\d{3}$/,
  JP: /^\d{3}-?\d{4}$/,
  SE: /^\d{3} \d{2}$/,
  IN: /^[1-9]\d{2} ?\d{3}$/,
  CH: /^\d{4}$/,
  IE: /^[A-Z]\d[\dW] ?[A-Z\d]{4}$/i,
  AR: /^[A-Z]?\d{4}[A-Z]{0,3}$/i,
  LV: /^(?:LV|LT|MD|AZ|BB)-?\d{4,5}$/i,
};

export function isPostal(value: string): boolean {
  if (value.length < 4 || value.length > 10) return false;
  for (const shape of Object.values(POSTAL)) if (shape.test(value)) return true;
  return false;
}

/** Shaped as nothing but a postal code is: letters, digits and a space as in Canada, Britain, the Netherlands. */
export function isTellingPostal(value: string): boolean {
  if (!value.includes(' ')) return false;
  return (POSTAL.CA?.test(value) ?? false) || (POSTAL.GB?.test(value) ?? false) || (POSTAL.NL?.test(value) ?? false);
}
