/** `audit`: reads the configuration of stores and of the containers they run in, and says what stands open. */
import { basename, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Asset } from '../core/asset.ts';
import { assetId } from '../core/asset.ts';
import type { AuditReport } from '../core/contract/audit.ts';
import type { Edge } from '../core/edge.ts';
import type { Finding } from '../core/finding.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Rule } from '../core/rule.ts';
import { atLeast } from '../core/severity.ts';
import type { Skip } from '../core/skip.ts';
import { assembleAll, type Corpus, corpusOf, emptyFiles, FORMAT_NAMES, readEmbedded, readInto } from './corpus.ts';
import type { DeclaredService } from './declared.ts';
import { prepareFormats, recognise } from './formats/index.ts';
import { type Judgement, type JudgeOptions, judge } from './judge.ts';
import type { FormatName, UserRule } from './model.ts';
import { RULES } from './rules/index.ts';
import { TREE_RULES } from './rules/tree/index.ts';
import { shown } from './shown.ts';
import { fileOf, type Source, sourceOf } from './source.ts';
import { readTree } from './tree.ts';

export type { DeclaredService } from './declared.ts';
export { prepareFormats } from './formats/index.ts';
export type { FormatName, UserRule } from './model.ts';
export { userRule, userRuleProblem } from './user-rules.ts';

/** Every rule of this verb. */
export const auditRules: readonly (Rule & { readonly format: FormatName | 'tree' })[] = [
  ...FORMAT_NAMES.flatMap((format): (Rule & { readonly format: FormatName })[] => {
    const { rules, guidance } = RULES[format];
    return rules.map((rule) => ({ ...rule, guidance: { ...guidance, ...rule.guidance } }));
  }),
  ...TREE_RULES.map(({ rule, guidance }) => ({ ...rule, guidance, format: 'tree' as const })),
];

/** Whether a format is called that. */
export function isFormat(name: string): name is FormatName {
  return (FORMAT_NAMES as readonly string[]).includes(name);
}

export interface AuditOptions {
  signal?: AbortSignal;
  /** Contents that stand in for files of the folder, by path relative to it. */
  overlay?: ReadonlyMap<string, Uint8Array>;
  /** Also rules that nobody verified yet. */
  experimental?: boolean;
  /** Rules of the user, beside the built-in ones. */
  rules?: readonly UserRule[];
  /** Told now and then, for progress. */
  onProgress?(event: { done: number; path: string }): void;
}

export interface AuditResult {
  report: AuditReport;
  outcome: Outcome;
  services: DeclaredService[];
}

// The literal, not the constant: importing the contract would load zod on the start-up path.
const AUDIT_SCHEMA: AuditReport['schema'] = 'https://postern.dev/schema/audit-1.json';

/**
 * Audits a folder, or one file.
 *
 * @param root path of the folder or file
 * @throws PosternError `E_INPUT_NOT_FOUND`
 */
export async function auditPaths(root: string, options: AuditOptions = {}): Promise<AuditResult> {
  const tree = await readTree(root, options.signal);
  const skips: Skip[] = [...tree.skips];
  function text(path: string): string | null {
    const instead = options.overlay?.get(path);
    return instead ? sourceOf(path, instead).text : tree.text(path);
  }
  function* sources(): Generator<Source> {
    for (const path of tree.paths) {
      options.signal?.throwIfAborted();
      const instead = options.overlay?.get(path);
      const source = instead ? sourceOf(path, instead) : tree.source(path, (skip) => skips.push(skip));
      if (source) yield source;
    }
  }
  const recognised: Recognised[] = [];
  let looked = 0;
  for (const source of sources()) {
    looked += 1;
    if (looked % 200 === 0) {
      options.onProgress?.({ done: looked, path: source.path });
      await setImmediate();
    }
    const format = recognise(source.path, source.text);
    if (format !== null) recognised.push({ source, format });
  }
  await prepareFormats(recognised.map(({ format }) => format));
  const result = auditSources(root, recognised, text, skips, options);
  // A folder named by mistake must not look like a clean one.
  if (result.report.files.length + result.report.skips.length === 0) {
    result.outcome.skips.push(nothingRead(resolve(root) === tree.folder ? '.' : basename(root)));
  }
  return result;
}

/**
 * Audits one text: for tests, examples and editors. Formats with a parser that is loaded on demand need
 * `prepareFormats()` before.
 *
 * A text that begins with `=== path` is several files, each below a line of that kind.
 *
 * @param options.path its name; decides nothing that the content does not
 * @param options.format reads a single text as this format instead of recognising it
 */
export function auditText(
  text: string,
  options: { path?: string; format?: FormatName | 'tree'; experimental?: boolean; rules?: readonly UserRule[] } = {},
): AuditResult {
  const files = filesOf(text);
  if (files !== null) {
    const recognised = [...files].flatMap(([path, content]) => {
      const source = sourceOf(path, content);
      const format = recognise(path, content);
      return format === null ? [] : [{ source, format }];
    });
    return auditSources('.', recognised, (path) => files.get(path) ?? null, [], options);
  }
  const source = sourceOf(options.path ?? 'example', text);
  const format =
    options.format === undefined || options.format === 'tree' ? recognise(source.path, text) : options.format;
  return auditSources(source.path, format === null ? [] : [{ source, format }], () => null, [], options);
}

function filesOf(text: string): Map<string, string> | null {
  if (!text.startsWith('=== ')) return null;
  const parts = text.split(/^=== (.+)\n/m).slice(1);
  return new Map(parts.flatMap((path, at) => (at % 2 === 0 ? [[path, parts[at + 1] ?? '']] : [])));
}

interface Recognised {
  source: Source;
  format: FormatName;
}

function auditSources(
  root: string,
  recognised: readonly Recognised[],
  text: (path: string) => string | null,
  skips: Skip[],
  options: JudgeOptions,
): AuditResult {
  const files = emptyFiles();
  const listed: AuditReport['files'] = [];
  for (const { source, format } of recognised) {
    const reading = readInto(files, format, source, { text });
    skips.push(...reading.skips, ...readEmbedded(files, format, { text }));
    listed.push({ path: source.path, format, status: reading.status });
  }
  skips.push(...assembleAll(files, { text }));
  const corpus = corpusOf(files);
  const judged = judge(corpus, options);
  const told = {
    outcome: {
      assets: assetsOf(corpus, listed, judged),
      edges: edgesOf(corpus),
      findings: judged.findings.sort(byPlace),
      skips: [...skips, ...judged.skips],
    } satisfies Outcome,
    exposures: judged.exposures,
    services: [...corpus.services],
  };
  const { outcome, exposures, services } = shown(told, new Set(listed.map(({ path }) => path)));
  const report: AuditReport = {
    schema: AUDIT_SCHEMA,
    root,
    findings: outcome.findings.map((finding) => ({ ...finding, ...placeOf(finding) })),
    files: listed,
    exposures,
    skips: outcome.skips,
  };
  return { report, outcome, services };
}

function nothingRead(subject: string): Skip {
  const reason = 'holds no configuration of a kind that is read here';
  return { subject, code: 'AUDIT_NOTHING_READ', reason, severity: 'incomplete' };
}

function placeOf({ evidence: [first] }: Finding): { file: string; line: number; column: number } {
  return first.kind === 'setting'
    ? { file: first.path, line: first.line ?? 1, column: first.column ?? 1 }
    : { file: '', line: 1, column: 1 };
}

/** By file, then line; the worse first where two stand on one line. */
function byPlace(a: Finding, b: Finding): number {
  const left = placeOf(a);
  const right = placeOf(b);
  if (left.file !== right.file) return left.file < right.file ? -1 : 1;
  if (left.line !== right.line) return left.line - right.line;
  if (a.severity !== b.severity) return atLeast(a.severity, b.severity) ? -1 : 1;
  return left.column - right.column || (a.rule < b.rule ? -1 : 1);
}

/** Every file that was read – also one that is judged as part of another –, and what is declared or found in them. */
function assetsOf(corpus: Corpus, listed: AuditReport['files'], { findings, exposures }: Judgement): Asset[] {
  const assets = new Map<string, Asset>();
  const formats = new Map(listed.map(({ path, format }) => [path, format]));
  const add = (id: string, path: string, format: string, name?: string): void => {
    if (!assets.has(id)) assets.set(id, { kind: 'config', id, path, format, ...(name !== undefined && { name }) });
  };
  for (const format of FORMAT_NAMES) {
    for (const { source } of corpus.files[format]) {
      const { path } = fileOf(source);
      const name = path === source.path ? undefined : source.path.slice(path.length + 1);
      add(assetId('config', source.path), path, format, name);
    }
  }
  for (const { path, format } of listed) add(assetId('config', path), path, format);
  for (const { asset, file, name, format } of corpus.services) add(asset, file, format, name);
  // A provider's services, and stores that only a file of their own tells of.
  for (const { store, file, name } of exposures) add(store, file, formats.get(file) ?? 'unknown', name);
  // Resources that are no store: what follows the file's path in their id is what they are called.
  for (const { asset, evidence } of findings) {
    if (assets.has(asset)) continue;
    const [first] = evidence;
    const told = first.kind === 'setting' || first.kind === 'file' ? first.path : '';
    const path = asset.startsWith(`${assetId('config', told)}/`) ? told : fileIn(asset, formats);
    add(asset, path, formats.get(path) ?? 'unknown', asset.slice(assetId('config', path).length + 1));
  }
  return [...assets.values()];
}

/** The file that the id of what is declared in it begins with: the longest one. */
function fileIn(asset: string, formats: ReadonlyMap<string, string>): string {
  const id = asset.slice(assetId('config', '').length);
  for (let end = id.length; end > 0; end = id.lastIndexOf('/', end - 1)) {
    if (formats.has(id.slice(0, end))) return id.slice(0, end);
  }
  return '';
}

/** A compose file configures its services; a file that a service mounts configures that service. */
function edgesOf(corpus: Corpus): Edge[] {
  const edges: Edge[] = corpus.services.map(({ asset, file, line }) => ({
    from: assetId('config', file),
    relation: 'configures',
    to: asset,
    evidence: [{ kind: 'file', path: file, line }],
  }));
  for (const format of FORMAT_NAMES) {
    for (const file of corpus.files[format]) {
      for (const { file: by, service, declared } of corpus.runtimes(file)) {
        const mount = service.mounts.find(({ path }) => path !== null && `${file.source.path}/`.startsWith(`${path}/`));
        const place = by.source.position((mount?.span ?? service.nameSpan).start);
        edges.push({
          from: assetId('config', file.source.path),
          relation: 'configures',
          to: declared.asset,
          evidence: [{ kind: 'file', path: by.source.path, ...place }],
        });
      }
    }
  }
  return edges;
}
