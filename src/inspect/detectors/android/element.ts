/**
 * Values of attributes, from binary XML (typed) and from text (as written) alike. The platform's own leniency: a boolean
 * of a binary document is any integer but 0, mostly -1.
 */
import type { XmlElement } from '../../source.ts';

export type Attribute = XmlElement['attributes'][string] | undefined;

/** Deepest nesting followed. No real document goes beyond five. */
const MAX_DEPTH = 20;

export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((one) => one.name === name);
}

export function childrenNamed(element: XmlElement | undefined, name: string): XmlElement[] {
  return element?.children.filter((one) => one.name === name) ?? [];
}

export function descendants(element: XmlElement | undefined, name: string, depth = 0): XmlElement[] {
  if (element === undefined || depth > MAX_DEPTH) return [];
  return element.children.flatMap((one) => [...(one.name === name ? [one] : []), ...descendants(one, name, depth + 1)]);
}

export function boolean(value: Attribute): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

/** `28`, also as text. Code names of previews (`Tiramisu`) and unresolved references are no integers. */
export function integer(value: Attribute): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined;
  return typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : undefined;
}

/** Text of an attribute; undefined when it is absent, empty or a reference to nothing. */
export function text(value: Attribute): string | undefined {
  return value === undefined || value === '' || value === '@null' ? undefined : String(value);
}
