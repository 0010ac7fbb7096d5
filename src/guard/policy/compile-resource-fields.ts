import type { Mask } from '../contract/grant.ts';
import type { ResourceField, ResourceFilter, ResourceType } from '../contract/resource.ts';
import { checkEncrypted, encryptionOf, type FieldsContext } from './compile-encryption.ts';
import { checkMask, maskOf } from './compile-fields.ts';
import { STORED_TYPES } from './compile-resource-filters.ts';
import { compileValue } from './compile-value.ts';
import type { Path, Problems } from './problems.ts';
import type { ResourceFieldFile, ResourceFile } from './schema/resource.ts';

/** What each type can be asked by, the same in every store. An analysed text matches by its words, which no database does. */
const FILTERS: Readonly<Record<ResourceType, readonly ResourceFilter[]>> = {
  keyword: ['eq', 'in', 'exists'],
  text: ['exists'],
  integer: ['eq', 'in', 'range', 'exists'],
  number: ['eq', 'in', 'range', 'exists'],
  boolean: ['eq', 'in', 'exists'],
  date: ['eq', 'in', 'range', 'exists'],
  uuid: ['eq', 'in', 'exists'],
  object: [],
};
const UNSORTED: readonly ResourceType[] = ['text', 'object'];

/** What a list's own parameters are called. */
const PARAMETERS: ReadonlySet<string> = new Set(['sort', 'size', 'cursor']);
export function compileResourceFields(
  files: ResourceFile['fields'],
  path: Path,
  context: FieldsContext,
): ReadonlyMap<string, ResourceField> {
  const fields = new Map<string, ResourceField>();
  if (Object.keys(files).length === 0) {
    context.problems.add(path, 'there is no field', 'List what the resource shows, each with its type.');
  }
  for (const [name, file] of Object.entries(files)) {
    if (name === 'id') {
      context.problems.addKey(path, name, 'is the id of the document', 'Leave it out: it is always shown.');
    }
    if (PARAMETERS.has(name) && typeof file !== 'string' && file.filter.includes('eq')) {
      context.problems.add(
        [...path, name, 'filter'],
        `${name} is a parameter of every list`,
        `Choose another name, with \`column: ${name}\`, or leave eq out.`,
      );
    }
    fields.set(name, compileField(name, typeof file === 'string' ? plain(file) : file, [...path, name], context));
  }
  return fields;
}

function plain(type: ResourceType): ResourceFieldFile {
  return {
    type,
    array: false,
    description: '',
    read: true,
    write: [],
    required: false,
    nullable: false,
    filter: [],
    sort: false,
  };
}

function compileField(name: string, file: ResourceFieldFile, path: Path, context: FieldsContext): ResourceField {
  const { problems } = context;
  const mask = file.mask === undefined ? null : maskOf(file.mask);
  if (mask) checkFieldMask(mask, file, path, problems);
  const column = file.column ?? name;
  const encryption = file.encrypt === undefined ? null : encryptionOf(file, column, path, context);
  if (encryption) checkEncrypted(file, encryption, path, context);
  else checkFilters(file, path, context);
  checkHidden(file, path, problems);
  if (file.required && !file.write.includes('create')) {
    problems.add(
      [...path, 'required'],
      'cannot be sent at creation',
      'Add `write: [create]`, or leave `required` out.',
    );
  }
  if (!file.read && file.write.length === 0) {
    problems.add(path, 'is neither shown nor sent', 'Leave the field out: what is not listed does not exist.');
  }
  return Object.freeze({
    name,
    column,
    description: file.description,
    schema: compileValue({ ...file, required: false }, path, file.write.length > 0, problems),
    read: file.read,
    write: new Set(file.write),
    required: file.required,
    nullable: file.nullable,
    mask,
    encryption,
    filters: new Set(file.filter),
    sort: file.sort,
  });
}

function checkFieldMask(mask: Mask, file: ResourceFieldFile, path: Path, problems: Problems): void {
  checkMask(mask, STORED_TYPES[file.type], [...path, 'mask'], problems);
  const used = [...(file.filter.length > 0 ? ['filter'] : []), ...(file.sort ? ['sort'] : [])];
  // B230: what a mask hides, questions about it would tell one after the other.
  for (const name of used) {
    problems.add(
      [...path, name],
      'a masked field is shown masked, and cannot be asked for',
      `Leave \`${name}\` or \`mask\` out.`,
    );
  }
}

/** A field that is not shown would be told by the documents that a question about it finds. */
function checkHidden(file: ResourceFieldFile, path: Path, problems: Problems): void {
  if (file.read) return;
  if (file.filter.length > 0)
    problems.add([...path, 'filter'], 'the field is not shown, and answers would tell it', 'Leave `filter` out.');
  if (file.sort)
    problems.add([...path, 'sort'], 'the field is not shown, and the order would tell it', 'Leave `sort` out.');
  if (file.mask !== undefined)
    problems.add([...path, 'mask'], 'the field is not shown', 'Leave `mask` or `read: false` out.');
}

function checkFilters(file: ResourceFieldFile, path: Path, { problems }: FieldsContext): void {
  const fitting = FILTERS[file.type];
  for (const [index, filter] of file.filter.entries()) {
    const at = [...path, 'filter', index];
    if (!fitting.includes(filter)) {
      const why = file.type === 'text' ? 'text is analysed, and matches by words' : `not for ${file.type}`;
      problems.add(
        at,
        `${filter}: ${why}`,
        fitting.length > 0 ? `Known here: ${fitting.join(', ')}.` : 'Leave `filter` out.',
      );
    }
    if (file.filter.indexOf(filter) < index) problems.add(at, 'stands there twice', 'Leave one out.');
  }
  if (!file.sort) return;
  if (file.array) problems.add([...path, 'sort'], 'a list has no place in an order', 'Leave `sort` out.');
  if (UNSORTED.includes(file.type)) {
    problems.add([...path, 'sort'], `${file.type} has no order`, 'Leave `sort` out, or use keyword.');
  }
}
