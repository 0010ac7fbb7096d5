/** Policies, privileges, functions and roles. */
import type { Span } from '../../source.ts';
import { type Applied, nameOf, placeAt, whole } from './apply-shared.ts';
import { clauseSpan } from './split.ts';
import { grant, keyOf, PRIVILEGES, type Privilege, type SqlPlace, type SqlPolicy, tableOf } from './state.ts';
import { body, isTree, listOf, names, type Tree, text } from './tree.ts';

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

export function createPolicy(found: Tree, applied: Applied): void {
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

export function alterPolicy(found: Tree, applied: Applied): void {
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

export function grantOf(found: Tree, applied: Applied): void {
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

export function defaultPrivileges(found: Tree, applied: Applied): void {
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

export function createRole(found: Tree, applied: Applied): void {
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
