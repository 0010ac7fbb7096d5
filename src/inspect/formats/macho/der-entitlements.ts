/**
 * Entitlements in DER, which iOS 15 and later reads instead of the XML ones (Apple TN3125, "Inside Code Signing:
 * Provisioning Profiles"):
 *
 *   Entitlements ::= [APPLICATION 16] { INTEGER 1, Dictionary }
 *   Dictionary   ::= [CONTEXT 16] { SEQUENCE { UTF8String key, value } … }
 *   value        ::= BOOLEAN | INTEGER | UTF8String | SEQUENCE OF value | Dictionary
 */
import type { PlistValue } from '../../source.ts';
import { type DerNode, derChildren, derNode } from '../der.ts';

const DICTIONARY = 0xb0;
const DEEPEST = 16;
const MOST_VALUES = 10_000;

export function derEntitlements(bytes: Buffer): PlistValue | undefined {
  const top = derNode(bytes, 0, bytes.length);
  if (top === undefined) return undefined;
  let left = MOST_VALUES;
  const dictionary = top.tag === DICTIONARY ? top : derChildren(bytes, top).find(({ tag }) => tag === DICTIONARY);
  return dictionary === undefined ? undefined : decode(dictionary, 0);

  function decode(node: DerNode, depth: number): PlistValue {
    if (depth > DEEPEST || left-- <= 0) return null;
    switch (node.tag) {
      case 0x01:
        return bytes[node.content] !== 0;
      case 0x02:
        return node.end - node.content <= 6 && node.end > node.content
          ? bytes.readIntBE(node.content, node.end - node.content)
          : null;
      case 0x0c:
        return bytes.toString('utf8', node.content, node.end);
      case 0x30:
      case 0x31:
        return derChildren(bytes, node).map((child) => decode(child, depth + 1));
      case DICTIONARY:
        return dictionaryOf(node, depth);
      default:
        return null;
    }
  }

  function dictionaryOf(node: DerNode, depth: number): PlistValue {
    const result: { [key: string]: PlistValue } = {};
    for (const pair of derChildren(bytes, node, 4_096)) {
      const [key, value] = derChildren(bytes, pair, 2);
      if (key?.tag !== 0x0c || value === undefined) continue;
      // defined, not assigned: a key may be called __proto__
      Object.defineProperty(result, bytes.toString('utf8', key.content, key.end), {
        value: decode(value, depth + 1),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return result;
  }
}
