import type { Category } from '../../core/category.ts';
import { FIELD_TYPES, type FieldType } from '../contract/grant.ts';
import type { MappedField, MappedIndex } from '../policy/lint/mapping.ts';
import { isFieldName } from '../policy/schema/names.ts';

/** What the names of fields say about whose data they are; `src/classify` has it, and whoever calls hands it in. */
export type Classify = (
  names: readonly string[],
  dataset?: string,
) => readonly { readonly name: string; readonly category: Category }[];

export type Choice =
  | { readonly name: string; readonly show: FieldType; readonly mask: string | null; readonly why: string | null }
  /** Left out, and why. */
  | { readonly name: string; readonly show: null; readonly why: string };

/** Kinds that no screen needs as they are. */
const DENIED: ReadonlySet<Category> = new Set(['credentials', 'location', 'payment', 'health']);
/** Numbers that governments give, in the words of field names. */
const GOVERNMENT =
  /(?:^|[._-])(?:ssn|social_?security\w*|national_?id\w*|passport\w*|tax_?id\w*|tin|nin|iban|driver_?licen[cs]e\w*|id_?card\w*)(?:$|[._-])/i;
/** Secrets, whatever a classifier says of their names. */
const SECRET = /(?:^|[._-])(?:pass(?:word|wd|phrase)?\w*|secret\w*|token\w*|api_?key\w*|salt|pin|otp)(?:$|[._-])/i;

/** What a careful first policy does with each field of an index, in the order of the mapping. */
export function chooseFields(index: string, fields: MappedIndex, classify: Classify): readonly Choice[] {
  const categories = new Map(classify([...fields.keys()], index).map(({ name, category }) => [name, category]));
  const choices = new Map<string, Choice>();
  for (const field of fields.values()) choices.set(field.name, chooseAlone(field, categories));
  const exposed = (choice: Choice | undefined) => choice !== undefined && choice.show !== null && choice.mask === null;
  for (const field of fields.values()) {
    const hidden = field.copyTo.length > 0 && !exposed(choices.get(field.name));
    for (const target of hidden ? field.copyTo : []) {
      choices.set(target, leftOut(target, `holds a copy of ${field.name}`));
    }
  }
  for (const field of fields.values()) {
    const parent = field.multiFieldOf === null ? undefined : choices.get(field.multiFieldOf);
    if (parent && !exposed(parent)) choices.set(field.name, leftOut(field.name, `another reading of ${parent.name}`));
  }
  // The policy takes no mask on one reading of a value alone.
  for (const choice of choices.values()) {
    const parent = choices.get(choice.name.slice(0, choice.name.lastIndexOf('.')));
    if (parent?.show == null || parent.show === 'object' || parent.show === 'nested') continue;
    if (choice.show !== null && exposed(parent) !== exposed(choice)) {
      choices.set(choice.name, leftOut(choice.name, `shown otherwise than ${parent.name}`));
    }
  }
  return dropEmptyContainers([...choices.values()], fields);
}

function chooseAlone(field: MappedField, categories: ReadonlyMap<string, Category>): Choice {
  const { name } = field;
  if (!isFieldName(name)) return leftOut(name, 'no name that can be granted');
  const inherited = [name, ...ancestorsOf(name)];
  if (inherited.some((one) => SECRET.test(one))) return leftOut(name, 'a secret');
  if (inherited.some((one) => GOVERNMENT.test(one))) return leftOut(name, 'a number given by a government');
  const category = inherited.map((one) => categories.get(one)).find((found) => found !== undefined);
  if (category !== undefined && DENIED.has(category)) return leftOut(name, category);
  if (field.aliasOf !== null) return leftOut(name, `another name of ${field.aliasOf}`);
  const type = typeOf(field.type);
  if (!type) return leftOut(name, `the type ${field.type} is not supported`);
  if (type === 'object' || type === 'nested' || category === undefined || category === 'orders') {
    return { name, show: type, mask: null, why: null };
  }
  return { name, show: type, mask: maskOf(category, type), why: category };
}

function maskOf(category: Category, type: FieldType): string {
  const isText = type === 'keyword' || type === 'text';
  if (type === 'ip') return 'network';
  if (type === 'date') return 'year';
  if (category === 'email' && isText) return 'email';
  if (category === 'phone' && isText) return 'last:4';
  return category === 'device' && isText ? 'token' : 'redact';
}

/** `object` says nothing by itself; without a member that is shown it is left out. */
function dropEmptyContainers(choices: readonly Choice[], fields: MappedIndex): readonly Choice[] {
  const shown = choices.filter(({ show }) => show !== null && show !== 'object' && show !== 'nested');
  return choices.flatMap((choice) => {
    const type = fields.get(choice.name)?.type;
    if (type !== 'object' && type !== 'nested') return [choice];
    const members = shown.some(({ name }) => name.startsWith(`${choice.name}.`));
    return choice.show === 'nested' && members ? [choice] : [];
  });
}

function ancestorsOf(name: string): string[] {
  const parts = name.split('.');
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('.'));
}

function typeOf(type: string): FieldType | undefined {
  return FIELD_TYPES.find((known) => known === type) ?? (type === 'match_only_text' ? 'text' : undefined);
}

function leftOut(name: string, why: string): Choice {
  return { name, show: null, why };
}
