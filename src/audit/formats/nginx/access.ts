/** Whether nginx asks who somebody is before it passes a request on. */
import ipaddr from 'ipaddr.js';
import { effective, hasUnread, type Levels, type NginxLocation, settingOf } from './effective.ts';
import type { NginxDirective } from './parse.ts';

export interface Access {
  /** `asks`: for a login or a certificate. `custom`: something is asked that cannot be judged here. */
  state: 'open' | 'asks' | 'closed' | 'custom' | 'unknown';
  /** What decides; null: nothing stands in the way. */
  by: NginxDirective | null;
  text: string;
}

const LUA = /^(?:access_by_lua|rewrite_by_lua|server_rewrite_by_lua)|^js_access$|^perl_set$/;

/** What a stranger meets at a location. */
export function accessOf({ levels }: NginxLocation): Access {
  const own = levels.at(-1)?.list ?? [];
  const server = levels.find(({ owner }) => owner?.name === 'server')?.list ?? [];
  const ended = returnOf(server) ?? returnOf(own);
  if (ended) return { state: 'closed', by: ended, text: 'answers by itself (return)' };
  const inside = own.find(({ name }) => name === 'internal');
  if (inside) return { state: 'closed', by: inside, text: 'only nginx itself gets there (internal)' };
  const login = loginOf(levels);
  const addresses = addressesOf(levels);
  const any = settingOf(levels, 'satisfy') === 'any';
  if (any && addresses.state === 'allowed') return open(addresses.by, 'satisfy any, and every address is allowed');
  if (login) return login;
  if (addresses.state === 'denied')
    return { state: 'closed', by: addresses.by, text: 'strangers’ addresses are denied' };
  const asked = customOf(levels);
  if (asked) return { state: 'custom', by: asked, text: `asks in a way of its own (${asked.name})` };
  if (hasUnread(levels)) return { state: 'unknown', by: null, text: 'an include that is not in the tree may ask' };
  return open(null, 'nobody is asked who they are');
}

/** A `return` that is come to: `rewrite … break` before it ends the rewriting, and what stands behind is left out. */
function returnOf(list: readonly NginxDirective[]): NginxDirective | undefined {
  const first = list.find(
    ({ name, arguments: words }) =>
      name === 'return' || name === 'break' || (name === 'rewrite' && /^(?:break|last)$/.test(words[2]?.value ?? '')),
  );
  return first?.name === 'return' ? first : undefined;
}

function open(by: NginxDirective | null, text: string): Access {
  return { state: 'open', by, text };
}

/** The directive by which a login or a certificate is asked for. */
export function loginOf(levels: Levels): Access | null {
  const basic = effective(levels, 'auth_basic').at(-1);
  if (basic && basic.arguments[0]?.value !== 'off' && effective(levels, 'auth_basic_user_file').length > 0) {
    return { state: 'asks', by: basic, text: 'asks for a password (auth_basic)' };
  }
  for (const name of ['auth_request', 'auth_jwt']) {
    const directive = effective(levels, name).at(-1);
    if (directive && directive.arguments[0]?.value !== 'off') {
      return { state: 'asks', by: directive, text: `asks for a login (${name})` };
    }
  }
  const certificate = effective(levels, 'ssl_verify_client').at(-1);
  if (certificate?.arguments[0]?.value === 'on') {
    return { state: 'asks', by: certificate, text: 'asks for a client certificate' };
  }
  return null;
}

/** Modules of others, Lua and JavaScript, and an `if` on what the client sends that ends with a refusal. */
function customOf(levels: Levels): NginxDirective | undefined {
  for (const { list } of levels) {
    const found = list.find((directive) => {
      const { name, arguments: words } = directive;
      if (/^auth_(?!basic|request|jwt|http|delay)/.test(name) || LUA.test(name)) return words[0]?.value !== 'off';
      return name === 'if' && refuses(directive) && !aboutMethod(directive);
    });
    if (found) return found;
  }
  return undefined;
}

function refuses({ block }: NginxDirective): boolean {
  return (
    block?.some(
      ({ name, arguments: [code] }) => (name === 'return' && !/^2\d\d$/.test(code?.value ?? '')) || name === 'deny',
    ) ?? false
  );
}

/** `if ($request_method …)`, `if ($scheme …)`, `if ($host …)`: about the request, not about who sends it. */
export function aboutMethod({ arguments: words }: NginxDirective): boolean {
  const condition = words.map(({ value }) => value).join(' ');
  return /\$(?:request_method|scheme|https|host|http_host|server_port|request_uri|uri|args|request_filename|http_user_agent|http_x_forwarded_proto|http_upgrade|http_referer|invalid_referer|query_string|document_uri|is_args)\b/.test(
    condition,
  );
}

/** What `allow` and `deny` say about a stranger: the first that fits decides, and nothing means allowed. */
export function addressesOf(levels: Levels): { state: 'allowed' | 'denied' | 'none'; by: NginxDirective | null } {
  const rules = effective(levels, 'allow', 'deny');
  let result: 'allowed' | 'denied' | 'none' = 'none';
  let decides: NginxDirective | null = null;
  for (const rule of rules) {
    const who = rule.arguments[0]?.value ?? '';
    if (!isEverybody(who)) continue;
    result = rule.name === 'allow' ? 'allowed' : 'denied';
    decides = rule;
    break;
  }
  return { state: result, by: decides };
}

function isEverybody(who: string): boolean {
  if (who === 'all') return true;
  const match = /^(.+)\/(\d{1,3})$/.exec(who);
  return match !== null && ipaddr.isValid(match[1] ?? '') && Number(match[2]) <= 1;
}

/** Which methods are let through: null is all of them. */
export function methodsOf({ levels }: NginxLocation): NginxDirective | null {
  const own = levels.at(-1)?.list ?? [];
  const except = own.find(({ name }) => name === 'limit_except');
  if (except) return except;
  for (const { list } of levels) {
    const found = list.find(
      (directive) =>
        directive.name === 'if' &&
        refuses(directive) &&
        directive.arguments.some(({ value }) => value.includes('$request_method')),
    );
    if (found) return found;
  }
  return null;
}
