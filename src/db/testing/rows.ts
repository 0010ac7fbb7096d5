import { randomBytes } from 'node:crypto';
import type { SubjectRow } from '../../guard/contract/vault.ts';

export const newId = () => randomBytes(32).toString('base64url');
export const newReference = () => randomBytes(16).toString('base64url');

export type LivingRow = SubjectRow & { readonly wrapped: Uint8Array };

export function newSubject(more: Partial<LivingRow> = {}): LivingRow {
  return {
    id: newId(),
    reference: newReference(),
    epoch: 7,
    wrapped: new Uint8Array(randomBytes(60)),
    shreddedAt: null,
    ...more,
  };
}
