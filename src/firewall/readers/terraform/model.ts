/** Resources of Terraform in one shape, whether they come from a plan, a state or the source. */
import type { Filter, Place } from '../../model.ts';

/** What is known only when Terraform runs; `text` is the expression, e.g. `var.office` or `aws_security_group.db.id`. */
export class Unknown {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Value = null | boolean | number | string | Unknown | readonly Value[] | { readonly [key: string]: Value };
export type Values = { readonly [key: string]: Value };

export interface Resource {
  /** `aws_security_group.db`, with the module before it where there is one. */
  address: string;
  type: string;
  name: string;
  values: Values;
  place: Place;
}

export type Provider = 'aws' | 'gcp' | 'azure';

/** A security group, the firewall rules of a network (for one set of tags), or a network security group. */
export interface CloudGroup {
  provider: Provider;
  /** Address of the resource, or the network. */
  name: string;
  place: Place;
  filter: Filter;
}

export function isValues(value: Value | undefined): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Unknown);
}

/** A block that may stand once (a map) or several times (a list of maps). */
export function blocksOf(value: Value | undefined): Values[] {
  return (Array.isArray(value) ? value : [value ?? null]).filter(isValues);
}

export function stringOf(value: Value | undefined): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(value: Value | undefined): number | undefined {
  if (typeof value === 'string' && /^-?\d{1,9}$/.test(value)) return Number(value);
  return typeof value === 'number' ? value : undefined;
}
