/**
 * What must hold before a positive verdict is believed: the port does not also speak a protocol that excludes the first,
 * and the host does not accept connections on just any port (honeypots, SYN proxies, "all ports open" middleboxes).
 */
import { allowParsed } from '../net/allow-list.ts';
import { type Deadline, type Dialer, type NetworkTarget, Peer, type PinnedAddress } from '../net/index.ts';
import type { PortRun } from './runner-dialogue.ts';
import { randomPorts } from './runner-reach.ts';

const REDIS_PING = '*1\r\n$4\r\nPING\r\n';
const MEMCACHED_VERSION = 'version\r\n';

/** The two requests of the contradiction check; everything else is refused below. */
export const contradictionAllow = allowParsed(
  ['`PING` in RESP, to a port that was identified as anything but Redis', '`version`, to a port identified as Redis'],
  (bytes) => [REDIS_PING, MEMCACHED_VERSION].includes(Buffer.from(bytes).toString('latin1')),
  [
    {
      why: 'a port identified as anything but Redis must not answer as Redis',
      bytes: Buffer.from(REDIS_PING, 'latin1'),
    },
    { why: 'a port identified as Redis must not answer as Memcached', bytes: Buffer.from(MEMCACHED_VERSION, 'latin1') },
  ],
);

/** How long a silent port is listened to after the contradicting request, in milliseconds. */
const PATIENCE = 500;

/** Names the second, excluding protocol that the port also speaks; undefined when it speaks none. */
export async function findContradiction(
  run: PortRun,
  service: string,
  deadline: Deadline,
): Promise<string | undefined> {
  const { dialer, target, at, port, tls } = run;
  const asRedis = service !== 'redis';
  const peer = new Peer({ dialer, target, at, port, allow: contradictionAllow, deadline, firstByteMs: PATIENCE, tls });
  try {
    const connection = await peer.connect();
    await connection.write(Buffer.from(asRedis ? REDIS_PING : MEMCACHED_VERSION, 'latin1'));
    const answer = (await connection.readSome(64)).toString('latin1');
    if (asRedis) return /^(?:\+PONG|-NOAUTH|-DENIED)/.test(answer) ? 'Redis' : undefined;
    return answer.startsWith('VERSION ') ? 'Memcached' : undefined;
  } catch {
    // Silence, a reset or a refusal is what a real server answers.
    return undefined;
  } finally {
    peer.close();
  }
}

/** True when the host accepts on three random high ports: an accepted connection says nothing there. */
export async function acceptsEverything(
  dialer: Dialer,
  target: NetworkTarget,
  at: PinnedAddress,
  deadline: Deadline,
): Promise<boolean> {
  for (const port of randomPorts()) {
    try {
      const dialed = await dialer.dial(target, at, port, deadline);
      if (dialed.state !== 'open') return false;
      dialed.socket.destroy();
    } catch {
      return false;
    }
  }
  return true;
}
