/**
 * Addresses by which a web page or another app opens the app: intent filters with VIEW and BROWSABLE. All `data`
 * elements of a filter are taken together (each scheme with each host: https://developer.android.com/guide/topics/manifest/data-element).
 * Only `http(s)` links with `autoVerify` are the app's alone; every other one another app may claim too.
 */
import type { XmlElement } from '../../source.ts';
import { isExported, nameOf } from './components.ts';
import { boolean, childrenNamed, text } from './element.ts';
import { type AndroidFacts, inXml, type Settings } from './facts.ts';

/** Most addresses of one filter. */
const MOST = 200;
/** Schemes that the system or a service gives an app: they carry no data from strangers' pages, or are its business. */
const COMMON = new Set([
  'http',
  'https',
  'content',
  'file',
  'mailto',
  'tel',
  'sms',
  'smsto',
  'geo',
  'market',
  'package',
  'data',
]);

export function deepLinkSettings(facts: AndroidFacts, settings: Settings): void {
  const links: string[] = [];
  const custom: string[] = [];
  const unverified: string[] = [];
  const everyHost: string[] = [];
  const codes: string[] = [];
  for (const { element } of facts.components) {
    if (!isExported(element, facts.targetSdk)) continue;
    for (const filter of childrenNamed(element, 'intent-filter')) {
      const data = dataOf(filter);
      if (data.schemes.includes('android_secret_code')) codes.push(...data.hosts);
      if (!isBrowsable(filter) || data.schemes.length === 0) continue;
      // files that a browser downloaded are opened so too: no address of the app's
      links.push(...addresses({ ...data, schemes: data.schemes.filter((scheme) => !LOCAL.has(scheme)) }));
      custom.push(...data.schemes.filter((scheme) => !COMMON.has(scheme)));
      if (!data.schemes.some((scheme) => scheme === 'http' || scheme === 'https')) continue;
      if (data.hosts.length === 0 || data.hosts.includes('*')) {
        if (data.types.length === 0) everyHost.push(nameOf(facts, element));
      } else if (boolean(filter.attributes.autoVerify) !== true) unverified.push(...data.hosts);
    }
  }
  const at = [inXml(facts.manifest.entry, 'intent-filter/data')];
  settings.list('deepLinks', links, at);
  settings.list('customSchemes', custom, at);
  settings.list('unverifiedLinks', unverified, [inXml(facts.manifest.entry, 'intent-filter@autoVerify')]);
  settings.list('everyLink', everyHost, at);
  settings.list('secretCodes', codes, at);
}

const LOCAL = new Set(['file', 'content']);

interface Data {
  schemes: string[];
  hosts: string[];
  paths: string[];
  types: string[];
}

function dataOf(filter: XmlElement): Data {
  const all: Data = { schemes: [], hosts: [], paths: [], types: [] };
  for (const { attributes } of childrenNamed(filter, 'data')) {
    const scheme = text(attributes.scheme);
    const host = text(attributes.host);
    const port = text(attributes.port);
    const path = text(attributes.path) ?? text(attributes.pathPrefix) ?? text(attributes.pathPattern);
    const type = text(attributes.mimeType);
    if (scheme !== undefined) all.schemes.push(scheme);
    if (host !== undefined) all.hosts.push(port === undefined ? host : `${host}:${port}`);
    if (path !== undefined) all.paths.push(path);
    if (type !== undefined) all.types.push(type);
  }
  return all;
}

function isBrowsable(filter: XmlElement): boolean {
  const has = (tag: string, name: string) => childrenNamed(filter, tag).some((one) => one.attributes.name === name);
  return has('action', 'android.intent.action.VIEW') && has('category', 'android.intent.category.BROWSABLE');
}

function addresses({ schemes, hosts, paths }: Data): string[] {
  const found: string[] = [];
  for (const scheme of schemes) {
    for (const host of hosts.length === 0 ? [''] : hosts) {
      for (const path of paths.length === 0 ? [''] : paths) {
        if (found.length >= MOST) return found;
        found.push(`${scheme}://${host}${path === '' || path.startsWith('/') ? path : `/${path}`}`);
      }
    }
  }
  return found;
}
