import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSealedRoot } from '../../crypto/keyring/index.ts';
import { parsePolicy } from '../../guard/policy/index.ts';
import { rootKeyYaml } from './root-yaml.ts';
import { everythingIn, policyWith, runVault, withGateway } from './testing/vault-folder.ts';

const OLD = 'synthetic passphrase, the old';
const NEW = 'synthetic passphrase, the new';
const PLACE = { store: 'elasticsearch', column: 'phone' } as const;
const SEALED = 'vault: { rootKey: { sealed: root.sealed, passphraseEnv: PASSPHRASE } }';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-root-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function put(name: string, text: string): void {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
}

const vault = (args: readonly string[], options: Parameters<typeof runVault>[2] = {}) =>
  runVault(folder, args, options);

const QUESTIONS = ['Present passphrase', 'New passphrase', 'Again'];

/** With somebody who answers the three questions, each once it is there. */
function atTerminal(args: readonly string[], answers: readonly string[]) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  let answered = 0;
  return vault(args, {
    stdin,
    onStderr(shown) {
      if (!shown.includes(QUESTIONS[answered] ?? '\0')) return;
      const answer = answers[answered++];
      // Once the prompt has not only drawn itself, but listens.
      setImmediate(() => stdin.write(`${answer}\n`));
    },
  });
}

describe('postern vault passphrase', () => {
  // The cheapest that is read: what is tested is the verb.
  const sealCheaply = () => createSealedRoot(join(folder, 'root.sealed'), OLD, { n: 2 ** 14, r: 8, p: 1 });

  beforeEach(async () => {
    put('guard.yaml', policyWith(SEALED));
    put('old', `${OLD}\n`);
    put('new', `${NEW}\n`);
    await sealCheaply();
  });

  it('changes it, and leaves the root key and everything under it as it is', async () => {
    const before = JSON.parse((await vault(['init', '--json'], { env: { PASSPHRASE: OLD } })).stdout);
    const changed = await vault(['passphrase', '--old-file', 'old', '--new-file', 'new']);
    expect([changed.code, changed.stderr]).toEqual([0, '']);
    expect(changed.stdout).toContain('in the variable PASSPHRASE, and it is not there yet');
    rmSync(join(folder, 'old'));
    rmSync(join(folder, 'new'));
    expect((await vault(['status'], { env: { PASSPHRASE: OLD } })).stderr).toContain('the passphrase does not open');
    const status = await vault(['status', '--json'], { env: { PASSPHRASE: NEW } });
    expect([status.code, JSON.parse(status.stdout).vault]).toEqual([0, before.vault]);
    expect(changed.stdout + everythingIn(folder)).not.toContain('synthetic passphrase');
  }, 60_000);

  it('tells that the policy has it already', async () => {
    const args = ['passphrase', '--old-file', 'old', '--new-file', 'new', '--json'];
    const { code, stdout } = await vault(args, { env: { PASSPHRASE: NEW } });
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      { rootKey: expect.any(String), id: expect.stringMatching(/^sealed:[0-9a-f]{16}$/), inPlace: true },
    ]);
  }, 60_000);

  it('asks for it without showing anything of it', async () => {
    const { code, stdout, stderr } = await atTerminal(['passphrase'], [OLD, NEW, NEW]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('New passphrase of the root key')]);
    expect(stdout).toContain('has a new passphrase');
    for (const shown of [stdout, stderr]) {
      expect(shown).not.toContain('synthetic');
      expect(shown).not.toContain('***');
    }
    expect((await vault(['init'], { env: { PASSPHRASE: NEW } })).code).toBe(0);
  }, 60_000);

  it.each([
    ['two different ones', [OLD, NEW, `${NEW}!`], 'two different passphrases'],
    ['the old one again', [OLD, OLD, OLD], 'the new passphrase is the old one'],
    ['one that is too short', [OLD, 'short', 'short'], 'shorter than 12 characters'],
    ['a wrong old one', ['something else', NEW, NEW], 'the passphrase does not open'],
  ])(
    'changes nothing after %s',
    async (_title, lines, said) => {
      const before = readFileSync(join(folder, 'root.sealed'), 'utf8');
      const { code, stderr } = await atTerminal(['passphrase'], lines);
      expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
      expect(readFileSync(join(folder, 'root.sealed'), 'utf8')).toBe(before);
    },
    60_000,
  );

  it('says how to go on where nobody can be asked, or nothing is sealed', async () => {
    const unasked = await vault(['passphrase', '--old-file', 'old'], { stdin: NEW });
    expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('--new-file')]);
    put('guard.yaml', policyWith('vault: {}'));
    const plain = await vault(['passphrase', '--old-file', 'old', '--new-file', 'new']);
    expect([plain.code, plain.stderr]).toEqual([2, expect.stringContaining('has no passphrase')]);
  });
});

describe('postern vault change-root', () => {
  const TO = ['change-root', '--to', 'guard-new.yaml'];
  const keyFile = (name: string) => `vault: { rootKey: { file: ${name} } }`;

  beforeEach(() => {
    put('guard.yaml', policyWith('vault: {}'));
    put('guard-new.yaml', policyWith(keyFile('new.key')));
  });

  async function sealOne(): Promise<string> {
    return withGateway(folder, async (one) => one.seal(await one.open('anna@example.org'), PLACE, '+49 30 555-0101'));
  }

  it('moves every key under the new root key alone, which then opens what was sealed before', async () => {
    await vault(['init']);
    const text = await sealOne();
    await vault(['rotate', '--now']);
    const { code, stdout, stderr } = await vault(TO);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^2 files were written again\.\nThe index key and the 1 key of epochs open with file:/);
    expect(stdout).toContain('\n  rootKey: { file: new.key }\n');
    const old = await vault(['status']);
    expect([old.code, old.stderr]).toEqual([2, expect.stringContaining('was wrapped by root key')]);
    rmSync(join(folder, '.postern/vault-root.key'));
    renameSync(join(folder, 'guard-new.yaml'), join(folder, 'guard.yaml'));
    expect((await vault(['status'])).code).toBe(0);
    const read = await withGateway(
      folder,
      async (one) => {
        const key = await one.find('anna@example.org');
        return key && one.unseal(key, PLACE, text);
      },
      'new.key',
    );
    expect(read).toBe('+49 30 555-0101');
  });

  it('goes on where it was interrupted, and says when nothing is left', async () => {
    await vault(['init']);
    const first = join(folder, '.postern/vault-keys/vault.json');
    const before = readFileSync(first, 'utf8');
    await vault(TO);
    const moved = readFileSync(first, 'utf8');
    // As if it had been killed before its last file.
    writeFileSync(first, before);
    const again = await vault([...TO, '--json']);
    expect([again.code, JSON.parse(again.stdout)]).toMatchObject([0, { changed: 1, epochs: 1 }]);
    expect(JSON.parse(readFileSync(first, 'utf8')).root).toBe(JSON.parse(moved).root);
    const { code, stdout } = await vault(TO);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Nothing was left to change.')]);
  });

  it('waits for nobody, and changes nothing, while a gateway is at work', async () => {
    await vault(['init']);
    const keys = join(folder, '.postern/vault-keys');
    const before = everythingIn(keys);
    const { code, stderr } = await withGateway(folder, () => vault(TO));
    expect([code, stderr]).toEqual([2, expect.stringMatching(/gateway#\S+ is at work.*\n.*Stop all gateways/)]);
    expect([everythingIn(keys), existsSync(join(folder, 'new.key'))]).toEqual([before, false]);
  });

  it('seals a new root key with the passphrase that the new policy refers to', async () => {
    await vault(['init']);
    put('guard-new.yaml', policyWith(SEALED));
    const unknown = await vault(TO);
    expect([unknown.code, existsSync(join(folder, 'root.sealed'))]).toEqual([2, false]);
    const { code, stdout } = await vault(TO, { env: { PASSPHRASE: NEW } });
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('rootKey: { sealed: root.sealed, passphraseEnv: PASSPHRASE }'),
    ]);
    const policy = ['--policy', 'guard-new.yaml'];
    expect((await vault(['status', ...policy], { env: { PASSPHRASE: NEW } })).code).toBe(0);
    expect(stdout + everythingIn(folder)).not.toContain('synthetic passphrase');
  }, 60_000);

  it('refuses two policies that differ in more, or in nothing', async () => {
    const early = await vault(TO);
    expect([early.code, early.stderr]).toEqual([2, expect.stringContaining('there is no vault yet')]);
    await vault(['init']);
    const cases = [
      ['vault: { keys: elsewhere }', 'name two folders of keys'],
      ['vault: {}', 'name one file of the root key'],
      ['', 'guard-new.yaml has no vault'],
    ] as const;
    for (const [section, said] of cases) {
      put('guard-new.yaml', policyWith(section));
      const { code, stderr } = await vault(TO);
      expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
    }
    expect((await vault(['change-root'])).code).toBe(2);
    expect(readdirSync(folder).sort()).toEqual(['.postern', 'guard-new.yaml', 'guard.yaml']);
    expect((await vault(['status'])).code).toBe(0);
  });
});

describe('the root key as a policy has it', () => {
  it.each([
    '{ file: ../other/root.key }',
    '{ file: "with space, and: more" }',
    '{ sealed: secrets/root, passphraseFile: secrets/pass }',
    '{ sealed: /etc/root, passphraseEnv: "NO" }',
    '{ transit: { url: "https://keys.internal:8200/", mount: transit, key: guard, tokenFile: secrets/t, namespace: "1", ca: c.pem } }',
    '{ awsKms: { keyId: "arn:aws:kms:eu-central-1:000000000000:key/x", region: eu-central-1, endpoint: "http://127.0.0.1:1" } }',
  ])('reads back as it was: %s', (rootKey) => {
    const parse = (text: string) =>
      parsePolicy('/srv/guard/guard.yaml', policyWith(`vault:\n  ${text}`)).vault?.rootKey;
    const config = parse(`rootKey: ${rootKey}`);
    if (config === undefined) throw new Error('this policy has a vault');
    expect(parse(rootKeyYaml(config, '/srv/guard/guard.yaml'))).toEqual(config);
  });
});
