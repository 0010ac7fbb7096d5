/** References of a document, followed. Ours are all into its own components. */
import { isReference, type OpenApiDocument, type Reference, type Schema } from '../document.ts';

type Section = Exclude<keyof OpenApiDocument['components'], 'securitySchemes'>;

export type Resolve = <T extends object>(section: Section, value: T | Reference) => T;

export function resolverOf(document: OpenApiDocument): Resolve {
  return <T extends object>(section: Section, value: T | Reference): T => {
    if (!isReference(value)) return value;
    const found = document.components[section][nameOf(value)];
    if (found === undefined) throw new TypeError('a reference of the document leads nowhere');
    return found as unknown as T;
  };
}

/** Last part of a reference: the name of a component. */
export function nameOf({ $ref }: { readonly $ref?: string }): string {
  return ($ref ?? '').slice(($ref ?? '').lastIndexOf('/') + 1);
}

/** A schema with what it refers to in its place, in a list too. */
export function flat(schema: Schema, resolve: Resolve): Schema {
  const own = schema.$ref === undefined ? schema : resolve<Schema>('schemas', { $ref: schema.$ref });
  return own.items === undefined ? own : { ...own, items: flat(own.items, resolve) };
}
