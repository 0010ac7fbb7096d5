/**
 * The files of a folder that may be configuration, bounded: no dependencies or version control, no symbolic links (their
 * targets inside the folder are met on their own, so there are no loops), no binary files, no huge ones.
 */
import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { PosternError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import type { Skip } from '../core/skip.ts';
import { type Source, sourceOf } from './source.ts';

const MAX_DEPTH = 40;
const MAX_ENTRIES = 200_000;

const FOREIGN = new Set([
  'node_modules',
  '.git',
  '.hg',
  '.svn',
  '.terraform',
  '__pycache__',
  '.venv',
  '.gradle',
  '.idea',
]);

/** Extensions of files that are never one of our formats. Everything else is told by its content. */
const NEVER = new RegExp(
  `\\.(?:${[
    'apk|aab|apks|ipa|zip|gz|tgz|bz2|xz|zst|7z|rar|jar|war|class|so|dylib|dll|exe|bin|o|a|wasm|pdf|docx?|xlsx?|pptx?',
    'png|jpe?g|gif|webp|ico|svg|bmp|tiff?|mp[34]|mov|avi|webm|ogg|wav|ttf|otf|woff2?|eot|psd|heic',
    'ts|tsx|mts|cts|js|jsx|mjs|cjs|map|py|pyc|rb|go|rs|java|kt|kts|swift|m|mm|c|h|cc|cpp|hpp|cs|php|pl|lua|scala|dart',
    'css|scss|less|html?|vue|svelte|md|mdx|rst|adoc|tex|csv|tsv|parquet|sqlite|db|lock|log|diff|patch|pem|key|crt|p12|jks',
  ].join('|')})$`,
  'i',
);
/** Python that is configuration: Django's settings. */
const SETTINGS_MODULE = /(?:^|\/)(?:\w*settings\w*|settings\/\w+)\.py$/;
const LIKELY = /(?:\.(?:ya?ml|conf)|pg_hba[\w.-]*)$/i;

export interface Tree {
  /** Absolute folder that paths are relative to. */
  readonly folder: string;
  /** Paths relative to the folder, with forward slashes, in a stable order. */
  readonly paths: readonly string[];
  readonly skips: readonly Skip[];
  /** Reads a listed file; null when it is binary or cannot be read (then `onSkip` was told). */
  source(path: string, onSkip: (skip: Skip) => void): Source | null;
  /** Text of any file in the folder, or null. */
  text(path: string): string | null;
}

export async function readTree(root: string, signal?: AbortSignal): Promise<Tree> {
  const absolute = resolve(root);
  let isFile: boolean;
  try {
    isFile = statSync(absolute).isFile();
  } catch (cause) {
    throw new PosternError('E_INPUT_NOT_FOUND', `${root}: not found or not readable`, { at: { path: root }, cause });
  }
  const folder = isFile ? dirname(absolute) : absolute;
  const skips: Skip[] = [];
  const paths = isFile ? [basename(absolute)] : await walk(folder, skips, signal);
  return {
    folder,
    paths,
    skips,
    source: (path, onSkip) => readSource(folder, path, onSkip, isFile),
    text: (path) => readSource(folder, path, () => {}, false)?.text ?? null,
  };
}

async function walk(folder: string, skips: Skip[], signal?: AbortSignal): Promise<string[]> {
  const paths: string[] = [];
  const open: { path: string; depth: number }[] = [{ path: '', depth: 0 }];
  let entries = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    signal?.throwIfAborted();
    if (next.depth > MAX_DEPTH) {
      skips.push(incomplete(next.path, 'TREE_LIMIT', `folders nested deeper than ${MAX_DEPTH}`));
      continue;
    }
    let names: { name: string; folder: boolean; file: boolean }[];
    try {
      names = readdirSync(join(folder, next.path), { withFileTypes: true }).map((entry) => ({
        name: entry.name,
        folder: entry.isDirectory(),
        file: entry.isFile(),
      }));
    } catch {
      skips.push(incomplete(next.path || '.', 'INPUT_UNREADABLE', 'the folder cannot be read'));
      continue;
    }
    for (const { name, folder: isFolder, file } of names) {
      entries += 1;
      const path = next.path === '' ? name : `${next.path}/${name}`;
      if (isFolder && !FOREIGN.has(name)) open.push({ path, depth: next.depth + 1 });
      if (file && (!NEVER.test(name) || SETTINGS_MODULE.test(path))) paths.push(path);
    }
    if (entries > MAX_ENTRIES) {
      skips.push(incomplete(next.path || '.', 'TREE_LIMIT', `more than ${MAX_ENTRIES} files and folders`));
      break;
    }
    if (entries % 512 < names.length) await setImmediate();
  }
  return paths.sort();
}

function readSource(folder: string, path: string, onSkip: (skip: Skip) => void, followLink: boolean): Source | null {
  const file = join(folder, path);
  try {
    const stat = followLink ? statSync(file) : lstatSync(file);
    if (!stat.isFile()) return null;
    if (stat.size > LIMITS.configBytes) {
      if (LIKELY.test(path)) onSkip(incomplete(path, 'INPUT_LIMIT', `larger than ${LIMITS.configBytes} bytes`));
      return null;
    }
    const bytes = readFileSync(file);
    if (bytes.subarray(0, 8192).includes(0)) {
      // What Windows tools write as UTF-16, compose reads; passed over in silence it would look clean.
      const utf16 = /^(?:fffe|feff)/.test(bytes.toString('hex', 0, 2));
      if (utf16 && LIKELY.test(path)) onSkip(incomplete(path, 'INPUT_ENCODING', 'UTF-16; save it as UTF-8'));
      return null;
    }
    return sourceOf(path, bytes);
  } catch {
    onSkip(incomplete(path, 'INPUT_UNREADABLE', 'the file cannot be read'));
    return null;
  }
}

function incomplete(subject: string, code: string, reason: string): Skip {
  return { subject, code, reason, severity: 'incomplete' };
}
