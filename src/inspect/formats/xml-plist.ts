/**
 * XML property lists (DTD PropertyList-1.0): plist > dict (key, value, key, value, …) | array | string | integer | real |
 * date | data | true | false. Lenient, because half a list is better than none: a key without a value, or a value
 * without a key, is left out.
 */
import type { PlistValue, XmlElement } from '../source.ts';
import { parseXml } from './xml-text.ts';

/** @throws Error when the text is no property list, is nested too deep, or declares entities */
export async function readXmlPlist(xml: string): Promise<PlistValue> {
  // Entities of a document's own are never needed in a property list and only ever blow up.
  if (/<!ENTITY/i.test(xml)) throw new Error('it declares entities');
  const root = await parseXml(xml);
  if (root?.name !== 'plist') throw new Error('it has no plist element');
  const top = root.children[0];
  return top === undefined ? null : plistValue(top);
}

function plistValue({ name, text, children }: XmlElement): PlistValue {
  switch (name) {
    case 'dict':
      return dictionary(children);
    case 'array':
      return children.map(plistValue);
    case 'string':
    case 'key':
      return text;
    case 'integer':
      return integer(text.trim());
    case 'real':
      return Number.parseFloat(text);
    case 'true':
      return true;
    case 'false':
      return false;
    case 'date':
      return new Date(text.trim());
    case 'data':
      return Buffer.from(text, 'base64');
    default:
      return null;
  }
}

function integer(text: string): PlistValue {
  if (!/^[+-]?(?:\d{1,40}|0x[0-9a-f]{1,32})$/i.test(text)) return null;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text.replace('+', ''));
}

function dictionary(children: readonly XmlElement[]): PlistValue {
  const result: { [key: string]: PlistValue } = {};
  let key: string | undefined;
  for (const child of children) {
    if (child.name === 'key') key = child.text;
    else if (key !== undefined) {
      // defined, not assigned: a key may be called __proto__
      const value = plistValue(child);
      Object.defineProperty(result, key, { value, enumerable: true, writable: true, configurable: true });
      key = undefined;
    }
  }
  return result;
}
