/**
 * `include`, `include_if_exists` and `include_dir` of postgresql.conf, and `postgresql.auto.conf` (what `ALTER SYSTEM`
 * wrote), which is read last. https://www.postgresql.org/docs/current/config-setting.html
 */
import { basename, dirname } from 'node:path/posix';
import type { Skip } from '../../../core/skip.ts';
import type { Assembly, ReadFile, Siblings } from '../../model.ts';
import { type IncludeTree, includeRoots, includeTree, MAX_INCLUDE_DEPTH } from '../includes.ts';
import { documentOf, MAX_SETTINGS, type PostgresqlDocument, type PostgresqlSetting, readPostgresql } from './parse.ts';

type PostgresqlFile = ReadFile<'postgresql.conf'>;

const INCLUDES = new Set(['include', 'include_if_exists', 'include_dir']);

export function assemblePostgresql(files: readonly PostgresqlFile[], siblings: Siblings): Assembly<'postgresql.conf'> {
  const skips: Skip[] = [];
  const tree = includeTree(
    files.map(({ source }) => source),
    siblings.text,
  );
  const documents = new Map(files.map(({ source, document }) => [source.path, document]));
  const mains = new Set(
    files.filter(({ source }) => basename(source.path) === 'postgresql.conf').map(({ source }) => dirname(source.path)),
  );
  const automatic = files.filter(
    ({ source }) => basename(source.path) === 'postgresql.auto.conf' && mains.has(dirname(source.path)),
  );
  const others = files.filter((file) => !automatic.includes(file));
  const roots = includeRoots(others, ({ source, document }) =>
    document.settings
      .filter(({ name }) => INCLUDES.has(name))
      .slice(0, 200)
      .flatMap((setting) => targetsOf(setting, source.path, tree) ?? []),
  );
  return {
    files: roots.map((file) => {
      const last =
        basename(file.source.path) === 'postgresql.conf'
          ? automatic.find(({ source }) => dirname(source.path) === dirname(file.source.path))
          : undefined;
      const includes = file.document.settings.some(({ name }) => INCLUDES.has(name));
      return last || includes ? expand(file, last, { tree, documents, skips }) : file;
    }),
    skips,
  };
}

interface Work {
  tree: IncludeTree;
  documents: Map<string, PostgresqlDocument>;
  skips: Skip[];
}

function expand(root: PostgresqlFile, last: PostgresqlFile | undefined, work: Work): PostgresqlFile {
  const { tree, documents, skips } = work;
  const settings: PostgresqlSetting[] = [];
  let { complete } = root.document;
  function take(path: string, document: PostgresqlDocument, depth: number): void {
    const source = path === root.source.path ? undefined : (tree.open(path) ?? undefined);
    if (!document.complete) complete = false;
    for (const own of document.settings) {
      if (settings.length >= MAX_SETTINGS) {
        complete = false;
        return;
      }
      const setting = source ? { ...own, source } : own;
      settings.push(setting);
      if (!INCLUDES.has(own.name)) continue;
      const targets = targetsOf(own, path, tree);
      if (targets === null)
        skip(setting, path, 'includes other files, which may set anything and were not found in the tree');
      for (const target of targets ?? []) {
        const included = documents.get(target) ?? readOther(target);
        if (depth >= MAX_INCLUDE_DEPTH || target === root.source.path)
          skip(setting, path, 'includes itself, or is nested too deep');
        else if (included) take(target, included, depth + 1);
      }
    }
  }
  function skip(setting: PostgresqlSetting, path: string, reason: string): void {
    complete = false;
    const { line } = (setting.source ?? root.source).position(setting.span.start);
    if (skips.length < 50)
      skips.push({ subject: `${path}:${line}`, code: 'CONFIG_INCLUDE', reason, severity: 'incomplete' });
  }
  function readOther(path: string): PostgresqlDocument | null {
    const source = tree.open(path);
    if (!source) return null;
    const reading = readPostgresql(source);
    documents.set(path, reading.document);
    skips.push(...reading.skips);
    return reading.document;
  }
  take(root.source.path, root.document, 0);
  if (last) take(last.source.path, last.document, MAX_INCLUDE_DEPTH);
  return { ...root, document: documentOf(settings, complete) };
}

/** Null when the tree does not have what is included. */
function targetsOf({ name, value }: PostgresqlSetting, path: string, tree: IncludeTree): string[] | null {
  if (name === 'include_dir')
    return tree.folder(path, value)?.filter((file) => /(?:^|\/)[^./][^/]*\.conf$/.test(file)) ?? null;
  const file = tree.file(path, value);
  return file === null ? null : [file];
}
