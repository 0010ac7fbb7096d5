/** What changed between two builds of an app: what is new, gone and different, the app's own things first. */
import type { InspectReport } from '../core/contract/inspect.ts';
import type { BuildChange, InspectDiff } from '../core/contract/inspect-diff.ts';
import { SEVERITIES } from '../core/severity.ts';
import { compare } from './detectors/evidence.ts';
import { byOrigin } from './detectors/origin-rank.ts';

/** Equal to INSPECT_DIFF_SCHEMA, which would load the schema library. */
const SCHEMA: InspectDiff['schema'] = 'https://postern.dev/schema/inspect-diff-1.json';

export interface Build {
  path: string;
  report: InspectReport;
}

/**
 * @param all also what is not the app's own; else endpoints, stores and credentials of others are left out on both sides
 */
export function diffBuilds(before: Build, after: Build, { all = false } = {}): InspectDiff {
  const [a, b] = [before.report, after.report];
  const own = <T extends { origin: string }>(things: readonly T[]) =>
    things.filter(({ origin }) => all || origin === 'app');
  const changes: BuildChange[] = [
    ...ofApp(a, b),
    ...compareSets(
      'signature',
      signers(a),
      signers(b),
      (one) => one,
      () => ({}),
    ),
    ...compareSets(
      'endpoint',
      own(a.endpoints),
      own(b.endpoints),
      ({ url }) => url,
      (one) => ({
        value: one.origin,
        more: { origin: one.origin },
      }),
    ),
    ...compareSets(
      'store',
      own(a.stores),
      own(b.stores),
      ({ kind, id }) => `${kind} ${id}`,
      (one) => ({
        value: one.origin,
        more: { origin: one.origin },
      }),
    ),
    ...compareSets(
      'credential',
      own(a.credentials),
      own(b.credentials),
      // the mask alone may be that of two
      ({ provider, kind, mask, hash }) => `${provider} ${kind} ${mask} (${hash.slice(0, 12)})`,
      (one) => ({ value: one.sensitivity, more: { origin: one.origin } }),
    ),
    ...compareSets(
      'setting',
      a.settings,
      b.settings,
      ({ id }) => id,
      ({ value, source }) => ({
        value: `${valueText(value)}${source === 'default' ? ' (default)' : ''}`,
      }),
    ),
    ...compareSets(
      'library',
      a.libraries,
      b.libraries,
      ({ name }) => name,
      ({ version }) => ({ value: version ?? '?' }),
    ),
    ...compareSets(
      'declaration',
      a.declarations,
      b.declarations,
      ({ source, entry, sdk }) => `${source} ${sdk ?? entry}`,
      (one) => ({ value: declared(one) }),
    ),
    ...compareSets(
      'finding',
      a.findings,
      b.findings,
      ({ fingerprint }) => fingerprint,
      (one) => ({
        value: one.severity,
        id: one.rule,
        text: one.message,
        more: { severity: one.severity },
      }),
    ),
  ];
  const count = (wanted: BuildChange['change']) => changes.filter(({ change }) => change === wanted).length;
  return {
    schema: SCHEMA,
    before: buildOf(before),
    after: buildOf(after),
    changes,
    summary: { new: count('new'), gone: count('gone'), changed: count('changed') },
  };
}

function buildOf({ path, report }: Build): InspectDiff['before'] {
  const { platform, id, version, sha256 } = report.app;
  return {
    path,
    platform,
    id,
    version,
    sha256,
    complete: report.skips.every(({ severity }) => severity !== 'incomplete'),
  };
}

function ofApp(a: InspectReport, b: InspectReport): BuildChange[] {
  return (['id', 'platform', 'version', 'name'] as const)
    .filter((key) => a.app[key] !== b.app[key])
    .map((key) => ({ kind: 'app', change: 'changed', id: key, before: a.app[key] ?? '', after: b.app[key] ?? '' }));
}

/** Who signed it, whatever the schemes: a build signed by somebody else does not install over the other. */
function signers({ signatures }: InspectReport): string[] {
  return [...new Set(signatures.flatMap(({ certificate }) => (certificate === undefined ? [] : [certificate])))];
}

interface Shown {
  /** What is compared; equal keys with different values are `changed`. */
  value?: string;
  /** Shown instead of the key. */
  id?: string;
  /** Shown of new and gone ones instead of the value. */
  text?: string;
  more?: Partial<BuildChange>;
}

/** Of several with one key the last counts. */
function compareSets<T>(
  kind: BuildChange['kind'],
  before: readonly T[],
  after: readonly T[],
  keyOf: (one: T) => string,
  show: (one: T) => Shown,
): BuildChange[] {
  const old = new Map(before.map((one) => [keyOf(one), show(one)]));
  const now = new Map(after.map((one) => [keyOf(one), show(one)]));
  const changes: BuildChange[] = [];
  for (const [key, shown] of now) {
    const was = old.get(key);
    if (was === undefined) changes.push(change(kind, 'new', key, { after: shown.text ?? shown.value }, shown));
    else if (was.value !== shown.value) {
      changes.push(change(kind, 'changed', key, { before: was.value, after: shown.value }, shown));
    }
  }
  for (const [key, shown] of old) {
    if (!now.has(key)) changes.push(change(kind, 'gone', key, { before: shown.text ?? shown.value }, shown));
  }
  return changes.sort(inOrder);
}

function change(
  kind: BuildChange['kind'],
  what: BuildChange['change'],
  key: string,
  { before, after }: { before?: string | undefined; after?: string | undefined },
  shown: Shown,
): BuildChange {
  return {
    kind,
    change: what,
    id: shown.id ?? key,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...shown.more,
  };
}

const CHANGES = ['new', 'changed', 'gone'];

function inOrder(a: BuildChange, b: BuildChange): number {
  return (
    CHANGES.indexOf(a.change) - CHANGES.indexOf(b.change) ||
    rankOf(a) - rankOf(b) ||
    (a.origin !== undefined && b.origin !== undefined ? byOrigin(a.origin, b.origin) : 0) ||
    compare(a.id, b.id) ||
    compare(a.after ?? '', b.after ?? '')
  );
}

function rankOf({ severity }: BuildChange): number {
  return severity === undefined ? 0 : SEVERITIES.indexOf(severity);
}

function valueText(value: InspectReport['settings'][number]['value']): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}

function declared({ tracking, trackingDomains, data, apis }: InspectReport['declarations'][number]): string {
  const types = data
    .map(({ type, linked, tracking: tracks, purposes }) => [type, linked, tracks, ...purposes].join('/'))
    .sort();
  const uses = apis.map(({ category, reasons }) => `${category}/${reasons.join('/')}`).sort();
  return JSON.stringify([tracking ?? null, [...trackingDomains].sort(), types, uses]);
}
