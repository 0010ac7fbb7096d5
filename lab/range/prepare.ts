/** Lays out the folder of a range: the template's files where none lie yet, passwords, and the app. */
import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PosternError } from '../../src/core/errors.ts';
import { demoCustomer } from '../guard/customer.ts';
import { prepareIssuer } from '../guard/issuer.ts';
import { packageRoot } from '../package-root.ts';
import { createShop } from '../seed/shop.ts';
import { type RangeAddresses, USUAL } from './addresses.ts';
import { APP_FILE, buildBluemarketApp } from './app.ts';
import { loadOrCreateSecrets, type RangeSecrets } from './secrets.ts';

/** Tells a range from any other folder, so that the lab never writes among somebody's own files. */
const MARKER = '.postern-range';

/** @throws PosternError E_LAB when the folder holds something else */
export async function prepareRange(dir: string, addresses: RangeAddresses): Promise<RangeSecrets> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const existing = await readdir(dir);
  if (!existing.includes(MARKER)) {
    if (existing.length > 0) {
      throw new PosternError('E_LAB', `${dir} is not empty and is not a practice range.`, {
        hint: 'Name a new or empty folder, or one that `postern lab start` made.',
      });
    }
    await cp(join(packageRoot(), 'lab', 'template'), dir, { recursive: true });
    await writeFile(join(dir, MARKER), 'A practice range of Postern. Everything here is synthetic.\n');
  }
  await useAddresses(join(dir, 'postern.yaml'), addresses);
  // A range of before there was a guard has none yet.
  const guard = join(packageRoot(), 'lab', 'template', 'guard');
  await cp(guard, join(dir, 'guard'), { recursive: true, force: false });
  for (const file of ['guard.yaml', 'api.yaml']) await useAddresses(join(dir, 'guard', file), addresses);
  await prepareIssuer(dir, demoCustomer(createShop()));
  const app = join(dir, APP_FILE);
  await mkdir(join(dir, 'app'), { recursive: true });
  // Never half an app: it appears under its name once it is whole.
  await writeFile(`${app}.part`, buildBluemarketApp());
  await rename(`${app}.part`, app);
  return loadOrCreateSecrets(dir);
}

/** The template names the usual pair of addresses; elsewhere the file is made to fit. */
async function useAddresses(path: string, { outside, inside }: RangeAddresses): Promise<void> {
  if (outside === USUAL.outside) return;
  const text = await readFile(path, 'utf8');
  const bracketed = inside.includes(':') ? `[${inside}]` : inside;
  const fitting = text.replaceAll(`${USUAL.inside}:`, `${bracketed}:`).replaceAll(USUAL.inside, inside);
  await writeFile(path, fitting.replaceAll(USUAL.outside, outside));
}
