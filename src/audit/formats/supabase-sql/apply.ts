/** Executes one parsed statement on the state. */

import { alterPolicy, createPolicy, createRole, defaultPrivileges, grantOf } from './apply-access.ts';
import { type Applied, nameEnd, placeAt, typeOf, whole } from './apply-shared.ts';
import { alterTable, createTable, createTableAs, createView, drop, moveTable, rename } from './apply-tables.ts';
import { keyOf, type SqlFunction } from './state.ts';
import { body, constant, isTree, kindOf, listOf, names, nodesOf, type Tree, text } from './tree.ts';

/** The schema that later statements of the file use, where it changes. */
export function apply(node: unknown, applied: Applied): string | undefined {
  const kind = kindOf(node);
  const found = body(node, kind);
  if (found === null) return undefined;
  if (kind === 'VariableSetStmt') {
    const value = found.name === 'search_path' ? constant(listOf(found.args)[0]) : undefined;
    return typeof value === 'string' && value !== '' ? value : undefined;
  }
  HANDLERS[kind]?.(found, applied);
  return undefined;
}

const HANDLERS: Readonly<Record<string, (found: Tree, applied: Applied) => void>> = {
  CreateStmt: createTable,
  CreateTableAsStmt: createTableAs,
  ViewStmt: createView,
  AlterTableStmt: alterTable,
  AlterObjectSchemaStmt: moveTable,
  RenameStmt: rename,
  DropStmt: drop,
  CreatePolicyStmt: createPolicy,
  AlterPolicyStmt: alterPolicy,
  GrantStmt: grantOf,
  AlterDefaultPrivilegesStmt: defaultPrivileges,
  CreateFunctionStmt: createFunction,
  AlterFunctionStmt: alterFunction,
  InsertStmt: insertBucket,
  UpdateStmt: updateBucket,
  CreateRoleStmt: createRole,
  AlterRoleStmt: createRole,
};

function optionsOf(list: unknown): Map<string, unknown> {
  return new Map(
    listOf(list).flatMap((one) => {
      const option = body(one, 'DefElem');
      return option === null ? [] : [[text(option.defname), option.arg] as const];
    }),
  );
}

function hasSearchPath(list: unknown): boolean {
  return listOf(list).some((one) => {
    const set = body(body(one, 'DefElem')?.arg, 'VariableSetStmt');
    return set?.name === 'search_path' && set.kind !== 'VAR_RESET';
  });
}

function createFunction(found: Tree, applied: Applied): void {
  if (found.is_procedure === true) return;
  const path = names(found.funcname);
  const name = path.at(-1) ?? '';
  const schema = path.length > 1 ? (path[0] ?? '') : applied.schema;
  const options = optionsOf(found.options);
  const key = keyOf(schema, name);
  const before = applied.state.functions.get(key);
  const at = applied.source.text
    .slice(applied.statement.start, applied.statement.end)
    .toLowerCase()
    .search(/\bfunction\s/);
  const start =
    applied.statement.start +
    Math.max(at, 0) +
    (/^function\s+/i.exec(
      applied.source.text.slice(applied.statement.start + Math.max(at, 0), applied.statement.end),
    )?.[0].length ?? 0);
  const one: SqlFunction = {
    schema,
    name,
    parameters: listOf(found.parameters).map((parameter) => text(body(parameter, 'FunctionParameter')?.name)),
    language: text(body(options.get('language'), 'String')?.sval).toLowerCase(),
    definer: body(options.get('security'), 'Boolean')?.boolval === true,
    searchPath: hasSearchPath(found.options),
    returns: (typeOf(found.returnType) ?? '').toLowerCase(),
    body: names(body(options.get('as'), 'List')?.items)[0] ?? '',
    place: { source: applied.source, span: { start, end: nameEnd(applied.source.text, start, applied.statement.end) } },
    // CREATE OR REPLACE keeps who may call it.
    callers: before?.callers ?? new Set(applied.state.functionDefaults.get(schema) ?? ['public']),
  };
  applied.state.functions.set(key, one);
}

function alterFunction(found: Tree, applied: Applied): void {
  const path = names(isTree(found.func) ? found.func.objname : undefined);
  const one = applied.state.functions.get(
    path.length > 1 ? path.slice(-2).join('.') : keyOf(applied.schema, path[0] ?? ''),
  );
  if (one === undefined) return;
  const security = body(optionsOf(found.actions).get('security'), 'Boolean');
  if (security !== null) one.definer = security.boolval === true;
  if (hasSearchPath(found.actions)) one.searchPath = true;
}

function isBuckets(relation: unknown): boolean {
  return isTree(relation) && relation.schemaname === 'storage' && relation.relname === 'buckets';
}

function insertBucket(found: Tree, applied: Applied): void {
  if (!isBuckets(found.relation)) return;
  const columns = listOf(found.cols).map((one) => text(body(one, 'ResTarget')?.name));
  const select = body(found.selectStmt, 'SelectStmt');
  const id = columns.indexOf('id');
  const open = columns.indexOf('public');
  const rows = listOf(select?.valuesLists).map((one) => listOf(body(one, 'List')?.items));
  const targets = listOf(select?.targetList).map((one) => body(one, 'ResTarget')?.val);
  if (targets.length > 0) rows.push(targets);
  for (const row of rows.slice(0, 1000)) {
    const name = constant(row[id < 0 ? 0 : id]);
    const value = open < 0 ? undefined : row[open];
    if (typeof name !== 'string') continue;
    const isPublic = constant(isTree(value) && isTree(value.TypeCast) ? value.TypeCast.arg : value) === true;
    const at = body(value, 'A_Const')?.location;
    const existing = applied.state.buckets.get(name);
    // ON CONFLICT DO NOTHING leaves the one that is there.
    if (existing !== undefined && body(found, 'onConflictClause')?.action === 'ONCONFLICT_NOTHING') continue;
    applied.state.buckets.set(name, {
      id: name,
      isPublic,
      place: at === undefined ? whole(applied) : placeAt(applied, at, 4),
    });
  }
}

function updateBucket(found: Tree, applied: Applied): void {
  if (!isBuckets(found.relation)) return;
  const target = listOf(found.targetList)
    .map((one) => body(one, 'ResTarget'))
    .find((one) => one?.name === 'public');
  const value = constant(target?.val);
  if (typeof value !== 'boolean') return;
  const ids = new Set<unknown>();
  for (const node of nodesOf(found.whereClause)) {
    const text = constant(node);
    if (typeof text === 'string') ids.add(text);
  }
  const place = placeAt(applied, body(target?.val, 'A_Const')?.location, 4);
  if (ids.size === 0)
    for (const bucket of applied.state.buckets.values()) Object.assign(bucket, { isPublic: value, place });
  for (const id of ids) applied.state.buckets.set(String(id), { id: String(id), isPublic: value, place });
}
