import type { EntryEvidence, InspectSetting } from '../../core/contract/inspect.ts';
import type { Evidence } from '../../core/evidence.ts';
import type { Inspection, RuleHit } from './inspect-rule.ts';

/** Most places named in one finding; the report's own list has them all. */
const MAX_PLACES = 20;

export function placesOf(path: string, places: readonly EntryEvidence[], text?: string): [Evidence, ...Evidence[]] {
  const [first, ...others] = places.slice(0, MAX_PLACES).map(
    (place): Evidence => ({
      kind: 'file',
      path,
      entry: place.entry,
      ...(place.offset === undefined ? {} : { offset: place.offset }),
      ...(place.line === undefined ? {} : { line: place.line }),
      ...(place.class === undefined ? {} : { class: place.class }),
      ...(place.method === undefined ? {} : { method: place.method }),
      ...(text === undefined ? {} : { text }),
    }),
  );
  return [first ?? { kind: 'file', path, ...(text === undefined ? {} : { text }) }, ...others];
}

/** A hit for a setting whose value is `bad`; none when it has another value or was not read. */
export function settingHit(
  inspection: Inspection,
  id: string,
  expected: string,
  message: (setting: InspectSetting) => string,
): RuleHit[] {
  const setting = inspection.settings.find((one) => one.id === id);
  if (setting === undefined || !(setting.value === true || (Array.isArray(setting.value) && setting.value.length > 0)))
    return [];
  const at = setting.evidence[0];
  return [
    {
      asset: inspection.appAsset,
      locator: [id],
      message: message(setting),
      confidence: 'firm',
      evidence: [
        {
          kind: 'setting',
          path: at === undefined ? inspection.path : `${inspection.path}!${at.entry}`,
          pointer: at?.name ?? id,
          actual: `${Array.isArray(setting.value) ? setting.value.join(', ') : String(setting.value)}${setting.source === 'default' ? ' (platform default)' : ''}`,
          expected,
        },
      ],
    },
  ];
}

/** Own endpoints with a host, grouped by host and port: one finding per server, not per URL. */
export function byServer<T extends { host?: string | undefined; port?: number | undefined }>(
  endpoints: readonly T[],
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const endpoint of endpoints) {
    if (endpoint.host === undefined) continue;
    const key = endpoint.port === undefined ? endpoint.host : `${endpoint.host}:${endpoint.port}`;
    groups.set(key, [...(groups.get(key) ?? []), endpoint]);
  }
  return groups;
}
