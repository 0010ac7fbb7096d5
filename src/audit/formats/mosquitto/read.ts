/** mosquitto.conf as a format: what it is told by; `parse.ts` has its grammar. */
import { basename } from 'node:path/posix';
import type { Format } from '../../model.ts';
import { linesOf } from '../../source.ts';
import { isConditionalTemplate } from '../templates.ts';
import { assembleMosquitto } from './assemble.ts';
import { mosquittoFacts } from './facts.ts';
import { readMosquitto } from './parse.ts';

export type { MosquittoDocument } from './parse.ts';

/** No other program's configuration says these. */
const STRONG =
  /^ *(?:listener +\d{1,5}(?: |$)|(?:listener_)?allow_anonymous +(?:true|false)|per_listener_settings +\w|use_(?:identity|subject)_as_username +\w|use_username_as_clientid +\w)/m;
const KNOWN =
  /^(?:accept_protocol_versions|acl_file|(?:listener_)?allow_(?:anonymous|duplicate_messages|zero_length_clientid)|auth_plugin\w*|auth_opt_\w+|(?:listener_)?auto_id_prefix|autosave_\w+|bind_address|bind_interface|bridge_\w+|cafile|capath|certfile|keyfile|check_retain_source|ciphers(?:_tls1\.3)?|clientid|clientid_prefixes|connection|connection_messages|address|addresses|topic|remote_\w+|local_\w+|cleansession|notifications\w*|notification_topic|keepalive_interval|start_type|restart_timeout|idle_timeout|threshold|round_robin|try_private|username|password|crlfile|dhparamfile|enable_control_api|(?:global_)?plugin\w*|http_dir|include_dir|listener|log_\w+|max_\w+|memory_limit|message_size_limit|mount_point|password_file|per_listener_settings|persist\w+|pid_file|port|protocol|proxy_protocol_\w+|psk_file|psk_hint|queue_qos0_messages|require_certificate|retain_\w+|retained_persistence|retry_interval|set_tcp_nodelay|socket_domain|store_clean_interval|sys_interval|tls_\w+|upgrade_outgoing_qos|use_\w+_as_\w+|user|websockets_\w+)$/;

export const mosquittoFormat: Format<'mosquitto.conf'> = {
  name: 'mosquitto.conf',
  title: 'Mosquitto (mosquitto.conf and its ACL file)',
  assemble: assembleMosquitto,
  facts: mosquittoFacts,
  *settings({ directives, acls }) {
    const seen = new Map<string, number>();
    const unique = (name: string): string => {
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      return count > 1 ? `${name}[${count}]` : name;
    };
    for (const { name, value, span, source } of directives)
      yield { pointer: unique(name), values: value === '' ? [] : [value], span, ...(source && { source }) };
    for (const { lines, source } of acls.values()) {
      for (const { kind, user, access, topic, span } of lines)
        yield { pointer: unique(`acl.${user ?? '*'}.${kind}`), values: [`${access} ${topic}`], span, source };
    }
  },
  recognises(path, text) {
    return looksLike(path, text) && !isConditionalTemplate(text);
  },
  read: readMosquitto,
};

function looksLike(path: string, text: string): boolean {
  const name = basename(path);
  if (/\.(?:ya?ml|json|xml|toml|md|sh|py|js|ts|html?|service|rules|acl)$/i.test(name)) return false;
  const named =
    /^mosquitto[\w.-]*\.conf(?:\.\w+)?$/i.test(name) ||
    /(?:^|\/)mosquitto\/(?:[\w.-]+\/){0,2}[\w.-]+\.conf$/i.test(path);
  const head = text.slice(0, 262_144);
  if (!named && !STRONG.test(head)) return false;
  let known = 0;
  let other = 0;
  for (const line of linesOf(head)) {
    if (line.text.startsWith('#')) continue;
    const word = /^\ufeff?[ \t]*([^\s]+)/.exec(line.text.slice(0, 200))?.[1];
    if (word === undefined) continue;
    // An ACL file in the same folder says these, too.
    if (word === 'user' || word === 'topic') continue;
    if (KNOWN.test(word)) known += 1;
    else other += 1;
  }
  return named ? known >= other && (known > 0 || isComments(name, text)) : known >= 2 && other === 0;
}

/** The sample of the package: all of it is comments, and the broker then runs by its defaults. */
function isComments(name: string, text: string): boolean {
  return (
    /^mosquitto\.conf$/i.test(name) && /^#? ?(?:listener|allow_anonymous|persistence)\b/m.test(text.slice(0, 262_144))
  );
}
