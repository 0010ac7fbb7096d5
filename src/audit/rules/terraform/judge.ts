/** How rules of Terraform are made: they go over resources; a finding points at the token that makes the value. */
import type { Configuration } from '../../formats/terraform/configuration.ts';
import { boolOf, numberOf, textOf, type Value, type Written } from '../../formats/terraform/values.ts';
import type { View } from '../../formats/terraform/view.ts';
import { type AuditRule, defineRule, type Fix, type Hit } from '../../model.ts';
import { lineEnd, type Source } from '../../source.ts';

/** A resource, or a call of a module that is not in the tree. */
export interface Subject {
  address: string;
  of: string;
  source: Source;
  view: View;
}

export interface Wrong extends Pick<Hit, 'actual' | 'expected' | 'message' | 'severity' | 'confidence' | 'fix'> {
  subject: Subject;
  /** Below the resource: `storage_encrypted`, `ingress[0].cidr_blocks`. */
  setting: string;
  at: Written;
}

export interface Asking {
  configuration: Configuration;
  /** Says that a setting of a resource is not told. */
  unknown(subject: Subject, setting: string, why?: string): void;
}

type Details = Omit<AuditRule<'terraform'>, 'format' | 'check'>;

const MOST_UNKNOWNS = 10;

export function terraformRule(details: Details, judge: (asking: Asking) => Iterable<Wrong>): AuditRule<'terraform'> {
  return defineRule<'terraform'>({
    ...details,
    format: 'terraform',
    *check({ document, source }, { unknown }) {
      const { configuration } = document;
      const asked = new Set<string>();
      const asking: Asking = {
        configuration,
        unknown(subject, setting, why = 'its value is not told by the files') {
          if (asked.has(subject.of) || asked.size >= MOST_UNKNOWNS) return;
          asked.add(subject.of);
          unknown(`${subject.of}.${setting}`, why);
        },
      };
      for (const wrong of judge(asking)) {
        const { subject, setting, at, ...rest } = wrong;
        // A module's own text, called by many, is told of once; so is a token that several copies share.
        const place = `${details.id} ${at.source.path} ${at.span.start} ${subject.source.path} ${subject.view.at.span.start} ${setting}`;
        const before = configuration.told.get(place);
        if (before !== undefined && (before !== configuration || asked.has(place))) continue;
        configuration.told.set(place, configuration);
        asked.add(place);
        const about = { service: subject.address, declaredIn: subject.source };
        const hit: Hit = { pointer: `${subject.address}.${setting}`, span: at.span, ...about, ...rest };
        yield at.source === source ? hit : { ...hit, source: at.source };
      }
    },
  });
}

/** What is written in the place of a literal; null where the value is worked out. */
export function replaced(at: Written, text: string, rest: Omit<Fix, 'edits'>): Fix | null {
  if (!at.literal) return null;
  return { ...rest, edits: [{ ...at.span, text }] };
}

/** A line more at the head of a block; null where the block has no lines of its own. */
export function added(subject: Subject, view: View, name: string, text: string, rest: Omit<Fix, 'edits'>): Fix | null {
  const { open, at } = view;
  const { source } = at;
  if (open === null || view.has(name) || source !== subject.source || lineEnd(source.text, open) !== open) return null;
  const start = source.text.lastIndexOf('\n', at.span.start - 1) + 1;
  const indent = /^[ \t]*/.exec(source.text.slice(start, at.span.start))?.[0] ?? '';
  // As `terraform fmt` has it where the next line allows: signs of equality stand below each other.
  const next = /^\r?\n[ \t]*([\w-]+[ \t]+)=/.exec(source.text.slice(open, open + 500))?.[1]?.length ?? 0;
  const aligned = text.includes('\n')
    ? text
    : text.replace(/^([\w-]+) =/, (_, own: string) => `${own.padEnd(next - 1)} =`);
  const lines = aligned.split('\n').map((line) => `${source.eol}${indent}  ${line}`);
  return { ...rest, edits: [{ start: open, end: open, text: lines.join('') }] };
}

export type Setting =
  | { state: 'known'; value: Value; view: View }
  | { state: 'absent'; view: View }
  | { state: 'unknown'; view: View };

/** A setting by its path through blocks: `encrypt_at_rest.enabled`. */
export function settingOf(view: View, path: string): Setting {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let at = view;
  for (const name of names) {
    const { items, complete } = at.blocks(name);
    const [first] = items;
    if (first === undefined) return { state: complete ? 'absent' : 'unknown', view };
    at = first;
  }
  const value = at.attribute(last);
  if (value === null) return { state: 'absent', view: at };
  return {
    state: value.kind === 'unknown' || value.kind === 'partial' ? 'unknown' : 'known',
    value,
    view: at,
  } as Setting;
}

export interface Expectation {
  types: readonly string[];
  /** Path of the setting. */
  setting: string;
  /** What it should be; also what a patch writes. */
  safe: boolean | number | string;
  /** Other values are bad; absent: everything but `safe`. Null: cannot be told from the value. */
  bad?: (value: Value) => boolean;
  /** What the provider does without it. */
  absent: 'bad' | 'fine' | ((subject: Subject, configuration: Configuration) => 'bad' | 'fine' | 'unknown');
  /** A clause: `is not encrypted at rest`. */
  says: string;
  /** Modules of the registry that hand an input of the same name on; they have defaults of their own. */
  modules?: RegExp;
  /** Only these resources. */
  only?: (subject: Subject, configuration: Configuration) => boolean;
  severity?: (subject: Subject, configuration: Configuration) => Wrong['severity'];
  /** Patches: whom they cut off, and whether somebody must decide. Without it there is none. */
  patch?: { blastRadius: string; needsConfirmation: boolean };
}

function text(value: boolean | number | string): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function isSafe(value: Value, safe: Expectation['safe']): boolean {
  if (typeof safe === 'boolean') return boolOf(value) === safe;
  return typeof safe === 'number' ? numberOf(value) === safe : textOf(value) === safe;
}

/** Goes over all resources that an expectation is about. */
export function* unmet({ configuration, unknown }: Asking, expectation: Expectation): Generator<Wrong> {
  const { types, setting, safe, says, patch, modules } = expectation;
  const calls = configuration.calls.filter(({ instance, from }) => instance === null && modules?.test(from ?? ''));
  for (const subject of [...configuration.of(...types), ...calls]) {
    const isCall = 'from' in subject;
    const absent = isCall ? 'fine' : expectation.absent;
    if (!isCall && expectation.only && !expectation.only(subject, configuration)) continue;
    const found = settingOf(subject.view, setting);
    const severity = expectation.severity?.(subject, configuration);
    const rest = {
      subject,
      setting,
      expected: text(safe),
      message: `${subject.address} ${says}.`,
      ...(severity && { severity }),
    };
    if (found.state === 'unknown') {
      if (!isCall) unknown(subject, setting);
    } else if (found.state === 'known') {
      const bad = expectation.bad ? expectation.bad(found.value) : !isSafe(found.value, safe);
      if (!bad) continue;
      const { at } = found.value;
      const fix = patch ? replaced(at, text(safe), { title: `Set ${setting} to ${text(safe)}`, ...patch }) : null;
      yield { ...rest, at, actual: textOf(found.value) ?? 'other', fix };
    } else {
      const verdict = typeof absent === 'function' ? absent(subject, configuration) : absent;
      if (verdict === 'unknown')
        unknown(subject, setting, 'it is not set, and what that means is not told by the files');
      if (verdict !== 'bad') continue;
      const names = setting.split('.');
      const last = names.at(-1) ?? '';
      const inBlock = names.length > 1 && found.view === subject.view;
      const [name, line] = inBlock
        ? [names[0] ?? '', names.length === 2 ? `${names[0]} {\n  ${last} = ${text(safe)}\n}` : '']
        : [last, `${last} = ${text(safe)}`];
      const title = `Set ${setting} to ${text(safe)}`;
      const fix = patch && line !== '' ? added(subject, found.view, name, line, { title, ...patch }) : null;
      yield { ...rest, at: found.view.at, actual: 'not set', fix };
    }
  }
}

/** A rule that holds settings against what they should be. */
export function settingRule(details: Details, expectations: readonly Expectation[]): AuditRule<'terraform'> {
  return terraformRule(details, function* (asking) {
    for (const expectation of expectations) yield* unmet(asking, expectation);
  });
}
