/** Answers of strangers as XML: nothing is assumed about their shape, and no entity of a document type is expanded. */

/** `undefined` when the bytes are not XML. One element is an object, several of one name are an array: see `listOf`. */
export async function parseXml(body: Buffer): Promise<unknown> {
  // Loaded on demand: most runs meet no store that speaks XML.
  const { XMLParser } = await import('fast-xml-parser');
  try {
    return new XMLParser({ parseTagValue: false, ignoreAttributes: true, processEntities: true }).parse(
      body.toString('utf8'),
    );
  } catch {
    return undefined;
  }
}

/** One element is not a list in parsed XML. */
export function listOf(value: unknown): unknown[] {
  if (value === undefined || value === '') return [];
  return Array.isArray(value) ? value : [value];
}
