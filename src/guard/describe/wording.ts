/** The sentences that say how a field is shown, found and kept. They name what a client sees, and nothing of the store. */
import type { Mask } from '../contract/grant.ts';
import type { FieldEncryption, Resource, ResourceField } from '../contract/resource.ts';
import { parametersOf } from '../contract/rest.ts';

/** What a mask shows, for the description of a field. */
export function maskText(mask: Mask): string {
  switch (mask.kind) {
    case 'redact':
      return 'Masked: answers show `***` in its place.';
    case 'token':
      return 'Masked: answers show a keyed token; equal values have equal tokens.';
    case 'last':
      return `Masked: answers show the last ${mask.keep} characters at most.`;
    case 'email':
      return 'Masked: answers show the first letter and the domain of the address.';
    case 'network':
      return 'Masked: answers show the network of the address alone.';
    case 'year':
      return 'Masked: answers show the year alone.';
  }
}

/** What a mask would show of the examples, synthetic as they are. */
export function maskExample(mask: Mask): string {
  switch (mask.kind) {
    case 'redact':
      return '***';
    case 'token':
      return 'c3ludGhldGljLXZh';
    case 'last':
      return `***${'0000'.slice(0, mask.keep)}`;
    case 'email':
      return 'a***@example.org';
    case 'network':
      return '192.0.2.0/24';
    case 'year':
      return '2026';
  }
}

const LOOKUPS = {
  exact: 'by its exact value',
  email: 'by its exact value, compared as an e-mail address',
  phone: 'by its exact value, compared as a phone number',
} as const satisfies Record<NonNullable<FieldEncryption['lookup']>, string>;

export function encryptionText(field: ResourceField, encryption: FieldEncryption): string {
  const found =
    parametersOf(field).length > 0
      ? `It can be searched ${LOOKUPS[encryption.lookup ?? 'exact']} alone: not by range, prefix or order.`
      : 'It cannot be searched or sorted by.';
  return `Encrypted at rest under a key of the person that it is about. ${found} After that person's erasure it is null.`;
}

/** The declaration's own words, then what the gateway does with the field. */
export function fieldText(field: ResourceField, shown: boolean): string {
  const parts = [sentence(field.description)];
  if (shown && field.mask !== null) parts.push(maskText(field.mask));
  if (field.encryption !== null) parts.push(encryptionText(field, field.encryption));
  if (shown && field.write.size === 0) parts.push('Read only.');
  if (!shown && !field.read) parts.push('Write only: no answer shows it.');
  return parts.filter((part) => part !== '').join(' ');
}

export function resourceText(resource: Resource): string {
  return [
    sentence(resource.description),
    resource.owner === null
      ? ''
      : 'Every caller has documents of their own here: those of others do not exist for them.',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

export function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?:]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
