/**
 * Names of what a document describes. All follow from a resource's path below its version alone, so that `/v2/orders` is generated
 * into the same names as `/v1/orders`, and a name never changes because another resource was added.
 */
import type { Resource, ResourceOperation } from '../contract/resource.ts';
import { COUNT } from '../contract/rest.ts';

/** What one operation is called, as generated clients name their methods. */
const OPERATION_IDS = {
  list: (name: string) => `list${name}`,
  count: (name: string) => `count${name}`,
  get: (name: string) => `get${name}Item`,
  create: (name: string) => `create${name}Item`,
  update: (name: string) => `update${name}Item`,
  delete: (name: string) => `delete${name}Item`,
} as const satisfies Record<ResourceOperation, (name: string) => string>;

export interface ResourceNames {
  /** `/v1/orders`, percent-encoded. */
  readonly collection: string;
  /** `/v1/orders/count`. */
  readonly count: string;
  /** `/v1/orders/{id}`. */
  readonly item: string;
  readonly tag: string;
  readonly schemas: {
    readonly item: string;
    readonly page: string;
    readonly create: string;
    readonly update: string;
    /** What a list can be sorted by. */
    readonly sort: string;
    /** By field: the values of a field that has few. */
    readonly values: ReadonlyMap<string, string>;
  };
  operationId(operation: ResourceOperation): string;
}

/** The operations of a resource under names of its own. `taken` collects the names of one document. */
export function namesOf(resource: Resource, taken: Set<string>): ResourceNames {
  const below = resource.path.slice(1);
  const name = unique(pascal(below.join('-')), taken);
  const collection = `/${resource.path.map(encodeSegment).join('/')}`;
  return {
    collection,
    count: `${collection}/${COUNT}`,
    item: `${collection}/{id}`,
    tag: below.join('/'),
    schemas: {
      item: `${name}Item`,
      page: `${name}Page`,
      create: `${name}Create`,
      update: `${name}Update`,
      sort: `${name}SortKey`,
      values: valuesOf(resource, name),
    },
    operationId: (operation) => OPERATION_IDS[operation](name),
  };
}

function valuesOf(resource: Resource, name: string): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  const fields = [...resource.fields.values()].filter(({ schema }) => schema.oneOf !== null);
  return new Map(fields.map((field) => [field.name, `${name}${unique(pascal(field.name), taken)}Value`]));
}

/** `shop-orders` and `shop_orders` → `ShopOrders`. ASCII: it becomes the name of a class in many languages. */
function pascal(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return /^[A-Za-z]/.test(name) ? name : `Resource${name}`;
}

/** Only paths that differ in nothing but punctuation need a number. */
function unique(name: string, taken: Set<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count++) free = `${name}${count}`;
  taken.add(free);
  return free;
}

/** A literal segment of a path template: `{` and `}` would be a parameter there. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment);
}
