/**
 * `guard init --resources`: resources for the indices of a store, as careful as the proposed rules. What speaks of a person is
 * encrypted, e-mail addresses and phone numbers so that they can be looked up; the owner is a guess, and says so.
 */
import type { Category } from '../../core/category.ts';
import type { ResourceType } from '../contract/resource.ts';
import type { MappedField, MappedIndex, Mapping } from '../policy/lint/mapping.ts';
import { isIndexName } from '../policy/schema/names.ts';
import { type Choice, type Classify, chooseFields } from './field-choice.ts';
import { commentText, yamlText } from './yaml-text.ts';

export interface ProposedResources {
  /** Lines of the section `resources`, with what it needs beside it. */
  readonly lines: readonly string[];
  /** Indices that no resource could be made of, for the operator. */
  readonly leftOut: readonly string[];
}

/** @param upstream the only one of the policy, or null where there are several */
export function proposeResources(
  mapping: Mapping,
  classify: Classify,
  upstream: (index: string) => string | null,
): ProposedResources {
  const names = new Set<string>();
  const leftOut: string[] = [];
  let isEncrypted = false;
  const resources = [...mapping].flatMap(([index, fields]) => {
    if (!isIndexName(index) || index.startsWith('.')) return [];
    const name = resourceName(index, names);
    if (name === null) {
      leftOut.push(index);
      return [];
    }
    const categories = new Map(classify([...fields.keys()], index).map((one) => [one.name, one.category]));
    const choices = chooseFields(index, fields, classify);
    const proposed = proposedFields(choices, fields, categories);
    isEncrypted ||= proposed.some(({ encrypt }) => encrypt !== null);
    return resourceLines({ name, index, fields, choices, proposed, upstream: upstream(index) });
  });
  if (resources.length === 0) return { lines: [], leftOut };
  const lines = [
    '',
    'api:',
    '  title: TODO # what this API is called',
    '  publish: false # true: /v1/openapi.json and a reference page are answered to anyone',
    ...(isEncrypted ? VAULT : []),
    '',
    '# Proposed from the mapping and the names of its fields. Every line is a guess that you are to read: above all the owners.',
    'resources:',
    ...resources,
  ];
  return { lines, leftOut };
}

const VAULT = [
  '',
  'vault: # keys of the people whose fields are encrypted',
  '  rootKey: { file: .postern/vault-root.key } # or sealed, transit, awsKms: see docs/guard/vault.md',
  '  keys: .postern/vault-keys # outside of the folder of `data`, and backed up apart from it',
];

/** A name of the policy and of a path; null: none can be made. */
function resourceName(index: string, taken: Set<string>): string | null {
  const base = index
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[^A-Za-z]+/, '')
    .slice(0, 48);
  if (base === '') return null;
  let name = base;
  for (let count = 2; taken.has(name); count++) name = `${base}-${count}`;
  taken.add(name);
  return name;
}

interface ProposedField {
  readonly name: string;
  readonly type: ResourceType;
  readonly column: string | null;
  readonly encrypt: 'plain' | 'email' | 'phone' | null;
  readonly mask: string | null;
  readonly why: string | null;
}

/** Kinds of a person's data that no store needs to read. Of the others masks are enough. */
const ENCRYPTED: ReadonlySet<Category> = new Set(['email', 'phone', 'identity']);

function proposedFields(
  choices: readonly Choice[],
  fields: MappedIndex,
  categories: ReadonlyMap<string, Category>,
): readonly ProposedField[] {
  const names = new Set<string>();
  return choices.flatMap((choice) => {
    const field = fields.get(choice.name);
    const [proposed] = field === undefined ? [] : proposedField(choice, field, categories.get(choice.name));
    if (proposed === undefined || names.has(proposed.name)) return [];
    names.add(proposed.name);
    return [proposed];
  });
}

function proposedField(choice: Choice, field: MappedField, category: Category | undefined): ProposedField[] {
  const type = typeOf(field.type);
  if (choice.show === null || type === undefined || !isPlain(choice.name, field)) return [];
  const name = apiName(choice.name);
  if (name === null || name === 'id') return [];
  const isText = type === 'keyword' || type === 'text';
  const isSealed = isText && category !== undefined && ENCRYPTED.has(category);
  const lookup = category === 'email' || category === 'phone' ? category : 'plain';
  return [
    {
      name,
      type: isSealed && lookup !== 'plain' ? 'keyword' : type,
      column: name === choice.name ? null : choice.name,
      encrypt: isSealed ? lookup : null,
      mask: isSealed ? null : choice.mask,
      why: choice.why,
    },
  ];
}

/** A member of the document itself: no other reading of one, and none of an object. */
function isPlain(name: string, { multiFieldOf }: MappedField): boolean {
  return multiFieldOf === null && !name.includes('.');
}

/** Letters, digits and _: what all clients can spell. */
function apiName(name: string): string | null {
  const plain = name.replace(/[^A-Za-z0-9_]+/g, '_').slice(0, 64);
  return /^[A-Za-z]/.test(plain) ? plain : null;
}

const TYPES: Readonly<Record<string, ResourceType>> = {
  keyword: 'keyword',
  text: 'text',
  match_only_text: 'text',
  long: 'integer',
  integer: 'integer',
  short: 'integer',
  byte: 'integer',
  double: 'number',
  float: 'number',
  half_float: 'number',
  scaled_float: 'number',
  boolean: 'boolean',
  date: 'date',
  ip: 'keyword',
};

function typeOf(type: string): ResourceType | undefined {
  return Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
}

interface Proposal {
  readonly name: string;
  readonly index: string;
  readonly fields: MappedIndex;
  readonly choices: readonly Choice[];
  readonly proposed: readonly ProposedField[];
  readonly upstream: string | null;
}

function resourceLines({ name, index, fields, choices, proposed, upstream }: Proposal): string[] {
  const owner = ownerOf(fields);
  const isEncrypted = proposed.some(({ encrypt }) => encrypt !== null);
  const columnOf = ({ name: one, column }: ProposedField) => column ?? one;
  const shown = proposed.filter((one) => columnOf(one) !== owner?.name);
  const columns = new Set(shown.map(columnOf));
  const hidden = choices.filter((one) => !columns.has(one.name) && one.name !== owner?.name);
  return [
    `  ${yamlText(name)}:`,
    `    title: ${yamlText(titleOf(name))}`,
    `    path: /v1/${name}`,
    ...(upstream === null ? [] : [`    upstream: ${upstream}`]),
    `    index: ${yamlText(index)}`,
    '    id: { type: keyword } # uuid where all of the ids are',
    ...ownerLines(owner),
    ...(isEncrypted ? SUBJECTS : []),
    '    roles: { user: [list, count, get] } # create, update and delete too? Then fields need `write`',
    ...(shown.length === 0
      ? ['    fields: TODO # no field could be proposed']
      : ['    fields:', ...shown.map(fieldLine)]),
    ...(hidden.length > 0 ? ['    # Left out, so for clients they do not exist:'] : []),
    ...hidden.map((one) => `    #   ${commentText(one.name)}: ${commentText(whyHidden(one))}`),
  ];
}

/** What is encrypted from now on; documents that are there already are encrypted by `postern guard encrypt-existing`. */
const SUBJECTS = [
  '    # Whose key encrypts: the gateway writes a random name of the person to this member; map it as keyword. Documents that are',
  '    # there already: postern guard encrypt-existing.',
  '    subjects: { owner: { reference: person_ref } }',
];

function whyHidden({ show, why }: Choice): string {
  return show === null ? (why ?? '') : 'a member of an object, or no type that resources have';
}

function ownerLines(owner: MappedField | null): string[] {
  if (owner === null) {
    return [
      '    owner: TODO # REVIEW: whose document is it? { column: …, claim: sub }; the word none shows every document to everyone',
    ];
  }
  const tenant = isTenant(owner.name);
  const claim = tenant ? owner.name : 'sub';
  const type = typeOf(owner.type) === 'integer' ? 'number' : 'keyword';
  const more = tenant ? ', and everyone of one is to see all of it' : '';
  return [
    '    # REVIEW: guessed by its name. Nobody but the owner sees a document: a wrong column or claim shows them to others.',
    `    owner: { column: ${yamlText(owner.name)}, claim: ${yamlText(claim)}, type: ${type} } # REVIEW: is this whose it is${more}?`,
  ];
}

function fieldLine({ name, type, column, encrypt, mask, why }: ProposedField): string {
  const parts = [
    `type: ${type}`,
    ...(column === null ? [] : [`column: ${yamlText(column)}`]),
    ...(encrypt === 'plain' ? ['encrypt: true'] : []),
    ...(encrypt === 'email' || encrypt === 'phone' ? [`encrypt: { lookup: ${encrypt} }`, 'filter: [eq]'] : []),
    ...(mask === null ? [] : [`mask: ${yamlText(mask)}`]),
  ];
  const value = parts.length === 1 ? type : `{ ${parts.join(', ')} }`;
  return `      ${yamlText(name)}: ${value}${why === null ? '' : ` # ${commentText(why)}`}`;
}

const PERSONS = /^(?:user|customer|owner|account|member|subject|client|patient|buyer)(?:_?id|Id|_?ref)?$/i;
const TENANTS = /^(?:tenant|org|organi[sz]ation|company)(?:_?id|Id)?$/i;

function isTenant(name: string): boolean {
  return TENANTS.test(name);
}

/** A person before a tenant: the narrower guess errs on the side that hides. */
function ownerOf(fields: MappedIndex): MappedField | null {
  const able = [...fields.values()].filter(
    ({ name, type, multiFieldOf }) =>
      multiFieldOf === null && !name.includes('.') && ['keyword', 'integer'].includes(typeOf(type) ?? ''),
  );
  return able.find(({ name }) => PERSONS.test(name)) ?? able.find(({ name }) => TENANTS.test(name)) ?? null;
}

function titleOf(name: string): string {
  const words = name.replace(/[-_]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
