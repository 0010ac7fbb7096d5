import type { FieldType, Filter, Grant, GrantedOperation, GrantLimits } from '../contract/grant.ts';
import { filterValueOf } from './claim-path.ts';
import { compileFields } from './compile-fields.ts';
import { compileFilter } from './compile-filter.ts';
import { compileWrite } from './compile-write.ts';
import { grantHash } from './grant-hash.ts';
import type { Rule } from './policy.ts';
import { type Path, type Problems, showPath } from './problems.ts';
import type { RuleFile } from './schema/role.ts';

export const WRITES: readonly GrantedOperation[] = ['index', 'create', 'update', 'delete', 'bulk'];

/** What a rule allows that does not say. A trusted service gets what the stores themselves allow by default. */
const LIMITS: Readonly<Record<'strict' | 'compat', GrantLimits>> = {
  strict: { page: 100, window: 1000, items: 50, clauses: 256, buckets: 10_000, keepAlive: 300_000 },
  compat: { page: 1000, window: 10_000, items: 5000, clauses: 1024, buckets: 65_536, keepAlive: 1_800_000 },
};

export interface RuleContext {
  readonly role: string;
  readonly mode: 'strict' | 'compat';
  /** Names of the stores that can be searched. */
  readonly upstreams: readonly string[];
  /** Names of the databases, which only resources can be about. */
  readonly databases: readonly string[];
  readonly problems: Problems;
}

/** @returns undefined when a problem was added that leaves nothing to grant */
export function compileRule(file: RuleFile, path: Path, context: RuleContext): Rule | undefined {
  const { role, mode, problems } = context;
  const upstream = upstreamOf(file, path, context);
  checkNames(file, path, problems);
  const filter = filterOf(file, path, mode, problems);
  const fields = fieldsOf(file, path, mode, problems);
  const limits = limitsOf(file, path, mode, problems);
  const writes = file.operations.some((operation) => WRITES.includes(operation));
  if (file.write && !writes) {
    problems.add(
      [...path, 'write'],
      'no operation of this rule writes',
      'Add index, create or update, or leave `write` out.',
    );
  }
  if (
    writes &&
    !file.write &&
    mode === 'strict' &&
    file.operations.some((one) => WRITES.includes(one) && one !== 'delete')
  ) {
    problems.add(path, 'operations that write need `write` with `fields`', 'List what may be written.');
  }
  if (file.idNamespace !== undefined && mode === 'compat') {
    problems.add([...path, 'idNamespace'], 'is for strict roles', 'Leave it out, or use `mode: strict`.');
  }
  const idNamespace =
    file.idNamespace === undefined
      ? null
      : (filterValueOf(file.idNamespace, [...path, 'idNamespace'], problems) ?? null);
  if (idNamespace && 'literal' in idNamespace && !/^[A-Za-z0-9_-]{1,128}$/.test(String(idNamespace.literal))) {
    problems.add(
      [...path, 'idNamespace'],
      'expected letters, digits, - and _, or a claim',
      'For example ${claims.tenant}.',
    );
  }
  const write = writes ? compileWrite(file.write, mode, path, problems) : null;
  if (upstream === undefined || filter === undefined) return undefined;

  const position = showPath(path);
  const common = {
    role,
    rule: position,
    upstream,
    dataStream: file.dataStream,
    mode,
    operations: new Set(file.operations),
    filter,
    fields,
    write,
    idNamespace,
    scoring: file.scoring,
    limits,
  } as const;
  function grantFor(index: string): Grant {
    const grant = { ...common, index };
    return Object.freeze({ ...grant, hash: grantHash(grant) });
  }
  const indices = Object.freeze([...new Set(file.indices.filter((name) => !name.includes('*')))]);
  return Object.freeze({
    position,
    role,
    upstream,
    indices,
    patterns: Object.freeze(file.indices.filter((name) => name.includes('*'))),
    aliases: Object.freeze([...new Set(file.aliases)]),
    grants: Object.freeze(indices.map(grantFor)),
    grantFor,
    types: typesOf(file),
  });
}

function upstreamOf(file: RuleFile, path: Path, { upstreams, databases, problems }: RuleContext): string | undefined {
  const name = file.upstream ?? (upstreams.length === 1 ? upstreams[0] : undefined);
  if (upstreams.length === 0 || (name !== undefined && databases.includes(name))) {
    problems.add(
      file.upstream === undefined ? path : [...path, 'upstream'],
      'a database has no search API',
      'Declare `resources:` on it, or name an upstream that is Elasticsearch or OpenSearch.',
    );
    return undefined;
  }
  if (name === undefined) {
    problems.add(
      path,
      'there are several upstreams: say which',
      `Add \`upstream:\` with one of ${upstreams.join(', ')}.`,
    );
    return undefined;
  }
  if (upstreams.includes(name)) return name;
  problems.add([...path, 'upstream'], 'there is no upstream of this name', `Known: ${upstreams.join(', ')}.`);
  return undefined;
}

function checkNames(file: RuleFile, path: Path, problems: Problems): void {
  for (const [at, name] of file.indices.entries()) {
    if (name.includes('*') && !file.catalogue) {
      problems.add(
        [...path, 'indices', at],
        'a pattern needs `catalogue: true`',
        'Name the indices, or let the store’s own list decide.',
      );
    }
    if (name.startsWith('.ds-')) {
      problems.add([...path, 'indices', at], 'is a backing index', 'Name the data stream, with `dataStream: true`.');
    }
  }
  const isOne = file.indices.length === 1 && !file.indices[0]?.includes('*');
  if (file.aliases.length > 0 && !isOne) {
    problems.add(
      [...path, 'aliases'],
      'an alias means one index, and this rule has several',
      'Give the index a rule of its own.',
    );
  }
  for (const [at, alias] of file.aliases.entries()) {
    if (alias.startsWith('.'))
      problems.add([...path, 'aliases', at], 'an alias does not begin with a dot', 'Choose another name.');
  }
}

function filterOf(
  file: RuleFile,
  path: Path,
  mode: 'strict' | 'compat',
  problems: Problems,
): Filter | null | undefined {
  const used = new Set<string>();
  const at = [...path, 'filter'];
  const types = typesOf(file);
  for (const [name, type] of Object.entries(file.filterFields)) {
    const listed = file.fields?.[name];
    const other = typeof listed === 'object' ? listed.type : listed;
    if (other === undefined) continue;
    const message = other === type ? 'is already in `fields`' : `is ${other} in \`fields\``;
    problems.addKey([...path, 'filterFields'], name, message, 'Say the type once.');
  }
  const filter = file.filter === 'all' ? null : compileFilter(file.filter, at, { types, used, problems });
  if (mode === 'compat' && file.filter !== 'all') {
    problems.add(at, 'a compat role sees every document', 'Write `filter: all`, or use `mode: strict`.');
  }
  for (const name of Object.keys(file.filterFields)) {
    if (!used.has(name))
      problems.addKey(
        [...path, 'filterFields'],
        name,
        'is not used by the filter',
        'Leave it out, or correct its name.',
      );
  }
  return filter;
}

function fieldsOf(file: RuleFile, path: Path, mode: 'strict' | 'compat', problems: Problems): Grant['fields'] {
  if (mode === 'compat') {
    if (file.fields)
      problems.add(
        [...path, 'fields'],
        'a compat role sees whole documents',
        'Leave `fields` out, or use `mode: strict`.',
      );
    return null;
  }
  if (file.fields && Object.keys(file.fields).length > 0)
    return compileFields(file.fields, [...path, 'fields'], problems);
  problems.add(path, 'a strict rule needs `fields`', 'List every field that may be seen, with its type.');
  return new Map();
}

function limitsOf(file: RuleFile, path: Path, mode: 'strict' | 'compat', problems: Problems): GrantLimits {
  const given = Object.fromEntries(Object.entries(file.limits).filter(([, value]) => value !== undefined));
  const limits = { ...LIMITS[mode], ...given };
  // A page that was made larger than the default window asks for a window as large.
  if (file.limits.window === undefined) limits.window = Math.max(limits.window, limits.page);
  if (file.limits.page === undefined) limits.page = Math.min(limits.page, limits.window);
  if (limits.page > limits.window) {
    problems.add([...path, 'limits', 'page'], 'is larger than window', 'A page lies within the window: from + size.');
  }
  if (limits.keepAlive > 86_400_000) {
    problems.add([...path, 'limits', 'keepAlive'], 'is longer than a day', 'The stores refuse more than 24h.');
  }
  return Object.freeze(limits);
}

function typesOf(file: RuleFile): ReadonlyMap<string, FieldType> {
  const types = new Map<string, FieldType>(Object.entries(file.filterFields));
  for (const [name, field] of Object.entries(file.fields ?? {})) {
    types.set(name, typeof field === 'string' ? field : field.type);
  }
  return types;
}
