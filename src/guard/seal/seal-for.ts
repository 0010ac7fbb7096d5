import type { Grant } from '../contract/grant.ts';
import type { SealContent, StoreContext } from '../contract/store.ts';

/**
 * Seals an id for the one who asks, bound to its key where it has one and to the rules that it was made under.
 *
 * @param grants ≥ 1, of one upstream
 * @param keepAlive ms
 */
export function sealFor(
  kind: SealContent['kind'],
  id: string,
  grants: readonly Grant[],
  keepAlive: number,
  state: string,
  context: StoreContext,
): string {
  const first = grants[0];
  if (first === undefined) throw new RangeError('an id is sealed under at least one grant');
  return context.sealer.seal({
    kind,
    id,
    principal: context.principal.id,
    confirmation: context.principal.confirmation,
    upstream: first.upstream,
    indices: grants.map(({ index }) => index),
    grants: grants.map(({ hash }) => hash),
    expiresAt: context.now + keepAlive,
    state,
  });
}
