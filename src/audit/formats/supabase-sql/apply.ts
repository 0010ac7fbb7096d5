/** Executes one parsed statement on the state. */
import type { Source, Span } from '../../source.ts';
import { clauseSpan, fromBytes, type SplitStatement } from './split.ts';
import {
  grant,
  keyOf,
  PRIVILEGES,
  type Privilege,
  type SqlColumn,
  type SqlFunction,
  type SqlPlace,
  type SqlPolicy,
  type SqlState,
  type SqlTable,
  tableOf,
} from './state.ts';
import { body, constant, isTree, kindOf, listOf, location, names, nodesOf, type Tree, text } from './tree.ts';

export interface Applied {
  state: SqlState;
  source: Source;
  statement: SplitStatement;
  /** Schema of names without one. */
  schema: string;
  /** Whether a password is one that everybody knows. */
  wellKnown(password: string): boolean;
}

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

function placeAt(applied: Applied, offset: unknown, length?: number): SqlPlace {
  const { source, statement } = applied;
  const whole = source.text.slice(statement.start, statement.end);
  const start = statement.start + fromBytes(whole, location(offset));
  return {
    source,
    span: {
      start,
      end: length === undefined ? nameEnd(source.text, start, statement.end) : Math.min(start + length, statement.end),
    },
  };
}

function whole({ source, statement }: Applied): SqlPlace {
  // A statement over many lines is shown by its first.
  const newline = source.text.indexOf('\n', statement.start);
  const end = newline < 0 || newline > statement.end ? statement.end : newline;
  return { source, span: { start: statement.start, end: source.text[end - 1] === '\r' ? end - 1 : end } };
}

/** End of a name that may be quoted and have a schema: `public."User"`. */
function nameEnd(sql: string, start: number, limit: number): number {
  let at = start;
  while (at < limit) {
    if (sql[at] === '"') {
      const end = sql.indexOf('"', at + 1);
      at = end < 0 ? limit : end + 1;
    } else if (/[\w$.\u0080-\uffff]/.test(sql[at] ?? '')) at += 1;
    else break;
  }
  return Math.max(at, start + 1);
}

interface Named {
  schema: string;
  name: string;
}

function nameOf(relation: unknown, applied: Applied): Named {
  const found = isTree(relation) ? relation : {};
  return { schema: text(found.schemaname) || applied.schema, name: text(found.relname) };
}

function typeOf(node: unknown): string | null {
  const name = isTree(node) ? names(node.names).at(-1) : undefined;
  return name === undefined || name === '' ? null : name;
}

function columnsOf(list: unknown): SqlColumn[] {
  return listOf(list).flatMap((one) => {
    const column = body(one, 'ColumnDef');
    return column === null ? [] : [{ name: text(column.colname), type: typeOf(column.typeName) }];
  });
}

function created(applied: Applied, relation: unknown, kind: SqlTable['kind']): SqlTable | null {
  if (isTree(relation) && relation.relpersistence === 't') return null;
  const { schema, name } = nameOf(relation, applied);
  if (name === '') return null;
  const table = tableOf(applied.state, schema, name);
  const place = placeAt(applied, isTree(relation) ? relation.location : 0);
  if (table.place === null) Object.assign(table, { place, kind });
  return table;
}

function createTable(found: Tree, applied: Applied): void {
  const table = created(applied, found.relation, 'table');
  if (table === null) return;
  for (const column of columnsOf(found.tableElts)) {
    if (!table.columns.some(({ name }) => name === column.name)) table.columns.push(column);
  }
}

function createTableAs(found: Tree, applied: Applied): void {
  const into = isTree(found.into) ? found.into : {};
  const materialized = found.objtype === 'OBJECT_MATVIEW';
  const table = created(applied, into.rel, materialized ? 'materialized view' : 'table');
  if (table === null) return;
  if (materialized) describeView(table, found.query, applied);
}

function createView(found: Tree, applied: Applied): void {
  const table = created(applied, found.view, 'view');
  if (table === null) return;
  // The last definition is the one in force.
  Object.assign(table, {
    kind: 'view',
    place: placeAt(applied, isTree(found.view) ? found.view.location : 0),
    invoker: invokes(found.options) ?? false,
  });
  describeView(table, found.query, applied);
}

function describeView(table: SqlTable, query: unknown, applied: Applied): void {
  const reads: SqlTable['reads'][number][] = [];
  const own = new Set<string>();
  for (const node of nodesOf(query)) {
    const cte = body(node, 'CommonTableExpr');
    if (cte !== null) own.add(text(cte.ctename));
    const range = body(node, 'RangeVar');
    if (range === null) continue;
    const { schema, name } = nameOf(range, applied);
    if (!(text(range.schemaname) === '' && own.has(name)))
      reads.push({ schema, name, place: placeAt(applied, range.location) });
  }
  const select = body(query, 'SelectStmt');
  const columns = listOf(select?.targetList).flatMap((one): SqlColumn[] => {
    const target = body(one, 'ResTarget');
    const name = text(target?.name) || (names(body(target?.val, 'ColumnRef')?.fields).at(-1) ?? '');
    return name === '' ? [] : [{ name, type: null }];
  });
  Object.assign(table, { reads: reads.reverse(), columns });
}

function invokes(options: unknown): boolean | undefined {
  for (const one of listOf(options)) {
    const option = body(one, 'DefElem');
    if (text(option?.defname) !== 'security_invoker') continue;
    const value = body(option?.arg, 'String')?.sval ?? body(option?.arg, 'TypeName') ?? true;
    return value === true || isTree(value) || /^(?:on|true|yes|1|t)$/i.test(text(value));
  }
  return undefined;
}

function alterTable(found: Tree, applied: Applied): void {
  const { schema, name } = nameOf(found.relation, applied);
  const table = tableOf(applied.state, schema, name);
  for (const one of listOf(found.cmds)) {
    const command = body(one, 'AlterTableCmd');
    switch (command?.subtype) {
      case 'AT_EnableRowSecurity':
        Object.assign(table, { rls: true, switchedOff: null });
        break;
      case 'AT_DisableRowSecurity':
        Object.assign(table, { rls: false, switchedOff: whole(applied) });
        break;
      case 'AT_AddColumn':
        table.columns.push(
          ...columnsOf([command.def]).filter((column) => !table.columns.some((own) => own.name === column.name)),
        );
        break;
      case 'AT_DropColumn':
        table.columns = table.columns.filter((column) => column.name !== command.name);
        break;
      case 'AT_SetRelOptions': {
        const invoker = invokes(body(command.def, 'List')?.items);
        if (invoker !== undefined) table.invoker = invoker;
        break;
      }
      case 'AT_ResetRelOptions':
        if (JSON.stringify(command.def).includes('security_invoker')) table.invoker = false;
        break;
      default:
    }
  }
}

function moveTable(found: Tree, applied: Applied): void {
  if (!['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW'].includes(text(found.objectType))) return;
  const from = nameOf(found.relation, applied);
  const table = tableOf(applied.state, from.schema, from.name);
  applied.state.tables.delete(keyOf(from.schema, from.name));
  table.schema = text(found.newschema);
  applied.state.tables.set(keyOf(table.schema, table.name), table);
}

function rename(found: Tree, applied: Applied): void {
  const type = text(found.renameType);
  const { schema, name } = nameOf(found.relation, applied);
  const table = applied.state.tables.get(keyOf(schema, name));
  if (table === undefined) return;
  if (type === 'OBJECT_TABLE' || type === 'OBJECT_VIEW' || type === 'OBJECT_MATVIEW') {
    applied.state.tables.delete(keyOf(schema, name));
    table.name = text(found.newname);
    applied.state.tables.set(keyOf(schema, table.name), table);
  } else if (type === 'OBJECT_COLUMN') {
    table.columns = table.columns.map((one) =>
      one.name === found.subname ? { ...one, name: text(found.newname) } : one,
    );
  } else if (type === 'OBJECT_POLICY') {
    const policy = table.policies.get(text(found.subname));
    if (policy === undefined) return;
    table.policies.delete(policy.name);
    table.policies.set(text(found.newname), { ...policy, name: text(found.newname) });
  }
}

function drop(found: Tree, applied: Applied): void {
  const { state, schema } = applied;
  for (const object of listOf(found.objects)) {
    const parts = names(body(object, 'List')?.items);
    switch (found.removeType) {
      case 'OBJECT_TABLE':
      case 'OBJECT_VIEW':
      case 'OBJECT_MATVIEW':
        state.tables.delete(parts.length > 1 ? parts.slice(-2).join('.') : keyOf(schema, parts[0] ?? ''));
        break;
      case 'OBJECT_POLICY': {
        const table = parts.slice(0, -1);
        const key = table.length > 1 ? table.slice(-2).join('.') : keyOf(schema, table[0] ?? '');
        state.tables.get(key)?.policies.delete(parts.at(-1) ?? '');
        break;
      }
      case 'OBJECT_SCHEMA': {
        const name = text(body(object, 'String')?.sval);
        for (const [key, table] of state.tables) if (table.schema === name) state.tables.delete(key);
        for (const [key, one] of state.functions) if (one.schema === name) state.functions.delete(key);
        break;
      }
      case 'OBJECT_FUNCTION': {
        const path = names(body(object, 'ObjectWithArgs')?.objname);
        state.functions.delete(path.length > 1 ? path.slice(-2).join('.') : keyOf(schema, path[0] ?? ''));
        break;
      }
      default:
    }
  }
}

function rolesOf(list: unknown): string[] {
  return listOf(list).map((one) => {
    const role = body(one, 'RoleSpec');
    return role?.roletype === 'ROLESPEC_PUBLIC' ? 'public' : text(role?.rolename).toLowerCase() || 'owner';
  });
}

function clause(applied: Applied, word: 'using' | 'check'): SqlPlace | null {
  const { source, statement } = applied;
  const span: Span | null = clauseSpan(source.text, statement, word);
  if (span === null || span.end <= span.start) return null;
  const inside = source.text.slice(span.start, span.end);
  const start = span.start + (inside.length - inside.trimStart().length);
  return { source, span: { start, end: Math.max(start + 1, start + inside.trim().length) } };
}

function createPolicy(found: Tree, applied: Applied): void {
  const { schema, name } = nameOf(found.table, applied);
  const command = text(found.cmd_name);
  const policy: SqlPolicy = {
    name: text(found.policy_name),
    permissive: found.permissive === true,
    command: (PRIVILEGES as readonly string[]).includes(command) ? (command as Privilege) : 'all',
    roles: rolesOf(found.roles),
    using: found.qual,
    check: found.with_check,
    usingPlace: clause(applied, 'using'),
    checkPlace: clause(applied, 'check'),
    place: whole(applied),
  };
  tableOf(applied.state, schema, name).policies.set(policy.name, policy);
}

function alterPolicy(found: Tree, applied: Applied): void {
  const { schema, name } = nameOf(found.table, applied);
  const { policies } = tableOf(applied.state, schema, name);
  const policy = policies.get(text(found.policy_name));
  if (policy === undefined) return;
  policies.set(policy.name, {
    ...policy,
    ...(listOf(found.roles).length > 0 ? { roles: rolesOf(found.roles) } : {}),
    ...(isTree(found.qual) ? { using: found.qual, usingPlace: clause(applied, 'using') } : {}),
    ...(isTree(found.with_check) ? { check: found.with_check, checkPlace: clause(applied, 'check') } : {}),
    place: whole(applied),
  });
}

function privilegesOf(list: unknown): { privileges: Privilege[]; all: boolean; execute: boolean } {
  const named = listOf(list).map((one) => text(body(one, 'AccessPriv')?.priv_name).toLowerCase());
  const all = named.length === 0 || named.includes('all');
  return {
    privileges: PRIVILEGES.filter((one) => all || named.includes(one)),
    all,
    execute: all || named.includes('execute'),
  };
}

function grantOf(found: Tree, applied: Applied): void {
  const { state, schema } = applied;
  const give = found.is_grant === true;
  const roles = rolesOf(found.grantees);
  const { privileges, all, execute } = privilegesOf(found.privileges);
  const everything = found.targtype === 'ACL_TARGET_ALL_IN_SCHEMA';
  const objects = listOf(found.objects);
  if (found.objtype === 'OBJECT_FUNCTION' || found.objtype === 'OBJECT_ROUTINE') {
    if (!execute) return;
    const keys = everything
      ? [...state.functions]
          .filter(([, one]) => objects.some((node) => text(body(node, 'String')?.sval) === one.schema))
          .map(([key]) => key)
      : objects
          .map((node) => names(body(node, 'ObjectWithArgs')?.objname))
          .map((path) => (path.length > 1 ? path.slice(-2).join('.') : keyOf(schema, path[0] ?? '')));
    for (const key of keys) {
      for (const role of roles) {
        if (give) state.functions.get(key)?.callers.add(role);
        else state.functions.get(key)?.callers.delete(role);
      }
    }
    return;
  }
  if (
    give &&
    roles.includes('public') &&
    ['OBJECT_TABLE', 'OBJECT_SCHEMA', 'OBJECT_DATABASE'].includes(text(found.objtype))
  ) {
    const creates = found.objtype === 'OBJECT_TABLE' || listOf(found.privileges).length === 0;
    if (creates) state.toPublic.push({ place: whole(applied), what: text(found.objtype).slice(7).toLowerCase(), all });
  }
  if (found.objtype !== 'OBJECT_TABLE') return;
  const tables = everything
    ? [...state.tables.values()].filter((table) =>
        objects.some((node) => text(body(node, 'String')?.sval) === table.schema),
      )
    : objects.map((node) => nameOf(body(node, 'RangeVar'), applied)).map((one) => tableOf(state, one.schema, one.name));
  for (const table of tables) for (const role of roles) grant(table.grants, role, privileges, give);
}

function defaultPrivileges(found: Tree, applied: Applied): void {
  const action = isTree(found.action) ? found.action : {};
  const give = action.is_grant === true;
  const roles = rolesOf(action.grantees);
  const { privileges, execute } = privilegesOf(action.privileges);
  const schemas = listOf(found.options).flatMap((one) => {
    const option = body(one, 'DefElem');
    return text(option?.defname) === 'schemas' ? names(body(option?.arg, 'List')?.items) : [];
  });
  for (const schema of schemas) {
    if (action.objtype === 'OBJECT_TABLE') {
      const grants = applied.state.tableDefaults.get(schema) ?? new Map<string, Set<Privilege>>();
      for (const role of roles) grant(grants, role, privileges, give);
      applied.state.tableDefaults.set(schema, grants);
    } else if (action.objtype === 'OBJECT_FUNCTION' && execute) {
      const callers = applied.state.functionDefaults.get(schema) ?? new Set(['public']);
      for (const role of roles) {
        if (give) callers.add(role);
        else callers.delete(role);
      }
      applied.state.functionDefaults.set(schema, callers);
    }
  }
}

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

function createRole(found: Tree, applied: Applied): void {
  const name = text(found.role) || text(isTree(found.role) ? found.role.rolename : '');
  const role = applied.state.roles.get(name) ?? { name, superuser: null, password: null };
  for (const one of listOf(found.options)) {
    const option = body(one, 'DefElem');
    if (option?.defname === 'superuser') {
      role.superuser = body(option.arg, 'Boolean')?.boolval === true ? placeAt(applied, option.location) : null;
    }
    const password = option?.defname === 'password' ? text(body(option.arg, 'String')?.sval) : '';
    if (password !== '') {
      role.password = {
        place: passwordPlace(applied, option?.location),
        length: password.length,
        wellKnown: applied.wellKnown(password),
      };
    }
  }
  applied.state.roles.set(name, role);
}

/** The quoted text behind the word PASSWORD. */
function passwordPlace(applied: Applied, offset: unknown): SqlPlace {
  const { span } = placeAt(applied, offset, 1);
  const { source, statement } = applied;
  const start = source.text.indexOf("'", span.start);
  const end = start < 0 ? -1 : source.text.indexOf("'", start + 1);
  return end < 0 || end >= statement.end ? whole(applied) : { source, span: { start, end: end + 1 } };
}
