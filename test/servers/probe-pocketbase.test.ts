import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { requireInstalled } from './harness/application.ts';
import { askWatched } from './harness/asked.ts';
import { fleet } from './harness/fleet.ts';

const program = requireInstalled('pocketbase', 'bin/pocketbase');
const running = fleet();
const within = { datasets: ['patients', 'owned', 'locked'] };

describe.skipIf(!program)('a real PocketBase', () => {
  let port = 0;
  let token = '';
  const ask = async (path: string, body: object) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: token },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as { token?: string };
  };

  beforeAll(async () => {
    const login = { identity: 'owner@example.org', password: 'made-up-1234' };
    ({ port } = await running.start({
      name: 'pocketbase',
      command: program ?? '',
      args: (free, folder) => {
        const data = ['--dir', join(folder, 'data')];
        execFileSync(program ?? '', ['superuser', 'create', login.identity, login.password, ...data], {
          stdio: 'ignore',
          cwd: folder,
        });
        return ['serve', '--http', `127.0.0.1:${free}`, ...data];
      },
    }));
    token = (await ask('collections/_superusers/auth-with-password', login)).token ?? '';
    const fields = [{ name: 'email', type: 'email' }];
    await ask('collections', { name: 'patients', type: 'base', fields, listRule: '', viewRule: null });
    await ask('collections', { name: 'owned', type: 'base', fields, listRule: '@request.auth.id != ""' });
    await ask('collections', { name: 'locked', type: 'base', fields, listRule: null });
    for (const name of ['patients', 'patients', 'owned', 'locked']) {
      await ask(`collections/${name}/records`, { email: 'canary@example.org' });
    }
  });
  afterAll(() => running.stop());

  it('shows what an empty list rule lets strangers see, by number', async () => {
    const result = await askPort(port, undefined, undefined, within);
    expect(result).toMatchObject({
      service: 'pocketbase',
      verdict: 'anonymous-read',
      documents: 2,
      datasets: [{ name: 'patients', documents: 2, fields: [] }],
    });
    expect(JSON.stringify(result)).not.toMatch(/canary|example\.org/);
    expect(await askPort(await running.behindTls(port), 'pocketbase', undefined, within)).toMatchObject({
      documents: 2,
    });
  });

  it('is secured where rules filter or lock, and sends only what its grammar has', async () => {
    expect(await askPort(port, 'pocketbase', undefined, { datasets: ['owned', 'locked'] })).toMatchObject({
      verdict: 'secured',
      datasets: [],
    });
    expect(await askWatched(port, 'pocketbase')).toMatchObject({ service: 'pocketbase', verdict: 'secured' });
  });

  it('gives values to the sink alone', async () => {
    const taken: unknown[] = [];
    const values = {
      most: 1,
      take: (_dataset: string, field: string, some: readonly unknown[]) =>
        void (field === 'email' && taken.push(...some)),
    };
    const result = await askPort(port, 'pocketbase', undefined, { ...within, values });
    expect(taken).toEqual(['canary@example.org']);
    expect(result.datasets[0]?.fields).toContain('email');
    expect(JSON.stringify(result)).not.toContain('canary');
  });
});
