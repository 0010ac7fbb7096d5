/**
 * What the values of one field look like, in bounded memory: counts of checks passed, of shapes, of lengths and of
 * countries, and an estimate of how many differ. No value, no part of one and no hash of one is kept.
 *
 * Every value is counted and seen by the cheap checks. The dear ones (phone numbers, national ids, names) see the first
 * 256 values of a field and every sixteenth after that.
 */
import { LONGEST_MATCHED } from '../../core/safe-pattern.ts';
import * as checks from './checks.ts';
import { countryOf } from './countries.ts';
import { DistinctCounter, SEED_A, SEED_B } from './distinct.ts';
import { isNumber, isSex, isToken, isTruth, type Look, lookAt } from './look.ts';
import { NATIONAL_IDS } from './national-ids.ts';
import { personName } from './person-names.ts';
import { knownHash, STORAGE_KINDS, type StorageKind, storageOf } from './storage.ts';

export interface OwnPattern {
  id: string;
  pattern: RegExp;
}

/** What is known of a field's values. Counts only. */
export interface ValueSummary {
  /** Values that were there; empty ones and nulls are not among them. */
  count: number;
  empty: number;
  /** Different ones, estimated. */
  distinct: number;
  booleans: number;
  /** Integers and decimals, also written as text. */
  numbers: number;
  /** Values that the dear checks saw. */
  examined: number;
  /** By check: how many passed. */
  passed: Readonly<Record<string, number>>;
  /** By ISO code: values that name a country, a locale, a currency or a calling code. */
  countries: Readonly<Record<string, number>>;
  /** By form: how passwords would be stored. */
  storage: readonly { kind: StorageKind; form: string; count: number }[];
  /** Shortest and longest, in characters. */
  lengths: { least: number; most: number };
}

export interface Tally {
  add(value: unknown): void;
  summary(): ValueSummary;
}

const ALWAYS = 256;
const EVERY = 16;
const MOST_FORMS = 24;
const NATIONAL_TRIED = 24;

/** @param own patterns of one's own categories, safe to run (core/safe-pattern.ts) */
export function createTally(own: readonly OwnPattern[] = []): Tally {
  return new FieldTally(own);
}

class FieldTally implements Tally {
  readonly #own: readonly OwnPattern[];
  readonly #distinct = new DistinctCounter();
  readonly #passed = new Map<string, number>();
  readonly #countries = new Map<string, number>();
  readonly #storage = new Map<string, { kind: StorageKind; form: string; count: number }>();
  #count = 0;
  #empty = 0;
  #booleans = 0;
  #numbers = 0;
  #examined = 0;
  #nationalTried = 0;
  #least = Number.POSITIVE_INFINITY;
  #most = 0;

  constructor(own: readonly OwnPattern[]) {
    this.#own = own;
  }

  add(value: unknown): void {
    if (value === null || value === undefined || value === '') {
      this.#empty++;
      return;
    }
    if (typeof value === 'boolean') {
      this.#count++;
      this.#booleans++;
      this.#distinct.add(value ? SEED_A : SEED_B, SEED_A);
      return;
    }
    if (typeof value === 'string') this.#addText(value);
    else if (typeof value === 'number' || typeof value === 'bigint') this.#addText(String(value));
  }

  summary(): ValueSummary {
    return {
      count: this.#count,
      empty: this.#empty,
      distinct: this.#distinct.estimate(),
      booleans: this.#booleans,
      numbers: this.#numbers,
      examined: this.#examined,
      passed: Object.fromEntries(this.#passed),
      countries: Object.fromEntries(this.#countries),
      storage: [...this.#storage.values()].sort(
        (a, b) => b.count - a.count || STORAGE_KINDS.indexOf(a.kind) - STORAGE_KINDS.indexOf(b.kind),
      ),
      lengths: { least: this.#count === 0 ? 0 : Math.min(this.#least, this.#most), most: this.#most },
    };
  }

  #pass(check: string): void {
    this.#passed.set(check, (this.#passed.get(check) ?? 0) + 1);
  }

  #addText(given: string): void {
    const first = given.charCodeAt(0);
    const last = given.charCodeAt(given.length - 1);
    const text = first <= 32 || last <= 32 ? given.trim() : given;
    if (text === '' || text === 'null' || text === 'NULL' || text === '\\N') {
      this.#empty++;
      return;
    }
    this.#count++;
    const { length } = text;
    if (length < this.#least) this.#least = length;
    if (length > this.#most) this.#most = length;
    const look = lookAt(text);
    this.#distinct.add(look.high, look.low);
    const examined = this.#count <= ALWAYS || this.#count % EVERY === 0;
    if (examined) this.#examined++;
    if (look.others === 0 && look.letters === 0 && look.digits > 0 && isNumber(text, look))
      this.#addNumber(text, look, examined);
    else if (length <= 512) this.#addString(text, look, examined);
    else this.#addLong(text, examined);
  }

  #addNumber(text: string, look: Look, examined: boolean): void {
    this.#numbers++;
    const { digits, dots } = look;
    if (!examined) return;
    if (dots === 0 && look.dashes === 0) {
      if (digits >= 12 && digits <= 19 && checks.isCard(text)) this.#pass('card');
      if (digits === 15 && checks.isImei(text)) this.#pass('imei');
      if (digits === 8) this.#addDate(text);
      if (digits === 10 && (text.startsWith('1') || text.startsWith('2'))) this.#pass('epoch');
      if (digits === 13 && (text.startsWith('1') || text.startsWith('2'))) this.#pass('epoch');
      if (digits <= 2 || (digits === 3 && Number(text) < 130)) this.#pass('small');
      if (digits <= 3 && Number(text) <= 120) this.#pass('age');
      if (digits === 4 && Number(text) >= 1900 && Number(text) <= 2030) this.#pass('year');
      if (digits >= 3 && digits <= 9) this.#pass('code');
      if (digits >= 7 && digits <= 15) this.#addPhone(text);
      if (digits >= 7 && digits <= 18) this.#addNationalIds(text);
    } else if (dots === 1) {
      this.#pass('decimal');
      const value = Math.abs(Number(text));
      const places = text.length - text.indexOf('.') - 1;
      if (places >= 3 && value <= 180) this.#pass('coordinate');
    }
    if (Math.abs(Number(text)) <= 180) this.#pass('degrees');
    if (digits >= 4 && digits <= 8 && checks.isPostal(text)) this.#pass('postal');
    this.#addOwn(text);
    if (dots === 0) this.#addStorage(text);
  }

  #addString(text: string, look: Look, examined: boolean): void {
    const { digits, letters, ats, dots, dashes, colons, spaces, length } = look;
    if (ats > 0) {
      if (ats === 1 && spaces === 0 && checks.isEmail(text)) this.#pass('email');
      else if (checks.holdsEmail(text)) this.#pass('email-within');
    }
    if (!examined) return;
    if (digits > 0) this.#addWithDigits(text, look);
    if (text.startsWith('ey') && dots >= 2 && checks.isJwt(text)) this.#pass('jwt');
    if (length >= 16 && spaces === 0 && checks.isApiKey(text)) this.#pass('api-key');
    if (length >= 16 && spaces === 0 && isToken(text, look)) this.#pass('token');
    if (text.includes('/') && /^(?:[a-z][a-z0-9+.-]{1,15}:\/\/|\.{0,2}\/)\S/i.test(text)) this.#pass('path');
    if (length <= 14 && checks.isBloodType(text)) this.#pass('blood-type');
    if (length >= 8 && look.uppers > 0 && text.includes('/') && checks.isUserAgent(text)) this.#pass('user-agent');
    if (checks.isMasked(text)) this.#pass('masked');
    if (digits === 0 && letters + look.others > 1 && ats === 0 && colons === 0) {
      const name = personName(text);
      if (name !== undefined) this.#pass(`name-${name}`);
    }
    if (length <= 24) {
      const country = countryOf(text);
      if (country !== undefined) this.#countries.set(country, (this.#countries.get(country) ?? 0) + 1);
      if (isTruth(text)) this.#pass('truth');
      if (isSex(text)) this.#pass('sex');
      if (spaces === 0 && digits === 0 && dashes === 0 && /^[A-Z]{3}$/.test(text)) this.#pass('three-capitals');
    }
    if (digits === 0) this.#pass(spaces > 5 ? 'prose' : 'words');
    else if (spaces > 5) this.#pass('prose');
    this.#addOwn(text);
    this.#addStorage(text);
  }

  #addWithDigits(text: string, look: Look): void {
    const { digits, letters, dots, dashes, colons, spaces, length } = look;
    const compact = spaces + dashes > 0 ? text.replace(/[ -]/g, '') : text;
    if (letters === 0 && digits >= 12 && digits <= 19 && digits === compact.length) {
      if (checks.isCard(compact)) this.#pass('card');
      if (digits === 15 && checks.isImei(compact)) this.#pass('imei');
    }
    if (
      length >= 15 &&
      length <= 42 &&
      look.uppers + look.lowers >= 2 &&
      digits >= 2 &&
      /^[A-Za-z]{2}\d{2}/.test(text)
    ) {
      if (checks.isIban(text)) this.#pass('iban');
    }
    if ((dots >= 3 || colons >= 2) && length <= 49) {
      if (checks.isIp(text)) this.#pass(checks.isLikeVersion(text) ? 'version' : 'ip');
      if (checks.isMac(text)) this.#pass('mac');
    } else if (length === 17 && checks.isMac(text)) this.#pass('mac');
    else if (dots === 2 && length === 14 && checks.isMac(text)) this.#pass('mac');
    if (dots >= 1 && dots <= 3 && checks.isLikeVersion(text)) this.#pass('version');
    if (dots >= 2 && checks.isCoordinates(text)) this.#pass('coordinates');
    if (length === 36 && dashes === 4 && checks.isUuid(text)) this.#pass('uuid');
    if (length >= 6 && length <= 25 && letters <= 1 && dots + dashes + look.others > 0) this.#addDate(text);
    if (length >= 16 && checks.isDateTime(text)) this.#pass('date-time');
    else if (letters === 0 && digits >= 7 && digits <= 15 && spaces + dashes + dots + look.others > 0)
      this.#addPhone(text);
    if (length >= 8 && length <= 22) this.#addNationalIds(text);
    if (length <= 8 && letters > 0) {
      const icd = checks.isIcd10(text);
      if (icd !== undefined) this.#pass(`icd-10-${icd}`);
      if (checks.isFlightNumber(text)) this.#pass('flight');
      if (length >= 5 && length <= 7 && look.lowers === 0 && spaces === 0) this.#pass('locator');
    }
    if (length === 17 && checks.isVin(text)) this.#pass('vin');
    if (length >= 4 && length <= 10 && checks.isPostal(text))
      this.#pass(checks.isTellingPostal(text) ? 'postal-telling' : 'postal');
    if (length >= 6 && (letters > 3 || look.others > 1) && checks.isStreet(text)) this.#pass('street');
    if (spaces === 0 && length >= 8 && /^0x[0-9a-f]+$/i.test(text)) this.#pass('hex-number');
    if (letters > 0) this.#pass('mixed');
  }

  #addLong(text: string, examined: boolean): void {
    if (checks.holdsEmail(text.slice(0, 4_096))) this.#pass('email-within');
    if (!examined) return;
    if (text.startsWith('ey') && checks.isJwt(text)) this.#pass('jwt');
    else if (text.startsWith('-----BEGIN') && checks.isApiKey(text)) this.#pass('api-key');
    else if (checks.isUserAgent(text)) this.#pass('user-agent');
    else if (!text.slice(0, 200).includes(' ')) this.#pass('token');
    else this.#pass('prose');
    this.#addStorage(text);
  }

  #addDate(text: string): void {
    const year = checks.yearOfDate(text);
    if (year === undefined) return;
    if (year >= 1900 && year <= 2030) this.#pass('date');
    if (year >= 1905 && year <= 2014) this.#pass('birth-year');
  }

  #addPhone(text: string): void {
    if (!checks.isPhoneShaped(text)) return;
    this.#pass('phone-shaped');
    if (text.startsWith('+') || text.startsWith('00')) {
      if (checks.isInternationalPhone(text)) this.#pass('phone-international');
      return;
    }
    if (/[()\s./-]/.test(text)) this.#pass('phone-written');
    if (this.#nationalTried++ >= NATIONAL_TRIED) return;
    this.#pass('phone-tried');
    for (const country of checks.PHONE_COUNTRIES) {
      if (checks.isNationalPhone(text, country)) this.#pass(`phone-${country}`);
    }
  }

  #addNationalIds(text: string): void {
    for (const { id, shape, telling, valid } of NATIONAL_IDS) {
      if (!shape.test(text) || !valid(text)) continue;
      this.#pass(id);
      if (telling?.test(text) === true) this.#pass(`${id}!`);
    }
  }

  #addOwn(text: string): void {
    if (text.length > LONGEST_MATCHED) return;
    for (const { id, pattern } of this.#own) if (pattern.test(text)) this.#pass(id);
  }

  /** Which form it would be, whatever the field's name: only fields that hold passwords are asked afterwards. */
  #addStorage(text: string): void {
    const known = knownHash(text);
    if (known && known.kind !== 'encrypted') this.#pass('password-hash');
    const form = known ?? storageOf(text);
    if (form === undefined) return;
    const before = this.#storage.get(form.form);
    if (before) before.count++;
    else if (this.#storage.size < MOST_FORMS) this.#storage.set(form.form, { ...form, count: 1 });
  }
}
