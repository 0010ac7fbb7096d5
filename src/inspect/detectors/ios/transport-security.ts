/**
 * App Transport Security: what is declared, and what it means for every host that the app names
 * (https://developer.apple.com/documentation/bundleresources/information-property-list/nsapptransportsecurity).
 *
 * In order of precedence, for one host:
 *   1. an entry of NSExceptionDomains for the host, or for a domain above it with NSIncludesSubdomains: its own keys, and
 *      none of the general ones
 *   2. addresses, names without a dot and `.local`: clear text is allowed, since iOS 10
 *   3. NSAllowsArbitraryLoads – which iOS 10 and later ignores when NSAllowsArbitraryLoadsInWebContent,
 *      NSAllowsArbitraryLoadsForMedia or NSAllowsLocalNetworking is there, whatever its value
 *   4. clear text is refused; before the SDK of iOS 9 there was no App Transport Security, and it is allowed
 * It binds the system's own clients (URLSession, WKWebView), not sockets that the app opens itself.
 */
import type { InspectSetting } from '../../../core/contract/inspect.ts';
import { type IosPackage, sdkMajor, settingsOf } from './package.ts';
import { boolean, type Dictionary, dictionary, sorted, string } from './plist-values.ts';

const NARROWER = [
  ['ats.arbitraryLoadsInWebContent', 'NSAllowsArbitraryLoadsInWebContent'],
  ['ats.arbitraryLoadsForMedia', 'NSAllowsArbitraryLoadsForMedia'],
  ['ats.localNetworking', 'NSAllowsLocalNetworking'],
] as const;
const KEY = 'NSAppTransportSecurity';
const CLEARTEXT = /^(?:http|ws|ftp)$/;

export function transportSettings(app: IosPackage): InspectSetting[] {
  const ats = dictionary(app.info[KEY]);
  const exceptions = dictionary(ats?.NSExceptionDomains);
  const { settings, keyed, declared, effective } = settingsOf(app.entry, 'plist');
  const major = sdkMajor(app);
  const absent = major !== undefined && major < 9;
  keyed('ats.arbitraryLoads', `${KEY}/NSAllowsArbitraryLoads`, boolean(ats?.NSAllowsArbitraryLoads), absent);
  for (const [id, key] of NARROWER) declared(id, `${KEY}/${key}`, boolean(ats?.[key]));
  declared('ats.exception', `${KEY}/NSExceptionDomains`, domainsWhere(exceptions, allowsCleartext));
  declared('ats.weakTls', `${KEY}/NSExceptionDomains`, domainsWhere(exceptions, hasWeakTls));
  declared('ats.noForwardSecrecy', `${KEY}/NSExceptionDomains`, domainsWhere(exceptions, lacksForwardSecrecy));
  declared('ats.pinnedDomains', `${KEY}/NSPinnedDomains`, sorted(Object.keys(dictionary(ats?.NSPinnedDomains) ?? {})));
  const ignored = NARROWER.find(([, key]) => ats?.[key] !== undefined)?.[1];
  if (boolean(ats?.NSAllowsArbitraryLoads) === true && ignored !== undefined) {
    declared('ats.arbitraryLoadsIgnoredFor', `${KEY}/${ignored}`, ignored);
  }
  const hosts = app.endpoints
    .filter(({ origin, scheme, host }) => origin === 'app' && host !== undefined && CLEARTEXT.test(scheme ?? ''))
    .map(({ host }) => host ?? '');
  const [open, closed] = [true, false].map((wanted) =>
    sorted(hosts.filter((host) => permitsCleartext(ats, host, absent) === wanted)),
  );
  const source = ats === undefined ? 'default' : 'declared';
  effective('ats.cleartextHosts', KEY, open ?? [], source);
  effective('ats.blockedHosts', KEY, closed ?? [], source);
  const extensions = app.plists.filter(
    ({ entry, value }) =>
      entry.startsWith(app.folder) && isExtension(entry) && opensEverything(dictionary(dictionary(value)?.[KEY])),
  );
  declared(
    'ats.extensions',
    `${KEY}/NSAllowsArbitraryLoads`,
    sorted(extensions.map(({ entry }) => extensionName(entry))),
  );
  return settings;
}

/** @param absent the app is older than App Transport Security */
export function permitsCleartext(ats: Dictionary | undefined, host: string, absent: boolean): boolean {
  const exception = exceptionFor(dictionary(ats?.NSExceptionDomains), host.toLowerCase());
  if (absent && ats === undefined) return true;
  if (exception !== undefined) return allowsCleartext(exception);
  if (/^[\d.]+$|^\[|:/.test(host) || !host.includes('.') || host.endsWith('.local')) return true;
  return opensEverything(ats);
}

function opensEverything(ats: Dictionary | undefined): boolean {
  return boolean(ats?.NSAllowsArbitraryLoads) === true && NARROWER.every(([, key]) => ats?.[key] === undefined);
}

/** The entry for the host itself, else the nearest above it that includes its subdomains. */
function exceptionFor(domains: Dictionary | undefined, host: string): Dictionary | undefined {
  if (domains === undefined) return undefined;
  const byName = new Map(Object.entries(domains).map(([name, rules]) => [name.toLowerCase(), dictionary(rules)]));
  const exact = byName.get(host);
  if (exact !== undefined) return exact;
  for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
    const above = byName.get(host.slice(dot + 1));
    if (above !== undefined && boolean(above.NSIncludesSubdomains) === true) return above;
  }
  return undefined;
}

/** The key has two older names: NSTemporaryExceptionAllowsInsecureHTTPLoads and NSThirdPartyException…. */
function allowsCleartext(rules: Dictionary): boolean {
  return anyKey(rules, /AllowsInsecureHTTPLoads$/, (value) => boolean(value) === true);
}

function hasWeakTls(rules: Dictionary): boolean {
  return anyKey(rules, /MinimumTLSVersion$/, (value) => /^TLSv1\.[01]$/.test(string(value) ?? ''));
}

function lacksForwardSecrecy(rules: Dictionary): boolean {
  return anyKey(rules, /RequiresForwardSecrecy$/, (value) => boolean(value) === false);
}

function anyKey(rules: Dictionary, name: RegExp, test: (value: Dictionary[string]) => boolean): boolean {
  return Object.entries(rules).some(([key, value]) => name.test(key) && test(value));
}

function domainsWhere(domains: Dictionary | undefined, test: (rules: Dictionary) => boolean): string[] {
  return sorted(
    Object.entries(domains ?? {})
      .filter(([, rules]) => test(dictionary(rules) ?? {}))
      .map(([domain]) => domain),
  );
}

function isExtension(entry: string): boolean {
  return /\/[^/]{1,200}\.appex\/Info\.plist$/.test(entry);
}

function extensionName(entry: string): string {
  return /([^/]{1,200})\.appex\/Info\.plist$/.exec(entry)?.[1] ?? entry;
}
