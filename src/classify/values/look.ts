/** What a value is made of, told in one pass: classes of its characters, a hash, and shapes that follow from both. */
import { SEED_A, SEED_B } from './distinct.ts';

const MOST_SCANNED = 128;

/** One character's class, by code below 128. */
const [DIGIT, UPPER, LOWER, SPACE, SIGN] = [1, 2, 3, 4, 5];
const CLASSES = new Uint8Array(128).fill(SIGN);
for (let code = 48; code <= 57; code++) CLASSES[code] = DIGIT;
for (let code = 65; code <= 90; code++) CLASSES[code] = UPPER;
for (let code = 97; code <= 122; code++) CLASSES[code] = LOWER;
CLASSES[32] = SPACE;

export interface Look {
  length: number;
  digits: number;
  uppers: number;
  lowers: number;
  letters: number;
  spaces: number;
  ats: number;
  dots: number;
  dashes: number;
  colons: number;
  /** Anything else, letters beyond ASCII included. */
  others: number;
  high: number;
  low: number;
}

/** One pass: classes of the first 128 characters, and two keyed hashes (in the manner of MurmurHash3, with the length). */
export function lookAt(text: string): Look {
  const end = Math.min(text.length, MOST_SCANNED);
  let high = SEED_A;
  let low = SEED_B;
  let [digits, uppers, lowers, spaces, ats, dots, dashes, colons, others] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 0x85ebca6b);
    low = Math.imul(low ^ code, 0xc2b2ae35);
    high ^= high >>> 13;
    low ^= low >>> 16;
    switch (code < 128 ? CLASSES[code] : 0) {
      case DIGIT:
        digits++;
        break;
      case UPPER:
        uppers++;
        break;
      case LOWER:
        lowers++;
        break;
      case SPACE:
        spaces++;
        break;
      default:
        if (code === 46) dots++;
        else if (code === 45) dashes++;
        else if (code === 64) ats++;
        else if (code === 58) colons++;
        else others++;
    }
  }
  high = Math.imul(high ^ text.length, 0xcc9e2d51);
  low = Math.imul(low ^ (text.length + high), 0x1b873593);
  high ^= high >>> 16;
  low ^= low >>> 15;
  high = Math.imul(high, 0x85ebca6b);
  low = Math.imul(low, 0xc2b2ae35);
  high ^= high >>> 13;
  low ^= low >>> 16;
  return {
    ...{ length: text.length, digits, uppers, lowers, letters: uppers + lowers, spaces, ats, dots, dashes, colons },
    ...{ others, high, low },
  };
}

/** Digits, a sign in front, at most one dot between digits. */
export function isNumber(text: string, { digits, dots, dashes, length }: Look): boolean {
  return (
    digits + dots + dashes === length &&
    dots <= 1 &&
    (dashes === 0 || (dashes === 1 && text.startsWith('-'))) &&
    !text.endsWith('.')
  );
}

/** Letters and digits mixed as machines do. */
export function isToken(text: string, { digits, letters, length, dots, dashes }: Look): boolean {
  if (length < 20) return digits > 2 && letters > 2 && letters + digits === length;
  return (
    digits > 1 &&
    letters > 1 &&
    letters + digits + dashes + dots >= Math.min(length, MOST_SCANNED) - 6 &&
    /^[\w.+/=:-]+$/.test(text.slice(0, 512))
  );
}

export function isTruth(text: string): boolean {
  return (
    text.length <= 8 &&
    /^(?:true|false|yes|no|y|n|t|f|on|off|ja|nein|oui|non|si|enabled|disabled|active|inactive)$/i.test(text)
  );
}

export function isSex(text: string): boolean {
  return /^(?:male|female|m|f|w|d|x|other|divers|diverse|non-?binary|man|woman|maennlich|männlich|weiblich|homme|femme|masculin|feminin|féminin|hombre|mujer|masculino|femenino|feminino|maschio|femmina|vrouw|kvinna|unknown|prefer not to say|not specified|kobieta|mężczyzna|erkek|kadın|男|女|男性|女性)$/i.test(
    text,
  );
}
