import type { Resource } from '../contract/resource.ts';
import type { OpenApiDocument, PathItem, Schema } from './document.ts';
import { namesOf, type ResourceNames } from './names.ts';
import { pathsOf, statusesOf } from './operations.ts';
import { filterSchemas, SHARED_PARAMETERS, sortSchemas } from './parameters.ts';
import { HEADERS, PROBLEM_SCHEMA, problemResponses, VIOLATION_SCHEMA } from './responses.ts';
import { answerSchema, createSchema, updateSchema } from './schema.ts';
import { SCHEMES, type Scheme } from './security.ts';
import { resourceText, sentence } from './wording.ts';

/** The part of the policy's `ApiConfig` that is described. */
export interface DescribedApi {
  readonly title: string;
  readonly description: string;
  readonly resources: readonly Resource[];
}

export interface DescribeOptions {
  /** Where clients reach the gateway, without a path: `https://shop.example.org`. `/`, the publisher of the document, unless said. */
  readonly server?: string;
  /** The ways to authenticate that the policy has; tokens, with and without DPoP, unless said. */
  readonly schemes?: readonly Scheme[];
}

/** Versions that have resources, in the policy's order. */
export function versionsOf(config: DescribedApi): readonly string[] {
  return [...new Set(config.resources.flatMap(({ path }) => path.slice(0, 1)))];
}

/**
 * The exact description of one version of an API: what is in it works, what is not in it does not exist. It names what clients
 * see and nothing of what is behind: no store, no column, no claim, no role.
 *
 * @param version first segment of the paths: `v1`
 * @returns plain JSON, with its members always in the same order
 */
export function describeApi(config: DescribedApi, version: string, options: DescribeOptions = {}): OpenApiDocument {
  const taken = new Set<string>();
  const described = config.resources
    .filter(({ path, operations }) => path[0] === version && operations.size > 0)
    .map((resource) => ({ resource, names: namesOf(resource, taken) }));
  const paths: Readonly<Record<string, PathItem>> = Object.assign(
    {},
    ...described.map(({ resource, names }) => pathsOf(resource, names)),
  );
  const schemes = options.schemes ?? ['bearer', 'dpop'];
  return {
    openapi: '3.1.1',
    info: { title: config.title, version, description: introduction(config) },
    servers: [{ url: options.server ?? '/', description: 'The gateway.' }],
    security: schemes.map((scheme) => ({ [scheme]: [] })),
    tags: described.map(({ resource, names }) => ({
      name: names.tag,
      description: [sentence(resource.title), resourceText(resource)].filter((text) => text !== '').join(' '),
    })),
    paths,
    components: {
      schemas: { ...Object.assign({}, ...described.map(schemasOf)), ...sharedSchemas(described) },
      parameters: usedParameters(described.map(({ resource }) => resource)),
      headers: usedHeaders(described.map(({ resource }) => resource)),
      responses: problemResponses(
        new Set(described.flatMap(({ resource }) => [...resource.operations].flatMap(statusesOf))),
      ),
      securitySchemes: Object.fromEntries(schemes.map((scheme) => [scheme, SCHEMES[scheme]])),
    },
  };
}

interface Described {
  readonly resource: Resource;
  readonly names: ResourceNames;
}

function introduction(config: DescribedApi): string {
  return [
    sentence(config.description),
    'What is not described here does not exist: other paths are 404, other methods 405, other parameters 400, other members of a body 422.',
    'Errors are problems (RFC 9457).',
  ]
    .filter((text) => text !== '')
    .join(' ');
}

function schemasOf({ resource, names }: Described): Readonly<Record<string, Schema>> {
  const { operations } = resource;
  const { schemas } = names;
  const shows = (['list', 'get', 'create', 'update'] as const).some((operation) => operations.has(operation));
  return {
    ...(shows && { [schemas.item]: answerSchema(resource) }),
    ...(operations.has('list') && { [schemas.page]: pageSchema(resource, schemas.item) }),
    ...(operations.has('create') && { [schemas.create]: createSchema(resource) }),
    ...(operations.has('update') && { [schemas.update]: updateSchema(resource) }),
    ...((operations.has('list') || operations.has('count')) && filterSchemas(resource, names)),
    ...(operations.has('list') && sortSchemas(resource, names)),
  };
}

function pageSchema(resource: Resource, item: string): Schema {
  return {
    type: 'object',
    title: `${resource.title}: page`,
    properties: {
      items: { type: 'array', items: { $ref: `#/components/schemas/${item}` }, maxItems: resource.page.max },
      next: { type: ['string', 'null'], description: 'Cursor of the next page; null: this is the last one.' },
    },
    required: ['items', 'next'],
    additionalProperties: false,
  };
}

function sharedSchemas(described: readonly Described[]): Readonly<Record<string, Schema>> {
  const counts = described.some(({ resource }) => resource.operations.has('count'));
  return {
    ...(counts && {
      Count: {
        type: 'object',
        properties: { count: { type: 'integer', format: 'int64', minimum: 0 } },
        required: ['count'],
        additionalProperties: false,
      },
    }),
    ...(described.length > 0 && { Problem: PROBLEM_SCHEMA, Violation: VIOLATION_SCHEMA }),
  };
}

function usedParameters(resources: readonly Resource[]): OpenApiDocument['components']['parameters'] {
  const { IfMatch, IfMatchRequired, IfNoneMatch, IdempotencyKey, Prefer } = SHARED_PARAMETERS;
  return {
    ...(some(resources, 'delete') && { IfMatch }),
    ...(some(resources, 'update') && { IfMatchRequired }),
    ...(some(resources, 'get') && { IfNoneMatch }),
    ...(some(resources, 'create') && { IdempotencyKey }),
    ...((some(resources, 'create') || some(resources, 'update')) && { Prefer }),
  };
}

function usedHeaders(resources: readonly Resource[]): OpenApiDocument['components']['headers'] {
  const { ETag, Location, PreferenceApplied, ...rest } = HEADERS;
  return {
    ...rest,
    ...(['get', 'create', 'update'].some((operation) => some(resources, operation)) && { ETag }),
    ...(some(resources, 'create') && { Location }),
    ...(['create', 'update'].some((operation) => some(resources, operation)) && { PreferenceApplied }),
  };
}

function some(resources: readonly Resource[], operation: string): boolean {
  return resources.some(({ operations }) => [...operations].some((one) => one === operation));
}
