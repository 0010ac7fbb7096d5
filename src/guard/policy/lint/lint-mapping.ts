/** The policy beside what the store says of its indices. */
import type { FieldRule, FieldType, Filter, Grant } from '../../contract/grant.ts';
import { matchesPattern } from '../match-pattern.ts';
import type { Policy, Rule } from '../policy.ts';
import { pathOf, type Report } from './finding.ts';
import type { Aliases, MappedField, MappedIndex, Mapping } from './mapping.ts';

export function lintMapping(policy: Policy, mapping: Mapping, aliases: Aliases, report: Report): void {
  for (const rule of policy.roles.flatMap((role) => role.rules)) {
    lintNames(rule, mapping, aliases, report);
    for (const [name, index] of mapping) {
      const named = rule.indices.includes(name);
      if (!named && !rule.patterns.some((pattern) => !name.startsWith('.') && matchesPattern(pattern, name))) continue;
      const grant = rule.grants.find((one) => one.index === name) ?? rule.grantFor(name);
      lintFields(rule, grant, index, report);
      lintFilter(rule, grant, index, report);
    }
  }
}

function lintNames(rule: Rule, mapping: Mapping, aliases: Aliases, report: Report): void {
  const path = pathOf(rule);
  for (const [at, index] of rule.indices.entries()) {
    const targets = aliases.get(index);
    if (targets) {
      const names = targets.map((target) => target.index).join(', ');
      report.at(
        [...path, 'indices', at],
        'guard/alias-in-store',
        'error',
        `${index} is an alias in the store, of ${names}: name the indices themselves`,
      );
    } else if (mapping.size > 0 && !mapping.has(index) && !rule.grants[at]?.dataStream) {
      report.at([...path, 'indices', at], 'guard/index-unknown', 'warning', `the store has no index ${index}`);
    }
  }
  for (const [at, alias] of rule.aliases.entries()) {
    const more = (aliases.get(alias) ?? []).filter((target) => !rule.indices.includes(target.index));
    if (more.length > 0) {
      const names = more.map((target) => target.index).join(', ');
      report.at(
        [...path, 'aliases', at],
        'guard/alias-in-store',
        'warning',
        `in the store ${alias} also means ${names}; clients of this rule reach ${rule.indices.join(', ')} alone`,
      );
    }
    if (mapping.has(alias)) {
      report.at(
        [...path, 'aliases', at],
        'guard/alias-is-index',
        'error',
        `${alias} is the name of an index of the store`,
      );
    }
  }
}

function lintFields(rule: Rule, grant: Grant, index: MappedIndex, report: Report): void {
  const path = [...pathOf(rule), 'fields'];
  for (const field of grant.fields?.values() ?? []) {
    const mapped = index.get(field.name);
    if (!mapped) {
      report.atKey(path, field.name, 'guard/field-unknown', 'warning', `${grant.index} has no field ${field.name}`);
      continue;
    }
    if (mapped.aliasOf !== null) {
      const hidden = hides(grant, mapped.aliasOf);
      const message = `${field.name} is another name of ${mapped.aliasOf}${hidden ? `, which is ${hidden}` : ''}: name the field itself`;
      report.atKey(path, field.name, 'guard/field-alias', hidden ? 'error' : 'warning', message);
      continue;
    }
    if (!sameType(field.type, mapped)) {
      report.atKey(
        path,
        field.name,
        'guard/field-type',
        'warning',
        `${field.name} is ${mapped.type} in ${grant.index}, not ${field.type}`,
      );
    }
    lintCopies(grant, field, index, path, report);
  }
}

/** B080, and the multi-fields of B079's kind: the same value under another name. */
function lintCopies(
  grant: Grant,
  field: FieldRule,
  index: MappedIndex,
  path: readonly (string | number)[],
  report: Report,
): void {
  if (field.mask !== null) return;
  const parent = index.get(field.name)?.multiFieldOf;
  const parentHidden = parent != null ? hides(grant, parent) : undefined;
  if (parentHidden) {
    report.atKey(
      path,
      field.name,
      'guard/multi-field',
      'error',
      `${field.name} is another reading of ${parent}, which is ${parentHidden}`,
    );
  }
  for (const source of index.values()) {
    const hidden = source.copyTo.includes(field.name) ? hides(grant, source.name) : undefined;
    if (hidden) {
      report.atKey(
        path,
        field.name,
        'guard/copy-to',
        'error',
        `${field.name} holds a copy of ${source.name}, which is ${hidden}: a search in it finds what is hidden`,
      );
    }
  }
}

function lintFilter(rule: Rule, grant: Grant, index: MappedIndex, report: Report): void {
  const path = [...pathOf(rule), 'filter'];
  for (const name of new Set(grant.filter ? fieldsIn(grant.filter) : [])) {
    const mapped = index.get(name);
    const declared = rule.types.get(name);
    if (!mapped) {
      report.at(
        path,
        'guard/field-unknown',
        'error',
        `${grant.index} has no field ${name}: the filter lets no document through`,
      );
    } else if (mapped.type === 'text' || mapped.type === 'match_only_text') {
      report.at(
        path,
        'guard/filter-analysed',
        'error',
        `${name} is analysed in ${grant.index}: the filter matches words, not values`,
      );
    } else if (declared && !sameType(declared, mapped)) {
      report.at(
        path,
        'guard/field-type',
        'error',
        `${name} is ${mapped.type} in ${grant.index}, not ${declared}: the filter compares something else`,
      );
    } else if (mapped.normalizer || mapped.nullValue) {
      const what = mapped.normalizer ? 'a normalizer' : 'a null_value';
      report.at(
        path,
        'guard/filter-rewritten',
        'error',
        `${name} has ${what} in ${grant.index}: what is compared is not what the document holds`,
      );
    } else if (mapped.ignoreAbove !== null) {
      report.at(
        path,
        'guard/filter-rewritten',
        'info',
        `${name} has ignore_above ${mapped.ignoreAbove} in ${grant.index}: longer values are found by no filter, and pass \`none\``,
      );
    }
  }
}

function fieldsIn(filter: Filter): string[] {
  return 'filters' in filter ? filter.filters.flatMap(fieldsIn) : [filter.field];
}

/** How a field is hidden by a grant; undefined when it is shown as it is. */
function hides(grant: Grant, name: string): 'not granted' | 'masked' | undefined {
  if (grant.fields === null) return undefined;
  const field = grant.fields.get(name);
  if (!field) return 'not granted';
  return field.mask === null ? undefined : 'masked';
}

function sameType(declared: FieldType, mapped: MappedField): boolean {
  return declared === mapped.type || (declared === 'text' && mapped.type === 'match_only_text');
}
