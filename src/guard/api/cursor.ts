/**
 * Cursors: where a page ended, sealed for the one who got it. Bound to principal and key, the declaration, the filters and the
 * order; good for an hour. Everything else is the same 400.
 */
import { createHash } from 'node:crypto';
import { Refusal } from '../contract/refusal.ts';
import type { Resource } from '../contract/resource.ts';
import { MAX_CURSOR } from '../contract/rest.ts';
import type { SealContent, Sealer, StoreContext } from '../contract/store.ts';
import { parseAnswer, printJson } from '../json/index.ts';
import { isJsonScalar, type JsonScalar } from '../json/value.ts';
import { PARAMETER } from './problem.ts';

export const CURSOR_LIFE = 3_600_000;

/** What a list asks for, whatever page it is. */
export interface Asked {
  readonly conditions: readonly unknown[];
  readonly order: readonly unknown[];
  readonly equalities: readonly unknown[];
}

/** Equal for equal filters and order. Stays inside the seal. */
export function fingerprintOf({ conditions, order, equalities }: Asked): string {
  return createHash('sha256')
    .update(JSON.stringify([conditions, order, equalities]))
    .digest('base64url');
}

export function sealCursor(
  sealer: Sealer,
  position: readonly JsonScalar[],
  resource: Resource,
  fingerprint: string,
  { principal, now }: Pick<StoreContext, 'principal' | 'now'>,
): string {
  const content: SealContent = {
    kind: 'cursor',
    id: printJson([...position]),
    principal: principal.id,
    confirmation: principal.confirmation,
    upstream: resource.upstream,
    indices: [resource.source],
    grants: [resource.hash],
    expiresAt: now + CURSOR_LIFE,
    state: `${resource.name}\0${fingerprint}`,
  };
  const text = sealer.seal(content);
  // A store's position is short; one that could not be sent back is no cursor.
  if (text.length > MAX_CURSOR) throw new Refusal('too_costly', 'cursor: the position is too long');
  return text;
}

/** @throws Refusal `malformed_parameter`, whatever is wrong */
export function openCursor(
  sealer: Sealer,
  text: string,
  resource: Resource,
  fingerprint: string,
  { principal, now }: Pick<StoreContext, 'principal' | 'now'>,
): readonly JsonScalar[] {
  const content = text.length > MAX_CURSOR ? undefined : sealer.open(text, 'cursor');
  if (
    content === undefined ||
    content.principal !== principal.id ||
    content.confirmation !== principal.confirmation ||
    content.upstream !== resource.upstream ||
    content.indices.length !== 1 ||
    content.indices[0] !== resource.source ||
    content.grants[0] !== resource.hash ||
    content.state !== `${resource.name}\0${fingerprint}` ||
    content.expiresAt <= now
  ) {
    throw badCursor();
  }
  const position = parseAnswer(Buffer.from(content.id));
  if (!Array.isArray(position) || !position.every(isJsonScalar)) throw badCursor();
  return position;
}

function badCursor(): Refusal {
  const detail = 'cursor: not one of this list, or an hour old';
  return new Refusal('malformed_parameter', 'cursor', { problems: [{ pointer: PARAMETER, detail }] });
}
