/** Whether a sealed id is good for the one who sent it, today. */
import type { Grant, GrantedOperation } from '../contract/grant.ts';
import { Refusal } from '../contract/refusal.ts';
import type { SealContent, StoreContext } from '../contract/store.ts';
import { looksSealed } from './sealer.ts';

/** Kinds that stand for something the store holds open under a grant; a cursor of a resource is checked where it was made. */
export type StoreSealKind = Exclude<SealContent['kind'], 'cursor'>;

const OPERATION_OF: Readonly<Record<StoreSealKind, GrantedOperation>> = {
  scroll: 'scroll',
  pit: 'pit',
  sort: 'search',
};

/** A sealed id of this principal's, and what the policy of today says to it. */
export type Opened =
  | { readonly standing: 'good'; readonly content: SealContent; readonly grants: readonly [Grant, ...Grant[]] }
  /** A role was revoked or its rule changed. What is open in the store is to be closed; nothing is to be answered. */
  | { readonly standing: 'revoked'; readonly content: SealContent };

/**
 * The content of a sealed id that this principal may use.
 *
 * @throws Refusal `malformed_body` for what is no id of this gateway's at all (B138); `absent` for one that was altered,
 *   is expired or is another principal's, all alike (B139, B147); `forbidden` for one that was bound to another key of
 *   the same principal (B146) or was made under rules that no longer hold (B145)
 */
export function openSealed(text: string, kind: StoreSealKind, context: StoreContext): SealContent {
  const opened = readSealed(text, kind, context);
  if (opened.standing === 'revoked') throw new Refusal('forbidden', 'sealed id: the rule has changed');
  return opened.content;
}

/**
 * As `openSealed`, but an id whose rules have changed comes back, so that the caller can close what it names.
 *
 * @throws Refusal `malformed_body`, `absent`, `forbidden`
 */
export function readSealed(text: string, kind: StoreSealKind, context: StoreContext): Opened {
  if (!looksSealed(text)) throw new Refusal('malformed_body', 'sealed id: not made by this gateway');
  const content = context.sealer.open(text, kind);
  if (content === undefined) throw new Refusal('absent', 'sealed id: altered or expired');
  if (content.principal !== context.principal.id) throw new Refusal('absent', "sealed id: another principal's");
  if (content.expiresAt <= context.now) throw new Refusal('absent', 'sealed id: expired');
  if (content.confirmation !== null && content.confirmation !== context.principal.confirmation)
    throw new Refusal('forbidden', 'sealed id: bound to another key');
  const grants = grantsOf(content, OPERATION_OF[kind], context);
  return grants === undefined ? { standing: 'revoked', content } : { standing: 'good', content, grants };
}

/** The grants of today, when each is the one that the id was made under. */
function grantsOf(
  content: SealContent,
  operation: GrantedOperation,
  context: StoreContext,
): readonly [Grant, ...Grant[]] | undefined {
  const grants: Grant[] = [];
  for (const [i, index] of content.indices.entries()) {
    const grant = context.access.find(index, operation);
    if (grant === undefined || grant.hash !== content.grants[i] || grant.upstream !== content.upstream)
      return undefined;
    grants.push(grant);
  }
  const [first, ...rest] = grants;
  return first === undefined ? undefined : [first, ...rest];
}
