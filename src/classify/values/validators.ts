/** The validators of others, loaded when the first value is looked at: their tables take longer than names ever need. */
import { createRequire } from 'node:module';
import type { isValidIBAN } from 'ibantools';
import type { isValidPhoneNumber } from 'libphonenumber-js/max';
import type { stdnum } from 'stdnum';

const load = createRequire(import.meta.url);
let ids: typeof stdnum | undefined;
let phones: typeof isValidPhoneNumber | undefined;
let ibans: typeof isValidIBAN | undefined;

export function nationalIds(): typeof stdnum {
  ids ??= (load('stdnum') as { stdnum: typeof stdnum }).stdnum;
  return ids;
}

export function phoneValidator(): typeof isValidPhoneNumber {
  phones ??= (load('libphonenumber-js/max') as { isValidPhoneNumber: typeof isValidPhoneNumber }).isValidPhoneNumber;
  return phones;
}

export function ibanValidator(): typeof isValidIBAN {
  ibans ??= (load('ibantools') as { isValidIBAN: typeof isValidIBAN }).isValidIBAN;
  return ibans;
}
