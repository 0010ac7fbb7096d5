/** A command for each operation, with the document's own examples: whatever they hold is one word to a shell. */
import type { Method, OpenApiDocument, Operation, Parameter } from '../document.ts';
import type { Resolve } from './resolve.ts';

const BREAK = ' \\\n  ';

export function curlFor(
  document: OpenApiDocument,
  path: string,
  method: Method,
  operation: Operation,
  resolve: Resolve,
): string {
  const parameters = (operation.parameters ?? []).map((one) => resolve<Parameter>('parameters', one));
  const words = ['curl'];
  if (method !== 'get') words.push(`-X ${method.toUpperCase()}`);
  words.push(word(urlOf(document, path, parameters)), `-H 'Authorization: Bearer '"$TOKEN"`);
  for (const { name, required, example } of parameters.filter((one) => one.in === 'header')) {
    if (required === true || name === 'Idempotency-Key') words.push(`-H ${word(`${name}: ${String(example)}`)}`);
  }
  for (const [type, { example }] of Object.entries(operation.requestBody?.content ?? {})) {
    words.push(`-H ${word(`Content-Type: ${type}`)}`);
    if (example !== undefined) words.push(`--data ${word(JSON.stringify(example))}`);
  }
  return words.join(BREAK).replace(`curl${BREAK}`, 'curl ');
}

/** With the id of the example, and the first filter of a list. */
function urlOf(document: OpenApiDocument, path: string, parameters: readonly Parameter[]): string {
  const id = parameters.find((one) => one.in === 'path');
  const filter = parameters.find((one) => one.in === 'query' && one.name !== 'cursor' && one.example !== undefined);
  const origin = document.servers[0]?.url ?? '/';
  const base = origin === '/' ? 'https://api.example.org' : origin;
  const place = id === undefined ? path : path.replace(`{${id.name}}`, encodeURIComponent(String(id.example)));
  const query =
    filter && `?${encodeURIComponent(filter.name)}=${encodeURIComponent([filter.example].flat().join(','))}`;
  return `${base}${place}${query ?? ''}`;
}

/** One word of a POSIX shell. */
function word(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
