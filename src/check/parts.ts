/** The three verbs of a check. Each gives what it could; what failed is a skip, never a crash. */
import { statSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { PosternError } from '../core/errors.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Finding } from '../core/finding.ts';
import type { Skip } from '../core/skip.ts';
import { createDialer } from '../net/index.ts';
import type { AddressReach, ProbeTarget } from '../probe/index.ts';
import type { ProbeResult } from '../probe/service.ts';
import { type Audited, joinAudits, rebase } from './gather/audited.ts';
import type { InspectedApp } from './gather/inspected.ts';
import type { CheckInput } from './input.ts';
import type { Verbs } from './verbs.ts';

export async function inspectAll(input: CheckInput, verbs: Verbs): Promise<{ apps: InspectedApp[]; skips: Skip[] }> {
  const apps: InspectedApp[] = [];
  const skips: Skip[] = [];
  for (const [index, file] of input.packages.entries()) {
    const shown = shownPath(input.root, file);
    if (input.signal?.aborted) {
      skips.push(stopped(shown));
      continue;
    }
    const progress = (entry: string) =>
      input.onProgress?.({
        part: 'inspect',
        label: entry === '' ? shown : `${shown}: ${entry}`,
        done: index,
        total: input.packages.length,
      });
    progress('');
    try {
      const report = await verbs.inspectPackage(file, {
        redactionKey: input.redactionKey,
        onProgress: ({ entry }) => progress(entry),
        ...(input.signal && { signal: input.signal }),
      });
      // Evidence may name an entry behind the file: `app.apk!AndroidManifest.xml`.
      const rename = (path: string) => (path.startsWith(file) ? `${shown}${path.slice(file.length)}` : path);
      apps.push({ path: shown, report: { ...report, findings: report.findings.map((one) => renamed(one, rename)) } });
      skips.push(...report.skips.map((skip) => ({ ...skip, subject: withShown(skip.subject, file, shown) })));
    } catch (error) {
      skips.push(input.signal?.aborted ? stopped(shown) : failed(shown, 'INSPECT_FAILED', error));
    }
  }
  return { apps, skips };
}

export async function auditAll(
  input: CheckInput,
  verbs: Verbs,
): Promise<{ audited: Audited | undefined; skips: Skip[] }> {
  const skips: Skip[] = [];
  const audits: Audited[] = [];
  const roots = outermost(input.configuration);
  for (const [index, path] of roots.entries()) {
    const shown = shownPath(input.root, path);
    if (input.signal?.aborted) {
      skips.push(stopped(shown));
      continue;
    }
    input.onProgress?.({ part: 'audit', label: shown, done: index, total: roots.length });
    try {
      const result = await verbs.auditPaths(path, {
        ...input.judgedBy,
        ...(input.signal && { signal: input.signal }),
      });
      // Paths of a single file are relative to its folder.
      const folder = statSync(path, { throwIfNoEntry: false })?.isFile() ? dirname(path) : path;
      const prefix = shownPath(input.root, folder);
      audits.push(rebase(result, prefix === '.' ? '' : prefix));
    } catch (error) {
      skips.push(input.signal?.aborted ? stopped(shown) : failed(shown, 'AUDIT_FAILED', error));
    }
  }
  const audited = audits.length > 0 ? joinAudits(audits) : undefined;
  return { audited, skips: [...skips, ...(audited?.skips ?? [])] };
}

/** Without what lies in another of them: it would be audited twice. In a fixed order. */
function outermost(paths: readonly string[]): string[] {
  const all = [...new Set(paths.map((path) => resolve(path)))].sort();
  return all.filter(
    (path) => !all.some((other) => other !== path && path.startsWith(other.endsWith(sep) ? other : other + sep)),
  );
}

/** Every store port of the catalogue on every host in scope. */
export async function probeAll(input: CheckInput, verbs: Verbs): Promise<Probed> {
  const targets = input.scope.targets.map((target) => ({ label: target.host, target }));
  const refused = input.scope.refused.map(
    ({ host, error }): Skip => ({
      subject: host,
      code: error.code,
      reason: `${error.message} ${error.hint}`,
      severity: 'incomplete',
    }),
  );
  const { results, reach, skips } = await probeTargets(input, verbs, targets);
  return { results, reach, skips: [...refused, ...skips] };
}

export interface Probed {
  results: ProbeResult[];
  reach: AddressReach[];
  skips: Skip[];
}

export async function probeTargets(input: CheckInput, verbs: Verbs, targets: readonly ProbeTarget[]): Promise<Probed> {
  const results: ProbeResult[] = [];
  const reach: AddressReach[] = [];
  if (targets.length === 0) return { results, reach, skips: [] };
  const skips: Skip[] = [];
  try {
    for await (const result of verbs.probe(targets, {
      ...(input.emptyPassword !== undefined && { emptyPassword: input.emptyPassword }),
      ...(input.signal && { signal: input.signal }),
      ...(input.onSend && { dialer: createDialer({ onSend: input.onSend }) }),
      ...(verbs.subjectFields && { subjectFields: verbs.subjectFields }),
      onReach: (one) => reach.push(one),
    })) {
      results.push(result);
      const at = result.port === null ? result.host : `${result.host}:${result.port}`;
      input.onProgress?.({ part: 'probe', label: `${at} ${result.verdict}`, done: results.length, total: 0 });
    }
  } catch (error) {
    if (!input.signal?.aborted) skips.push(failed('probe', 'PROBE_FAILED', error));
  }
  if (input.signal?.aborted) skips.push(stopped('probe'));
  return { results, reach, skips };
}

/** Relative to the project, with forward slashes; absolute where it lies outside by another root. */
export function shownPath(root: string, path: string): string {
  const shown = relative(root, path).split(sep).join('/');
  return shown === '' ? '.' : shown;
}

function renamed(finding: Finding, rename: (path: string) => string): Finding {
  const move = (one: Evidence): Evidence =>
    one.kind === 'file' || one.kind === 'setting' ? { ...one, path: rename(one.path) } : one;
  const [first, ...rest] = finding.evidence;
  return { ...finding, evidence: [move(first), ...rest.map(move)] };
}

function withShown(subject: string, file: string, shown: string): string {
  return subject.startsWith(file)
    ? `${shown}${subject.slice(file.length)}`
    : subject.startsWith(shown)
      ? subject
      : `${shown}!${subject}`;
}

function failed(subject: string, code: string, error: unknown): Skip {
  if (error instanceof PosternError)
    return { subject, code: error.code, reason: error.message, severity: 'incomplete' };
  const reason = error instanceof Error ? error.message : String(error);
  return { subject, code, reason: `a defect stopped this part: ${reason}`, severity: 'incomplete' };
}

function stopped(subject: string): Skip {
  return { subject, code: 'STOPPED', reason: 'the run was stopped before this was done', severity: 'incomplete' };
}
