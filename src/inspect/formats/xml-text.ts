/** Text XML (a manifest or network security configuration that was not compiled) as the tree that binary XML gives. */
import type { XmlElement } from '../source.ts';

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_DEPTH = 200;
const ATTRIBUTES = ':@';

/** @returns undefined when it is not well-formed enough, too large, or brings a document type (and so entities) */
export async function parseXmlText(bytes: Buffer): Promise<XmlElement | undefined> {
  if (bytes.length > MAX_BYTES) return undefined;
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) return undefined;
  try {
    return await parseXml(text);
  } catch {
    return undefined;
  }
}

/**
 * The root element. Tags that are never closed end with the text.
 *
 * @throws Error when the parser gives up or elements are nested too deep
 */
export async function parseXml(text: string): Promise<XmlElement | undefined> {
  const { XMLParser } = await import('fast-xml-parser'); // rarely needed, so loaded when it is
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    removeNSPrefix: true,
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    htmlEntities: true, // numeric references such as &#246;
  });
  const nodes: unknown = parser.parse(text.slice(0, text.lastIndexOf('>') + 1)); // a tag that breaks off is an error
  return Array.isArray(nodes) ? childrenOf(nodes, 0).children.find((node) => !node.name.startsWith('?')) : undefined;
}

function childrenOf(nodes: unknown[], depth: number): { children: XmlElement[]; text: string } {
  const children: XmlElement[] = [];
  let text = '';
  if (depth > MAX_DEPTH) throw new Error(`nested deeper than ${MAX_DEPTH}`);
  for (const node of nodes) {
    if (node === null || typeof node !== 'object') continue;
    let attributes: Record<string, string | number | boolean> = {};
    for (const [name, value] of Object.entries(node)) if (name === ATTRIBUTES) attributes = attributesOf(value);
    for (const [name, value] of Object.entries(node)) {
      if (name === '#text') text += String(value);
      else if (name !== ATTRIBUTES && Array.isArray(value)) {
        children.push({ name, attributes, ...childrenOf(value, depth + 1) });
      }
    }
  }
  return { children, text };
}

/** Booleans become booleans, as in the compiled form; numbers stay text because versions look like numbers. */
function attributesOf(value: unknown): Record<string, string | number | boolean> {
  const result: Record<string, string | number | boolean> = {};
  if (value === null || typeof value !== 'object') return result;
  for (const [name, raw] of Object.entries(value)) {
    const text = String(raw);
    result[name] = text === 'true' ? true : text === 'false' ? false : text;
  }
  return result;
}
