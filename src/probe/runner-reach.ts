/**
 * What unused ports of an address do, as calibration: where they answer with a reset, nothing filters on the way; where
 * they accept, an open port says nothing; where they stay silent, silence is what a closed door looks like there.
 */
import { randomInt } from 'node:crypto';
import type { Deadline, Dialed, Dialer, NetworkTarget, PinnedAddress } from '../net/index.ts';

/** `accept`: reachable; `reset`: the host is reachable, the port closed; `filtered`: silence, or prohibited on the way. */
export type PortState = 'accept' | 'reset' | 'filtered';

/** How one address is reached from here. */
export interface AddressReach {
  host: string;
  address: string;
  family: 4 | 6;
  /** What random high ports did: all the same, or `mixed`; `unknown` when this machine has no way there. */
  unused: PortState | 'mixed' | 'unknown';
  /** How many of the asked ports were in each state. */
  ports: Record<PortState, number>;
}

/** Above Linux's ephemeral range (32768–60999), so that no connection of this machine stands there. */
const LOWEST_RANDOM = 61_001;
const HIGHEST_PORT = 65_535;
const RANDOM_PORTS = 3;

/** Different ones at each call. */
export function randomPorts(): number[] {
  const ports = new Set<number>();
  while (ports.size < RANDOM_PORTS) ports.add(randomInt(LOWEST_RANDOM, HIGHEST_PORT + 1));
  return [...ports];
}

/** Undefined where nothing was learned about the port. */
export function stateOf(dialed: Dialed | Error): PortState | undefined {
  if (dialed instanceof Error) return undefined;
  if (dialed.state === 'open') return 'accept';
  if (dialed.state === 'refused') return 'reset';
  return dialed.state === 'filtered' ? 'filtered' : undefined;
}

export async function knockOnUnused(
  dialer: Dialer,
  target: NetworkTarget,
  at: PinnedAddress,
  deadline: Deadline,
): Promise<AddressReach['unused']> {
  const states = await Promise.all(
    randomPorts().map(async (port) => {
      const dialed = await dialer.dial(target, at, port, deadline).catch(() => new Error('not asked'));
      if (!(dialed instanceof Error) && dialed.state === 'open') dialed.socket.destroy();
      return stateOf(dialed);
    }),
  );
  const [first] = states;
  if (states.some((state) => state === undefined) || first === undefined) return 'unknown';
  return states.every((state) => state === first) ? first : 'mixed';
}
