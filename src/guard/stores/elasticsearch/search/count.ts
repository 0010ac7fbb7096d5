import { type Json, type JsonObject, jsonObject } from '../../../json/value.ts';
import { compileQuery } from '../query/index.ts';
import { mergeBody } from './compile.ts';
import { refuse } from './options.ts';
import { openScope, type SearchRoom } from './scope.ts';

/** A count is a query and nothing else. @throws Refusal `unsupported_option`, `unsupported_query`, `too_costly` */
export function compileCount(
  body: Json | undefined,
  _params: ReadonlyMap<string, string>,
  room: SearchRoom,
): { body: JsonObject } {
  const options = mergeBody(body, new Map());
  for (const name in options) if (name !== 'query') throw refuse('body', 'not a supported option');
  const scope = openScope(room);
  return { body: jsonObject([['query', compileQuery(options.query, scope.query)]]) };
}
