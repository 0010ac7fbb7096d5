/** What is inside a seal: a JSON array without names, because ids travel with every page. */
import type { SealContent } from '../contract/store.ts';

export function textOf(content: SealContent): string {
  return JSON.stringify([
    content.id,
    content.principal,
    content.confirmation,
    content.upstream,
    content.indices,
    content.grants,
    content.expiresAt,
    content.state,
  ]);
}

/** The text was authenticated: only this gateway made it, but perhaps an earlier version of it. */
export function contentOf(text: string, kind: SealContent['kind']): SealContent | undefined {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value) || value.length !== 8) return undefined;
  const [id, principal, confirmation, upstream, indices, grants, expiresAt, state]: unknown[] = value;
  if (typeof id !== 'string' || typeof principal !== 'string' || typeof upstream !== 'string') return undefined;
  if (confirmation !== null && typeof confirmation !== 'string') return undefined;
  if (!isTexts(indices) || !isTexts(grants) || indices.length === 0 || indices.length !== grants.length)
    return undefined;
  if (typeof expiresAt !== 'number' || typeof state !== 'string') return undefined;
  return { kind, id, principal, confirmation, upstream, indices, grants, expiresAt, state };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((member) => typeof member === 'string');
}
