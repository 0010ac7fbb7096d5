/**
 * What a patch changes, as changed lines. With the file's bytes at hand (and unchanged since the audit) these are the
 * real lines; without, the setting's actual and expected values from the finding's evidence.
 */
import { createHash } from 'node:crypto';
import type { SettingEvidence } from '../core/evidence.ts';
import type { Finding } from '../core/finding.ts';
import type { Patch } from '../core/patch.ts';
import { redactLine } from '../core/redact-line.ts';
import type { Task } from '../core/story.ts';
import { plainLines } from './untrusted.ts';

export interface ChangedLine {
  sign: '-' | '+';
  text: string;
}

export interface Change {
  path: string;
  /** First changed line, 1-based; null when it is not known. */
  line: number | null;
  title: string;
  blastRadius: string;
  needsConfirmation: boolean;
  lines: ChangedLine[];
  /** Changed lines beyond those in `lines`. */
  more: number;
}

const MOST_LINES = 24;

export function changesOf(
  task: Pick<Task, 'findings' | 'patches'>,
  findings: ReadonlyMap<string, Finding>,
  sources: ReadonlyMap<string, Uint8Array> | undefined,
): Change[] {
  const raised = task.findings.map((id) => findings.get(id)).filter((finding) => finding !== undefined);
  return task.patches.map((patch) => {
    const cleared = raised.filter(({ patches }) => patches?.some((own) => isSame(own, patch)));
    return changeOf(patch, settingsOf(cleared.length > 0 ? cleared : raised), sources?.get(patch.path));
  });
}

/** A report that was read from a file holds copies. */
function isSame(a: Patch, b: Patch): boolean {
  return a.path === b.path && JSON.stringify(a.edits) === JSON.stringify(b.edits);
}

function settingsOf(findings: readonly Finding[]): SettingEvidence[] {
  return findings.flatMap(({ evidence }) => evidence).filter((evidence) => evidence.kind === 'setting');
}

export function changeOf(patch: Patch, settings: readonly SettingEvidence[], source: Uint8Array | undefined): Change {
  const { path, title, blastRadius, needsConfirmation } = patch;
  const hunks = source === undefined ? null : changedLines(patch, source);
  const setting = settings.find((evidence) => sameFile(evidence.path, path));
  const lines = hunks?.lines ?? (setting === undefined ? [] : settingLines(setting));
  const shown = lines.slice(0, MOST_LINES);
  const line = hunks?.line ?? setting?.line ?? null;
  return { path, line, title, blastRadius, needsConfirmation, lines: shown, more: lines.length - shown.length };
}

function sameFile(a: string, b: string): boolean {
  return a === b || a.endsWith(`/${b}`) || b.endsWith(`/${a}`);
}

function settingLines(setting: SettingEvidence): ChangedLine[] {
  return [
    { sign: '-', text: redactLine(`${setting.pointer}: ${setting.actual}`) },
    { sign: '+', text: redactLine(`${setting.pointer}: ${setting.expected}`) },
  ];
}

/**
 * The lines that the edits touch, before and after. No context lines: a neighbour may hold a password.
 * Null when the file is not the one that was audited.
 */
function changedLines(patch: Patch, source: Uint8Array): { line: number; lines: ChangedLine[] } | null {
  if (createHash('sha256').update(source).digest('hex') !== patch.sha256) return null;
  const before = Buffer.from(source).toString('utf8');
  const edits = patch.edits.toSorted((a, b) => a.start - b.start);
  const first = edits[0];
  if (first === undefined || edits.some((edit) => edit.end > before.length || edit.end < edit.start)) return null;
  const result: ChangedLine[] = [];
  let next = 0;
  while (next < edits.length) {
    const group = [edits[next]!];
    const start = lineStart(before, group[0]!.start);
    let end = lineEnd(before, group[0]!.end);
    // Edits that touch the same lines are told as one change.
    while (++next < edits.length && edits[next]!.start <= end) {
      group.push(edits[next]!);
      end = Math.max(end, lineEnd(before, edits[next]!.end));
    }
    let after = '';
    let at = start;
    for (const edit of group) {
      after += before.slice(at, edit.start) + edit.text;
      at = Math.max(at, edit.end);
    }
    after += before.slice(at, end);
    result.push(...compared(before.slice(start, end), after));
  }
  return { line: before.slice(0, first.start).split('\n').length, lines: result };
}

/** Lines of both sides without those they begin or end with in common. */
function compared(before: string, after: string): ChangedLine[] {
  const old = plainLines(before).split('\n');
  const now = plainLines(after).split('\n');
  while (old.length > 0 && now.length > 0 && old[0] === now[0]) {
    old.shift();
    now.shift();
  }
  while (old.length > 0 && now.length > 0 && old.at(-1) === now.at(-1)) {
    old.pop();
    now.pop();
  }
  return [
    ...old.map((text): ChangedLine => ({ sign: '-', text: redactLine(text) })),
    ...now.map((text): ChangedLine => ({ sign: '+', text: redactLine(text) })),
  ];
}

function lineStart(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}
