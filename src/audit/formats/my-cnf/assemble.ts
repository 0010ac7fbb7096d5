/** `!include` and `!includedir` of my.cnf. */
import type { Skip } from '../../../core/skip.ts';
import type { Assembly, ReadFile, Siblings } from '../../model.ts';
import { type IncludeTree, includeRoots, includeTree, MAX_INCLUDE_DEPTH } from '../includes.ts';
import { MAX_OPTIONS, type MyCnfDocument, type MyCnfInclude, type MyCnfOption, readMyCnf } from './parse.ts';

type MyCnfFile = ReadFile<'my.cnf'>;

export function assembleMyCnf(files: readonly MyCnfFile[], siblings: Siblings): Assembly<'my.cnf'> {
  const skips: Skip[] = [];
  if (files.every(({ document }) => document.includes.length === 0)) return { files, skips };
  const tree = includeTree(
    files.map(({ source }) => source),
    siblings.text,
  );
  const documents = new Map(files.map(({ source, document }) => [source.path, document]));
  const roots = includeRoots(files, ({ source, document }) =>
    document.includes.slice(0, 200).flatMap((include) => targetsOf(include, source.path, tree) ?? []),
  );
  return {
    files: roots.map((file) => (file.document.includes.length === 0 ? file : expand(file, tree, documents, skips))),
    skips,
  };
}

function expand(root: MyCnfFile, tree: IncludeTree, documents: Map<string, MyCnfDocument>, skips: Skip[]): MyCnfFile {
  const options: MyCnfOption[] = [];
  const groups = new Map<string, number | null>(root.document.groups);
  let { complete } = root.document;
  take(root.source.path, root.document, 0);
  return { ...root, document: { options, includes: root.document.includes, groups, complete } };

  function take(path: string, document: MyCnfDocument, depth: number): void {
    const source = path === root.source.path ? undefined : (tree.open(path) ?? undefined);
    if (!document.complete) complete = false;
    for (const name of document.groups.keys()) if (!groups.has(name)) groups.set(name, null);
    let index = 0;
    for (const include of [...document.includes, null]) {
      for (; index < (include?.before ?? document.options.length); index += 1) {
        const option = document.options[index];
        if (option && options.length < MAX_OPTIONS) options.push(source ? { ...option, source } : option);
      }
      if (include) follow(include, path, depth);
    }
  }
  function follow(include: MyCnfInclude, path: string, depth: number): void {
    const targets = targetsOf(include, path, tree);
    if (targets === null) {
      skip(include, path, 'includes other files, which may set anything and were not found in the tree');
      return;
    }
    for (const target of targets) {
      const included = documents.get(target) ?? readOther(target);
      if (depth >= MAX_INCLUDE_DEPTH || target === root.source.path || options.length >= MAX_OPTIONS)
        skip(include, path, 'includes itself, or is nested too deep');
      else if (included) take(target, included, depth + 1);
    }
  }
  function skip({ span }: MyCnfInclude, path: string, reason: string): void {
    complete = false;
    const subject = `${path}:${tree.open(path)?.position(span.start).line ?? 1}`;
    if (skips.length < 50) skips.push({ subject, code: 'CONFIG_INCLUDE', reason, severity: 'incomplete' });
  }
  function readOther(path: string): MyCnfDocument | null {
    const source = tree.open(path);
    if (!source) return null;
    const reading = readMyCnf(source);
    documents.set(path, reading.document);
    skips.push(...reading.skips);
    return reading.document;
  }
}

/** Null when the tree does not have what is included. */
function targetsOf({ keyword, target }: MyCnfInclude, path: string, tree: IncludeTree): string[] | null {
  if (keyword === 'includedir')
    return tree.folder(path, target)?.filter((file) => file !== path && file.endsWith('.cnf')) ?? null;
  const file = tree.file(path, target);
  return file === null ? null : [file];
}
