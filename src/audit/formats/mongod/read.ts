/**
 * mongod.conf: YAML since 2.6, whose keys may be dotted (`net.bindIp`); before that, and still understood, lines of
 * `option = value` with `#` comments. mongod tells them apart by trying YAML first; so does this reader by the first line
 * that holds something. Both become settings under their names of today.
 * https://www.mongodb.com/docs/manual/reference/configuration-options/
 */
import { basename } from 'node:path/posix';
import type { Skip } from '../../../core/skip.ts';
import type { Format, Reading, SettingView } from '../../model.ts';
import { linesOf, type Source, type Span } from '../../source.ts';
import { readSettings, type Setting, type SettingsDocument, settingViews, topKeys } from '../settings/read.ts';
import { mongodFacts } from './facts.ts';
import { isOption, meaningOf } from './options.ts';

/** An option of the old form. */
export interface OldOption {
  name: string;
  value: string;
  span: Span;
}

export interface MongodDocument extends SettingsDocument {
  form: 'yaml' | 'options';
  /** In the old form, as they are written. */
  options: readonly OldOption[];
}

const SECTIONS = new Set(
  'storage systemLog net security replication sharding processManagement operationProfiling setParameter auditLog snmp cloud basisTech'.split(
    ' ',
  ),
);
/** Keys that only mongod has below its sections. */
const OWN =
  /^[ \t]*(?:net\.|storage\.|security\.|replication\.|systemLog\.)?(?:dbPath|bindIp|bindIpAll|replSetName|replSet|wiredTiger|directoryPerDB|logAppend|timeZoneInfo|clusterAuthMode|clusterRole|configDB|authorization|javascriptEnabled|pidFilePath|maxIncomingConnections|slowOpThresholdMs|oplogSizeMB|enableLocalhostAuthBypass)[ \t]*:/m;
const OPTION_LINE = /^[ \t]*([A-Za-z_]\w{0,60})[ \t]*(?:=[ \t]*(.*))?$/;
const MAX_OPTIONS = 2_000;

export const mongodFormat: Format<'mongod.conf'> = {
  name: 'mongod.conf',
  title: 'MongoDB (mongod.conf)',
  recognises(path, text) {
    const named = /^mongo[ds]?b?[\w.-]*\.(?:conf|cfg|ya?ml)(?:\.\w+)?$/i.test(basename(path));
    if (!named && !/\.(?:conf|cfg|ya?ml)(?:\.\w+)?$/i.test(path)) return false;
    const head = text.slice(0, 262_144);
    if (formOf(head) === 'options') return hasOptions(head, named);
    if (!OWN.test(head) && !(named && /^[ \t]*(?:path|destination|port)[ \t]*:/m.test(head))) return false;
    const sections = [...topKeys(head)].map((key) => key.split('.', 1)[0] ?? '');
    const known = sections.filter((key) => SECTIONS.has(key)).length;
    return known === sections.length && known >= (named ? 1 : 2);
  },
  read: (source) => (formOf(source.text) === 'options' ? readOptions(source) : readYamlForm(source)),
  settings: (document) => (document.form === 'yaml' ? settingViews(document) : optionViews(document)),
  facts: mongodFacts,
};

/** By the first line that is neither blank nor a comment. */
function formOf(text: string): MongodDocument['form'] {
  for (const line of linesOf(text)) {
    if (/^[\ufeff \t]*(?:#|$)/.test(line.text)) continue;
    const [, name, equals] = /^[\ufeff \t]*([A-Za-z_]\w{0,60})[ \t]*(=|$)/.exec(line.text) ?? [];
    return equals === '=' || (name !== undefined && isOption(name)) ? 'options' : 'yaml';
  }
  return 'yaml';
}

function hasOptions(text: string, named: boolean): boolean {
  let known = 0;
  let other = 0;
  let strong = false;
  for (const line of linesOf(text)) {
    if (/^[\ufeff \t]*(?:#|$)/.test(line.text)) continue;
    const name = line.text.length < 4096 ? OPTION_LINE.exec(line.text)?.[1] : undefined;
    if (name !== undefined && isOption(name)) known += 1;
    else other += 1;
    strong ||= /^(?:dbpath|bind_ip|replSet|nojournal|nohttpinterface|directoryperdb|noauth)$/.test(name ?? '');
  }
  return strong && known >= 4 * other && (named || known >= 3);
}

function readYamlForm(source: Source): Reading<MongodDocument> {
  const reading = readSettings(source, { lists: false });
  return { ...reading, document: { ...reading.document, form: 'yaml', options: [] } };
}

function readOptions(source: Source): Reading<MongodDocument> {
  const settings = new Map<string, Setting>();
  const options: OldOption[] = [];
  const skips: Skip[] = [];
  function skip(offset: number, reason: string): void {
    if (skips.length >= 10) return;
    const subject = `${source.path}:${source.position(offset).line}`;
    skips.push({ subject, code: 'MONGOD_SYNTAX', reason, severity: 'incomplete' });
  }
  for (const { text, start } of linesOf(source.text)) {
    if (/^[\ufeff \t]*(?:#|$)/.test(text)) continue;
    const read = text.length < 65_536 ? OPTION_LINE.exec(text.replace(/^\ufeff/, ' ')) : null;
    const [, name, raw = ''] = read ?? [];
    if (name === undefined || options.length >= MAX_OPTIONS) {
      skip(start, name === undefined ? 'not an option; mongod refuses the file' : `more than ${MAX_OPTIONS} options`);
      if (options.length >= MAX_OPTIONS) break;
      continue;
    }
    // A blank and a hash begin a comment.
    const value = raw.split(/[ \t]#/, 1)[0]?.trimEnd() ?? '';
    const nameStart = start + text.indexOf(name);
    const valueStart = start + text.length - raw.length;
    const span =
      value === ''
        ? { start: nameStart, end: nameStart + name.length }
        : { start: valueStart, end: valueStart + value.length };
    options.push({ name, value, span });
    const meant = meaningOf(name, value);
    if (!meant) continue;
    settings.set(meant.key, {
      key: meant.key,
      values: [meant.value],
      span,
      inner: null,
      entry: { start: nameStart, end: span.end },
      variable: false,
    });
  }
  const complete = skips.length === 0;
  const failed = !complete && options.length === 0;
  return {
    document: { settings, root: null, complete, form: 'options', options },
    status: failed ? 'failed' : complete ? 'read' : 'partial',
    skips,
  };
}

/** Options may stand several times (`setParameter`): the second is `setParameter[1]`. */
function* optionViews({ options }: MongodDocument): Generator<SettingView> {
  const seen = new Map<string, number>();
  for (const { name, value, span } of options) {
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    yield { pointer: count === 0 ? name : `${name}[${count}]`, values: value === '' ? [] : [value], span };
  }
}
