/** Secrets told by the name that holds them, where no rule of a provider knows the name: resources, JSON and script keys, properties. */
import { isRandom } from '../data/credentials/validate.ts';
import type { FoundString } from '../source.ts';
import { isStandIn, type Match, matchNamed, mayHoldCredential } from './match-credentials.ts';
import { isTemplate } from './url.ts';

const SECRET_NAME =
  /(?:secret|private[_-]?key|access[_-]?key|auth[_-]?token|api[_-]?token|client[_-]?key|master[_-]?key|rest[_-]?key|encryption[_-]?key|signing[_-]?key)/i;
/** Ends in the word (`tokens` of a grammar and `tokenType` are none), and holds what looks generated. */
const KEY_NAME = /(?:token|(?:api|app|auth)[_-]?key)$/i;
/** What generators of keys make: hexadecimal digits, or capitals, small letters and digits mixed. */
const GENERATED =
  /^(?:[0-9a-f]{24,128}|[0-9A-F]{24,128}|(?=[^A-Z]{0,190}[A-Z])(?=[^a-z]{0,190}[a-z])(?=(?:\D{0,190}\d){2})[\w+/=~-]{20,200})$/;
/** Ends in the word: what follows it (`password_hint`, `passwordLabel`) makes it a text of the interface. */
const PASSWORD_NAME = /(?:^|[a-z0-9_.-])(?:password|passwd|passphrase|pwd|pass)$/i;
/** A password of something: `db_password`, `keystorePassword`. A bare `password` is a label more often than not. */
const SYSTEM_PASSWORD =
  /(?:db|database|sql|mysql|postgres|mongo|redis|mqtt|smtp|mail|ftp|ssh|admin|root|keystore|key_?store|key|store|truststore|realm|cipher|sqlcipher|encryption|server|api|backend|proxy|wifi|ldap|service|default|master|broker|p12|pfx|jks|bks)[_.-]?(?:user[_.-]?)?(?:password|passwd|passphrase|pwd|pass)$/i;
/** Names that look secret and are public by design, or are texts of the interface. */
const PUBLIC_NAME =
  /(?:client[_-]?id|app[_-]?id|site[_-]?key|public|publishable|client_token|hint|label|title|error|message|prompt|toggle|abc_|description|url|path|regex|pattern|name$|invalid|forgot|reset|confirm|show|hide|change)/i;

/** A credential that its name tells; the rules of providers come first. */
export function namedSecret({ name, text }: FoundString): Match | undefined {
  if (name === undefined || name === 'comment' || text.length < 4 || text.length > 400) return undefined;
  const known = matchNamed(name, text);
  if (known !== undefined) return known;
  if (text.length > 200 || PUBLIC_NAME.test(name)) return undefined;
  const last = name.slice(name.lastIndexOf('/') + 1);
  if (PASSWORD_NAME.test(last))
    return SYSTEM_PASSWORD.test(last) && isPassword(text, last) ? password(text) : undefined;
  const named = SECRET_NAME.test(last) || (KEY_NAME.test(last) && GENERATED.test(text));
  if (!named || !isKeyText(text) || mayHoldCredential(text)) return undefined;
  return {
    provider: 'unknown',
    kind: 'named-secret',
    value: text,
    sensitivity: 'unknown',
    severity: 'medium',
    grants: 'what its name says, as far as it is in use',
  };
}

function password(value: string): Match {
  return {
    provider: 'name',
    kind: 'hardcoded-password',
    value,
    sensitivity: 'secret',
    severity: 'high',
    grants: 'opens what its name says, for everyone who has the app',
  };
}

/** One word of printable characters that is not a name, a word of the interface or a reference. */
function isPassword(text: string, name: string): boolean {
  if (!/^[\x21-\x7e]{4,100}$/.test(text) || isTemplate(text) || isStandIn(text)) return false;
  if (/:\/\/|^[@?$#{%]|^(?:true|false|null|none|undefined|string|text|required|optional)$/i.test(text)) return false;
  // the name of a key says itself: `db_password=db_password`, `keystorePassword=KEYSTORE_PASSWORD`
  const plain = (value: string) => value.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (plain(text) === plain(name) || /^[a-z]{2,20}(?:[_.-][a-z]{2,20}){1,6}$/i.test(text)) return false;
  // a word of letters alone is a text for people, a type or a field
  return /\d|[^A-Za-z0-9._-]/.test(text) || /[a-z][A-Z].{0,40}[a-z][A-Z]/.test(text);
}

function isKeyText(text: string): boolean {
  return (
    /^[\w+/=.~:-]{16,200}$/.test(text) &&
    /\d/.test(text) &&
    /[A-Za-z]/.test(text) &&
    !text.includes('://') &&
    // words and their separators: `secret_key_for_v2_users`
    !/^[a-z]{2,20}(?:[_.-][a-z0-9]{1,20}){2,12}$/i.test(text) &&
    isRandom(text, 3.2) &&
    !isStandIn(text)
  );
}
