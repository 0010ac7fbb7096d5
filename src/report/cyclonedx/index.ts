/**
 * An inventory of the package as CycloneDX 1.6 (ECMA-424, https://cyclonedx.org/docs/1.6/json/): the app, its libraries as
 * `components`, its back ends as `services` with their endpoints.
 *
 * No time stamp and no random serial number: the same report gives the same bytes. The serial number is made of the
 * package's hash (UUID version 8, RFC 9562).
 */
import { storeName } from '../../core/words.ts';
import type { InspectReport } from '../input.ts';
import { harmless } from '../json.ts';
import type { RenderOptions } from '../options.ts';

interface Property {
  name: string;
  value: string;
}

export function renderCycloneDx(report: InspectReport, { toolVersion = '0' }: RenderOptions): string {
  const { app } = report;
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(app.sha256)}`,
    version: 1,
    metadata: {
      tools: { components: [{ type: 'application', name: 'postern', version: toolVersion }] },
      component: {
        type: 'application',
        'bom-ref': 'app',
        name: app.id === '' ? 'unknown' : app.id,
        ...(app.version === '' ? {} : { version: app.version }),
        ...(app.name === undefined ? {} : { description: app.name }),
        hashes: [{ alg: 'SHA-256', content: app.sha256 }],
        properties: appProperties(report),
      },
    },
    components: report.libraries.map(component),
    services: services(report),
    dependencies: [{ ref: 'app', dependsOn: report.libraries.map(({ purl }) => purl) }],
  };
  return `${harmless(JSON.stringify(document, null, 2))}\n`;
}

function component(library: InspectReport['libraries'][number]) {
  const { name, version, purl, vendor, purposes, tracker, evidence } = library;
  const at = name.indexOf(':');
  const isMaven = purl.startsWith('pkg:maven/') && at > 0;
  const properties: Property[] = [
    ...purposes.map((purpose) => ({ name: 'postern:purpose', value: purpose })),
    { name: 'postern:tracker', value: String(tracker) },
  ];
  const occurrences = evidence.slice(0, 20).map((place) => ({ location: place.entry }));
  return {
    type: 'library',
    'bom-ref': purl,
    ...(vendor === undefined ? {} : { supplier: { name: vendor } }),
    ...(isMaven ? { group: name.slice(0, at) } : {}),
    name: isMaven ? name.slice(at + 1) : name,
    ...(version === undefined ? {} : { version }),
    purl,
    ...(occurrences.length === 0 ? {} : { evidence: { occurrences } }),
    properties,
  };
}

/** The app's own back ends, one service per server; the managed stores among them say which they are. */
function services(report: InspectReport) {
  const byServer = new Map<string, { endpoints: Set<string>; properties: Property[] }>();
  const of = (name: string) => {
    const known = byServer.get(name) ?? { endpoints: new Set<string>(), properties: [] };
    byServer.set(name, known);
    return known;
  };
  for (const { host, port, url, scheme, origin, complete } of report.endpoints) {
    if (origin !== 'app' || host === undefined) continue;
    const service = of(port === undefined ? host : `${host}:${port}`);
    const address = scheme === undefined ? `//${url}` : url;
    // a template is no IRI: its braces would not validate, and nobody can call it
    if (complete && isIri(address)) service.endpoints.add(address);
  }
  for (const { kind, id, host, url, origin } of report.stores) {
    // the number of a project or a sender is no service: nobody can call it
    if (origin !== 'app' || (host === undefined && url === undefined)) continue;
    const service = of(storeName({ id, host }));
    if (url !== undefined && isIri(url)) service.endpoints.add(url);
    service.properties.push({ name: 'postern:store', value: `${kind} ${id}` });
  }
  return [...byServer]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { endpoints, properties }]) => ({
      'bom-ref': `service:${name}`,
      name,
      ...(endpoints.size === 0 ? {} : { endpoints: [...endpoints].sort() }),
      'x-trust-boundary': true,
      ...(properties.length === 0 ? {} : { properties }),
    }));
}

function appProperties({ app, settings, signatures }: InspectReport): Property[] {
  return [
    { name: 'postern:platform', value: app.platform },
    ...signatures.map(({ scheme, certificate, debug }) => ({
      name: `postern:signature:${scheme}`,
      value: `${certificate ?? 'no certificate'}${debug ? ' (debug key)' : ''}`,
    })),
    ...settings
      .filter(({ value }) => !Array.isArray(value) && value !== null)
      .map(({ id, value }) => ({ name: `postern:setting:${id}`, value: String(value) })),
  ];
}

/** RFC 3987, as far as a validator looks: no blanks, quotes, braces or control characters. */
function isIri(text: string): boolean {
  return !/[\s<>"{}|\\^`\p{Cc}]/u.test(text) && !/%(?![0-9A-Fa-f]{2})/.test(text);
}

function uuidOf(sha256: string): string {
  const hex = sha256
    .toLowerCase()
    .replace(/[^0-9a-f]/g, '')
    .padEnd(32, '0');
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
