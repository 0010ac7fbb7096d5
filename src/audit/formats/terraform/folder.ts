/** The files of one folder as Terraform takes them: one module. */
import type { Source } from '../../source.ts';
import type { Block, Expression, Parsed } from './syntax.ts';

export interface TerraformFile {
  source: Source;
  parsed: Parsed;
}

export interface Declared<T> {
  source: Source;
  it: T;
}

export interface ResourceBlock {
  mode: 'managed' | 'data';
  type: string;
  name: string;
  block: Block;
}

export interface Folder {
  /** Relative to the audited root; empty for the root itself. */
  path: string;
  files: readonly TerraformFile[];
  variables: ReadonlyMap<string, Declared<Block>>;
  locals: ReadonlyMap<string, Declared<Expression>>;
  outputs: ReadonlyMap<string, Declared<Block>>;
  calls: ReadonlyMap<string, Declared<Block>>;
  resources: readonly Declared<ResourceBlock>[];
  /** By `type.name`, data sources as `data.type.name`. */
  byName: ReadonlyMap<string, Declared<ResourceBlock>>;
  /** `terraform`, `provider`. */
  others: readonly Declared<Block>[];
  /** Values of variables from terraform.tfvars and *.auto.tfvars; the later file wins. */
  values: ReadonlyMap<string, Declared<Expression>>;
  /** A file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export function folderOf(path: string, files: readonly TerraformFile[]): Folder {
  const variables = new Map<string, Declared<Block>>();
  const locals = new Map<string, Declared<Expression>>();
  const outputs = new Map<string, Declared<Block>>();
  const calls = new Map<string, Declared<Block>>();
  const resources: Declared<ResourceBlock>[] = [];
  const byName = new Map<string, Declared<ResourceBlock>>();
  const others: Declared<Block>[] = [];
  for (const { source, parsed } of files) {
    if (isTfvars(source.path)) continue;
    for (const block of parsed.body.blocks) {
      const [first, second] = block.labels.map(({ text }) => text);
      const named = { source, it: block };
      if ((block.type === 'resource' || block.type === 'data') && first !== undefined && second !== undefined) {
        const mode = block.type === 'data' ? 'data' : 'managed';
        const declared: Declared<ResourceBlock> = { source, it: { mode, type: first, name: second, block } };
        resources.push(declared);
        const key = `${mode === 'data' ? 'data.' : ''}${first}.${second}`;
        if (!byName.has(key)) byName.set(key, declared);
      } else if (block.type === 'locals') {
        for (const { name, value } of block.body.settings.values()) locals.set(name, { source, it: value });
      } else if (first !== undefined && block.type === 'variable') variables.set(first, named);
      else if (first !== undefined && block.type === 'output') outputs.set(first, named);
      else if (first !== undefined && block.type === 'module') {
        if (!calls.has(first)) calls.set(first, named);
      } else others.push(named);
    }
  }
  return {
    path,
    files,
    variables,
    locals,
    outputs,
    calls,
    resources,
    byName,
    others,
    values: valuesOf(files),
    complete: files.every(({ parsed }) => parsed.troubles.length === 0),
  };
}

export function isTfvars(path: string): boolean {
  return /\.tfvars(?:\.json)?$/.test(path);
}

/** Terraform loads these by itself: terraform.tfvars, then *.auto.tfvars in the order of their names. */
function valuesOf(files: readonly TerraformFile[]): Map<string, Declared<Expression>> {
  const loaded = files
    .filter(({ source }) => /(?:^|\/)(?:terraform|[^/]*\.auto)\.tfvars(?:\.json)?$/.test(source.path))
    .sort((a, b) => rank(a.source.path) - rank(b.source.path) || (a.source.path < b.source.path ? -1 : 1));
  const values = new Map<string, Declared<Expression>>();
  for (const { source, parsed } of loaded) {
    for (const { name, value } of parsed.body.settings.values()) values.set(name, { source, it: value });
  }
  return values;
}

function rank(path: string): number {
  return path.includes('.auto.tfvars') ? 2 : path.endsWith('.json') ? 1 : 0;
}
