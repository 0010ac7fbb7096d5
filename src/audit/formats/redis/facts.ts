/** What redis.conf tells about the whole: one store, and its users. */
import { assetId } from '../../../core/asset.ts';
import type { Facts, Place, StoreFact } from '../../facts.ts';
import type { ReadFile, RuleContext } from '../../model.ts';
import { isWellKnown } from '../../rules/passwords.ts';
import { accountsOf } from '../redis-acl/read.ts';
import { takesAnybody } from '../redis-acl/user.ts';
import { listening, portsOf } from './listening.ts';
import type { RedisDirective } from './parse.ts';
import { redisHasPassword, requirepass } from './password.ts';

export function redisFacts({ source, document }: ReadFile<'redis.conf'>, context: RuleContext): Facts {
  const where = listening(document);
  const { port, tlsPort } = portsOf(document);
  const bind = document.last('bind');
  const placeOf = (directive: RedisDirective | undefined): Place | null =>
    directive ? { source: directive.source ?? source, span: directive.span, pointer: directive.name } : null;
  const first = document.directives[0];
  const store: StoreFact = {
    asset: assetId('config', source.path),
    name: source.path,
    engine: 'redis',
    version: context.runtimes[0]?.declared.version ?? null,
    by: 'native',
    listens: {
      on: where === 'network' ? (bind?.arguments.map(({ value }) => value.replace(/^-/, '')) ?? []) : where,
      port: port === 0 ? tlsPort || null : port,
      place: placeOf(bind),
    },
    login: loginOf(),
    encrypted: {
      state: port === 0 && tlsPort !== 0 ? 'on' : 'off',
      place: placeOf(document.last('tls-port') ?? document.last('port')),
    },
    behind: [],
    publicAddress: null,
    place: placeOf(first) ?? { source, span: { start: 0, end: 0 }, pointer: '' },
  };
  return { stores: [store], accounts: accountsOf(source.path, document.users, source) };

  function loginOf(): StoreFact['login'] {
    const aclfile = document.last('aclfile');
    if (aclfile?.arguments[0]?.value) {
      const users = context.beside('redis.acl').flatMap((file) => file.document.users);
      const open = users.length > 0 && !users.some(({ name, on }) => name === 'default' && !on);
      const anybody = users.findLast(({ name }) => name === 'default');
      if (users.length === 0) return { state: 'unknown', text: 'an ACL file decides', place: placeOf(aclfile) };
      const off = open && (anybody === undefined || takesAnybody(anybody));
      return { state: off ? 'off' : 'on', text: 'by the ACL file', place: placeOf(aclfile) };
    }
    const password = requirepass(document);
    if (password) {
      const weak = isWellKnown(password.arguments[0]?.value ?? '');
      return { state: weak ? 'weak' : 'on', text: 'requirepass', place: placeOf(password) };
    }
    if (redisHasPassword(document))
      return { state: 'on', text: 'the default user', place: placeOf(document.last('user')) };
    if (!document.complete || context.runtimes.length > 0)
      return { state: 'unknown', text: 'no password in this file', place: null };
    const mode = document.last('protected-mode');
    // Until 6.2 a `bind` line switched it off, since 7.0 it does not.
    if (where !== 'loopback' && mode?.arguments[0]?.value.toLowerCase() !== 'no') {
      const text = 'no password; only protected mode, where it is in force, refuses other machines';
      return { state: 'unknown', text, place: placeOf(mode ?? bind) };
    }
    return { state: 'off', text: 'no password', place: placeOf(mode) };
  }
}
