import type { FieldEncryption, ResourceSubject, ResourceType } from '../contract/resource.ts';
import type { Path, Problems } from './problems.ts';
import type { ResourceFieldFile } from './schema/resource.ts';

/** What an encrypted value can be looked up by: its one exact text. */
const LOOKED_UP: readonly ResourceType[] = ['keyword', 'uuid', 'integer'];

export interface FieldsContext {
  readonly subjects: ReadonlyMap<string, ResourceSubject>;
  readonly hasVault: boolean;
  readonly problems: Problems;
}

/** How a field with `encrypt` is encrypted. */
export function encryptionOf(
  file: ResourceFieldFile,
  column: string,
  path: Path,
  { subjects, hasVault, problems }: FieldsContext,
): FieldEncryption {
  const at = [...path, 'encrypt'];
  const encrypt = file.encrypt === true || file.encrypt === undefined ? {} : file.encrypt;
  if (!hasVault) problems.add(at, 'needs a vault for the keys', 'Add `vault: {}` to the policy.');
  const names = [...subjects.keys()];
  const subject = encrypt.subject ?? (names.length === 1 ? names[0] : names.find((name) => name === 'owner'));
  if (subject === undefined || !subjects.has(subject)) {
    problems.add(
      encrypt.subject === undefined ? at : [...at, 'subject'],
      names.length === 0 ? 'the resource has no subject whose key encrypts it' : 'which subject’s key encrypts it?',
      names.length === 0
        ? 'Add e.g. `subjects: { owner: { reference: owner_ref } }` to the resource.'
        : `Say \`subject:\` with one of ${names.join(', ')}.`,
    );
  }
  const lookup = encrypt.lookup ?? null;
  const beacon =
    encrypt.beacon === undefined
      ? null
      : typeof encrypt.beacon === 'number'
        ? { field: `${column}_beacon`, bits: encrypt.beacon }
        : { field: encrypt.beacon.column ?? `${column}_beacon`, bits: encrypt.beacon.bits };
  return Object.freeze({ subject: subject ?? '', lookup, beacon: beacon && Object.freeze(beacon) });
}

/** B226: the store holds ciphertext, whose order and parts mean nothing. */
export function checkEncrypted(
  file: ResourceFieldFile,
  { lookup, beacon }: FieldEncryption,
  path: Path,
  { problems }: FieldsContext,
): void {
  if (file.sort) problems.add([...path, 'sort'], 'an encrypted field has no order in the store', 'Leave `sort` out.');
  for (const [index, filter] of file.filter.entries()) {
    if (filter !== 'eq') {
      problems.add(
        [...path, 'filter', index],
        `${filter}: an encrypted field is found by its whole value alone`,
        'Use `filter: [eq]` with a `lookup`.',
      );
    } else if (lookup === null && beacon === null) {
      problems.add(
        [...path, 'filter', index],
        'nothing finds an encrypted value',
        'Add `encrypt: { lookup: exact }`, email or phone.',
      );
    }
    if (file.filter.indexOf(filter) < index)
      problems.add([...path, 'filter', index], 'stands there twice', 'Leave one out.');
  }
  const used = lookup === null ? 'beacon' : 'lookup';
  if ((lookup !== null || beacon !== null) && !file.filter.includes('eq')) {
    problems.add([...path, 'encrypt', used], 'is not used', `Add \`filter: [eq]\`, or leave \`${used}\` out.`);
  }
  const fitting = lookup === null || lookup === 'exact' ? LOOKED_UP : ['keyword'];
  if ((lookup !== null || beacon !== null) && !fitting.includes(file.type)) {
    problems.add(
      [...path, 'encrypt', used],
      `${lookup ?? 'a beacon'} is for ${fitting.join(', ')}`,
      `Use \`type: keyword\`, or leave \`${used}\` out.`,
    );
  }
  if (beacon && file.array) {
    problems.add([...path, 'encrypt', 'beacon'], 'is of one value, not of a list', 'Leave `beacon` out.');
  }
}
