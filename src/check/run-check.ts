import { CHECK_SCHEMA, type CheckReport } from '../core/contract/check.ts';
import { worst } from '../core/severity.ts';
import type { Skip } from '../core/skip.ts';
import { VERSION } from '../core/version.ts';
import { createDialer } from '../net/index.ts';
import type { AddressReach } from '../probe/index.ts';
import type { ProbeResult } from '../probe/service.ts';
import { type AccessChecked, createAccess, storesWithoutStory } from './access.ts';
import { knownSince } from './baseline.ts';
import { furtherPorts } from './further-ports.ts';
import { hostName } from './gather/inspected.ts';
import { compare } from './graph.ts';
import { judgeHost } from './host-state.ts';
import type { CheckInput } from './input.ts';
import { join } from './join.ts';
import { auditAll, inspectAll, probeAll, probeTargets, shownPath } from './parts.ts';
import { suppress } from './suppress.ts';
import { loadVerbs, type Verbs } from './verbs.ts';

/**
 * The main job: inspects the packages, audits the configuration and asks the scope, all at once; joins what they found;
 * sets aside what is accepted or known.
 *
 * What fails or is stopped becomes a skip in the report, which is then not complete.
 */
export async function runCheck(input: CheckInput): Promise<CheckReport> {
  const now = input.now ?? (() => new Date());
  const startedAt = now().toISOString();
  const verbs = input.verbs ?? (await loadVerbs(input.ownCategories));
  const [inspected, audited, probed] = await Promise.all([
    inspectAll(input, verbs),
    auditAll(input, verbs),
    probeAll(input, verbs),
  ]);
  const hintOf = hints(input);
  // What packages and compose files name is known only now.
  const ports = furtherPorts(input.scope, inspected.apps, audited.audited, probed.results, hintOf);
  const further = await probeTargets(input, verbs, ports.targets);
  const access = await accessOf(input, [...probed.results, ...further.results], verbs);
  const results = [...probed.results, ...further.results, ...(input.outside?.results ?? [])];
  const host = await judgeHost(input.root, input.firewall, results, input.vantage, verbs.services);
  const joined = join({
    vantage: input.vantage,
    apps: inspected.apps,
    audited: audited.audited,
    results,
    services: verbs.services,
    scoped: input.scope.targets.map(({ host }) => host),
    classify: verbs.classifyFields,
    findingsOf: verbs.findingsOf,
    hintOf,
    isNamed: controlled(input),
  });
  const judged = suppress(
    [...joined.findings, ...access.findings, ...(host?.findings ?? [])],
    joined.stories,
    input.ignore ?? [],
  );
  const skips = [
    ...inspected.skips,
    ...audited.skips,
    ...probed.skips,
    ...further.skips,
    ...ports.skips,
    ...joined.skips,
    ...access.skips,
    ...(host?.skips ?? []),
    ...judged.notes,
  ].sort((a, b) => compare(a.subject, b.subject) || compare(a.code, b.code));
  return {
    schema: CHECK_SCHEMA,
    tool: { name: 'postern', version: VERSION },
    startedAt,
    finishedAt: now().toISOString(),
    vantage: input.vantage,
    scopeHash: input.scope.hash,
    assets: withAssets(joined.assets, [...access.assets, ...(host?.assets ?? [])]),
    edges: joined.edges,
    stories: judged.stories,
    findings: judged.findings,
    known: knownSince(input.baseline, judged),
    suppressed: judged.suppressed,
    proposals: joined.proposals,
    ...(access.reports.length > 0 && { access: access.reports }),
    reach: reachOf(input, probed.reach),
    skips,
    summary: summaryOf(judged.stories, judged.findings, skips),
  };
}

/** What the owner's accounts get; results of stores are given their `access`. */
async function accessOf(input: CheckInput, results: readonly ProbeResult[], verbs: Verbs): Promise<AccessChecked> {
  const access = createAccess(input.targets ?? [], input.scope, {
    isPersonal: (fields) => verbs.classifyFields(fields).length > 0,
    ...(input.signal && { signal: input.signal }),
    ...(input.onSend && { dialer: createDialer({ onSend: input.onSend }) }),
    ...(input.now && { now: input.now }),
  });
  for (const result of results) {
    const told = await access.ofStore(result);
    if (told.length > 0) result.access = told;
  }
  const checked = await access.ofApis();
  return { ...checked, reports: [...checked.reports, ...storesWithoutStory(results)] };
}

/** An API that an app names is there already. */
function withAssets(assets: CheckReport['assets'], more: CheckReport['assets']): CheckReport['assets'] {
  const known = new Set(assets.map(({ id }) => id));
  return [...assets, ...more.filter(({ id }) => !known.has(id))].sort((a, b) => compare(a.id, b.id));
}

/** Once per address and place: ports that were found later are of the same addresses. */
function reachOf(input: CheckInput, own: readonly AddressReach[]): NonNullable<CheckReport['reach']> {
  return [...own.map((one) => ({ ...one, vantage: input.vantage })), ...(input.outside?.reach ?? [])].sort(
    (a, b) => compare(a.host, b.host) || compare(a.address, b.address) || compare(a.vantage, b.vantage),
  );
}

/** Complete: everything was checked, and nothing is unknown. */
export function summaryOf(
  stories: CheckReport['stories'],
  findings: CheckReport['findings'],
  skips: readonly Skip[],
): CheckReport['summary'] {
  const count = (state: string) => stories.filter((story) => story.state === state).length;
  const open = stories.filter(({ state }) => state === 'exposed');
  const severities = [...open, ...findings].map(({ severity }) => severity);
  return {
    exposed: count('exposed'),
    closed: count('closed'),
    unknown: count('unknown'),
    worst: severities.length > 0 ? worst(severities) : null,
    documents: open.reduce((total, { documents }) => total + (documents ?? 0), 0),
    ...peopleOf(open),
    complete: count('unknown') === 0 && skips.every(({ severity }) => severity === 'note'),
  };
}

/** At least so many: stores may be about the same people, so the largest estimate counts alone. */
function peopleOf(open: CheckReport['stories']): { people?: number } {
  const people = open.flatMap((story) => story.people ?? []);
  return people.length === 0 ? {} : { people: Math.max(...people) };
}

function hints(input: CheckInput): (host: string) => string | undefined {
  const files = new Map(
    (input.targets ?? []).flatMap(({ host, configuredBy }) =>
      configuredBy === undefined ? [] : [[hostName(host), shownPath(input.root, configuredBy)] as const],
    ),
  );
  return (host) => files.get(hostName(host));
}

function controlled(input: CheckInput): (host: string, service: string, port: number) => boolean {
  return (host, service, port) =>
    (input.targets ?? []).some(
      (target) =>
        hostName(target.host) === hostName(host) &&
        target.controls.some((control) => control.service === service && (control.port ?? port) === port),
    );
}
