/** Resources beside what the store says of their indices. */
import type { Filter } from '../../contract/grant.ts';
import type { Resource, ResourceField, ResourceType } from '../../contract/resource.ts';
import type { Policy } from '../policy.ts';
import type { Path } from '../problems.ts';
import type { LintFinding, Report } from './finding.ts';
import type { Aliases, MappedField, MappedIndex, Mapping } from './mapping.ts';

const WHOLE = ['long', 'integer', 'short', 'byte'];
const ROUNDED = ['float', 'half_float', 'scaled_float'];

/** Types of an index that hold values of a declared type as they are. */
const FITTING: Readonly<Record<ResourceType, readonly string[]>> = {
  keyword: ['keyword', 'constant_keyword', 'wildcard'],
  uuid: ['keyword'],
  text: ['text', 'match_only_text', 'keyword', 'wildcard'],
  integer: WHOLE,
  number: ['double', ...ROUNDED, ...WHOLE],
  boolean: ['boolean'],
  date: ['date', 'date_nanos'],
  object: ['object', 'nested', 'flattened'],
};
/** What can hold a ciphertext. */
const TEXTS = ['keyword', 'text', 'match_only_text', 'wildcard'];

export function lintResourceMapping(policy: Policy, mapping: Mapping, aliases: Aliases, report: Report): void {
  for (const resource of policy.api?.resources ?? []) {
    if (resource.store !== 'elasticsearch') continue;
    const { name, source } = resource;
    const path = ['resources', name, 'index'];
    const targets = aliases.get(source);
    if (targets) {
      const names = targets.map(({ index }) => index).join(', ');
      report.at(
        path,
        'guard/alias-in-store',
        'error',
        `${source} is an alias in the store, of ${names}: name the index itself`,
      );
    }
    const index = mapping.get(source);
    if (index) lintColumns(resource, index, report);
    else if (mapping.size > 0 && !targets)
      report.at(path, 'guard/index-unknown', 'warning', `the store has no index ${source}`);
  }
}

function lintColumns(resource: Resource, index: MappedIndex, report: Report): void {
  const { name, owner, subjects, filter, hold, fields } = resource;
  const path = ['resources', name];
  if (owner) {
    const type = owner.type === 'number' ? 'number' : 'keyword';
    lintCompared(
      resource,
      index,
      { column: owner.column, type, at: [...path, 'owner', 'column'], severity: 'error' },
      report,
    );
  }
  for (const subject of subjects.values()) {
    const at = [...path, 'subjects', subject.name, 'reference'];
    lintCompared(resource, index, { column: subject.reference, type: 'keyword', at, severity: 'warning' }, report);
  }
  for (const [key, one] of [
    ['filter', filter],
    ['hold', hold?.filter ?? null],
  ] as const) {
    for (const [column, type] of one ? columnsIn(one) : []) {
      lintCompared(resource, index, { column, type, at: [...path, key], severity: 'error' }, report);
    }
  }
  for (const field of fields.values()) {
    if (field.encryption) lintEncrypted(resource, field, index, report);
    else lintField(resource, field, index, report);
  }
}

interface Compared {
  readonly column: string;
  readonly type: ResourceType;
  readonly at: Path;
  /** Of a column that is not there. */
  readonly severity: LintFinding['severity'];
}

/** A column that the gateway compares: what the store makes of a value decides who sees the document. */
function lintCompared(
  { source }: Resource,
  index: MappedIndex,
  { column, type, at, severity }: Compared,
  report: Report,
): void {
  const mapped = index.get(column);
  if (!mapped) {
    report.at(
      at,
      'guard/field-unknown',
      severity,
      `${source} has no field ${column}: map it as ${FITTING[type][0]}, or the store guesses its type`,
    );
  } else if (mapped.type === 'text' || mapped.type === 'match_only_text') {
    report.at(
      at,
      'guard/filter-analysed',
      'error',
      `${column} is analysed in ${source}: it is compared by words, not by value`,
    );
  } else if (!FITTING[type].includes(mapped.type)) {
    report.at(at, 'guard/field-type', 'error', `${column} is ${mapped.type} in ${source}, not ${type}`);
  } else if (mapped.normalizer || mapped.nullValue) {
    const what = mapped.normalizer ? 'a normalizer' : 'a null_value';
    report.at(
      at,
      'guard/filter-rewritten',
      'error',
      `${column} has ${what} in ${source}: what is compared is not what the document holds`,
    );
  }
}

function lintField(resource: Resource, field: ResourceField, index: MappedIndex, report: Report): void {
  const { source, name: resourceName } = resource;
  const path = ['resources', resourceName, 'fields'];
  const { column, name, filters, sort, schema } = field;
  const mapped = index.get(column);
  if (!mapped) {
    const severity = filters.size > 0 || sort ? 'warning' : 'info';
    report.atKey(path, name, 'guard/field-unknown', severity, `${source} has no field ${column}`);
    return;
  }
  if (mapped.aliasOf !== null) {
    report.atKey(
      path,
      name,
      'guard/field-alias',
      'error',
      `${column} is another name of ${mapped.aliasOf}, and no member of a document: name the field itself`,
    );
    return;
  }
  if (!FITTING[schema.type].includes(mapped.type)) {
    const asked = filters.size > 0 || sort;
    report.atKey(
      path,
      name,
      'guard/field-type',
      asked ? 'error' : 'warning',
      `${column} is ${mapped.type} in ${source}, not ${schema.type}`,
    );
    return;
  }
  if (filters.has('eq') || filters.has('in')) lintEquality(resource, field, mapped, report);
}

function lintEquality({ source, name }: Resource, field: ResourceField, mapped: MappedField, report: Report): void {
  const path = ['resources', name, 'fields', field.name, 'filter'];
  if (ROUNDED.includes(mapped.type)) {
    report.at(
      path,
      'guard/filter-rewritten',
      'warning',
      `${field.column} is ${mapped.type} in ${source}, which rounds: some values equal none`,
    );
  } else if (mapped.normalizer || mapped.nullValue) {
    const what = mapped.normalizer ? 'a normalizer' : 'a null_value';
    report.at(
      path,
      'guard/filter-rewritten',
      'warning',
      `${field.column} has ${what} in ${source}: equal is not what the API says`,
    );
  } else if (mapped.ignoreAbove !== null && (field.schema.maxLength ?? Number.POSITIVE_INFINITY) > mapped.ignoreAbove) {
    report.at(
      path,
      'guard/filter-rewritten',
      'info',
      `${field.column} has ignore_above ${mapped.ignoreAbove} in ${source}: longer values are found by no filter`,
    );
  }
}

function lintEncrypted({ source, name }: Resource, field: ResourceField, index: MappedIndex, report: Report): void {
  const mapped = index.get(field.column);
  if (mapped && !TEXTS.includes(mapped.type)) {
    report.at(
      ['resources', name, 'fields', field.name, 'encrypt'],
      'guard/field-type',
      'error',
      `${field.column} is ${mapped.type} in ${source}, which holds no ciphertext: map it as keyword`,
    );
  }
  const beacon = field.encryption?.beacon;
  if (beacon && index.get(beacon.field)?.type !== 'keyword') {
    report.at(
      ['resources', name, 'fields', field.name, 'encrypt', 'beacon'],
      'guard/field-type',
      'warning',
      `map ${beacon.field} as keyword in ${source}, or the store guesses its type`,
    );
  }
}

function columnsIn(filter: Filter): [string, ResourceType][] {
  if ('filters' in filter) return filter.filters.flatMap(columnsIn);
  return [[filter.field, filter.type]];
}
