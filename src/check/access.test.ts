import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/index.ts';
import { createDialer, createScope, type Dialer, systemEnvironment } from '../net/index.ts';
import { createAccess } from './access.ts';
import { result } from './testing/world.ts';

const HOST = 'firestore.googleapis.com';
const folder = mkdtempSync(join(tmpdir(), 'postern-access-projects-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('accounts of one of two projects on a provider’s host', () => {
  it('sign in at that project alone', async () => {
    writeFileSync(join(folder, 'token'), 'made-up-token', { mode: 0o600 });
    const account = { name: 'alice', tokenFile: 'token', service: 'firestore' };
    const targets = ['bluemarket', 'bluemarket-test'].map((project, index) => ({
      host: HOST,
      authority: { provider: 'firestore', project },
      managedService: 'firestore',
      accounts: index === 0 ? [account] : [],
    }));
    writeFileSync(join(folder, 'postern.yaml'), JSON.stringify({ version: 1, targets }));
    const config = await loadConfig(folder, { named: true });
    const scope = await createScope(
      config.targets.map(({ host, managedService = '' }, index) => ({
        host,
        addresses: [],
        resolve: 'dns' as const,
        authority: { project: { provider: 'firestore', id: targets[index]?.authority.project ?? '' } },
        managedService,
      })),
      systemEnvironment([]),
    );
    const asked: (string | undefined)[] = [];
    const dialer: Dialer = {
      ...createDialer(),
      resolve: (target) => {
        asked.push(target.project);
        return Promise.resolve({ addresses: [], refused: [] });
      },
    };
    const access = createAccess(config.targets, scope, { dialer });
    const told = (project: string) => access.ofStore(result(HOST, 443, { service: 'firestore', project }));
    expect(await told('bluemarket-test')).toEqual([]);
    expect(asked).toEqual([]);
    expect(await told('bluemarket')).toMatchObject([{ as: 'signed-in', read: 'unknown' }]);
    expect(asked).toEqual(['bluemarket']);
  });
});
