/** The store that several gateways count in goes away and comes back; the command itself runs, as a process. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FakeStore, startStore } from '../../../src/guard/upstream/testing/store.ts';
import { type Daemon, freePort, startDaemon, unprivileged, workFolder } from '../../servers/harness/daemon.ts';
import { requireServer } from '../../servers/harness/require-server.ts';
import { buildCommand, killAll, type Program, runGuard } from './child.ts';
import { errorShape, makePlace, policyText, search, stopAll, tagsIn, tokenFor } from './gateway.ts';

const binary = requireServer('redis-server', ['valkey-server', 'redis-server']);

let program: Program;
let store: FakeStore;
const daemons: Daemon[] = [];

beforeAll(async () => {
  program = await buildCommand();
});

afterAll(() => program.remove());

beforeEach(async () => {
  store = await startStore();
});

afterEach(async () => {
  await killAll();
  await stopAll();
  await store.stop();
  for (const daemon of daemons.splice(0)) await daemon.stop();
});

async function startValkey(port: number): Promise<Daemon> {
  const account = unprivileged('redis', 'valkey');
  const folder = workFolder('guard-faults', account);
  const file = join(folder, 'store.conf');
  writeFileSync(file, ['bind 127.0.0.1', 'save ""', `dir ${folder}`, `port ${port}`].join('\n'));
  const command = { name: 'valkey', command: binary ?? '', args: [file], port, folder };
  const daemon = await startDaemon({ ...command, ...(account && { account }) });
  daemons.push(daemon);
  return daemon;
}

async function readiness(admin: string): Promise<string> {
  const answer = await request(`${admin}/readyz`).catch(() => undefined);
  return answer === undefined ? 'nobody there' : `${answer.statusCode} ${(await answer.body.text()).trim()}`;
}

describe.skipIf(binary === undefined)('a store of the limits that', () => {
  it('is away at the start, comes, goes and comes again: 503 while it is away, and the store of the documents is not asked', async () => {
    const [port, adminPort, valkeyPort] = [await freePort(), await freePort(), await freePort()];
    const place = await makePlace(
      policyText({
        stores: [store.port],
        listener: `{ address: '127.0.0.1:${port}' }`,
        role: 'limits: { rate: 1000/s, burst: 1000 }',
        more: `journal: { durability: write }
admin: { address: '127.0.0.1:${adminPort}' }
limits: { store: { valkey: { url: 'redis://127.0.0.1:${valkeyPort}' } } }`,
      }),
    );
    const url = `http://127.0.0.1:${port}`;
    const admin = `http://127.0.0.1:${adminPort}`;
    const token = await tokenFor(place.key);
    const running = runGuard(program, [place.policy], place.folder);
    const away = '503 not ready: the store of the limits cannot be reached';
    await expect.poll(() => readiness(admin), { timeout: 20_000 }).toBe(away);
    for (let round = 0; round < 2; round++) {
      const before = store.asked.length;
      const refused = await Promise.all(Array.from({ length: 10 }, () => search(url, token, 'x')));
      for (const answer of refused) expect(answer).toMatchObject(errorShape(503, 'status_exception'));
      expect((await search(url, undefined, 'x')).status).toBe(401);
      expect(store.asked.length).toBe(before);
      const valkey = await startValkey(valkeyPort);
      await expect.poll(() => readiness(admin), { timeout: 20_000 }).toBe('200 ready');
      expect(tagsIn(await search(url, token, 'y'))).toEqual(['y', 'y']);
      await valkey.stop();
      await expect.poll(() => readiness(admin), { timeout: 20_000 }).toBe(away);
    }
    running.child.kill('SIGTERM');
    expect(await running.exit).toEqual({ code: 0, signal: null });
  }, 60_000);
});
