/**
 * String resources as text: res/values/*.xml of a library (AAR), which carries them uncompiled. What a string is for
 * stands in its name, `<string name="firebase_database_url">`.
 */
import type { XmlElement } from '../source.ts';
import { type ReadResult, read } from './result.ts';
import { parseXmlText } from './xml-text.ts';

export interface ValueString {
  text: string;
  /** `string/firebase_database_url`. */
  name: string;
  line?: number;
}

const LISTS = new Set(['array', 'string-array', 'plurals']);

export function isValuesFile(name: string): boolean {
  return /(?:^|\/)res\/values(?:-[\w+-]{1,60})?\/[^/]{1,200}\.xml$/.test(name);
}

/** @returns undefined when it is no such document; it may be readable as a text all the same */
export async function readValuesXml(
  bytes: Buffer,
  emit: (found: ValueString) => void,
): Promise<ReadResult | undefined> {
  const root = await parseXmlText(bytes);
  if (root?.name !== 'resources') return undefined;
  const values = new Map<string, string>();
  for (const { name, attributes, text } of root.children) {
    if (name === 'string') values.set(String(attributes.name), text.trim());
  }
  const lineOf = createLineFinder(bytes.toString('utf8'));
  let strings = 0;
  for (const resource of root.children) {
    const name = String(resource.attributes.name ?? '');
    const type = resource.name === 'item' ? String(resource.attributes.type ?? '') : resource.name;
    if (name === '') continue;
    const line = lineOf(name);
    const take = (raw: string, kind: string) => {
      const alias = /^@string\/([\w.]{1,200})$/.exec(raw)?.[1];
      const text = (alias === undefined ? undefined : values.get(alias)) ?? raw;
      if (text === '') return;
      strings++;
      emit({ text, name: `${kind}/${name}`, line });
    };
    if (type === 'string') take(plainText(resource), 'string');
    else if (LISTS.has(type)) {
      const kind = type === 'plurals' ? 'plurals' : 'array';
      for (const item of resource.children) take(plainText(item), kind);
    }
  }
  return read(`${strings} strings`);
}

/** Puts the values of `@string/…` in a text manifest, and the paths of `@xml/…`, where the compiler would put their ids. */
export function resolveNames(element: XmlElement, names: ReadonlyMap<string, string>): void {
  for (const [attribute, value] of Object.entries(element.attributes)) {
    const name = typeof value === 'string' ? /^@(string|xml)\/([\w.]{1,200})$/.exec(value) : null;
    if (name === null) continue;
    const found = name[1] === 'xml' ? `res/xml/${name[2]}.xml` : names.get(`string/${name[2]}`);
    if (found !== undefined) element.attributes[attribute] = found;
  }
  for (const child of element.children) resolveNames(child, names);
}

/** With the markup inside it taken out, as the platform does for `getString`. */
function plainText(element: XmlElement): string {
  return unescapeResource(textOf(element));
}

function textOf({ text, children }: XmlElement): string {
  return text + children.map(textOf).join('');
}

/** Quotes around it, and backslashes (https://developer.android.com/guide/topics/resources/string-resource#escaping_quotes). */
function unescapeResource(raw: string): string {
  const text = raw.trim();
  const inner = text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
  return inner.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, unit, character) => {
    if (unit !== undefined) return String.fromCharCode(Number.parseInt(unit, 16));
    return character === 'n' ? '\n' : character === 't' ? '\t' : character;
  });
}

/** Lines of names that are asked for in the order in which they stand. */
function createLineFinder(text: string): (name: string) => number {
  let at = 0;
  let line = 1;
  let missed = 0;
  return (name) => {
    // a name that is written otherwise is looked for to the end of the file: not often
    const found = missed > 20 ? -1 : text.indexOf(`name="${name}"`, at);
    if (found < 0) missed++;
    for (; at < found; at++) if (text.charCodeAt(at) === 0x0a) line++;
    return line;
  };
}
