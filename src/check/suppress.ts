/** The ignore file at work: what its owners accept is set aside, visibly, until its day. */
import { matchesGlob } from '../config/glob.ts';
import type { IgnoreEntry } from '../config/index.ts';
import type { Finding, Suppressed } from '../core/finding.ts';
import type { Skip } from '../core/skip.ts';
import type { Story } from '../core/story.ts';
import { isExposed } from '../core/verdict.ts';

export interface Judged {
  findings: Finding[];
  stories: Story[];
  suppressed: Suppressed[];
  /** Entries that are over, and say so. */
  notes: Skip[];
}

/**
 * A story goes with the findings that make it: when every finding that a stranger gets in is set aside, or its own
 * fingerprint is named, it is not told.
 */
export function suppress(
  findings: readonly Finding[],
  stories: readonly Story[],
  ignore: readonly IgnoreEntry[],
): Judged {
  const active = ignore.filter(({ expired }) => !expired);
  const suppressed: Suppressed[] = [];
  const kept: Finding[] = [];
  const byStory = new Map<string, IgnoreEntry>();
  for (const story of stories) {
    const entry = active.find(({ id, path }) => id === story.id && path === undefined);
    if (entry) for (const print of story.findings) byStory.set(print, entry);
  }
  for (const finding of findings) {
    const entry =
      active.find((one) => covers(one, finding)) ??
      (finding.rule.startsWith('probe/') ? byStory.get(finding.fingerprint) : undefined);
    if (entry) suppressed.push({ finding, statement: entry.statement, expires: entry.expires });
    else kept.push(finding);
  }
  const gone = new Set(suppressed.map(({ finding }) => finding.fingerprint));
  const told = stories
    .filter((story) => !active.some(({ id, path }) => id === story.id && path === undefined))
    .filter((story) => !isAccepted(story, findings, gone))
    .map((story) => withoutAccepted(story, gone));
  return { findings: kept, stories: told, suppressed, notes: ignore.filter(({ expired }) => expired).map(expiry) };
}

function covers(entry: IgnoreEntry, finding: Finding): boolean {
  if (entry.id !== finding.rule && entry.id !== finding.fingerprint) return false;
  const { path } = entry;
  if (path === undefined) return true;
  return finding.evidence.some((one) => {
    const file = one.kind === 'file' || one.kind === 'setting' ? one.path : undefined;
    return file !== undefined && (file === path || matchesGlob(file, path));
  });
}

function isAccepted(story: Story, findings: readonly Finding[], gone: ReadonlySet<string>): boolean {
  const open = findings.filter(
    ({ fingerprint, verdict }) => story.findings.includes(fingerprint) && verdict !== undefined && isExposed(verdict),
  );
  return open.length > 0 && open.every(({ fingerprint }) => gone.has(fingerprint));
}

function withoutAccepted(story: Story, gone: ReadonlySet<string>): Story {
  const left = (prints: readonly string[]) => prints.filter((print) => !gone.has(print));
  return {
    ...story,
    findings: left(story.findings),
    tasks: story.tasks.map((task) => ({ ...task, findings: left(task.findings) })),
  };
}

function expiry(entry: IgnoreEntry): Skip {
  return {
    subject: `${entry.at.path}:${entry.at.line}`,
    code: 'IGNORE_EXPIRED',
    reason: `the entry for ${entry.id} expired on ${entry.expires} and silences nothing any more; decide anew, or delete it`,
    severity: 'note',
  };
}
