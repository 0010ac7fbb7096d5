/** The operations of one resource, each with the parameters, bodies and answers that it has, and no others. */
import type { Resource, ResourceOperation } from '../contract/resource.ts';
import { MERGE_PATCH } from '../contract/rest.ts';
import type { MediaType, Operation, Parameter, PathItem, Reference, Response } from './document.ts';
import { EXAMPLE_CURSOR, exampleId, exampleOf, shownExample } from './example.ts';
import type { ResourceNames } from './names.ts';
import { filterParameters, idParameter, pageParameters, shared } from './parameters.ts';
import { type HeaderName, headersOf, problemReference } from './responses.ts';
import { isNullable } from './schema.ts';

/** What can go wrong with every request: before it is understood, and behind the gateway. */
const ALWAYS = [400, 401, 403, 404, 406, 429, 431, 500, 502, 503, 504] as const;

const ALSO = {
  list: [],
  count: [],
  get: [],
  create: [409, 410, 413, 415, 422],
  update: [409, 410, 412, 413, 415, 422, 428],
  delete: [409, 412],
} as const satisfies Record<ResourceOperation, readonly number[]>;

export function statusesOf(operation: ResourceOperation): readonly number[] {
  return [...ALWAYS, ...ALSO[operation]].sort((a, b) => a - b);
}

/** @returns the paths of the resource that have an operation */
export function pathsOf(resource: Resource, names: ResourceNames): Readonly<Record<string, PathItem>> {
  const build = (operation: ResourceOperation) =>
    resource.operations.has(operation) ? BUILDERS[operation](resource, names) : undefined;
  const [list, create, count] = [build('list'), build('create'), build('count')];
  const [get, update, remove] = [build('get'), build('update'), build('delete')];
  return {
    ...((list || create) && { [names.collection]: { ...(list && { get: list }), ...(create && { post: create }) } }),
    ...(count && { [names.count]: { get: count } }),
    ...((get || update || remove) && {
      [names.item]: {
        ...(get && { get }),
        ...(update && { patch: update }),
        ...(remove && { delete: remove }),
      },
    }),
  };
}

const BUILDERS = {
  list(resource, names) {
    const item = itemExample(resource);
    return operation(names, 'list', {
      summary: `List ${resource.title}`,
      description: 'A page of documents. `next` is the cursor of the page after it, or null at the end.',
      parameters: [...filterParameters(resource, names), ...pageParameters(resource, names)],
      success: {
        200: json('A page.', names.schemas.page, { items: [item], next: EXAMPLE_CURSOR }),
      },
    });
  },
  count(resource, names) {
    return operation(names, 'count', {
      summary: `Count ${resource.title}`,
      description: 'The exact number of documents, without showing one.',
      parameters: filterParameters(resource, names),
      success: { 200: json('The number.', 'Count', { count: 3 }) },
    });
  },
  get(resource, names) {
    return operation(names, 'get', {
      summary: `Get one of ${resource.title}`,
      description: 'One document by its id.',
      parameters: [idParameter(resource), shared('IfNoneMatch')],
      success: {
        200: json('The document.', names.schemas.item, itemExample(resource), 'ETag'),
        304: { description: 'The caller has this version already.', headers: headersOf('ETag') },
      },
    });
  },
  create(resource, names) {
    return operation(names, 'create', {
      summary: `Create one of ${resource.title}`,
      description:
        'A new document. Its id and its owner are set by the gateway. A member that is not documented is refused.',
      parameters: [shared('IdempotencyKey'), shared('Prefer')],
      body: {
        type: 'application/json',
        description: 'The new document.',
        media: {
          schema: { $ref: `#/components/schemas/${names.schemas.create}` },
          ...example(sentExample(resource, 'create')),
        },
      },
      success: {
        201: json(
          'The document as it was made; without a body with `Prefer: return=minimal`.',
          names.schemas.item,
          itemExample(resource),
          'ETag',
          'Location',
          'PreferenceApplied',
        ),
      },
    });
  },
  update(resource, names) {
    return operation(names, 'update', {
      summary: `Change one of ${resource.title}`,
      description:
        'Sets the members that are sent and leaves the others (RFC 7396). The version that is changed must be named.',
      parameters: [idParameter(resource), shared('IfMatchRequired'), shared('Prefer')],
      body: {
        type: MERGE_PATCH,
        description: 'The members to set.',
        media: {
          schema: { $ref: `#/components/schemas/${names.schemas.update}` },
          ...example(sentExample(resource, 'update')),
        },
      },
      success: {
        200: json('The document as it is now.', names.schemas.item, itemExample(resource), 'ETag'),
        204: {
          description: 'It is changed; with `Prefer: return=minimal`.',
          headers: headersOf('ETag', 'PreferenceApplied'),
        },
      },
    });
  },
  delete(resource, names) {
    return operation(names, 'delete', {
      summary: `Delete one of ${resource.title}`,
      description: 'Deletes a document: of one version alone where If-Match names it.',
      parameters: [idParameter(resource), shared('IfMatch')],
      success: { 204: { description: 'It is deleted.', headers: headersOf() } },
    });
  },
} as const satisfies Record<ResourceOperation, (resource: Resource, names: ResourceNames) => Operation>;

interface Outline {
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly (Parameter | Reference)[];
  readonly body?: { readonly type: string; readonly description: string; readonly media: MediaType };
  readonly success: Readonly<Record<number, Response>>;
}

function operation(
  names: ResourceNames,
  kind: ResourceOperation,
  { summary, description, parameters, body, success }: Outline,
): Operation {
  return {
    operationId: names.operationId(kind),
    summary,
    description,
    tags: [names.tag],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { description: body.description, required: true, content: { [body.type]: body.media } },
    }),
    responses: {
      ...success,
      ...Object.fromEntries(statusesOf(kind).map((status) => [String(status), problemReference(status)])),
    },
  };
}

function json(description: string, schema: string, shown: unknown, ...headers: readonly HeaderName[]): Response {
  return {
    description,
    headers: headersOf(...headers),
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` }, ...example(shown) } },
  };
}

function example(value: unknown): { readonly example?: unknown } {
  return value === undefined ? {} : { example: value };
}

function itemExample(resource: Resource): Record<string, unknown> {
  const item: Record<string, unknown> = { id: exampleId(resource.id.type) };
  for (const field of resource.fields.values()) {
    const value = field.read ? shownExample(field) : undefined;
    if (value !== undefined) item[field.name] = value;
    else if (field.read && isNullable(field)) item[field.name] = null;
  }
  return item;
}

/** @returns undefined where a required member has no example that is surely valid */
function sentExample(resource: Resource, write: 'create' | 'update'): Record<string, unknown> | undefined {
  const body: Record<string, unknown> = {};
  for (const field of resource.fields.values()) {
    if (!field.write.has(write)) continue;
    const value = exampleOf(field.schema, field.name);
    if (value !== undefined) body[field.name] = value;
    else if (write === 'create' && field.required) return undefined;
  }
  return write === 'update' && Object.keys(body).length === 0 ? undefined : body;
}
