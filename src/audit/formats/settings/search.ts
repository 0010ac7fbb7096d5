/** What elasticsearch.yml and opensearch.yml say alike: where the node listens, and facts about it. */
import { assetId } from '../../../core/asset.ts';
import { majorOf } from '../../containers/image.ts';
import type { AccountFact, Facts, Place, StoreFact } from '../../facts.ts';
import type { ReadFile, RuleContext, Runtime } from '../../model.ts';
import { type Effective, effective, searchOverride } from './effective.ts';
import type { Setting, SettingsDocument } from './read.ts';

export type SearchEngine = 'elasticsearch' | 'opensearch';
export type SearchFile = ReadFile<'elasticsearch.yml'> | ReadFile<'opensearch.yml'>;

const OPEN_ADDRESSES = new Set(['0.0.0.0', '::', '::0', '0', '_site_', '_global_', '[::]', '0:0:0:0:0:0:0:0']);
const LOOPBACK = /^(?:_local(?::ipv[46])?_|localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/;

/** The prefixes of the security plugin's settings, the present one first. */
const SECURITY_PREFIXES = ['plugins.security.', 'opendistro_security.', 'searchguard.'] as const;

/** A setting of OpenSearch's security plugin under any of its names. */
export function pluginSetting({ settings }: SettingsDocument, name: string): Setting | undefined {
  return SECURITY_PREFIXES.map((prefix) => settings.get(`${prefix}${name}`)).find((found) => found !== undefined);
}

/** The name of a plugin setting in the words of this file. */
export function pluginKey({ settings }: SettingsDocument, name: string): string {
  const prefix = SECURITY_PREFIXES.find((one) => [...settings.keys()].some((key) => key.startsWith(one)));
  return `${prefix ?? SECURITY_PREFIXES[0]}${name}`;
}

/** The setting that decides where the HTTP port (or the transport port) listens; loopback without one. */
export function boundTo({ settings }: SettingsDocument, port: 'http' | 'transport' = 'http'): Setting | undefined {
  const keys = [`${port}.bind_host`, `${port}.host`, 'network.bind_host', 'network.host'];
  return keys.map((key) => settings.get(key)).find((setting) => setting !== undefined && setting.values.length > 0);
}

/** That setting, when it names open addresses. */
export function openAddress(document: SettingsDocument, port?: 'http' | 'transport'): Setting | undefined {
  const setting = boundTo(document, port);
  return setting?.values.some((value) => OPEN_ADDRESSES.has(value)) ? setting : undefined;
}

export function listensOn(document: SettingsDocument): StoreFact['listens']['on'] {
  const setting = boundTo(document);
  if (setting?.variable) return 'unknown';
  if (!setting) return document.complete ? 'loopback' : 'unknown';
  if (openAddress(document)) return 'everywhere';
  return setting.values.every((value) => LOOPBACK.test(value)) ? 'loopback' : setting.values;
}

/** Security as the file and its containers decide it; `absent`: the version decides, and it is not known. */
export type Security = { state: 'on' | 'off' | 'absent'; by: Effective } | { state: 'unknown'; reason: string };

export function elasticsearchSecurity(document: SettingsDocument, runtimes: readonly Runtime[]): Security {
  const found = effective(document, runtimes, 'xpack.security.enabled', searchOverride);
  if (found.state === 'unknown') return { state: 'unknown', reason: found.reason };
  if (found.state === 'set') return { state: found.values[0]?.toLowerCase() === 'false' ? 'off' : 'on', by: found };
  const majors = runtimes.map(({ declared }) => majorOf(declared.version));
  if (majors.length === 0 || majors.some((major) => major === null)) return { state: 'absent', by: found };
  // Images of 5.x came with X-Pack's trial, which had security on.
  if (majors.includes(5)) return { state: 'absent', by: found };
  return { state: majors.every((major) => (major ?? 0) >= 8) ? 'on' : 'off', by: found };
}

export function opensearchSecurity(document: SettingsDocument, runtimes: readonly Runtime[]): Security {
  const named = runtimes.map(({ service }) =>
    service.environment.find(({ name }) => name === 'DISABLE_SECURITY_PLUGIN'),
  );
  if (named.length > 0 && named.every((variable) => variable !== undefined)) {
    const values = named.map((variable) => variable?.value ?? null);
    if (values.includes(null)) return { state: 'unknown', reason: 'DISABLE_SECURITY_PLUGIN comes from a variable' };
    if (values.includes('true')) return { state: 'off', by: { state: 'set', values: ['true'], setting: null } };
  }
  const key = pluginSetting(document, 'disabled')?.key ?? 'plugins.security.disabled';
  const found = effective(document, runtimes, key, searchOverride);
  if (found.state === 'unknown') return { state: 'unknown', reason: found.reason };
  if (found.state === 'set') return { state: found.values[0]?.toLowerCase() === 'true' ? 'off' : 'on', by: found };
  const configured = [...document.settings.keys()].some((one) => SECURITY_PREFIXES.some((pre) => one.startsWith(pre)));
  // The image of the project brings the plugin and, without its settings, its demo configuration.
  return { state: configured || runtimes.length > 0 ? 'on' : 'absent', by: found };
}

/** What one of these files tells about the whole. */
export function searchFacts(file: SearchFile, { runtimes }: RuleContext, engine: SearchEngine): Facts {
  const { source, document } = file;
  const asset = assetId('config', source.path);
  const place = (setting: Setting | undefined): Place | null =>
    setting ? { source, span: setting.span, pointer: setting.key } : null;
  const whole: Place = { source, span: { start: 0, end: 0 }, pointer: '' };
  const security =
    engine === 'elasticsearch' ? elasticsearchSecurity(document, runtimes) : opensearchSecurity(document, runtimes);
  const decided = security.state !== 'unknown' && security.by.state === 'set' ? security.by.setting : null;
  const login = { on: 'on', off: 'off', absent: 'unknown', unknown: 'unknown' } as const;
  const tls =
    engine === 'elasticsearch'
      ? document.settings.get('xpack.security.http.ssl.enabled')
      : pluginSetting(document, 'ssl.http.enabled');
  const versions = new Set(runtimes.map(({ declared }) => declared.version));
  const port = document.settings.get('http.port');
  const anonymous = document.settings.get('xpack.security.authc.anonymous.roles');
  const bound = boundTo(document);
  const store: StoreFact = {
    asset,
    name: source.path,
    engine,
    version: versions.size === 1 ? ([...versions][0] ?? null) : null,
    by: 'native',
    listens: { on: listensOn(document), port: portOf(port), place: place(bound) ?? place(port) },
    login: {
      state: login[security.state],
      text: security.state === 'off' ? 'security is off' : security.state === 'on' ? 'security is on' : 'not said',
      place: decided ? place(decided) : null,
    },
    encrypted: {
      state:
        tls && !tls.variable ? (tls.values[0] === 'true' ? 'on' : 'off') : security.state === 'off' ? 'off' : 'unknown',
      place: place(tls),
    },
    behind: [],
    publicAddress: null,
    place: place(document.settings.values().next().value) ?? whole,
  };
  const accounts: AccountFact[] =
    anonymous && anonymous.values.length > 0
      ? [
          {
            store: asset,
            name: 'anonymous',
            may: anonymous.values.includes('superuser') ? 'everything' : 'unknown',
            usedBy: 'unknown',
            place: { source, span: anonymous.span, pointer: anonymous.key },
          },
        ]
      : [];
  return { stores: [store], accounts };
}

/** The first port of `9200-9300`; the default without the setting. */
function portOf(setting: Setting | undefined): number | null {
  if (!setting) return 9200;
  const port = Number.parseInt(setting.values[0] ?? '', 10);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
}
