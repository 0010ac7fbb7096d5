/** From a target to the addresses that may be connected to: looked up at connect time, checked one by one, pinned. */
import { lookup as dnsLookup } from 'node:dns/promises';
import { PosternError } from '../core/errors.ts';
import { type Address, isNoHost, isPublic, parseAddress } from './address.ts';
import { isAuthorized, type NetworkTarget, networksOf } from './scope.ts';

/** Every address of a name, both families, in the resolver's order. */
export type Lookup = (host: string) => Promise<readonly { address: string; family: number }[]>;

const pinned: unique symbol = Symbol('pinned');

/** An address that was checked against its target. The dialer connects to nothing else. */
export interface PinnedAddress {
  readonly [pinned]: NetworkTarget;
  readonly address: string;
  readonly family: 4 | 6;
}

export interface Resolution {
  readonly addresses: readonly PinnedAddress[];
  /** What the name also resolved to and what is outside the scope (`E_SCOPE`): never contacted. */
  readonly refused: readonly { address: string; error: PosternError }[];
}

/** The system's resolver. */
export async function systemLookup(host: string): Promise<readonly { address: string; family: number }[]> {
  return await dnsLookup(host, { all: true, verbatim: true });
}

/**
 * @throws PosternError `E_SCOPE` when the target was not made by a scope; `E_PROBE_IO` when the name does not resolve
 */
export async function resolveTarget(target: NetworkTarget, lookup: Lookup): Promise<Resolution> {
  if (!isAuthorized(target)) throw new PosternError('E_SCOPE', 'The target was not made by a scope.');
  const found = target.resolve === 'listed' ? target.allowed : await lookUp(target.host, lookup);
  const addresses = new Map<string, PinnedAddress>();
  const refused: { address: string; error: PosternError }[] = [];
  for (const text of found) {
    const address = parseAddress(text);
    if (address === undefined || !isAllowed(target, address)) {
      refused.push({
        address: text,
        error: new PosternError(
          'E_SCOPE',
          `${target.host} resolves to ${text}, which is outside its authorized scope.`,
        ),
      });
      continue;
    }
    // Two spellings of one address (mapped and plain) are one address.
    if (!addresses.has(address.text)) {
      addresses.set(address.text, Object.freeze({ [pinned]: target, address: address.text, family: address.family }));
    }
  }
  return { addresses: [...addresses.values()], refused };
}

/** True when the address was pinned by `resolveTarget` for this target and still lies in what it allows. */
export function isPinned(target: NetworkTarget, at: PinnedAddress): boolean {
  const address = parseAddress(at.address);
  return isAuthorized(target) && at[pinned] === target && address !== undefined && isAllowed(target, address);
}

async function lookUp(host: string, lookup: Lookup): Promise<readonly string[]> {
  const literal = parseAddress(host);
  if (literal !== undefined) return [literal.text];
  try {
    return (await lookup(host)).map((one) => one.address);
  } catch (cause) {
    throw new PosternError('E_PROBE_IO', `The name ${host} does not resolve.`, { cause });
  }
}

function isAllowed(target: NetworkTarget, address: Address): boolean {
  if (isNoHost(address)) return false;
  return networksOf(target).some((network) => network.contains(address) && (network.prefix > 0 || isPublic(address)));
}
