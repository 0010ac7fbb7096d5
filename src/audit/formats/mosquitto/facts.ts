/** What mosquitto.conf tells about the whole: one store, and the accounts of its ACL file. */
import { assetId } from '../../../core/asset.ts';
import { majorOf } from '../../containers/image.ts';
import type { AccountFact, Facts, Place, StoreFact } from '../../facts.ts';
import type { ReadFile, RuleContext } from '../../model.ts';
import { isEveryTopic } from './acl.ts';
import { brokerOf, isEncrypted, type Listener, loginOf } from './listeners.ts';
import type { MosquittoDirective } from './parse.ts';

export function mosquittoFacts({ source, document }: ReadFile<'mosquitto.conf'>, context: RuleContext): Facts {
  const version = context.runtimes[0]?.declared.version ?? null;
  const major = majorOf(version);
  const broker = brokerOf(document, major);
  const asset = assetId('config', source.path);
  const placeOf = (directive: MosquittoDirective | null | undefined): Place | null =>
    directive ? { source: directive.source ?? source, span: directive.span, pointer: directive.name } : null;
  const near = (listener: Listener): boolean => listener.on === 'loopback' || listener.on === 'socket';
  const reached = broker.listeners.filter((listener) => !near(listener));
  const widest = reached.find(({ on }) => on === 'everywhere') ?? reached[0] ?? broker.listeners[0];
  const logins = (reached.length > 0 ? reached : broker.listeners).map((listener) => ({
    listener,
    login: loginOf(broker, listener, major, document.complete),
  }));
  const clear = reached.find((listener) => !isEncrypted(listener));
  const store: StoreFact = {
    asset,
    name: source.path,
    engine: 'mqtt',
    version,
    by: 'native',
    listens: { on: listensOn(), port: widest?.port ?? null, place: placeOf(widest?.directive) },
    login: loginFact(),
    encrypted: {
      state: reached.length === 0 && !document.complete ? 'unknown' : clear || reached.length === 0 ? 'off' : 'on',
      place: placeOf((clear ?? widest)?.directive),
    },
    behind: [],
    publicAddress: null,
    place: placeOf(document.directives[0]) ?? { source, span: { start: 0, end: 0 }, pointer: '' },
  };
  return { stores: [store], accounts: accounts() };

  function listensOn(): StoreFact['listens']['on'] {
    if (widest?.on === 'everywhere') return 'everywhere';
    if (widest === undefined || (!document.complete && reached.length === 0)) return 'unknown';
    // Without a version the default of 2.0 is a guess.
    if (reached.length === 0) return broker.localOnly && major === null ? 'unknown' : 'loopback';
    return reached.flatMap(({ host }) => (host === null ? [] : [host]));
  }

  function loginFact(): StoreFact['login'] {
    const open = logins.find(({ login }) => login.state === 'open');
    if (open?.login.state === 'open')
      return {
        state: 'off',
        text: 'clients without a name are let in',
        place: placeOf(open.login.by ?? open.listener.directive),
      };
    const doubtful = logins.find(({ login }) => login.state === 'unknown');
    if (doubtful?.login.state === 'unknown')
      return { state: 'unknown', text: doubtful.login.reason, place: placeOf(doubtful.listener.directive) };
    const [first] = logins;
    const how = first?.login.state === 'closed' ? first.login.how : 'password';
    return { state: 'on', text: `by ${how}`, place: placeOf(first?.listener.last('allow_anonymous')) };
  }

  function accounts(): AccountFact[] {
    return [...document.acls.values()].flatMap((acl) =>
      acl.users.slice(0, 500).map(({ name, span }): AccountFact => {
        const lines = acl.lines.filter((line) => line.user === name && line.access !== 'deny');
        const writes = lines.some(({ access }) => access !== 'read');
        const everything = lines.some(({ topic, access }) => isEveryTopic(topic) && access === 'readwrite');
        return {
          store: asset,
          name,
          may: everything ? 'everything' : writes ? 'write' : lines.length > 0 ? 'read' : 'unknown',
          usedBy: 'unknown',
          place: { source: acl.source, span, pointer: `user ${name}` },
        };
      }),
    );
  }
}
