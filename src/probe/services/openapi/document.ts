/** An OpenAPI 3 or Swagger 2 document, in any shape: counts, and names of schemas and properties. */
import { at, isRecord, text } from '../../json.ts';
import { datasetName, fieldName } from '../../names.ts';
import type { ObservedDataset } from '../../service.ts';

export interface ApiDocument {
  version: string | undefined;
  paths: number;
  operations: number;
  /** Operations that, as the document says, ask for no login: reading and changing. */
  openReads: number;
  openWrites: number;
  schemas: ObservedDataset[];
}

const READS = new Set(['get', 'head']);
const WRITES = new Set(['post', 'put', 'patch', 'delete']);
const MOST_PATHS = 5_000;
const MOST_SCHEMAS = 200;
const MOST_FIELDS = 500;

/** `undefined` when the body is no such document. */
export function readDocument(body: unknown): ApiDocument | undefined {
  const dialect = text(at(body, 'openapi')) ?? text(at(body, 'swagger'));
  const paths = at(body, 'paths');
  if (dialect === undefined || !/^[23]\.\d/.test(dialect) || !isRecord(at(body, 'info')) || !isRecord(paths))
    return undefined;
  const items = Object.entries(paths).slice(0, MOST_PATHS);
  const everywhere = at(body, 'security');
  const document = { paths: items.length, operations: 0, openReads: 0, openWrites: 0 };
  for (const [, item] of items) {
    for (const [method, operation] of Object.entries(isRecord(item) ? item : {})) {
      if (!READS.has(method) && !WRITES.has(method)) continue;
      document.operations++;
      if (asksForLogin(at(operation, 'security') ?? everywhere)) continue;
      if (READS.has(method)) document.openReads++;
      else document.openWrites++;
    }
  }
  return { version: text(at(body, 'info', 'version')), ...document, schemas: schemasIn(body) };
}

/** `[]` and `[{}, …]` let strangers in (OpenAPI 3.1, section 4.8.10). */
function asksForLogin(security: unknown): boolean {
  return (
    Array.isArray(security) &&
    security.length > 0 &&
    security.every((one) => isRecord(one) && Object.keys(one).length > 0)
  );
}

function schemasIn(body: unknown): ObservedDataset[] {
  const schemas = at(body, 'components', 'schemas') ?? at(body, 'definitions');
  if (!isRecord(schemas)) return [];
  return Object.entries(schemas)
    .slice(0, MOST_SCHEMAS)
    .flatMap(([name, schema]) => {
      const properties = at(schema, 'properties');
      if (!isRecord(properties)) return [];
      return [{ name: datasetName(name), fields: Object.keys(properties).slice(0, MOST_FIELDS).map(fieldName) }];
    });
}
