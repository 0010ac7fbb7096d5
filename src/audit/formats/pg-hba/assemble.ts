/** Records that pg_hba.conf includes (since 16), and names that it reads from `@file`. */
import type { Skip } from '../../../core/skip.ts';
import type { Assembly, ReadFile, Siblings } from '../../model.ts';
import { type IncludeTree, includeRoots, includeTree, MAX_INCLUDE_DEPTH } from '../includes.ts';
import {
  type HbaDocument,
  type HbaField,
  type HbaInclude,
  type HbaRow,
  type HbaToken,
  MAX_ROWS,
  readHba,
  readNames,
} from './parse.ts';

type HbaFile = ReadFile<'pg_hba.conf'>;

export function assembleHba(files: readonly HbaFile[], siblings: Siblings): Assembly<'pg_hba.conf'> {
  const skips: Skip[] = [];
  const tree = includeTree(
    files.map(({ source }) => source),
    siblings.text,
  );
  const documents = new Map(files.map(({ source, document }) => [source.path, document]));
  const roots = includeRoots(files, ({ source, document }) =>
    document.includes.slice(0, 200).flatMap((include) => targetsOf(include, source.path, tree) ?? []),
  );
  return { files: roots.map((file) => expand(file, { tree, documents, skips })), skips };
}

interface Work {
  tree: IncludeTree;
  documents: Map<string, HbaDocument>;
  skips: Skip[];
}

function expand(root: HbaFile, { tree, documents, skips }: Work): HbaFile {
  const needed = root.document.includes.length > 0 || root.document.rows.some((row) => fileFields(row).length > 0);
  if (!needed) return root;
  const rows: HbaRow[] = [];
  let { complete } = root.document;
  const lists = new Map<string, HbaToken[]>();
  take(root.source.path, root.document, 0);
  return { ...root, document: { rows, includes: root.document.includes, complete } };

  function take(path: string, document: HbaDocument, depth: number): void {
    if (!document.complete) complete = false;
    let index = 0;
    for (const include of [...document.includes, null]) {
      const until = include?.before ?? document.rows.length;
      for (; index < until; index += 1) {
        const row = document.rows[index];
        if (row && rows.length < MAX_ROWS) rows.push(named(row, path));
      }
      if (include) follow(include, path, depth);
    }
  }
  function follow(include: HbaInclude, path: string, depth: number): void {
    const targets = targetsOf(include, path, tree);
    if (targets === null) {
      skip(path, include.span.start, 'includes other records, which were not found in the tree');
      return;
    }
    for (const target of targets) {
      const included = documents.get(target) ?? readOther(target);
      if (depth >= MAX_INCLUDE_DEPTH || target === root.source.path || rows.length >= MAX_ROWS)
        skip(path, include.span.start, 'includes itself, or is nested too deep');
      else if (included) take(target, included, depth + 1);
    }
  }
  function named(row: HbaRow, path: string): HbaRow {
    const source = path === root.source.path ? undefined : (tree.open(path) ?? undefined);
    const own = source ? { ...row, source } : row;
    if (fileFields(row).length === 0) return own;
    return { ...own, databases: listed(row.databases, path, 0), users: listed(row.users, path, 0) };
  }
  function listed(field: HbaField, path: string, depth: number): HbaField {
    return { ...field, tokens: field.tokens.flatMap((token) => namesOf(token, field, path, depth)).slice(0, 5_000) };
  }
  function namesOf(token: HbaToken, field: HbaField, path: string, depth: number): HbaToken[] {
    if (!isFile(token)) return [token];
    const target = tree.file(path, token.text.slice(1));
    const source = target === null ? null : tree.open(target);
    if (source === null || depth > 4) {
      skip(path, field.span.start, 'names read from another file (@…) were not found in the tree');
      return [token];
    }
    const known = lists.get(source.path) ?? readNames(source);
    lists.set(source.path, known);
    return depth === 4
      ? known
      : known
          .slice(0, 5_000)
          .flatMap((one) => (isFile(one) ? namesOf(one, field, source.path, depth + 1) : [one]))
          .slice(0, 5_000);
  }
  function skip(path: string, offset: number, reason: string): void {
    complete = false;
    const line = tree.open(path)?.position(offset).line ?? 1;
    const subject = `${path}:${line}`;
    if (skips.length < 50 && !skips.some((one) => one.subject === subject && one.reason === reason))
      skips.push({ subject, code: 'CONFIG_INCLUDE', reason, severity: 'incomplete' });
  }
  function readOther(path: string): HbaDocument | null {
    const source = tree.open(path);
    if (!source) return null;
    const reading = readHba(source);
    documents.set(path, reading.document);
    skips.push(...reading.skips);
    return reading.document;
  }
}

function isFile({ text, quoted }: HbaToken): boolean {
  return !quoted && text.startsWith('@') && text.length > 1;
}

function fileFields(row: HbaRow): HbaToken[] {
  return [...row.databases.tokens, ...row.users.tokens].filter(isFile);
}

/** Null when the tree does not have what is included. */
function targetsOf({ keyword, target }: HbaInclude, path: string, tree: IncludeTree): string[] | null {
  if (keyword === 'include_dir')
    return tree.folder(path, target)?.filter((file) => /(?:^|\/)[^./][^/]*\.conf$/.test(file)) ?? null;
  const file = tree.file(path, target);
  return file === null ? null : [file];
}
