/** Rules of the user: on the settings of any format, told by their pointer and value. */
import { LONGEST_MATCHED } from '../core/safe-pattern.ts';
import type { Owner, Severity } from '../core/severity.ts';
import { FORMAT_NAMES, FORMATS } from './formats/index.ts';
import type { AuditRule, Format, FormatName, Hit, ReadFile, SettingView, UserRule } from './model.ts';

/** As a file of rules says it (`ownRulesSchema` of config). */
export interface UserRuleText {
  id: string;
  title: string;
  severity: Severity;
  owner: Owner;
  format: string | readonly string[];
  pointer: string;
  value: {
    is?: readonly string[] | undefined;
    isNot?: readonly string[] | undefined;
    matches?: string | undefined;
    below?: number | undefined;
    above?: number | undefined;
    absent?: true | undefined;
  };
  message?: string | undefined;
  description: string;
  remediation: string;
  references: readonly string[];
  cwe: readonly string[];
  examples: { bad: readonly string[]; good: readonly string[] };
}

/** What is wrong with a rule, as a sentence; none: it may be used. */
export function userRuleProblem({ format }: UserRuleText): string | undefined {
  const unknown = [format].flat().find((name) => !(FORMAT_NAMES as readonly string[]).includes(name));
  return unknown === undefined
    ? undefined
    : `no format is called "${unknown}"; there are: ${[...FORMAT_NAMES].sort().join(', ')}`;
}

export function userRule(text: UserRuleText): UserRule {
  const formats = new Set([text.format].flat());
  const rule = {
    id: text.id as `own/${string}`,
    title: text.title,
    severity: text.severity,
    owner: text.owner,
    description: text.description,
    remediation: text.remediation,
    references: text.references,
    cwe: text.cwe,
    examples: text.examples,
  };
  const about = pointerTest(text.pointer);
  return {
    rule,
    forFormat<N extends FormatName>(format: N): AuditRule<N> | undefined {
      if (!formats.has(format)) return undefined;
      return { ...rule, format, check: (file) => check(text, about, file) };
    },
  };
}

/** `services.*.ports[*]`: every star stands for any run of characters. */
function pointerTest(pattern: string): (pointer: string) => boolean {
  const parts = pattern.split('*');
  return (pointer) => {
    const [first = '', ...rest] = parts;
    if (rest.length === 0) return pointer === first;
    const last = rest.at(-1) ?? '';
    if (!pointer.startsWith(first) || !pointer.endsWith(last) || pointer.length < first.length + last.length)
      return false;
    let at = first.length;
    for (const part of rest.slice(0, -1)) {
      const found = pointer.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= pointer.length - last.length;
  };
}

function* check<N extends FormatName>(
  text: UserRuleText,
  about: (pointer: string) => boolean,
  file: ReadFile<N>,
): Generator<Hit> {
  const format: Format<N> = FORMATS[file.format];
  const settings = [...format.settings(file.document)].filter(({ pointer }) => about(pointer));
  if (text.value.absent === true) {
    // What was read in part may say it where it was not understood.
    if (settings.length > 0 || !isComplete(file.document)) return;
    yield {
      pointer: text.pointer,
      span: { start: 0, end: 0 },
      actual: 'not set',
      expected: 'set',
      message: text.message ?? `${text.title}.`,
    };
    return;
  }
  for (const setting of settings) {
    if (!setting.values.some((value) => holds(text.value, value))) continue;
    yield {
      pointer: setting.pointer,
      span: setting.span,
      ...(setting.source && { source: setting.source }),
      // A rule may be about a secret, and what is shown must not be one.
      actual: shown(setting),
      expected: expectedOf(text.value),
      message: text.message ?? `${text.title}.`,
    };
  }
}

function isComplete(document: unknown): boolean {
  return typeof document === 'object' && document !== null && (!('complete' in document) || document.complete === true);
}

function holds({ is, isNot, matches, below, above }: UserRuleText['value'], value: string): boolean {
  const plain = value.toLowerCase();
  if (is) return is.some((one) => one.toLowerCase() === plain);
  if (isNot) return !isNot.some((one) => one.toLowerCase() === plain);
  if (matches !== undefined) return value.length <= LONGEST_MATCHED && new RegExp(matches, 'u').test(value);
  const number = /^-?\d{1,15}(?:\.\d{1,6})?$/.test(value) ? Number(value) : Number.NaN;
  return below !== undefined ? number < below : above !== undefined && number > above;
}

const HARMLESS = /^(?:true|false|yes|no|on|off|none|null|-?\d{1,6}|[a-z][a-z_-]{1,15})$/i;

function shown({ pointer, values }: SettingView): string {
  const secret = /pass|secret|token|key|credential|auth/i.test(pointer);
  const text = values.join(', ');
  return !secret && values.every((value) => HARMLESS.test(value)) ? text : `set (${text.length} characters)`;
}

function expectedOf({ is, isNot, matches, below, above }: UserRuleText['value']): string {
  if (is) return `not ${is.join(', ')}`;
  if (isNot) return isNot.join(', ');
  if (matches !== undefined) return 'a value that the rule’s pattern does not match';
  return below !== undefined ? `at least ${below}` : `at most ${above}`;
}
