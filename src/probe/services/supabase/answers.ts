/** Answers of PostgREST (https://docs.postgrest.org/en/stable/references/errors.html) and of the gateway before it. */
import type { HttpAnswer } from '../../../net/connection.ts';
import { at, count, isRecord, parseJson, text } from '../../json.ts';
import { fieldName } from '../../names.ts';
import { parseVersion } from '../../observations.ts';

/** PostgREST refuses with `{"code":…,"message":…}`, the gateway with `{"message":…}` alone. */
export interface ApiRefusal {
  status: number;
  /** `PGRST205`, `42501`; of the gateway nothing. */
  code: string;
  gateway: 'no key' | 'wrong key' | 'no route' | undefined;
}

export function readRefusal(answer: HttpAnswer): ApiRefusal | undefined {
  const body = parseJson(answer.body);
  const message = text(at(body, 'message'));
  if (answer.status < 400 || message === undefined) return undefined;
  const code = text(at(body, 'code')) ?? '';
  return {
    status: answer.status,
    code: /^(?:PGRST[0-9A-Z]{3}|[0-9A-Z]{5})$/.test(code) ? code : '',
    gateway: /^No API key found/i.test(message)
      ? 'no key'
      : /^Invalid (?:API key|authentication credentials)/i.test(message)
        ? 'wrong key'
        : /^no Route matched/i.test(message)
          ? 'no route'
          : undefined,
  };
}

export interface ListedTable {
  name: string;
  columns: string[];
  /** By column, in PostgreSQL's words. */
  types: Record<string, string>;
  /** The column that is the primary key alone: one row each. */
  key: string | undefined;
  /** The API offers to insert, change or delete; row security may still refuse. */
  offersWriting: boolean;
}

export interface OpenApi {
  version: string | undefined;
  tables: ListedTable[];
  functions: number;
}

const MOST_TABLES = 500;
const MOST_COLUMNS = 500;
/** `character varying`, `timestamp with time zone`, `text[]` */
const TYPE = /^[a-z][a-z0-9 _]{0,40}(?:\[\])?$/;

/** PostgREST's description of itself: Swagger 2.0 with one definition per table and one path per table and function. */
export function readOpenApi(answer: HttpAnswer): OpenApi | undefined {
  const body = parseJson(answer.body);
  const named = /postgrest/i.test(
    `${text(at(body, 'info', 'title')) ?? ''} ${text(at(body, 'externalDocs', 'url')) ?? ''}`,
  );
  if (answer.status !== 200 || text(at(body, 'swagger')) !== '2.0') return undefined;
  if (!named && postgrestVersion(answer) === undefined) return undefined;
  const paths = at(body, 'paths');
  const definitions = at(body, 'definitions');
  const described = isRecord(definitions) ? Object.entries(definitions).slice(0, MOST_TABLES) : [];
  return {
    version: parseVersion(text(at(body, 'info', 'version'))),
    tables: described.map(([name, definition]) => {
      const properties = at(definition, 'properties');
      const offered = at(paths, `/${name}`);
      const columns = isRecord(properties) ? Object.entries(properties).slice(0, MOST_COLUMNS) : [];
      // PostgREST marks them so in the column's description.
      const keys = columns.filter(([, one]) => (text(at(one, 'description')) ?? '').includes('<pk/>'));
      return {
        name,
        columns: columns.map(([column]) => column),
        types: Object.fromEntries(
          columns.flatMap(([column, one]) => {
            const type = text(at(one, 'format')) ?? '';
            return TYPE.test(type) ? [[fieldName(column), type] as const] : [];
          }),
        ),
        key: keys.length === 1 ? keys[0]?.[0] : undefined,
        offersWriting: isRecord(offered) && ['post', 'patch', 'delete'].some((method) => method in offered),
      };
    }),
    functions: isRecord(paths) ? Object.keys(paths).filter((path) => path.startsWith('/rpc/')).length : 0,
  };
}

/** `Server: postgrest/12.2.1` */
export function postgrestVersion({ headers }: HttpAnswer): string | undefined {
  return parseVersion(/^postgrest\/(.*)$/i.exec(headers.server ?? '')?.[1]);
}

/** Headers of Supabase's own edge. */
export function isSupabaseEdge({ headers }: HttpAnswer): boolean {
  return headers['sb-project-ref'] !== undefined || headers['sb-gateway-version'] !== undefined;
}

/** `Content-Range: 0-0/3`: a row is visible, of three; `*` + `/0`: none is. */
export function readRange(answer: HttpAnswer): { visible: boolean; total: number | undefined } | undefined {
  const match = /^(\*|\d{1,15}-\d{1,15})\/(\*|\d{1,15})$/.exec(answer.headers['content-range'] ?? '');
  if ((answer.status !== 200 && answer.status !== 206) || match === null) return undefined;
  return { visible: match[1] !== '*', total: count(match[2]) };
}
