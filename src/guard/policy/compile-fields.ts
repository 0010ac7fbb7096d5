import type { FieldRule, FieldSet, FieldType, Mask } from '../contract/grant.ts';
import type { Path, Problems } from './problems.ts';
import type { RuleFile } from './schema/role.ts';

type FieldsFile = NonNullable<RuleFile['fields']>;

/** What each mask can be made of. `redact` hides anything that is a value. */
const MASKABLE: Readonly<Record<Exclude<Mask['kind'], 'redact' | 'token'>, readonly FieldType[]>> = {
  last: ['keyword', 'text'],
  email: ['keyword', 'text'],
  network: ['ip', 'keyword'],
  year: ['date'],
};

export function compileFields(file: FieldsFile, path: Path, problems: Problems): FieldSet {
  const fields = new Map<string, FieldRule>();
  for (const [name, value] of Object.entries(file)) {
    const { type, mask: text } = typeof value === 'string' ? { type: value } : value;
    const mask = text === undefined ? null : maskOf(text);
    if (mask) checkMask(mask, type, [...path, name, 'mask'], problems);
    fields.set(name, Object.freeze({ name, type, mask }));
  }
  for (const field of fields.values()) {
    checkContainer(field, fields, path, problems);
    checkMembers(field, fields, path, problems);
  }
  return fields;
}

export function maskOf(text: string): Mask {
  const [kind, keep] = text.split(':');
  if (kind === 'last') return Object.freeze({ kind, keep: Number(keep) });
  if (kind === 'token' || kind === 'email' || kind === 'network' || kind === 'year') return Object.freeze({ kind });
  return Object.freeze({ kind: 'redact' });
}

export function checkMask(mask: Mask, type: FieldType, path: Path, problems: Problems): void {
  if (type === 'object' || type === 'nested') {
    problems.add(path, `an ${type} field has no value to mask`, 'Mask its members, or leave them out.');
  } else if (mask.kind !== 'redact' && mask.kind !== 'token' && !MASKABLE[mask.kind].includes(type)) {
    const fitting = MASKABLE[mask.kind].join(' or ');
    problems.add(path, `the mask ${mask.kind} is for ${fitting} fields`, 'Use `redact` or `token`.');
  }
}

/** `notes: object` does not mean everything below it: members that are not listed do not exist. */
function checkContainer(field: FieldRule, fields: FieldSet, path: Path, problems: Problems): void {
  if (field.type !== 'object' && field.type !== 'nested') return;
  if ([...fields.keys()].some((name) => name.startsWith(`${field.name}.`))) return;
  problems.addKey(
    path,
    field.name,
    `no member of this ${field.type} is listed`,
    'List each permitted member by its full name.',
  );
}

/** A multi-field holds its parent's value: a mask on one alone would hide nothing. */
function checkMembers(field: FieldRule, fields: FieldSet, path: Path, problems: Problems): void {
  const parent = fields.get(field.name.slice(0, field.name.lastIndexOf('.')));
  if (!parent || parent.type === 'object' || parent.type === 'nested') return;
  if ((parent.mask === null) === (field.mask === null)) return;
  const [masked, open] = parent.mask ? [parent, field] : [field, parent];
  problems.addKey(path, open.name, `shows what the mask of ${masked.name} hides`, 'Mask both, or leave this one out.');
}
