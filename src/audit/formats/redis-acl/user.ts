/**
 * A user of Redis' access lists, as ACL files and `user` lines of redis.conf write it:
 *
 *   user NAME RULE …       on off >clear #sha256 <clear !sha256 nopass resetpass ~pattern %RW~pattern allkeys resetkeys
 *                          &channel allchannels resetchannels +command +@category -command allcommands nocommands reset
 *                          (selector: a further set of keys and commands)
 *
 * Rules apply from left to right; a new user is off, without password, keys and commands.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/, src/acl.c (ACLSetUser)
 */
import type { Source, Span } from '../../source.ts';

export interface AclToken {
  value: string;
  span: Span;
}

export interface AclUser {
  name: string;
  nameSpan: Span;
  tokens: readonly AclToken[];
  on: boolean;
  /** The token that leaves it on. */
  onToken: AclToken | null;
  /** The `nopass` in force. */
  nopass: AclToken | null;
  /** Passwords in force: `>clear` and `#hash` tokens. */
  passwords: readonly AclToken[];
  /** The token that gives every command, when nothing after it takes dangerous ones away. */
  everyCommand: AclToken | null;
  /** The token that gives every key. */
  everyKey: AclToken | null;
  /** May run no command at all. */
  powerless: boolean;
  /** The file it stands in, where that is not the document's own. */
  source?: Source;
}

export function readAclUser(name: AclToken, tokens: readonly AclToken[]): AclUser {
  let onToken: AclToken | null = null;
  let nopass: AclToken | null = null;
  let passwords: AclToken[] = [];
  let everyCommand: AclToken | null = null;
  let everyKey: AclToken | null = null;
  let powerless = true;
  let depth = 0;
  for (const token of tokens) {
    const { value } = token;
    // Selectors widen what the user may do; their content is not taken for the user's own rules.
    const inSelector = depth > 0 || value.startsWith('(');
    if (value.startsWith('(')) depth += 1;
    if (value.endsWith(')')) depth = Math.max(0, depth - 1);
    if (inSelector) {
      if (/[+]|allcommands/.test(value)) powerless = false;
      continue;
    }
    const rule = value.toLowerCase();
    if (rule === 'on') onToken = token;
    else if (rule === 'off') onToken = null;
    else if (rule === 'nopass') {
      nopass = token;
      passwords = [];
    } else if (rule === 'resetpass') {
      nopass = null;
      passwords = [];
    } else if (value.startsWith('>') || value.startsWith('#')) {
      nopass = null;
      passwords.push(token);
    } else if (value.startsWith('<') || value.startsWith('!')) {
      const given = `${value.startsWith('<') ? '>' : '#'}${value.slice(1)}`;
      passwords = passwords.filter((other) => other.value !== given);
    } else if (rule === '+@all' || rule === 'allcommands') {
      everyCommand = token;
      powerless = false;
    } else if (rule === '-@all' || rule === 'nocommands') {
      everyCommand = null;
      powerless = true;
    } else if (rule === '-@dangerous' || rule === '-@admin') everyCommand = null;
    else if (value.startsWith('+')) powerless = false;
    else if (value === '~*' || rule === 'allkeys') everyKey = token;
    else if (rule === 'resetkeys') everyKey = null;
    else if (rule === 'reset') {
      onToken = null;
      nopass = null;
      passwords = [];
      everyCommand = null;
      everyKey = null;
      powerless = true;
    }
  }
  return {
    name: name.value,
    nameSpan: name.span,
    tokens,
    on: onToken !== null,
    onToken,
    nopass: passwords.length > 0 ? null : nopass,
    passwords,
    everyCommand,
    everyKey,
    powerless,
  };
}

/** Anybody who connects is this user: it is on and takes any password. */
export function takesAnybody(user: AclUser): boolean {
  return user.on && user.nopass !== null;
}
