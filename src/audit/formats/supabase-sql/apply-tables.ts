/** Statements that make, change and drop tables and views. */

import { type Applied, columnsOf, nameOf, placeAt, whole } from './apply-shared.ts';
import { keyOf, type SqlColumn, type SqlTable, tableOf } from './state.ts';
import { body, isTree, listOf, names, nodesOf, type Tree, text } from './tree.ts';

function created(applied: Applied, relation: unknown, kind: SqlTable['kind']): SqlTable | null {
  if (isTree(relation) && relation.relpersistence === 't') return null;
  const { schema, name } = nameOf(relation, applied);
  if (name === '') return null;
  const table = tableOf(applied.state, schema, name);
  const place = placeAt(applied, isTree(relation) ? relation.location : 0);
  if (table.place === null) Object.assign(table, { place, kind });
  return table;
}

export function createTable(found: Tree, applied: Applied): void {
  const table = created(applied, found.relation, 'table');
  if (table === null) return;
  for (const column of columnsOf(found.tableElts)) {
    if (!table.columns.some(({ name }) => name === column.name)) table.columns.push(column);
  }
}

export function createTableAs(found: Tree, applied: Applied): void {
  const into = isTree(found.into) ? found.into : {};
  const materialized = found.objtype === 'OBJECT_MATVIEW';
  const table = created(applied, into.rel, materialized ? 'materialized view' : 'table');
  if (table === null) return;
  if (materialized) describeView(table, found.query, applied);
}

export function createView(found: Tree, applied: Applied): void {
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

export function alterTable(found: Tree, applied: Applied): void {
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

export function moveTable(found: Tree, applied: Applied): void {
  if (!['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW'].includes(text(found.objectType))) return;
  const from = nameOf(found.relation, applied);
  const table = tableOf(applied.state, from.schema, from.name);
  applied.state.tables.delete(keyOf(from.schema, from.name));
  table.schema = text(found.newschema);
  applied.state.tables.set(keyOf(table.schema, table.name), table);
}

export function rename(found: Tree, applied: Applied): void {
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

export function drop(found: Tree, applied: Applied): void {
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
