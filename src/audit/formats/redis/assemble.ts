/** `include` of redis.conf: a file, or since 7.0 a pattern; what it says stands at that place. */
import type { Skip } from '../../../core/skip.ts';
import type { Assembly, ReadFile, Siblings } from '../../model.ts';
import { type IncludeTree, includeRoots, includeTree, MAX_INCLUDE_DEPTH } from '../includes.ts';
import { documentOf, type RedisDirective, type RedisDocument, readRedis } from './parse.ts';

type RedisFile = ReadFile<'redis.conf'>;

/** More directives than any file has; circles and trees of includes end here. */
const MAX_DIRECTIVES = 50_000;

export function assembleRedis(files: readonly RedisFile[], siblings: Siblings): Assembly<'redis.conf'> {
  const skips: Skip[] = [];
  const including = files.filter(({ document }) => document.last('include') !== undefined);
  if (including.length === 0) return { files, skips };
  const tree = includeTree(
    files.map(({ source }) => source),
    siblings.text,
  );
  const documents = new Map(files.map(({ source, document }) => [source.path, document]));
  const roots = includeRoots(files, ({ source, document }) =>
    document.directives
      .filter(({ name }) => name === 'include')
      .slice(0, 200)
      .flatMap((directive) => targetsOf(directive, source.path, tree)),
  );
  return {
    files: roots.map((file) => (including.includes(file) ? expand(file, { tree, documents, skips }) : file)),
    skips,
  };
}

interface Work {
  tree: IncludeTree;
  documents: Map<string, RedisDocument>;
  skips: Skip[];
}

function expand(root: RedisFile, { tree, documents, skips }: Work): RedisFile {
  const directives: RedisDirective[] = [];
  let { complete } = root.document;
  function skip(directive: RedisDirective, path: string, reason: string): void {
    complete = false;
    const line = (directive.source ?? root.source).position(directive.span.start).line;
    if (skips.length < 50)
      skips.push({ subject: `${path}:${line}`, code: 'CONFIG_INCLUDE', reason, severity: 'incomplete' });
  }
  function take(path: string, document: RedisDocument, depth: number): void {
    const source = path === root.source.path ? undefined : (tree.open(path) ?? undefined);
    for (const own of document.directives) {
      if (directives.length >= MAX_DIRECTIVES) {
        complete = false;
        return;
      }
      const directive = source ? { ...own, source } : own;
      directives.push(directive);
      if (own.name !== 'include') continue;
      const targets = targetsOf(own, path, tree);
      if (targets.length === 0)
        skip(directive, path, 'includes another file, which may set anything and was not found in the tree');
      for (const target of targets) {
        const included = documents.get(target) ?? readOther(target);
        if (depth >= MAX_INCLUDE_DEPTH || target === root.source.path)
          skip(directive, path, 'includes itself, or is nested too deep');
        else if (included) {
          if (!included.complete) complete = false;
          take(target, included, depth + 1);
        }
      }
    }
  }
  function readOther(path: string): RedisDocument | null {
    const source = tree.open(path);
    if (!source) return null;
    const reading = readRedis(source);
    documents.set(path, reading.document);
    skips.push(...reading.skips);
    return reading.document;
  }
  take(root.source.path, root.document, 0);
  return { ...root, document: documentOf(directives, complete) };
}

function targetsOf(directive: RedisDirective, path: string, tree: IncludeTree): string[] {
  const target = directive.arguments[0]?.value ?? '';
  if (/[*?[]/.test(target)) return tree.matches(path, target);
  const file = tree.file(path, target);
  return file === null ? [] : [file];
}
