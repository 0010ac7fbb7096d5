/**
 * Patches of findings: planned in memory, proven, shown and only then written.
 *
 * A patch counts when the file is still the one it was made for, and the tree audited again with it no longer raises
 * the finding, raises nothing new, reads no worse, and differs in edited lines only. Anything else is refused.
 */
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { type ErrorCode, PosternError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import type { Patch, TextEdit } from '../core/patch.ts';
import { redactLine } from '../core/redact-line.ts';
import { applyEdits, changesOnlyEditedLines, overlap, sameEdits, sortEdits } from './edits.ts';
import { type AuditOptions, type AuditResult, auditPaths } from './index.ts';
import { encode, type Source, sourceOf } from './source.ts';

/** One patch and the findings it clears. */
export interface PlannedPatch {
  patch: Patch;
  /** Fingerprints. */
  findings: string[];
  rules: string[];
}

/** All that happens to one file. */
export interface FileChange {
  path: string;
  /** SHA-256 (hex) of the bytes it was planned on. */
  sha256: string;
  encoding: Source['encoding'];
  before: string;
  after: string;
  patches: PlannedPatch[];
}

export interface Refusal {
  path: string;
  findings: string[];
  title: string;
  code: ErrorCode | 'PATCH_OVERLAP';
  reason: string;
}

export interface FixPlan {
  changes: FileChange[];
  refused: Refusal[];
  /** Fingerprints of findings that have no patch. */
  manual: string[];
}

/** What is known of the tree already, and how it is judged. */
export interface Known {
  /** The audit that the findings come from, when it is at hand: the tree is then read once less. */
  before?: AuditResult;
  judged?: AuditOptions;
}

interface Candidate extends PlannedPatch {
  source: Source;
}

/**
 * Plans the first patch of each finding, merged by file, and proves the plan by auditing the tree with it in memory.
 *
 * @param root the audited folder or file
 * @throws PosternError `E_INPUT_NOT_FOUND`
 */
export async function planFixes(root: string, findings: readonly Finding[], known: Known = {}): Promise<FixPlan> {
  const refused: Refusal[] = [];
  const manual: string[] = [];
  const candidates: Candidate[] = [];
  const sources = new Map<string, Source | PosternError>();
  for (const finding of findings) {
    const [patch] = finding.patches ?? [];
    if (!patch) {
      manual.push(finding.fingerprint);
      continue;
    }
    const same = candidates.find(
      (other) => other.patch.path === patch.path && sameEdits(other.patch.edits, patch.edits),
    );
    if (same) {
      same.findings.push(finding.fingerprint);
      same.rules.push(finding.rule);
      continue;
    }
    const candidate = { patch, findings: [finding.fingerprint], rules: [finding.rule] };
    const source = sources.get(patch.path) ?? readForPatch(root, patch.path);
    sources.set(patch.path, source);
    if (source instanceof PosternError) {
      refused.push(refusal(candidate, source.code, source.message));
    } else if (source.sha256 !== patch.sha256) {
      refused.push(refusal(candidate, 'E_PATCH_STALE', 'the file changed after the finding was made'));
    } else if (applyEdits(source.text, patch.edits) === null) {
      refused.push(refusal(candidate, 'E_PATCH_INEFFECTIVE', 'its edits overlap each other or lie outside the file'));
    } else {
      const rival = candidates.find(
        (other) => other.patch.path === patch.path && clash(other.patch.edits, patch.edits),
      );
      if (rival)
        refused.push(
          refusal(candidate, 'PATCH_OVERLAP', `it edits what “${rival.patch.title}” edits; run again after that`),
        );
      else candidates.push({ ...candidate, source });
    }
  }
  const proven =
    candidates.length > 0
      ? await prove(root, candidates, refused, known.before ?? (await auditPaths(root, known.judged)), known.judged)
      : [];
  return { changes: changesOf(proven), refused, manual };
}

/**
 * Writes planned changes: each file through a temporary one beside it and a rename, with its mode kept. None is renamed
 * before all could be written.
 *
 * @returns the paths written
 * @throws PosternError `E_PATCH_STALE` when a file is not the one that was planned on (files before it are written),
 *   `E_PATCH_INEFFECTIVE` when a change is not what its patches say, `E_OUTPUT`
 */
export function applyPatches(root: string, changes: readonly FileChange[]): string[] {
  for (const change of changes) {
    const edits = change.patches.flatMap(({ patch }) => patch.edits);
    if (
      applyEdits(change.before, edits) !== change.after ||
      !changesOnlyEditedLines(change.before, change.after, edits)
    ) {
      throw new PosternError('E_PATCH_INEFFECTIVE', `${change.path}: the change is not what its patches say`, {
        at: { path: change.path },
      });
    }
    assertFresh(root, change);
  }
  const staged: Staged[] = [];
  try {
    for (const change of changes)
      staged.push(stage(pathInside(root, change.path), encode(change.after, change.encoding), change.path));
    return changes.map((change, at) => {
      assertFresh(root, change);
      const { temporary, file } = staged[at] ?? { temporary: '', file: '' };
      renameSync(temporary, file);
      return change.path;
    });
  } finally {
    for (const { temporary } of staged) rmSync(temporary, { force: true });
  }
}

/**
 * The changes as a unified diff, as `git diff` writes it, for people to read: values of secrets are masked, and no line
 * stands there that does not change, because a neighbour may be a password under any name.
 */
export function renderDiff(changes: readonly Pick<FileChange, 'path' | 'before' | 'after'>[]): string {
  return changes
    .map(({ path, before, after }) => {
      const text = createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after, undefined, undefined, { context: 0 });
      return text
        .replace(/^=+\n/, '')
        .split('\n')
        .map((line, index) => (index > 1 && /^[+-]/.test(line) ? line.slice(0, 1) + redactLine(line.slice(1)) : line))
        .join('\n');
    })
    .join('');
}

/**
 * Keeps the candidates that hold together. All are tried at once, and a list that fails is halved: a tree is read again
 * some 2·log2(n) times for each bad one among n, not n times.
 */
async function prove(
  root: string,
  candidates: readonly Candidate[],
  refused: Refusal[],
  before: AuditResult,
  judged: AuditOptions = {},
): Promise<Candidate[]> {
  const current = new Set(before.outcome.findings.map(({ fingerprint }) => fingerprint));
  const live = candidates.filter((candidate) => {
    if (candidate.findings.some((finding) => current.has(finding))) return true;
    refused.push(refusal(candidate, 'E_PATCH_STALE', 'the finding is no longer raised'));
    return false;
  });
  async function add(kept: readonly Candidate[], more: readonly Candidate[]): Promise<readonly Candidate[]> {
    const [first] = more;
    if (first === undefined) return kept;
    const together = [...kept, ...more];
    const reason = await failure(root, together, before, judged);
    if (reason === null) return together;
    if (more.length === 1) {
      refused.push(refusal(first, 'E_PATCH_INEFFECTIVE', reason));
      return kept;
    }
    const half = more.length >> 1;
    return add(await add(kept, more.slice(0, half)), more.slice(half));
  }
  return [...(await add([], live))];
}

/** Why these patches together do not count, or null. */
async function failure(
  root: string,
  candidates: readonly Candidate[],
  before: AuditResult,
  judged: AuditOptions,
): Promise<string | null> {
  const changes = changesOf(candidates);
  for (const change of changes) {
    const edits = change.patches.flatMap(({ patch }) => patch.edits);
    if (!changesOnlyEditedLines(change.before, change.after, edits)) return 'it would change other lines';
  }
  const overlay = new Map(changes.map(({ path, after, encoding }) => [path, encode(after, encoding)]));
  const after = await auditPaths(root, { ...judged, overlay });
  const left = new Set(after.outcome.findings.map(({ fingerprint }) => fingerprint));
  if (candidates.some(({ findings }) => findings.some((finding) => left.has(finding))))
    return 'the finding would still be raised';
  const known = new Set(before.outcome.findings.map(({ fingerprint }) => fingerprint));
  const fresh = after.outcome.findings.find(({ fingerprint }) => !known.has(fingerprint));
  if (fresh) return `it would raise ${fresh.rule}`;
  const worse = after.report.files.length !== before.report.files.length || incompletes(after) > incompletes(before);
  return worse ? 'the patched file could not be read as well as before' : null;
}

function incompletes({ outcome }: AuditResult): number {
  return outcome.skips.filter(({ severity }) => severity === 'incomplete').length;
}

function changesOf(candidates: readonly Candidate[]): FileChange[] {
  const byPath = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const list = byPath.get(candidate.patch.path) ?? [];
    list.push(candidate);
    byPath.set(candidate.patch.path, list);
  }
  return [...byPath].flatMap(([path, list]) => {
    const source = list[0]?.source;
    const edits = sortEdits(list.flatMap(({ patch }) => patch.edits));
    const after = source ? applyEdits(source.text, edits) : null;
    if (!source || after === null) return [];
    const patches = list.map(({ patch, findings, rules }) => ({ patch, findings, rules }));
    return [{ path, sha256: source.sha256, encoding: source.encoding, before: source.text, after, patches }];
  });
}

function clash(a: readonly TextEdit[], b: readonly TextEdit[]): boolean {
  return a.some((left) => b.some((right) => overlap(left, right)));
}

function refusal({ patch, findings }: PlannedPatch, code: Refusal['code'], reason: string): Refusal {
  return { path: patch.path, findings, title: patch.title, code, reason };
}

function readForPatch(root: string, path: string): Source | PosternError {
  try {
    return sourceOf(path, readFileSync(pathInside(root, path)));
  } catch (error) {
    if (error instanceof PosternError) return error;
    return new PosternError('E_INPUT_NOT_FOUND', `${path}: cannot be read`, { at: { path }, cause: error });
  }
}

/** Absolute path of a file of the tree; refuses what leaves it, by `..` or by a symbolic link. */
function pathInside(root: string, path: string): string {
  const absolute = resolve(root);
  const isFile = statSync(absolute, { throwIfNoEntry: false })?.isFile() === true;
  const folder = isFile ? dirname(absolute) : absolute;
  const file = resolve(folder, path);
  const real = realpathSync(dirname(file));
  const realRoot = realpathSync(folder);
  const inside = real === realRoot || real.startsWith(realRoot.endsWith(sep) ? realRoot : `${realRoot}${sep}`);
  if (!inside || (!isFile && !lstatSync(file).isFile())) {
    throw new PosternError('E_INPUT_NOT_FOUND', `${path}: not a file of ${root}`, { at: { path } });
  }
  return isFile ? realpathSync(file) : file;
}

function assertFresh(root: string, change: FileChange): void {
  const source = readForPatch(root, change.path);
  if (source instanceof PosternError) throw source;
  if (source.sha256 !== change.sha256) {
    throw new PosternError('E_PATCH_STALE', 'changed since the plan was made', {
      at: { path: change.path },
    });
  }
}

interface Staged {
  file: string;
  temporary: string;
}

/**
 * Writes a temporary file beside the one that it will take the place of. All are there before the first is renamed, so
 * that a folder that cannot be written stops the others, too.
 */
function stage(file: string, bytes: Buffer, path: string): Staged {
  const temporary = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    // A rename would also take the place of a file that its owner made read-only.
    closeSync(openSync(file, 'r+'));
    const stat = statSync(file);
    const handle = openSync(temporary, 'wx', 0o600);
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written);
      fchmodSync(handle, stat.mode & 0o7777);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    keepOwner(temporary, stat);
    return { file, temporary };
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new PosternError('E_OUTPUT', 'cannot be written; no file of this folder was changed', {
      at: { path },
      cause,
    });
  }
}

/** Only root may give files away; for everybody else the file already is theirs. */
function keepOwner(file: string, stat: { uid: number; gid: number }): void {
  const own = statSync(file);
  if (own.uid !== stat.uid || own.gid !== stat.gid) chownSync(file, stat.uid, stat.gid);
}
