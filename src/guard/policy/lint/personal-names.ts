/**
 * Words in names of fields that speak of a person. A short list on purpose: what a store really holds is told by
 * `postern classify`, from its values.
 */
const WORDS: ReadonlySet<string> = new Set([
  'address',
  'bic',
  'birth',
  'birthdate',
  'birthday',
  'bsn',
  'card',
  'cvv',
  'diagnosis',
  'dob',
  'email',
  'fax',
  'firstname',
  'fullname',
  'iban',
  'lastname',
  'latitude',
  'license',
  'longitude',
  'mail',
  'mobile',
  'msisdn',
  'nin',
  'passport',
  'password',
  'phone',
  'pin',
  'postcode',
  'salary',
  'sin',
  'ssn',
  'street',
  'surname',
  'tel',
  'telephone',
  'zip',
]);
/** Beside one of these it is about a thing: `email_verified`, `card_layout`, `phone_model`, `mail_template`. */
const THINGS: ReadonlySet<string> = new Set([
  'allowed',
  'at',
  'bus',
  'color',
  'confirmed',
  'count',
  'enabled',
  'hash',
  'kind',
  'layout',
  'model',
  'ref',
  'sent',
  'status',
  'template',
  'type',
  'verified',
]);

/** The word of a name that looks personal. */
export function personalWord(name: string): string | undefined {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
  if (words.some((word) => THINGS.has(word))) return undefined;
  return words.find((word) => WORDS.has(word));
}
