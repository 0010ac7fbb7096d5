/**
 * Makes a checkout ready with Node and npm alone: installs what is missing or does not fit the lock file, compiles what is
 * older than its sources. Plain JavaScript, because nothing is installed or compiled yet.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED = [20, 19];

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Ends the process with 2, after saying why, when something cannot be made ready. */
export function prepare() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
    console.error(`Postern needs Node ${NEEDED.join('.')} or newer; this is Node ${process.versions.node}.`);
    console.error(
      'Install a current Node from your package manager or https://nodejs.org, then run the command again.',
    );
    process.exit(2);
  }
  if (!isInstalled()) install();
  if (!isBuilt()) {
    const compiled = step('Compiling', { command: process.execPath, args: [join(root, 'scripts', 'build.js')] });
    if (!compiled) process.exit(2);
  }
}

/** npm writes its own record of what it installed: it must be there and hold what the lock file asks for. */
function isInstalled() {
  const record = readJson(join(root, 'node_modules', '.package-lock.json'));
  const lock = readJson(join(root, 'package-lock.json'));
  if (!record || !lock) return record !== undefined;
  return Object.entries(lock.packages).every(([path, wanted]) => {
    // The root itself, and what another platform would get, are not in the record.
    if (path === '' || wanted.optional || wanted.devOptional || wanted.peer) return true;
    return record.packages[path]?.version === wanted.version;
  });
}

/** The stamp that the build leaves last is newer than every source. */
function isBuilt() {
  const stamp = join(root, 'dist', '.complete');
  if (!existsSync(stamp)) return false;
  const built = statSync(stamp).mtimeMs;
  const files = ['package.json', 'tsconfig.json', 'tsconfig.build.json'].map((name) => join(root, name));
  return [...files, ...sourcesIn('src'), ...sourcesIn('lab')].every((file) => statSync(file).mtimeMs <= built);
}

function sourcesIn(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|json)$/.test(entry.name) && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** The npm that runs this script, without a shell: npm.cmd cannot be spawned directly on Windows. */
function npm(args) {
  const script = process.env.npm_execpath;
  if (script && /\.[cm]?js$/.test(script)) return { command: process.execPath, args: [script, ...args] };
  return { command: 'npm', args, shell: process.platform === 'win32' };
}

/**
 * `npm ci` is the stricter way, and refuses a lock file that lacks a package for any platform, also for others than this
 * one. Such a file is written where the registry lacks that package; `npm install` then takes the rest as locked.
 */
function install() {
  const folder = join(root, 'node_modules');
  // npm would empty the folder that the link leads to, which belongs to another checkout.
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) {
    console.error(`${folder} is a link, and what it leads to does not fit package-lock.json.`);
    console.error('Remove the link, or install where it leads to, then run the command again.');
    process.exit(2);
  }
  const command = lockIsWhole() ? ['ci'] : ['install', '--no-save'];
  const title = `Installing dependencies (npm ${command.join(' ')})`;
  if (!step(title, npm([...command, '--no-audit', '--no-fund', '--loglevel=error']))) process.exit(2);
}

/** Whether every package that a locked package may bring is itself locked. */
function lockIsWhole() {
  const packages = readJson(join(root, 'package-lock.json'))?.packages ?? {};
  const locked = new Set(Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)));
  return Object.values(packages).every((entry) =>
    Object.keys(entry.optionalDependencies ?? {}).every((name) => locked.has(name)),
  );
}

/** Runs a program with its output in view; true when it ended well. */
function step(title, { command, args, shell = false }) {
  const started = Date.now();
  console.log(`› ${title} …`);
  const run = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  if (run.status === 0) console.log(`  done in ${seconds} s`);
  else
    console.error(`  failed after ${seconds} s${run.error ? `: ${run.error.message}` : ''}; the lines above say why`);
  return run.status === 0;
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
