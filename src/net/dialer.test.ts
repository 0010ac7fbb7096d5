import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { deadlineIn } from './deadline.ts';
import { createDialer, type Dialer } from './dialer.ts';
import { systemEnvironment } from './environment.ts';
import type { Lookup } from './resolve.ts';
import { createScope, type NetworkTarget, type ScopeEntry } from './scope.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server that counts who comes; it stands at an address outside the scope or inside. */
async function counter(host: string, port = 0): Promise<{ port: number; seen: Socket[] }> {
  const seen: Socket[] = [];
  const server = createServer((socket) => {
    seen.push(socket);
    socket.on('error', () => {});
  });
  servers.push(server);
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, seen };
}

async function targetOf(entry: Partial<ScopeEntry> = {}): Promise<NetworkTarget> {
  const scope = await createScope(
    [{ host: 'shop.example', addresses: ['127.0.0.2'], resolve: 'dns', authority: 'loopback', ...entry }],
    systemEnvironment([]),
  );
  const [target] = scope.targets;
  if (target === undefined) throw scope.refused[0]?.error ?? new Error('no target');
  return target;
}

const answers =
  (...addresses: string[]): Lookup =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

async function dialFirst(dialer: Dialer, target: NetworkTarget, port: number) {
  const { addresses, refused } = await dialer.resolve(target);
  const dialed =
    addresses[0] === undefined ? undefined : await dialer.dial(target, addresses[0], port, deadlineIn(5_000));
  return { dialed, refused, addresses };
}

describe('the dialer', () => {
  it('never connects to an address that the name resolves to and the scope does not hold', async () => {
    const outside = await counter('127.0.0.3');
    const dialer = createDialer({ lookup: answers('127.0.0.3') });
    const { dialed, refused } = await dialFirst(dialer, await targetOf(), outside.port);
    expect(dialed).toBeUndefined();
    expect(refused).toMatchObject([{ address: '127.0.0.3', error: { code: 'E_SCOPE' } }]);
    expect(outside.seen).toHaveLength(0);
  });

  it('keeps the allowed addresses of a name that also resolves elsewhere, and only those', async () => {
    const dialer = createDialer({
      lookup: answers('10.0.0.1', '127.0.0.2', '::ffff:10.0.0.1', 'fe80::1%lo', '169.254.169.254'),
    });
    const { addresses, refused } = await dialer.resolve(await targetOf());
    expect(addresses.map((one) => one.address)).toEqual(['127.0.0.2']);
    expect(refused.map((one) => one.address)).toEqual(['10.0.0.1', '::ffff:10.0.0.1', 'fe80::1%lo', '169.254.169.254']);
  });

  it('sees through IPv4-mapped spellings in both directions', async () => {
    const dialer = createDialer({ lookup: answers('::ffff:127.0.0.2', '127.0.0.2', '::ffff:7f00:3') });
    const { addresses, refused } = await dialer.resolve(await targetOf());
    expect(addresses.map((one) => one.address)).toEqual(['127.0.0.2']);
    expect(refused.map((one) => one.address)).toEqual(['::ffff:7f00:3']);
  });

  it.each(['0.0.0.0', '::', '0', '2130706434', '0x7f000002', '127.2', '127.0.0.02', 'localhost', ''])(
    'does not take %j from a resolver for an allowed address',
    async (spelling) => {
      const target = await targetOf({ addresses: ['127.0.0.0/8', '::1'] });
      const { addresses, refused } = await createDialer({ lookup: answers(spelling) }).resolve(target);
      expect(addresses).toEqual([]);
      expect(refused).toHaveLength(1);
    },
  );

  it('connects to the address it checked, whatever the name says a moment later (DNS rebinding)', async () => {
    const inside = await counter('127.0.0.2');
    const outside = await counter('127.0.0.3', inside.port);
    let asked = 0;
    const lookup: Lookup = async () => [{ address: asked++ === 0 ? '127.0.0.2' : '127.0.0.3', family: 4 }];
    const dialer = createDialer({ lookup });
    const target = await targetOf();
    const { addresses } = await dialer.resolve(target);
    for (let n = 0; n < 3; n++) {
      const dialed = await dialer.dial(target, addresses[0]!, inside.port, deadlineIn(5_000));
      expect(dialed.state).toBe('open');
      if (dialed.state === 'open') dialed.socket.destroy();
    }
    expect(asked).toBe(1);
    expect((await dialer.resolve(target)).addresses).toEqual([]);
    expect(outside.seen).toHaveLength(0);
  });

  it('refuses an address that was pinned for another target, or made up', async () => {
    const inside = await counter('127.0.0.2');
    const dialer = createDialer({ lookup: answers('127.0.0.2') });
    const [one, two] = [await targetOf(), await targetOf({ host: 'other.example' })];
    const { addresses } = await dialer.resolve(one);
    await expect(dialer.dial(two, addresses[0]!, inside.port, deadlineIn(1_000))).rejects.toMatchObject({
      code: 'E_SCOPE',
    });
    const forged = { ...addresses[0]!, address: '127.0.0.3' };
    await expect(dialer.dial(one, forged, inside.port, deadlineIn(1_000))).rejects.toMatchObject({ code: 'E_SCOPE' });
    expect(inside.seen).toHaveLength(0);
  });

  it('asks no resolver for a target with listed addresses', async () => {
    const lookup: Lookup = () => Promise.reject(new Error('asked'));
    const { addresses } = await createDialer({ lookup }).resolve(await targetOf({ resolve: 'listed' }));
    expect(addresses.map((one) => one.address)).toEqual(['127.0.0.2']);
  });

  it('lets no private address through for a provider’s project', async () => {
    const target = await targetOf({
      host: 'my-project.firebaseio.com',
      addresses: [],
      authority: { project: { provider: 'firebase', id: 'my-project' } },
    });
    const inside = [
      '127.0.0.1',
      '10.0.0.1',
      '192.168.1.1',
      '169.254.169.254',
      '::1',
      'fd00::1',
      '100.64.0.1',
      '::ffff:10.0.0.1',
    ];
    const { addresses, refused } = await createDialer({ lookup: answers(...inside) }).resolve(target);
    expect(addresses).toEqual([]);
    expect(refused).toHaveLength(inside.length);
  });

  it('says that a name does not resolve', async () => {
    const lookup: Lookup = () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }));
    await expect(createDialer({ lookup }).resolve(await targetOf())).rejects.toMatchObject({ code: 'E_PROBE_IO' });
  });

  it('tells a closed port from an open one', async () => {
    const inside = await counter('127.0.0.2');
    const dialer = createDialer({ lookup: answers('127.0.0.2') });
    const target = await targetOf();
    const { addresses } = await dialer.resolve(target);
    const open = await dialer.dial(target, addresses[0]!, inside.port, deadlineIn(5_000));
    expect(open.state).toBe('open');
    if (open.state === 'open') open.socket.destroy();
    servers.pop()?.close();
    expect((await dialer.dial(target, addresses[0]!, 1, deadlineIn(5_000))).state).toBe('refused');
  });

  it('holds at most two sockets to one address at once', async () => {
    const inside = await counter('127.0.0.2');
    const dialer = createDialer({ lookup: answers('127.0.0.2') });
    const target = await targetOf();
    const { addresses } = await dialer.resolve(target);
    const dial = () => dialer.dial(target, addresses[0]!, inside.port, deadlineIn(5_000));
    const [first] = [await dial(), await dial()];
    let third = false;
    const waiting = dial().then((dialed) => {
      third = true;
      return dialed;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(third).toBe(false);
    if (first.state === 'open') first.socket.destroy();
    expect((await waiting).state).toBe('open');
    for (const socket of inside.seen) socket.destroy();
  });

  it('waits no longer than its deadline for the politeness of its own pace', async () => {
    const dialer = createDialer({ lookup: answers('127.0.0.2') });
    const target = await targetOf();
    const { addresses } = await dialer.resolve(target);
    const dial = () => dialer.dial(target, addresses[0]!, 1, deadlineIn(50));
    const outcomes = await Promise.allSettled(Array.from({ length: 400 }, dial));
    expect(outcomes.some((one) => one.status === 'fulfilled')).toBe(true);
    expect(outcomes.some((one) => one.status === 'rejected' && one.reason.code === 'E_PROBE_IO')).toBe(true);
  });
});
