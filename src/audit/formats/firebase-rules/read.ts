/**
 * firestore.rules and storage.rules. `parse.ts` has the grammar, `evaluate.ts` what a condition says to whom, `access.ts`
 * puts both together path by path.
 */
import { basename, dirname, join } from 'node:path/posix';
import type { Skip } from '../../../core/skip.ts';
import type { DatasetFact, DoorState, Facts } from '../../facts.ts';
import type { Format, ReadFile, Reading, SettingView, Siblings } from '../../model.ts';
import type { Source } from '../../source.ts';
import { accessOf, answerOf, type PathAccess, type ServiceName } from './access.ts';
import { parseRules, type RulesFile } from './parse.ts';

export interface FirebaseRulesDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
  service: ServiceName;
  file: RulesFile;
  text: string;
  /** `1` where none is named. */
  version: string;
  paths: readonly PathAccess[];
  /** Whether the `firebase.json` beside it names the file; null without one. */
  deployed: boolean | null;
}

type Name = 'firestore.rules' | 'storage.rules';

const SERVICE: Readonly<Record<Name, ServiceName>> = {
  'firestore.rules': 'cloud.firestore',
  'storage.rules': 'firebase.storage',
};
const HEAD = 65_536;

function recognises(name: Name, path: string, text: string): boolean {
  if (/\.(?:ya?ml|json|jsonc|xml|toml|sql|tf)$/i.test(path)) return false;
  const head = text.slice(0, HEAD);
  const at = head.indexOf(SERVICE[name]);
  if (at < 0 || !/\bmatch\b/.test(text.slice(at, at + HEAD))) return false;
  // `service` is the word before, and the first thing of the file but comments, its version and functions.
  return /(?:^|[\s};])service\s{1,20}$/.test(head.slice(Math.max(0, at - 30), at)) && startsAsRules(head);
}

function startsAsRules(head: string): boolean {
  let at = 0;
  for (;;) {
    while (at < head.length && /[\s\ufeff]/.test(head[at] ?? '')) at += 1;
    if (head.startsWith('//', at)) at = after(head, '\n', at);
    else if (head.startsWith('/*', at)) at = after(head, '*/', at);
    else return /^(?:rules_version|service|function)\b/.test(head.slice(at, at + 20));
  }
}

function after(text: string, what: string, from: number): number {
  const found = text.indexOf(what, from);
  return found < 0 ? text.length : found + what.length;
}

/** `firebase.json` names the rules that `firebase deploy` takes: `"firestore": { "rules": "firestore.rules" }`. */
function deployedBy(path: string, siblings: Siblings): boolean | null {
  const config = siblings.text(join(dirname(path), 'firebase.json'));
  return config === null ? null : config.includes(basename(path));
}

function read(name: Name, source: Source, siblings: Siblings): Reading<FirebaseRulesDocument> {
  const file = parseRules(source.text);
  const service = file.services.find((one) => one.name === SERVICE[name]);
  const skips: Skip[] = file.errors.map(({ message, at }) => ({
    subject: `${source.path}:${source.position(at).line}`,
    code: 'RULES_SYNTAX',
    reason: `${message}; the deployment of this file would be refused`,
    severity: 'incomplete',
  }));
  const version = file.version?.value ?? '1';
  const access = service === undefined ? { paths: [], whole: true } : accessOf(file, service, Date.now());
  if (service === undefined) {
    const reason = `no whole service ${SERVICE[name]} in it`;
    skips.push({ subject: source.path, code: 'RULES_SERVICE', reason, severity: 'incomplete' });
  }
  if (!access.whole) {
    const reason = 'too large to evaluate whole';
    skips.push({ subject: source.path, code: 'RULES_LIMIT', reason, severity: 'incomplete' });
  }
  const complete = skips.length === 0;
  return {
    document: {
      complete,
      deployed: deployedBy(source.path, siblings),
      text: source.text,
      service: SERVICE[name],
      file,
      version,
      paths: access.paths,
    },
    status: complete ? 'read' : 'partial',
    skips,
  };
}

function* settings(document: FirebaseRulesDocument): Generator<SettingView> {
  const { version } = document.file;
  if (version !== null) yield { pointer: 'rules_version', values: [version.value], span: version.span };
  const seen = new Map<string, number>();
  for (const { path, statements } of document.paths) {
    for (const { allow } of statements) {
      const base = `${path} allow ${allow.written}`;
      const count = (seen.get(base) ?? 0) + 1;
      seen.set(base, count);
      const span = allow.condition ?? allow.methodsSpan;
      yield {
        pointer: count > 1 ? `${base} #${count}` : base,
        values: allow.condition === null ? [] : [document.text.slice(span.start, span.end)],
        span: { start: span.start, end: span.end },
      };
    }
  }
}

/** The collections that a path names, with who may read them: a stranger, or nobody who has no business there. */
function facts(file: ReadFile<Name>): Facts {
  const { document, source } = file;
  const datasets: DatasetFact[] = [];
  for (const path of document.paths) {
    if (path.reach === 'never' || path.statements.length === 0) continue;
    const truths = (['get', 'list'] as const).map((method) => answerOf(path, method, 'stranger'));
    const open: DoorState = truths.some((one) => one?.answer === 'yes' || one?.answer === 'can')
      ? 'open'
      : truths.some((one) => one?.because.has('unknown'))
        ? 'unknown'
        : 'closed';
    datasets.push({
      store: document.service === 'cloud.firestore' ? 'firestore' : 'firebase-storage',
      name: path.path,
      fields: [],
      open,
      place: { source, span: path.block.pathSpan, pointer: path.path },
    });
  }
  return { datasets: datasets.slice(0, 2000) };
}

type Shared = Pick<Format<Name>, 'title' | 'recognises' | 'read' | 'settings' | 'facts'>;

function formatOf<N extends Name>(name: N, title: string): Shared & { name: N } {
  return {
    name,
    title,
    recognises: (path, text) => recognises(name, path, text),
    read: (source, siblings) => read(name, source, siblings),
    settings,
    facts,
  };
}

export const firestoreFormat: Format<'firestore.rules'> = formatOf('firestore.rules', 'Cloud Firestore rules');
export const storageFormat: Format<'storage.rules'> = formatOf('storage.rules', 'Cloud Storage for Firebase rules');
