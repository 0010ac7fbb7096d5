import {
  RESOURCE_OPERATIONS,
  type Resource,
  type ResourceOperation,
  type ResourceOrder,
  type ResourceOwner,
  type ResourceSubject,
} from '../contract/resource.ts';
import { parseClaimPath } from './claim-path.ts';
import { compileResourceFields } from './compile-resource-fields.ts';
import { filtersOf } from './compile-resource-filters.ts';
import type { Path, Problems } from './problems.ts';
import { showPath } from './problems.ts';
import { checkColumns } from './resource-columns.ts';
import { resourceHash } from './resource-hash.ts';
import { checkSubjects, checkWrites } from './resource-writes.ts';
import type { ResourceFile } from './schema/resource.ts';

export interface ResourceContext {
  /** Every upstream with its kind of store. */
  readonly stores: ReadonlyMap<string, 'elasticsearch' | 'postgresql'>;
  readonly roles: readonly string[];
  readonly hasVault: boolean;
  readonly problems: Problems;
}

const DEFAULT_PAGE = 20;
const MAX_BODY = 16 * 1024 * 1024;

/** @returns undefined when a problem was added that leaves no resource */
export function compileResource(name: string, file: ResourceFile, context: ResourceContext): Resource | undefined {
  const path = ['resources', name];
  const { problems } = context;
  const upstream = upstreamOf(file, path, context);
  const store = upstream === undefined ? undefined : context.stores.get(upstream);
  if (upstream === undefined || store === undefined) return undefined;
  const source = sourceOf(file, store, path, problems);
  const owner = ownerOf(file, path, context);
  const subjects = subjectsOf(file, owner, path, problems);
  const fields = compileResourceFields(file.fields, [...path, 'fields'], {
    subjects,
    hasVault: context.hasVault,
    problems,
  });
  const roles = rolesOf(file, path, context);
  const operations = new Set(RESOURCE_OPERATIONS.filter((one) => [...roles.values()].some((may) => may.has(one))));
  const filters = filtersOf(file, fields, owner, store, path, problems);
  const resource = {
    name,
    position: showPath(path),
    title: file.title ?? name,
    description: file.description,
    path: Object.freeze((file.path ?? `/v1/${name}`).split('/').slice(1)),
    upstream,
    store,
    ...source,
    id: idOf(file, store, operations, path, problems),
    owner,
    subjects,
    filter: filters.filter,
    fields,
    roles,
    operations,
    order: orderOf(file, fields, path, problems),
    page: pageOf(file, path, problems),
    maxValues: file.maxValues,
    maxBody: file.maxBody,
    hold: file.hold && filters.hold ? Object.freeze({ filter: filters.hold, reason: file.hold.reason }) : null,
    erase: file.erase,
  };
  if (file.maxBody > MAX_BODY)
    problems.add([...path, 'maxBody'], 'is larger than 16MiB', 'A document is a small thing: 256KiB by default.');
  checkWrites(resource, path, problems);
  checkSubjects(resource, path, problems);
  checkColumns(resource, path, problems);
  return Object.freeze({ ...resource, hash: resourceHash(resource) });
}

function upstreamOf(file: ResourceFile, path: Path, { stores, problems }: ResourceContext): string | undefined {
  const names = [...stores.keys()];
  const name = file.upstream ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined) {
    problems.add(path, 'there are several upstreams: say which', `Add \`upstream:\` with one of ${names.join(', ')}.`);
    return undefined;
  }
  if (stores.has(name)) return name;
  problems.add([...path, 'upstream'], 'there is no upstream of this name', `Known: ${names.join(', ')}.`);
  return undefined;
}

function sourceOf(
  file: ResourceFile,
  store: Resource['store'],
  path: Path,
  problems: Problems,
): Pick<Resource, 'source' | 'namespace'> {
  const [wanted, other] = store === 'postgresql' ? (['table', 'index'] as const) : (['index', 'table'] as const);
  if (file[other] !== undefined) {
    problems.add(
      [...path, other],
      `the upstream is ${store === 'postgresql' ? 'a database' : 'a search store'}`,
      `Name the \`${wanted}:\`.`,
    );
    return { source: '', namespace: null };
  }
  const given = file[wanted];
  if (given === undefined) {
    problems.add(
      path,
      `\`${wanted}\` is missing`,
      `Name the ${wanted} that holds the documents, e.g. \`${wanted}: ${store === 'postgresql' ? 'public.orders' : 'orders'}\`.`,
    );
    return { source: '', namespace: null };
  }
  if (store === 'elasticsearch') {
    if (given.startsWith('.ds-')) problems.add([...path, 'index'], 'is a backing index', 'Name the data stream.');
    return { source: given, namespace: null };
  }
  const [first = '', second] = given.split('.');
  return second === undefined ? { source: first, namespace: 'public' } : { source: second, namespace: first };
}

function idOf(
  file: ResourceFile,
  store: Resource['store'],
  operations: ReadonlySet<ResourceOperation>,
  path: Path,
  problems: Problems,
): Resource['id'] {
  const { column, type } = file.id;
  if (store === 'postgresql' && column === undefined) {
    problems.add(
      [...path, 'id'],
      'a table needs the column of its ids',
      'For example `id: { column: id, type: uuid }`.',
    );
  }
  if (store === 'elasticsearch' && column !== undefined) {
    problems.add([...path, 'id', 'column'], 'an index has document ids of its own', 'Leave `column` out.');
  }
  if (type === 'integer' && operations.has('create')) {
    problems.add(
      [...path, 'id', 'type'],
      'ids of new documents are random, so that none can be guessed',
      'Use uuid or keyword, or grant no role create.',
    );
  }
  return Object.freeze({ column: column ?? null, type });
}

function ownerOf(file: ResourceFile, path: Path, { hasVault, problems }: ResourceContext): ResourceOwner | null {
  const { owner } = file;
  if (owner === 'none') return null;
  const at = [...path, 'owner'];
  const claim = parseClaimPath(owner.claim);
  if (!claim)
    problems.add(
      [...at, 'claim'],
      'is not the path of a claim',
      'Write `sub`, `realm.id`, or `["https://shop.example/id"]`.',
    );
  if (owner.pseudonym && !hasVault)
    problems.add([...at, 'pseudonym'], 'needs a vault, which gives the names', 'Add `vault: {}` to the policy.');
  if (owner.pseudonym && owner.type !== 'keyword') problems.add([...at, 'type'], 'a pseudonym is text', 'Use keyword.');
  return Object.freeze({
    column: owner.column,
    type: owner.type,
    claim: claim ?? Object.freeze([]),
    pseudonym: owner.pseudonym,
  });
}

function subjectsOf(
  file: ResourceFile,
  owner: ResourceOwner | null,
  path: Path,
  problems: Problems,
): ReadonlyMap<string, ResourceSubject> {
  const subjects = new Map<string, ResourceSubject>();
  for (const [name, { reference, from }] of Object.entries(file.subjects)) {
    const at = [...path, 'subjects', name];
    if (from === undefined && name !== 'owner') {
      problems.add(at, 'whose name is it?', 'Add `from:` with the field that names the person.');
    }
    if (from === undefined && owner === null) {
      problems.add(
        at,
        'the resource has no owner',
        'Add `owner: { column: …, claim: sub }`, or `from:` with the field that names the person.',
      );
    }
    subjects.set(
      name,
      Object.freeze({ name, reference, from: from === undefined ? 'owner' : Object.freeze({ field: from }) }),
    );
  }
  // The owner's column holds the very reference that a subject of the document would hold once more.
  if (owner?.pseudonym && !subjects.has('owner')) {
    subjects.set('owner', Object.freeze({ name: 'owner', reference: owner.column, from: 'owner' }));
  }
  return subjects;
}

function rolesOf(file: ResourceFile, path: Path, { roles, problems }: ResourceContext): Resource['roles'] {
  const granted = Object.entries(file.roles);
  if (granted.length === 0) {
    problems.add([...path, 'roles'], 'no role may do anything', 'For example `roles: { mobile: [list, get] }`.');
  }
  for (const [name] of granted) {
    if (!roles.includes(name)) {
      problems.addKey([...path, 'roles'], name, 'there is no role of this name', `Known: ${roles.join(', ')}.`);
    }
  }
  return new Map(granted.map(([name, operations]) => [name, new Set(operations)]));
}

function orderOf(
  file: ResourceFile,
  fields: Resource['fields'],
  path: Path,
  problems: Problems,
): readonly ResourceOrder[] {
  const texts = typeof file.order === 'string' ? [file.order] : file.order;
  const seen = new Set<string>();
  return Object.freeze(
    texts.map((text, index): ResourceOrder => {
      const at = typeof file.order === 'string' ? [...path, 'order'] : [...path, 'order', index];
      const descending = text.startsWith('-');
      const field = descending ? text.slice(1) : text;
      if (!fields.has(field))
        problems.add(at, 'there is no field of this name', `Known: ${[...fields.keys()].join(', ')}.`);
      else if (!fields.get(field)?.sort)
        problems.add(at, `a list cannot be in the order of ${field}`, 'Add `sort: true` to the field.');
      if (seen.has(field)) problems.add(at, 'stands there twice', 'Leave one out.');
      seen.add(field);
      return Object.freeze({ field, descending });
    }),
  );
}

function pageOf(file: ResourceFile, path: Path, problems: Problems): Resource['page'] {
  const { max } = file.page;
  const given = file.page.default;
  if (given !== undefined && given > max) {
    problems.add([...path, 'page', 'default'], 'is larger than max', 'Raise `max`, or ask for fewer.');
  }
  return Object.freeze({ default: given ?? Math.min(DEFAULT_PAGE, max), max });
}
