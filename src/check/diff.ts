/** Drift: what opened, closed and changed between two checks. Silence is never called closed. */
import type { StoreAsset } from '../core/asset.ts';
import { categoryTitle } from '../core/category.ts';
import type { CheckReport } from '../core/contract/check.ts';
import { CHECK_DIFF_SCHEMA, type CheckChange, type CheckDiff } from '../core/contract/check-diff.ts';
import { CHECK_CHANGES } from '../core/drift.ts';
import type { Finding } from '../core/finding.ts';
import { SEVERITIES } from '../core/severity.ts';
import type { Story } from '../core/story.ts';
import { isShut, type Verdict } from '../core/verdict.ts';
import { counted, humanCount, nounsOf, series } from '../core/words.ts';
import { compare } from './graph.ts';

export interface NamedReport {
  path: string;
  report: CheckReport;
}

export function diffChecks(before: NamedReport, after: NamedReport): CheckDiff {
  const changes = [
    ...storeChanges(before.report, after.report),
    ...findingChanges(before.report, after.report),
    ...proposalChanges(before.report, after.report),
  ].sort(
    (a, b) =>
      CHECK_CHANGES.indexOf(a.change) - CHECK_CHANGES.indexOf(b.change) ||
      severityRank(a) - severityRank(b) ||
      compare(a.id, b.id),
  );
  const count = (change: CheckChange['change']) => changes.filter((one) => one.change === change).length;
  return {
    schema: CHECK_DIFF_SCHEMA,
    before: sideOf(before),
    after: sideOf(after),
    changes,
    summary: {
      opened: count('opened'),
      changed: count('changed'),
      lost: count('lost'),
      closed: count('closed'),
      new: count('new'),
      gone: count('gone'),
    },
  };
}

/** Findings that are new and accepted by nobody: what a gate judges. */
export function newFindings(before: CheckReport, after: CheckReport): Finding[] {
  const known = new Set([
    ...before.findings.map(({ fingerprint }) => fingerprint),
    ...before.suppressed.map(({ finding }) => finding.fingerprint),
  ]);
  return after.findings.filter(({ fingerprint }) => !known.has(fingerprint));
}

function sideOf({ path, report }: NamedReport): CheckDiff['before'] {
  const { finishedAt, vantage, scopeHash, summary } = report;
  return { path, finishedAt, vantage, scopeHash, complete: summary.complete };
}

function severityRank({ severity }: CheckChange): number {
  return severity === undefined ? SEVERITIES.length : SEVERITIES.indexOf(severity);
}

function storeChanges(before: CheckReport, after: CheckReport): CheckChange[] {
  const earlier = byStore(before.stories);
  const later = byStore(after.stories);
  const changes: CheckChange[] = [];
  for (const [id, story] of later) {
    const was = earlier.get(id);
    if (story.state === 'exposed' && was?.state !== 'exposed') changes.push(opened(id, story, was, before));
    else if (story.state === 'exposed' && was !== undefined) changes.push(...changed(id, was, story));
    else if (was?.state === 'exposed')
      changes.push(story.state === 'closed' ? closed(id, was, 'proven closed') : lost(id, was, story.unknowns[0]));
  }
  for (const [id, was] of earlier) {
    if (was.state !== 'exposed' || later.has(id)) continue;
    const verdict = verdictNow(id, was, before, after);
    if (verdict !== undefined && isShut(verdict))
      changes.push(closed(id, was, `a stranger’s request ends in ${verdict}`));
    else changes.push(lost(id, was, undefined));
  }
  return changes;
}

function byStore(stories: readonly Story[]): Map<string, Story> {
  return new Map(stories.map((story) => [story.store, story]));
}

/**
 * What the later report says of a store that has no story there: its verdict where it answered; `refused` where every
 * place that was asked before was asked again, and all of its open ports are told by others. Undefined: not told.
 */
function verdictNow(id: string, was: Story, before: CheckReport, after: CheckReport): Verdict | undefined {
  const asset = after.assets.find((one): one is StoreAsset => one.kind === 'store' && one.id === id);
  if (asset?.verdict !== undefined) return asset.verdict;
  if (before.scopeHash !== after.scopeHash || before.vantage !== after.vantage) return undefined;
  const hosts = new Set(was.outsider.flatMap(({ host, address }) => [host, address]));
  // A host that could not be asked is a skip; a place that was reached and gives no store is a closed port.
  const missed = after.skips.some(
    ({ subject, severity }) =>
      severity === 'incomplete' && [...hosts].some((host) => subject === 'probe' || subject.includes(host)),
  );
  const reached = (after.reach ?? []).filter(({ address, unused }) => hosts.has(address) && unused !== 'unknown');
  if (missed || reached.length === 0) return undefined;
  return reached.every(({ unused }) => unused === 'filtered') ? 'filtered' : 'refused';
}

function opened(id: string, story: Story, was: Story | undefined, earlier: CheckReport): CheckChange {
  const asset = earlier.assets.find((one): one is StoreAsset => one.kind === 'store' && one.id === id);
  return {
    kind: 'store',
    change: 'opened',
    id,
    title: story.headline,
    before: was?.state ?? asset?.verdict ?? 'not seen',
    after: lossOf(story),
    severity: story.severity,
  };
}

function closed(id: string, was: Story, how: string): CheckChange {
  return { kind: 'store', change: 'closed', id, title: was.headline, before: lossOf(was), after: how };
}

function lost(id: string, was: Story, why: string | undefined): CheckChange {
  const after = why ?? 'it was not asked again, or gave no answer that tells';
  return { kind: 'store', change: 'lost', id, title: was.headline, before: lossOf(was), after, severity: was.severity };
}

function changed(id: string, was: Story, is: Story): CheckChange[] {
  const noun = nounsOf(id.split(':')[1]?.split('/')[0] ?? '').record;
  const amount = ({ documents }: Story) => (documents === undefined ? undefined : counted(documents, noun));
  const kinds = ({ categories }: Story) => series(categories.map((category) => categoryTitle(category)));
  const facts = [
    fact('access', worstOf(was), worstOf(is)),
    fact('amount', amount(was), amount(is)),
    fact('people', peopleText(was), peopleText(is)),
    fact('personal data', kinds(was), kinds(is)),
    fact('sets', namesOf(was), namesOf(is)),
    fact('others', accessText(was), accessText(is)),
  ].filter((text) => text !== undefined);
  if (facts.length === 0) return [];
  return [{ kind: 'store', change: 'changed', id, title: is.headline, after: facts.join('; '), severity: is.severity }];
}

/** `amount: 0 keys, now 1 key`; undefined where nothing changed. */
function fact(what: string, then = '', now = ''): string | undefined {
  return then === now ? undefined : `${what}: ${then || 'none told'}, now ${now || 'none told'}`;
}

function worstOf(story: Story): string {
  const verdicts = new Set(story.outsider.map(({ verdict }) => verdict));
  return (
    (['anonymous-write', 'anonymous-read', 'metadata-only'] as const).find((one) => verdicts.has(one)) ?? 'exposed'
  );
}

function peopleText({ people }: Story): string | undefined {
  return people === undefined ? undefined : `at least ${humanCount(people)} people`;
}

function namesOf({ datasets }: Story): string | undefined {
  return datasets.length === 0
    ? undefined
    : `${humanCount(datasets.length)} sets: ${datasets
        .slice(0, 5)
        .map(({ name }) => name)
        .sort(compare)
        .join(', ')}`;
}

function accessText({ access }: Story): string | undefined {
  const open = (access ?? []).filter(({ read, write }) => read === 'yes' || write === 'yes');
  return open.length === 0 ? undefined : series(open.map(({ as, what }) => `${as} ${what}`));
}

function lossOf(story: Story): string {
  return [worstOf(story), ...[peopleText(story)].filter((text) => text !== undefined)].join(', ');
}

function findingChanges(before: CheckReport, after: CheckReport): CheckChange[] {
  const told = (report: CheckReport) => new Set(report.findings.map(({ fingerprint }) => fingerprint));
  const later = told(after);
  const change = (finding: Finding, kind: 'new' | 'gone'): CheckChange => ({
    kind: 'finding',
    change: kind,
    id: finding.fingerprint,
    title: `${finding.rule}: ${finding.message}`,
    severity: finding.severity,
    owner: finding.owner,
  });
  return [
    ...newFindings(before, after).map((finding) => change(finding, 'new')),
    ...before.findings.filter(({ fingerprint }) => !later.has(fingerprint)).map((finding) => change(finding, 'gone')),
  ];
}

function proposalChanges(before: CheckReport, after: CheckReport): CheckChange[] {
  const idOf = ({ host, port }: CheckReport['proposals'][number]) => (port === undefined ? host : `${host}:${port}`);
  const known = new Set(before.proposals.map(idOf));
  return after.proposals
    .filter((one) => !known.has(idOf(one)))
    .map((one) => ({
      kind: 'proposal',
      change: 'new',
      id: idOf(one),
      title: `${idOf(one)} was found and is not in scope: ${one.reason}`,
    }));
}
