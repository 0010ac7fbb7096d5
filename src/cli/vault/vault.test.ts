import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Vault } from '../../guard/contract/vault.ts';
import { everythingIn, withGateway as gatewayOf, policyWith, runVault } from './testing/vault-folder.ts';

const PERSON = 'anna@example.org';
const PLACE = { store: 'elasticsearch', column: 'phone' } as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-vault-'));
  writeFileSync(join(folder, 'guard.yaml'), policyWith('vault: {}'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const vault = (args: readonly string[], options: Parameters<typeof runVault>[2] = {}) =>
  runVault(folder, args, options);
const withGateway = <T>(run: (vault: Vault) => Promise<T>) => gatewayOf(folder, run);

async function sealOne(): Promise<string> {
  return await withGateway(async (gateway) => gateway.seal(await gateway.open(PERSON), PLACE, '+49 30 555-0101'));
}

describe('postern vault', () => {
  it('shows examples for each of its verbs', async () => {
    for (const verb of [
      [],
      ['init'],
      ['status'],
      ['rotate'],
      ['shred'],
      ['export-subject'],
      ['passphrase'],
      ['change-root'],
      ['compact'],
      ['receipt', 'verify'],
    ]) {
      const { code, stdout } = await vault([...verb, '--help']);
      expect([verb, code]).toEqual([verb, 0]);
      expect(stdout).toMatch(/Examples?:\n {2}(\$ )?/);
    }
    expect((await vault(['receipt', 'verify', '--bogus'])).code).toBe(2);
  });

  it('says so where the policy has no vault', async () => {
    writeFileSync(join(folder, 'guard.yaml'), policyWith(''));
    const { code, stderr } = await vault(['status']);
    expect(code).toBe(2);
    expect(stderr).toContain('guard.yaml has no vault');
  });
});

describe('postern vault init', () => {
  it('makes keys and store closed to others, and says what to keep apart', async () => {
    const { code, stdout } = await vault(['init']);
    expect(code).toBe(0);
    expect(stdout).toContain('is made');
    expect(stdout).toContain('Back up, each apart from the other two');
    for (const [path, mode] of [
      ['.postern/vault-root.key', 0o600],
      ['.postern/vault-keys', 0o700],
      ['.postern/vault-keys/epoch-1.json', 0o600],
      ['.postern/guard-data', 0o700],
      ['.postern/guard-data/data.mdb', 0o600],
      ['.postern/guard-data/lock.mdb', 0o600],
    ] as const) {
      expect([path, statSync(join(folder, path)).mode & 0o777]).toEqual([path, mode]);
    }
  });

  it('leaves what is there as it is', async () => {
    const first = JSON.parse((await vault(['init', '--json'])).stdout);
    const root = readFileSync(join(folder, '.postern/vault-root.key'), 'utf8');
    const again = JSON.parse((await vault(['init', '--json'])).stdout);
    expect(first.made).toBe(true);
    expect(again).toEqual({ ...first, made: false });
    expect(readFileSync(join(folder, '.postern/vault-root.key'), 'utf8')).toBe(root);
  });

  it('makes no new root key where the one that wraps the keys is missing', async () => {
    await vault(['init']);
    rmSync(join(folder, '.postern/vault-root.key'));
    for (const verb of ['init', 'status']) {
      const { code, stderr } = await vault([verb]);
      expect(code).toBe(2);
      expect(stderr).toContain('is missing');
      expect(existsSync(join(folder, '.postern/vault-root.key'))).toBe(false);
    }
  });

  it('seals the root key with the passphrase that the policy refers to', async () => {
    writeFileSync(
      join(folder, 'guard.yaml'),
      policyWith('vault: { rootKey: { sealed: root.sealed, passphraseEnv: PASSPHRASE } }'),
    );
    const missing = await vault(['init']);
    expect([missing.code, existsSync(join(folder, 'root.sealed'))]).toEqual([2, false]);
    const env = { PASSPHRASE: 'synthetic passphrase of a test' };
    const made = await vault(['init'], { env });
    expect(made.code).toBe(0);
    expect(made.stdout).toContain('sealed by a passphrase');
    expect((await vault(['status'], { env })).code).toBe(0);
    const wrong = await vault(['status'], { env: { PASSPHRASE: 'another passphrase of a test' } });
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('the passphrase does not open');
    expect(made.stdout + made.stderr + wrong.stderr + everythingIn(folder)).not.toContain('passphrase of a test');
  }, 120_000);
});

describe('postern vault status', () => {
  it('needs a vault, and does not make one', async () => {
    const { code, stderr } = await vault(['status']);
    expect(code).toBe(2);
    expect(stderr).toContain('there is no vault yet');
    expect(existsSync(join(folder, '.postern'))).toBe(false);
  });

  it('counts people by epoch, and leaves itself out of the gateways', async () => {
    await vault(['init']);
    await sealOne();
    const { code, stdout } = await vault(['status', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      subjects: 1,
      shredded: 0,
      stranded: 0,
      epochs: [{ epoch: 1, subjects: 1, retired: null, destroyed: null }],
      shreds: [],
      gateways: [],
      due: [],
    });
    const during = await withGateway(() => vault(['status']));
    expect(during.stdout).toMatch(/gateway#\S+, renewed 20/);
    expect(during.stdout).toContain('nothing is due');
  });
});

describe('postern vault rotate', () => {
  it('does nothing before it is time, and everything with --now', async () => {
    await vault(['init']);
    const text = await sealOne();
    expect((await vault(['rotate'])).stdout).toContain('No older epoch is due.');
    const { code, stdout } = await vault(['rotate', '--now', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      current: 2,
      begun: true,
      destroyed: [{ epoch: 1, rewrapped: 1 }],
      kept: [],
    });
    expect(existsSync(join(folder, '.postern/vault-keys/epoch-1.json'))).toBe(false);
    const { event } = JSON.parse(readFileSync(join(folder, '.postern/receipts/000001.json'), 'utf8')).body;
    expect(event).toMatchObject({ kind: 'epoch-destroyed', epoch: 1, rewrapped: 1 });
    const read = await withGateway(async (gateway) => {
      const key = await gateway.find(PERSON);
      return key && gateway.unseal(key, PLACE, text);
    });
    expect(read).toBe('+49 30 555-0101');
  });
});

describe('postern vault shred', () => {
  it('asks, and does nothing where nobody can be asked', async () => {
    await vault(['init']);
    await sealOne();
    for (const [args, said] of [
      [['shred', PERSON, '--keep-documents'], 'nobody can be asked'],
      [['shred', '-', '--keep-documents'], 'nobody can be asked'],
      [['shred', PERSON, '--yes'], 'declares no resources'],
      [['shred', '-', '--keep-documents', '--yes'], 'the subject is empty'],
    ] as const) {
      const { code, stderr } = await vault(args, said.includes('empty') ? {} : { stdin: PERSON });
      expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
    }
    expect(JSON.parse((await vault(['status', '--json'])).stdout)).toMatchObject({ subjects: 1, shredded: 0 });
  });

  it('makes unreadable what the person’s key sealed, and says so with a signed receipt', async () => {
    await vault(['init']);
    const text = await sealOne();
    const { code, stdout, stderr } = await vault(['shred', '-', '--keep-documents', '--yes', '--json'], {
      stdin: `${PERSON}\nsomebody@example.org\n`,
    });
    expect([code, stderr]).toEqual([0, expect.stringContaining('every gateway has forgotten it')]);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ hadKey: true, backups: { epochs: [1], unreadableAt: null } });
    const read = await withGateway(async (gateway) => {
      await expect((async () => gateway.open(PERSON))()).rejects.toMatchObject({ code: 'erased' });
      const key = await gateway.find(PERSON);
      return key && gateway.unseal(key, PLACE, text);
    });
    expect(read).toBeUndefined();
    const verified = await vault(['receipt', 'verify', report.receipt.file, '--key', report.receipt.signedBy]);
    expect(verified.code).toBe(0);
    expect(verified.stdout).toContain('signed by a key that is trusted');
    expect(verified.stdout).toContain('backups unreadable  not yet: the key of epoch 1 may go from');
    const stranger = await vault(['receipt', 'verify', report.receipt.file]);
    expect([stranger.code, stranger.stderr]).toEqual([2, expect.stringContaining('no key is pinned')]);
    const changed = readFileSync(report.receipt.file, 'utf8').replace('"hadKey": true', '"hadKey": false');
    writeFileSync(report.receipt.file, changed);
    expect((await vault(['receipt', 'verify', report.receipt.file, '--key', report.receipt.signedBy])).code).toBe(2);
    expect(stdout + stderr + verified.stdout + everythingIn(folder)).not.toContain(PERSON);
  });

  it('tells a second time what it did the first time', async () => {
    await vault(['init']);
    await sealOne();
    const shred = () => vault(['shred', PERSON, '--keep-documents', '--yes', '--json']);
    const first = JSON.parse((await shred()).stdout);
    const second = JSON.parse((await shred()).stdout);
    expect(second).toEqual(first);
    await vault(['rotate', '--now']);
    const third = JSON.parse((await shred()).stdout);
    expect(third.backups).toMatchObject({ epochs: [1], due: null });
    expect(third.backups.unreadableAt).toBeGreaterThan(third.liveUnreadableAt);
  });

  it('goes on where it was interrupted', async () => {
    await vault(['init']);
    await sealOne();
    // Receipts of somebody else lie where they are to go: that shows only when everything before is done.
    mkdirSync(join(folder, 'receipts'));
    writeFileSync(join(folder, 'receipts', '000001.json'), '{}');
    const args = ['shred', PERSON, '--keep-documents', '--yes', '--json', '--receipts'];
    const failed = await vault([...args, 'receipts']);
    expect([failed.code, failed.stderr]).toEqual([2, expect.stringContaining('the receipt is not trusted')]);
    const status = await vault(['status', '--json']);
    expect(status.code).toBe(3);
    expect(JSON.parse(status.stdout)).toMatchObject({
      shreds: [{ step: 'purge' }],
      due: [expect.stringContaining('unfinished')],
    });
    const resumed = await vault([...args, 'elsewhere']);
    expect([resumed.code, JSON.parse(resumed.stdout)]).toEqual([
      0,
      expect.objectContaining({
        hadKey: true,
        receipt: expect.objectContaining({ file: join(folder, 'elsewhere', '000001.json') }),
      }),
    ]);
    expect((await vault(['status', '--json'])).code).toBe(0);
  });
});

describe('postern vault compact', () => {
  it('keeps what is there, in a file that is closed to others', async () => {
    await vault(['init']);
    const text = await sealOne();
    const { code, stdout } = await vault(['compact', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).bytesAfter).toBeGreaterThan(0);
    const read = await withGateway(async (gateway) => {
      const key = await gateway.find(PERSON);
      return key && gateway.unseal(key, PLACE, text);
    });
    expect(read).toBe('+49 30 555-0101');
    expect(readdirSync(join(folder, '.postern/guard-data')).sort()).toEqual(['data.mdb', 'lock.mdb']);
    expect(statSync(join(folder, '.postern/guard-data/data.mdb')).mode & 0o777).toBe(0o600);
  });
});

describe('postern vault export-subject', () => {
  it('says what the vault knows of a person, and nothing of others', async () => {
    await vault(['init']);
    await sealOne();
    const { code, stdout } = await vault(['export-subject', '-', '--json'], { stdin: PERSON });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      id: expect.stringMatching(/^[\w-]{43}$/),
      reference: expect.stringMatching(/^[\w-]{22}$/),
      shredded: null,
      hasKey: true,
      epoch: 1,
      shred: null,
    });
    expect(stdout).not.toContain(PERSON);
    const nobody = await vault(['export-subject', 'nobody@example.org']);
    expect([nobody.code, nobody.stdout]).toEqual([1, 'The vault knows nothing of this person.\n']);
  });
});
