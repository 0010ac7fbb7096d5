/** The listeners and bridges of mosquitto.conf, each with the settings that are in force for it. */
import ipaddr from 'ipaddr.js';
import { own as ownOf } from '../../../core/own.ts';
import type { MosquittoDirective, MosquittoDocument } from './parse.ts';

export interface Listener {
  /** In findings: `listener[1883]`; `default` for the one without a `listener` line. */
  name: string;
  /** What opened it; undefined: the program's own default. */
  directive: MosquittoDirective | undefined;
  port: number;
  on: 'everywhere' | 'network' | 'loopback' | 'socket';
  /** As written; null: every address. */
  host: string | null;
  websockets: boolean;
  /** Its own settings, and of those about logins the ones that hold for it. */
  last(name: string): MosquittoDirective | undefined;
}

export interface Bridge {
  name: string;
  directive: MosquittoDirective;
  last(name: string): MosquittoDirective | undefined;
}

/** A setting that makes the default listener wait on every address, though no line says `listener` or `port`. */
const OPENS: Readonly<Record<string, RegExp>> = {
  ...Object.fromEntries(
    ['bind_interface', 'cafile', 'capath', 'certfile', 'keyfile', 'ciphers', 'ciphers_tls1.3', 'dhparamfile']
      .concat(['psk_hint', 'crlfile', 'mount_point', 'socket_domain'])
      .map((name) => [name, /./]),
  ),
  ...Object.fromEntries(
    ['require_certificate', 'use_identity_as_username', 'use_subject_as_username', 'use_username_as_clientid'].map(
      (name) => [name, /^true$/],
    ),
  ),
  max_connections: /^(?!-1$)/,
  max_qos: /^[01]$/,
  protocol: /^(?!mqtt$)/,
};

/** With `per_listener_settings true` these are a listener's own; else the last of the file counts for all. */
const SECURITY =
  /^(?:password_file|acl_file|psk_file|allow_anonymous|allow_zero_length_clientid|auto_id_prefix|(?:auth_)?plugin|plugin_use|plugin_load|global_plugin)$/;

/** Belongs to the bridge whose `connection` line came before. */
const OF_BRIDGE =
  /^(?:bridge_\w+|address|addresses|topic|remote_\w+|local_\w+|username|password|clientid|cleansession|notifications\w*|notification_topic|keepalive_interval|start_type|restart_timeout|idle_timeout|threshold|round_robin|try_private)$/;

export interface Broker {
  listeners: readonly Listener[];
  bridges: readonly Bridge[];
  /** No `listener`, `port` or `bind_address`: 2.0 and later then let everybody in, whatever allow_anonymous says. */
  localOnly: boolean;
  last(name: string): MosquittoDirective | undefined;
}

/** @param major version of the broker; null where it is not known, and then the default listener is taken as 2.0's */
export function brokerOf({ directives }: Pick<MosquittoDocument, 'directives'>, major: number | null): Broker {
  const global = new Map<string, MosquittoDirective>();
  for (const directive of directives) global.set(directive.name, directive);
  const perListener = global.get('per_listener_settings')?.value === 'true';
  const own = new Map<string, MosquittoDirective>();
  const sections: { directive: MosquittoDirective; settings: Map<string, MosquittoDirective> }[] = [];
  const bridges: { directive: MosquittoDirective; settings: Map<string, MosquittoDirective> }[] = [];
  const listenerOf = new Map<number, Map<string, MosquittoDirective>>();
  const bridgeOf = new Map<number, Map<string, MosquittoDirective>>();
  for (const directive of directives) {
    const { name, scope } = directive;
    if (name === 'listener') {
      const settings = new Map<string, MosquittoDirective>();
      sections.push({ directive, settings });
      listenerOf.set(scope, settings);
    } else if (name === 'connection') {
      const settings = new Map<string, MosquittoDirective>();
      bridges.push({ directive, settings });
      bridgeOf.set(scope, settings);
    } else if (OF_BRIDGE.test(name)) bridgeOf.get(scope)?.set(name, directive);
    // These two are the default listener's wherever they stand.
    else if (name === 'port' || name === 'bind_address') own.set(name, directive);
    else (listenerOf.get(scope) ?? own).set(name, directive);
  }
  const localOnly = sections.length === 0 && !own.has('port') && !own.has('bind_address');
  const lookup =
    (settings: ReadonlyMap<string, MosquittoDirective>) =>
    (name: string): MosquittoDirective | undefined => {
      if (name === 'allow_anonymous' && settings.has('listener_allow_anonymous'))
        return settings.get('listener_allow_anonymous');
      return SECURITY.test(name) && !perListener ? global.get(name) : settings.get(name);
    };
  const opening = [...own.values()].find(({ name, value }) => ownOf(OPENS, name)?.test(value));
  const listeners: Listener[] = [];
  if (localOnly || own.has('port') || own.has('bind_address') || opening) {
    const port = own.get('port');
    const host = own.get('bind_address')?.value || null;
    const byDefault = localOnly && opening === undefined && major !== 1;
    listeners.push({
      name: 'default',
      directive: port ?? own.get('bind_address') ?? opening,
      port: portOf(port?.value) ?? 1883,
      on: byDefault ? 'loopback' : whereOf(host),
      host,
      websockets: own.get('protocol')?.value === 'websockets',
      last: lookup(own),
    });
  }
  const seen = new Map<string, number>();
  for (const { directive, settings } of sections) {
    const [port = '', ...rest] = directive.value.split(/[ \t]+/, 3);
    const host = settings.get('bind_interface')?.value === 'lo' ? '127.0.0.1' : rest[0] || null;
    const count = (seen.get(port) ?? 0) + 1;
    seen.set(port, count);
    listeners.push({
      name: count > 1 ? `listener[${port}][${count}]` : `listener[${port}]`,
      directive,
      port: portOf(port) ?? 1883,
      on: port === '0' ? 'socket' : whereOf(host),
      host,
      websockets: settings.get('protocol')?.value === 'websockets',
      last: lookup(settings),
    });
  }
  return {
    listeners,
    bridges: bridges.map(({ directive, settings }) => ({
      name: directive.value,
      directive,
      last: (name) => settings.get(name),
    })),
    localOnly,
    last: (name) => global.get(name),
  };
}

function portOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : null;
}

function whereOf(host: string | null): Listener['on'] {
  if (host === null || host.startsWith('#')) return 'everywhere';
  if (host === 'localhost') return 'loopback';
  if (!ipaddr.isValid(host)) return 'network';
  const range = ipaddr.parse(host).range();
  return range === 'unspecified' ? 'everywhere' : range === 'loopback' ? 'loopback' : 'network';
}

/** Certificates or pre-shared keys: without both files of a certificate the listener speaks in clear. */
export function isEncrypted(listener: Listener): boolean {
  return (listener.last('certfile') !== undefined && listener.last('keyfile') !== undefined) || usesKeys(listener);
}

function usesKeys(listener: Listener): boolean {
  return listener.last('psk_hint') !== undefined;
}

/** Who gets in without a name and password. */
export type Login =
  | { state: 'open'; by: MosquittoDirective | null }
  | { state: 'closed'; how: 'password' | 'certificate' | 'psk' | 'plugin' }
  | { state: 'unknown'; reason: string };

/** Whether a listener lets clients in that give no name. @param major null where the version is not known */
export function loginOf(broker: Broker, listener: Listener, major: number | null, complete: boolean): Login {
  if (isEncrypted(listener)) {
    if (usesKeys(listener)) return { state: 'closed', how: 'psk' };
    const names = listener.last('use_identity_as_username') ?? listener.last('use_subject_as_username');
    if (listener.last('require_certificate')?.value === 'true' || names?.value === 'true')
      return { state: 'closed', how: 'certificate' };
  }
  const setting = listener.last('allow_anonymous');
  const plugin = listener.last('plugin') ?? listener.last('auth_plugin') ?? broker.last('plugin_load');
  const how = plugin ? 'plugin' : 'password';
  if (broker.localOnly && major !== 1) {
    // 2.0 lets everybody in here, and so does it where a stray setting opens the default listener to every address.
    if (!complete) return { state: 'unknown', reason: 'an included file may open a listener' };
    if (major === null) return { state: 'unknown', reason: 'without a listener the default depends on the version' };
    return plugin ? { state: 'closed', how } : { state: 'open', by: setting ?? null };
  }
  if (setting !== undefined)
    return setting.value === 'true' ? { state: 'open', by: setting } : { state: 'closed', how };
  if (!complete) return { state: 'unknown', reason: 'an included file may set it' };
  if (major !== null && major >= 2) return { state: 'closed', how };
  if (plugin || listener.last('password_file') || listener.last('psk_file')) return { state: 'closed', how };
  if (major === null)
    return { state: 'unknown', reason: 'before 2.0 the default is true, and the version is not known' };
  return { state: 'open', by: null };
}
