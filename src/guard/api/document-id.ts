import type { Resource } from '../contract/resource.ts';
import { readText, readUuid } from './typed-text.ts';

const MAX_BYTES = 512;

/** An id of a path as the store knows it; undefined: no document can have it. */
export function readId({ id: { type } }: Resource, text: string): string | undefined {
  if (type === 'uuid') return readUuid(text);
  if (type === 'integer') return readText('integer', text) === undefined ? undefined : text;
  return text.includes('/') || Buffer.byteLength(text) > MAX_BYTES ? undefined : text;
}
