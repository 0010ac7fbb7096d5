/** Which fields tell one person from another, and how many people several data sets are about. */
import { wordsOf } from './score.ts';
import { tokenise } from './tokens.ts';
import { PEOPLE_RECORDED } from './vocabulary-context.ts';

const PEOPLE = new Set(PEOPLE_RECORDED.split(' '));
const IDS = new Set(
  'id ids uid uuid guid no nr num number key ref code pk sub identifier pseudonym nummer numero cislo'.split(' '),
);
/** These come before a person: `order.customer_id` is of a person, `customer.order_id` is not. */
const OTHERS = new Set(
  'order orders product item sku invoice payment transaction session device event message ticket booking trip cart shipment group role type status store shop address category'.split(
    ' ',
  ),
);
const ALONE = new Set(
  'uid userid userref customerid clientid memberid patientid accountid playerid kundennummer kundennr subject msisdn'.split(
    ' ',
  ),
);
const NATIONAL = new Set(
  'ssn cpf dni pesel bsn nino aadhaar curp personnummer cnp hetu cpr oib tckn rut nif nir passport'.split(' '),
);
const EMAIL = new Set('email emails courriel correo epost eposta mail'.split(' '));
const PHONE = new Set('phone telephone mobile msisdn telefon telefono telefone celular telefoon whatsapp'.split(' '));
const LOGINS = new Set('username login nickname handle screenname'.split(' '));
/** Not a person's key but one of its other sides. */
const NOT_KEYS = new Set(
  'verified count type status hash_algorithm at template enabled model brand version order parent group role agent'.split(
    ' ',
  ),
);

/**
 * Fields that tell one person from another, the best first: a person's own key, a national id, an e-mail address, a phone
 * number, a login. Of an order the customer counts, not the order.
 *
 * @param dataset its name: in `users` the plain `id` is a person's
 */
export function subjectFields(dataset: string, fields: readonly string[]): string[] {
  const ofPeople = tokenise(dataset.slice(-128)).some((token) => PEOPLE.has(token));
  return fields
    .map((name, index) => ({ name, index, rank: rankOf(name, ofPeople) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank || depth(a.name) - depth(b.name) || a.index - b.index)
    .map(({ name }) => name);
}

function rankOf(name: string, ofPeople: boolean): number {
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  if (words.length === 0 || words.some((word) => NOT_KEYS.has(word))) return 0;
  if (words.length === 1 && ALONE.has(last)) return 100;
  if (IDS.has(last)) {
    const owner = words.findLast((word) => PEOPLE.has(word) || OTHERS.has(word));
    if (owner !== undefined && PEOPLE.has(owner)) {
      // Whose row it is (`user_id`) before further people in it (`referrer.contact.id`).
      return /^(?:user|customer|patient|member|passenger|kunde|cliente|usuario)s?$/.test(owner) ? 100 : 90;
    }
    if (owner === undefined && ofPeople && words.every((word) => IDS.has(word) || PEOPLE.has(word))) return 95;
  }
  if (words.some((word) => NATIONAL.has(word))) return 80;
  if (words.some((word) => EMAIL.has(word))) return 70;
  if (words.some((word) => PHONE.has(word))) return 60;
  if (words.some((word) => LOGINS.has(word)) || (last === 'name' && words.at(-2) === 'user')) return 50;
  if (last === 'id' && words.includes('device')) return 20;
  return 0;
}

function depth(name: string): number {
  return name.split('.').length;
}

/**
 * People behind several data sets: the same may be in all of them, or nobody in two.
 *
 * @returns undefined when no data set tells
 */
export function peopleOf(
  datasets: readonly { people?: { count: number } | undefined }[],
): { atLeast: number; atMost: number } | undefined {
  const counts = datasets.flatMap(({ people }) => (people === undefined ? [] : [people.count]));
  if (counts.length === 0) return undefined;
  return { atLeast: Math.max(...counts), atMost: counts.reduce((sum, count) => sum + count, 0) };
}
