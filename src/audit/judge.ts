/** Runs the rules over what was read, and turns hits into findings with patches. */
import { assetId } from '../core/asset.ts';
import type { Exposure } from '../core/exposure.ts';
import type { Finding } from '../core/finding.ts';
import { fingerprint } from '../core/fingerprint.ts';
import type { Skip } from '../core/skip.ts';
import { type Corpus, FORMAT_NAMES } from './corpus.ts';
import { editsWithin } from './embedded.ts';
import type { AuditRule, FormatName, Hit, ReadFile, RuleContext, UserRule } from './model.ts';
import { RULES } from './rules/index.ts';
import { fileOf } from './source.ts';
import { readSystem } from './system/index.ts';

export interface Judgement {
  findings: Finding[];
  exposures: Exposure[];
  skips: Skip[];
}

export interface JudgeOptions {
  /** Also rules that nobody verified yet. */
  experimental?: boolean;
  /** Rules of the user. */
  rules?: readonly UserRule[];
}

export function judge(corpus: Corpus, options: JudgeOptions = {}): Judgement {
  const findings: Finding[] = [];
  const skips = new Map<string, Skip>();
  for (const format of FORMAT_NAMES) judgeFormat(format, corpus, options, findings, skips);
  const system = readSystem(corpus, (file) => contextOf(corpus, file, skips), findings);
  return { findings: [...system.findings], exposures: system.exposures, skips: [...skips.values()] };
}

function judgeFormat<N extends FormatName>(
  format: N,
  corpus: Corpus,
  options: JudgeOptions,
  findings: Finding[],
  skips: Map<string, Skip>,
): void {
  const rules: readonly AuditRule<N>[] = [
    ...RULES[format].rules.filter((rule) => rule.experimental !== true || options.experimental === true),
    ...(options.rules ?? []).flatMap((rule) => rule.forFormat(format) ?? []),
  ];
  const files: readonly ReadFile<N>[] = corpus.files[format];
  for (const file of files) {
    const context = contextOf(corpus, file, skips);
    for (const rule of rules) {
      const seen = new Map<string, number>();
      for (const hit of rule.check(file, context)) {
        const place = `${hit.service ?? ''}\0${hit.pointer}`;
        const count = (seen.get(place) ?? 0) + 1;
        seen.set(place, count);
        findings.push(findingOf(rule, file, hit, count > 1 ? `${hit.pointer} #${count}` : hit.pointer));
      }
    }
  }
}

/** What a rule is told about the rest of the tree; what it says is unknown goes into `skips`. */
function contextOf(corpus: Corpus, file: ReadFile, skips: Map<string, Skip>): RuleContext {
  return {
    runtimes: corpus.runtimes(file),
    mounted: (service, other) => corpus.mounted(service, other),
    beside: (other) => corpus.beside(file, other),
    all: (other) => corpus.files[other],
    unknown(subject, reason) {
      const skip = {
        subject: `${file.source.path}#${subject}`,
        code: 'AUDIT_UNKNOWN',
        reason,
        severity: 'note',
      } as const;
      skips.set(`${skip.subject} ${reason}`, skip);
    },
  };
}

function findingOf<N extends FormatName>(rule: AuditRule<N>, file: ReadFile<N>, hit: Hit, pointer: string): Finding {
  const source = hit.source ?? file.source;
  const written = fileOf(source);
  // What a file is about stays with it, also where an include or an override writes the value.
  const { path } = hit.declaredIn ?? file.source;
  const asset = hit.service === undefined ? assetId('config', path) : assetId('config', path, hit.service);
  const start = source.position(hit.span.start);
  const end = source.position(hit.span.end);
  const finding: Finding = {
    fingerprint: fingerprint(rule.id, asset, pointer),
    rule: rule.id,
    asset,
    severity: hit.severity ?? rule.severity,
    confidence: hit.confidence ?? 'firm',
    owner: rule.owner,
    message: hit.message,
    evidence: [
      {
        kind: 'setting',
        path: written.path,
        pointer,
        actual: hit.actual,
        expected: hit.expected,
        ...start,
        endLine: end.line,
        endColumn: end.column,
      },
    ],
  };
  const edits = hit.fix ? editsWithin(source, hit.fix.edits) : null;
  if (hit.fix && edits) finding.patches = [{ ...hit.fix, path: written.path, sha256: written.sha256, edits }];
  return finding;
}
