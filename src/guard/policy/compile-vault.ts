import { relative, sep } from 'node:path';
import { secretOf } from './compile-upstreams.ts';
import type { Problems } from './problems.ts';
import type { DataConfig, RootKeyConfig, VaultConfig } from './resources-config.ts';
import type { DataFile, VaultFile } from './schema/vault.ts';

type Resolve = (file: string) => string;

const MINUTE = 60_000;
const YEAR = 366 * 86_400_000;

export function compileData(file: DataFile, resolve: Resolve): DataConfig {
  const { postgresql, folder } = file;
  if (!postgresql) return Object.freeze({ kind: 'embedded', folder: resolve(folder ?? '.postern/guard-data') });
  const { url, username, passwordFile, passwordEnv, ca, schema } = postgresql;
  return Object.freeze({
    kind: 'postgresql',
    url,
    username,
    password: secretOf(passwordFile, passwordEnv, resolve),
    ca: ca === undefined ? null : resolve(ca),
    schema,
  });
}

/** Null where the policy has no vault. */
export function compileVault(
  file: VaultFile | undefined,
  data: DataConfig,
  resolve: Resolve,
  problems: Problems,
): VaultConfig | null {
  if (!file) return null;
  const rootKey = rootKeyOf(file.rootKey, resolve);
  const keys = resolve(file.keys);
  checkFolders(rootKey, keys, data, problems);
  if (file.epoch < MINUTE)
    problems.add(['vault', 'epoch'], 'is shorter than a minute', 'Keys are made at each: 7d by default.');
  if (file.epoch > YEAR)
    problems.add(
      ['vault', 'epoch'],
      'is longer than a year',
      'Until it ends, backups of a shredded person can be read.',
    );
  if (file.retain > YEAR)
    problems.add(
      ['vault', 'retain'],
      'is longer than a year',
      'Until it ends, backups of a shredded person can be read.',
    );
  return Object.freeze({
    rootKey,
    keys,
    epoch: file.epoch,
    retain: file.retain,
    cache: Object.freeze({ ...file.cache }),
  });
}

function rootKeyOf(file: VaultFile['rootKey'], resolve: Resolve): RootKeyConfig {
  const { sealed, transit, awsKms } = file;
  if (transit) {
    return Object.freeze({
      kind: 'transit',
      url: transit.url.replace(/\/+$/, ''),
      mount: transit.mount,
      key: transit.key,
      token: secretOf(transit.tokenFile, transit.tokenEnv, resolve) ?? { env: '' },
      namespace: transit.namespace ?? null,
      ca: transit.ca === undefined ? null : resolve(transit.ca),
    });
  }
  if (awsKms) {
    return Object.freeze({
      kind: 'aws-kms',
      keyId: awsKms.keyId,
      region: awsKms.region,
      endpoint: awsKms.endpoint ?? null,
    });
  }
  if (sealed !== undefined) {
    const passphrase = secretOf(file.passphraseFile, file.passphraseEnv, resolve) ?? { env: '' };
    return Object.freeze({ kind: 'sealed', path: resolve(sealed), passphrase });
  }
  return Object.freeze({ kind: 'file', path: resolve(file.file ?? '.postern/vault-root.key') });
}

/** A copy of one folder is to be worth nothing without the other: that is what destroying an epoch's key rests on. */
function checkFolders(rootKey: RootKeyConfig, keys: string, data: DataConfig, problems: Problems): void {
  const root = rootKey.kind === 'file' || rootKey.kind === 'sealed' ? rootKey.path : null;
  if (root !== null && within(keys, root)) {
    problems.add(
      ['vault', 'rootKey'],
      'lies in the folder of the keys that it wraps',
      'Keep it elsewhere, best on another disk or in a key service.',
    );
  }
  if (data.kind !== 'embedded') return;
  if (within(data.folder, keys)) {
    problems.add(
      ['vault', 'keys'],
      'lies inside the data folder',
      'Keep it outside: a backup of the data must not hold the keys that open it.',
    );
  } else if (within(keys, data.folder)) {
    problems.add(
      ['vault', 'keys'],
      'lies around the data folder',
      'Keep them apart: a backup of the data must not hold the keys that open it.',
    );
  }
  if (root !== null && within(data.folder, root)) {
    problems.add(
      ['vault', 'rootKey'],
      'lies inside the data folder',
      'Keep it outside: a backup of the data must not hold the key to it.',
    );
  }
}

function within(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`));
}
