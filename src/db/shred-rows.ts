import type { ShredRow, SubjectId } from '../guard/contract/vault.ts';

/** All but the id, as JSON. */
export function encodeShred({ id: _id, ...rest }: ShredRow): string {
  return JSON.stringify(rest);
}

export function decodeShred(id: SubjectId, text: string): ShredRow {
  const rest: Omit<ShredRow, 'id'> = JSON.parse(text);
  return { ...rest, id };
}
