/** What rules for templates share. */
import type { Property, Resource } from '../../formats/cloudformation/read.ts';
import type { Fix, Hit, ReadFile } from '../../model.ts';

export type Template = ReadFile<'cloudformation'>;

const REFERENCE = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference';

/** The page of a resource type in the reference of AWS: `rds-dbinstance`. */
export function page(name: string): string {
  return `${REFERENCE}/aws-resource-${name}.html`;
}

/** A template with one resource, for examples. */
export function template(type: string, properties: string, more = ''): string {
  const indented = properties
    .split('\n')
    .map((line) => (line === '' ? '' : `      ${line}`))
    .join('\n');
  return `AWSTemplateFormatVersion: "2010-09-09"\nResources:\n  It:\n    Type: ${type}\n    Properties:\n${indented}\n${more}`;
}

export function ofTypes({ document }: Template, types: readonly string[]): Resource[] {
  return document.resources.filter(({ type }) => types.includes(type));
}

export function hitAt(resource: Resource, path: string, property: Property, rest: Omit<Hit, 'pointer' | 'span'>): Hit {
  return { service: resource.id, pointer: `Resources.${resource.id}.Properties.${path}`, span: property.span, ...rest };
}

/** Writes another value where a plain one stands; null where a function makes it or nothing is written. */
export function setTo({ entry }: Property, text: string, rest: Omit<Fix, 'edits'>): Fix | null {
  const node = entry?.value;
  if (node?.kind !== 'scalar' || node.tag !== undefined || !node.inner || node.inner.end <= node.inner.start)
    return null;
  return { ...rest, edits: [{ ...node.inner, text }] };
}

export function isOn(value: unknown): boolean {
  return value === true || value === 'true';
}

export function isOff(value: unknown): boolean {
  return value === false || value === 'false';
}
