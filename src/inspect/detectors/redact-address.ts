/**
 * Masks what may be secret in an address, beyond what `redactUrl` sees: logins without a scheme, addresses nested in
 * addresses (in clear or percent-encoded), keys that stand in a path (webhooks, bot tokens), and people.
 */
import { isFilledIn, maskSecret, redactUrl } from '../../core/redact.ts';
import { matchRules } from './match-credentials.ts';
import { withoutPersons } from './personal-values.ts';

const NESTED_LOGIN = /([a-z][a-z0-9+.-]{1,13}:\/\/)([^/?#@\s:]{0,128})(?::([^/?#@\s]{0,256}))?@/gi;
const BARE_LOGIN = /^([\w.+-]{1,64}):([^\s:@/"']{1,128})@/;
/** From the `://` of an encoded address up to its `@`; addresses within addresses are encoded twice and more. */
const ENCODED_LOGIN =
  /(%(?:25){0,3}3A%(?:25){0,3}2F%(?:25){0,3}2F)[^&#%]{0,200}(?:%(?:25){0,3}3A[^&#]{0,300}?)?(?=%(?:25){0,3}40|@)/gi;
const ENCODED_PARAMETER =
  /(%(?:25){0,3}(?:3F|26)[\w-]{0,40}(?:key|token|secret|password|pwd|auth|sig)%(?:25){0,3}3D)([^&#%]{1,512})/gi;

/** @param whole the address that `text` is a part of: a webhook's path is told by its host */
export function redactAddress(text: string, whole = text): string {
  let shown = redactUrl(text)
    .replace(NESTED_LOGIN, (all, scheme: string, user: string, password: string | undefined) =>
      /:\*\*\*@$|^[^@]*\/\/\*\*\*@$/.test(all) || isFilledIn(password ?? user) ? all : `${scheme}${user}:***@`,
    )
    .replace(BARE_LOGIN, (all, user: string, password: string) => (isFilledIn(password) ? all : `${user}:***@`))
    .replace(ENCODED_LOGIN, '$1***')
    .replace(ENCODED_PARAMETER, (_all, name: string, value: string) =>
      isFilledIn(value) ? `${name}${value}` : `${name}${maskSecret(value)}`,
    );
  for (const { value } of matchRules(text)) shown = shown.replaceAll(value, maskSecret(value));
  if (whole !== text) for (const { value } of matchRules(whole)) shown = withoutPart(shown, value);
  return withoutPersons(shown);
}

/** Where the secret is a whole address, its path alone is the secret, too. */
function withoutPart(text: string, secret: string): string {
  const path = secret.indexOf('/', secret.indexOf('://') + 3);
  const part = secret.includes('://') && path >= 0 ? secret.slice(path) : secret;
  return part.length < 8 ? text : text.replaceAll(part, `/${maskSecret(part.slice(1))}`);
}
