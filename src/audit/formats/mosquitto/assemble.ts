/** `include_dir`, and the files that `acl_file` and `password_file` name. */
import type { Skip } from '../../../core/skip.ts';
import type { Assembly, ReadFile, Siblings } from '../../model.ts';
import type { Source } from '../../source.ts';
import { includeRoots, includeTree, MAX_INCLUDE_DEPTH } from '../includes.ts';
import { type AclFile, readAcl } from './acl.ts';
import type { MosquittoDirective, MosquittoDocument } from './parse.ts';
import { type PasswordFile, readPasswords } from './passwords.ts';

type MosquittoFile = ReadFile<'mosquitto.conf'>;

const MAX_DIRECTIVES = 50_000;
/** Folders and named files that are looked for, of one file: each costs several looks into the tree. */
const MAX_NAMED = 100;
/** Files that one configuration reads, those that are read again counted again. */
const MAX_READ = 5_000;

export function assembleMosquitto(files: readonly MosquittoFile[], siblings: Siblings): Assembly<'mosquitto.conf'> {
  const skips: Skip[] = [];
  const tree = includeTree(
    files.map(({ source }) => source),
    siblings.text,
  );
  const documents = new Map(files.map(({ source, document }) => [source.path, document]));
  const insideOf = (path: string, { value }: MosquittoDirective): string[] | null =>
    tree.folder(path, value.replace(/\/+$/, ''))?.filter((one) => one.endsWith('.conf') && one !== path) ?? null;
  const includes = ({ directives }: MosquittoDocument): MosquittoDirective[] =>
    directives.filter(({ name, value }) => name === 'include_dir' && value !== '').slice(0, MAX_NAMED);
  const roots = includeRoots(files, ({ source, document }) =>
    includes(document).flatMap((directive) => insideOf(source.path, directive) ?? []),
  );
  return { files: roots.map(expand), skips };

  function expand(root: MosquittoFile): MosquittoFile {
    const directives: MosquittoDirective[] = [];
    const acls = new Map<MosquittoDirective, AclFile>();
    const passwords = new Map<MosquittoDirective, PasswordFile>();
    let { complete } = root.document;
    let scopes = 0;
    let named = 0;
    function skip(directive: MosquittoDirective, path: string, reason: string): void {
      complete = false;
      const { line } = (directive.source ?? root.source).position(directive.span.start);
      if (skips.length < 50)
        skips.push({ subject: `${path}:${line}`, code: 'CONFIG_INCLUDE', reason, severity: 'incomplete' });
    }
    function take(path: string, document: MosquittoDocument, depth: number): void {
      const source = path === root.source.path ? undefined : (tree.open(path) ?? undefined);
      const scope = scopes++;
      if (scope > MAX_READ) {
        complete = false;
        return;
      }
      if (!document.complete) complete = false;
      const followed = new Set(includes(document));
      for (const own of document.directives) {
        if (directives.length >= MAX_DIRECTIVES) {
          complete = false;
          return;
        }
        const directive = { ...own, scope, ...(source && { source }) };
        directives.push(directive);
        attach(directive, path);
        if (!followed.has(own)) continue;
        const targets = insideOf(path, own);
        if (targets === null)
          skip(directive, path, 'includes a folder, whose files may set anything and were not found in the tree');
        else if (depth >= MAX_INCLUDE_DEPTH) skip(directive, path, 'includes itself, or is nested too deep');
        for (const target of depth >= MAX_INCLUDE_DEPTH ? [] : (targets ?? [])) {
          const included = documents.get(target);
          if (included && target !== root.source.path) take(target, included, depth + 1);
        }
      }
    }
    function attach(directive: MosquittoDirective, path: string): void {
      const { name, value } = directive;
      if ((name !== 'acl_file' && name !== 'password_file') || value === '' || named++ >= MAX_NAMED) return;
      const found = fileBeside(path, value);
      if (found === null) return;
      if (name === 'acl_file') acls.set(directive, readAcl(found));
      else passwords.set(directive, readPasswords(found));
    }
    take(root.source.path, root.document, 0);
    return { ...root, document: { directives, acls, passwords, complete } };
  }

  function fileBeside(path: string, target: string): Source | null {
    const found = tree.file(path, target);
    return found === null || found === path ? null : tree.open(found);
  }
}
