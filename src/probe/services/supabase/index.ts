/**
 * Supabase and PostgREST: `{reference}.supabase.co/rest/v1` with the anonymous key that the app carries, the same behind a
 * gateway of one's own (8000, 54321), and PostgREST itself (3000), which wants no key. Identifier: `anonKey` (the anonymous
 * or publishable key; secret ones are refused before anything is sent); `datasets` of the target are tables and views, for
 * servers that do not list them.
 *
 * ```
 * GET /                       PostgREST: 200 {"swagger":"2.0","info":{"title":"PostgREST API",…},"definitions":…}: tables and
 *                             columns; 404 PGRST126: the list is turned off; 401 PGRST302: anonymous access is disabled
 * GET /rest/v1/               the same behind the gateway; 401 {"message":"No API key found in request"}; Supabase's own
 *                             hosts list nothing to the anonymous key since March 2026
 * GET …/<random>?select=*&limit=1    404 PGRST205 or 42P01: no such table; 200: a catch-all
 * HEAD …/<table>?select=*&limit=1    Prefer: count=estimated. 200 or 206 with `Content-Range: 0-0/3`: rows are visible;
 *                             `*` + `/0`: empty, or row security filters all of them; 401 or 403 (42501): no privilege; 404
 * ```
 *
 * HEAD is answered without a body, so no row leaves the database. Functions (`/rpc/…`) may write: they are counted, never
 * called. Whether row security lets a stranger write cannot be told without writing.
 */
import type { HttpAnswer, PostingSession } from '../../../net/connection.ts';
import { identifierOf, namedDatasets } from '../../identifiers.ts';
import { isRecord, parseJson, text } from '../../json.ts';
import { datasetName, fieldName, grouped } from '../../names.ts';
import { takeDocuments } from '../../nested.ts';
import { sumKnown, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { COUNTED, FEW_ROWS, ONE_ROW, type Prefix, supabaseAllow, supabaseSampling, TABLE } from './allow.ts';
import {
  type ApiRefusal,
  isSupabaseEdge,
  type ListedTable,
  type OpenApi,
  postgrestVersion,
  readOpenApi,
  readRange,
  readRefusal,
} from './answers.ts';

const PROTOCOL = 'PostgREST or Supabase';
const WHOLE = new RegExp(`^${TABLE.source}$`);
const MOST_TABLES = 30;
const HOST = /\.supabase\.co\.?$/i;

interface Dialogue {
  session: PostingSession;
  context: ProbeContext;
  prefix: Prefix;
  headers: Record<string, string>;
}

async function askSupabase(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const root = HOST.test(context.host) ? undefined : await session.get('/');
  const bare = root !== undefined && isPostgrest(root);
  if (root !== undefined) context.record('GET /', shapeOf(root));
  const key = identifierOf(context, 'anonKey');
  const dialogue: Dialogue = {
    session,
    context,
    prefix: bare ? '' : '/rest/v1',
    headers: key === undefined || bare ? {} : { apikey: key },
  };
  const control = await get(dialogue, `/${context.nonce()}${ONE_ROW}`, `/<random>${ONE_ROW}`);
  const refusal = readRefusal(control);
  const product = dialogue.prefix === '' ? 'postgrest' : 'supabase';
  const version = postgrestVersion(control) ?? (root === undefined ? undefined : postgrestVersion(root));
  const base = { identified: true, product, ...(version === undefined ? {} : { version }), datasets: [] };
  if (control.status < 300 && (bare || isSupabaseEdge(control))) {
    return {
      ...base,
      verdict: 'inconclusive',
      reason: `the control request for a table that cannot exist was answered with ${control.status}`,
      notTested: ['what a stranger gets here'],
    };
  }
  if (refusal === undefined) return unidentified(PROTOCOL);
  if (refusal.code !== 'PGRST205' && refusal.code !== '42P01') return { ...base, ...closed(refusal, control, key) };
  const described = bare ? root : await get(dialogue, '/', '/');
  const openApi = described === undefined ? undefined : readOpenApi(described);
  const told = version ?? openApi?.version;
  return { ...base, ...(told === undefined ? {} : { version: told }), ...(await askTables(dialogue, openApi)) };
}

/** The API answers, and not with "no such table". */
function closed(
  refusal: ApiRefusal,
  answer: HttpAnswer,
  key: string | undefined,
): Pick<Observation, 'identified' | 'tentative' | 'verdict' | 'reason' | 'notTested'> {
  const ours = refusal.code.startsWith('PGRST') || isSupabaseEdge(answer);
  const notTested = ['what a stranger gets here'];
  if (refusal.gateway === 'no key' || refusal.gateway === 'wrong key') {
    const reason =
      key === undefined
        ? 'the gateway wants the anonymous key that the app carries (list it as `anonKey` under `identifiers`)'
        : 'the gateway refuses the key that the scope names';
    return { identified: true, ...(ours ? {} : { tentative: true }), verdict: 'inconclusive', reason, notTested };
  }
  if (!ours) return { ...unidentified(PROTOCOL) };
  if (refusal.status === 401 || refusal.status === 403) {
    const reason =
      refusal.code === 'PGRST302'
        ? 'anonymous access is disabled'
        : `requests without a user are refused (${refusal.status} ${refusal.code})`;
    return { identified: true, verdict: 'secured', reason, notTested: [] };
  }
  const reason = `the control request was answered with ${refusal.status} ${refusal.code}`.trim();
  return { identified: true, verdict: 'inconclusive', reason, notTested };
}

type Told = Pick<Observation, 'verdict' | 'documents' | 'datasets' | 'reason' | 'notTested'>;

async function askTables(dialogue: Dialogue, openApi: OpenApi | undefined): Promise<Told> {
  const { context } = dialogue;
  const listed = new Map(openApi?.tables.map((table) => [table.name, table]));
  const names = [...new Set([...(context.options.datasets ?? []), ...listed.keys()])];
  const { asked, left } = namedDatasets(names, WHOLE, MOST_TABLES);
  const datasets: ObservedDataset[] = [];
  let [hidden, unsettled] = [0, 0];
  for (const name of asked) {
    const answer = await head(dialogue, name);
    const range = readRange(answer);
    if (range === undefined) {
      if (![401, 403, 404].includes(answer.status)) unsettled++;
    } else if (range.visible) {
      datasets.push(await describeTable(dialogue, name, range.total, listed.get(name)));
    } else hidden++;
  }
  const notTested = ['whether row security lets a stranger insert, change or delete'];
  const offered = openApi?.tables.filter(({ offersWriting }) => offersWriting).length ?? 0;
  if (offered > 0) notTested.push(`writing, which the API offers for ${offered} tables`);
  if (hidden > 0) notTested.push(`${hidden} tables that are empty, or of which row security shows no row`);
  if (unsettled > 0) notTested.push(`${unsettled} tables that answered neither with rows nor with a refusal`);
  if (left > 0) notTested.push(`${left} further tables`);
  if (openApi?.functions) notTested.push(`${openApi.functions} functions, which may write and were not called`);
  const documents = sumKnown(datasets.map((one) => one.documents));
  if (datasets.length > 0) {
    if (datasets.some(({ fields }) => fields.length === 0)) notTested.push('column names: they stand in rows only');
    return {
      verdict: 'anonymous-read',
      ...(documents === undefined ? {} : { documents }),
      datasets,
      reason: `a stranger reads ${datasets.length} of ${asked.length} tables, with about ${grouped(documents ?? 0)} rows`,
      notTested,
    };
  }
  if (unsettled > 0) {
    const reason = `${unsettled} of ${asked.length} tables answered neither with rows nor with a refusal`;
    return { verdict: 'inconclusive', datasets, reason, notTested };
  }
  if (listed.size > 0) {
    const known = [...listed.values()].slice(0, MOST_TABLES);
    return {
      verdict: 'metadata-only',
      datasets: known.map((one) => ({ name: datasetName(one.name), fields: [...new Set(one.columns.map(fieldName))] })),
      reason: `a stranger is shown the names and columns of ${listed.size} tables, and no row`,
      notTested,
    };
  }
  notTested.push(asked.length === 0 ? 'tables by name (list them under `datasets` of the target)' : 'other tables');
  const what =
    asked.length === 0 ? 'a stranger gets no list of tables' : `no row of the ${asked.length} tables is shown`;
  return { verdict: 'secured', datasets, reason: what, notTested };
}

async function describeTable(
  dialogue: Dialogue,
  table: string,
  rows: number | undefined,
  listed: ListedTable | undefined,
): Promise<ObservedDataset> {
  const name = datasetName(table);
  const sampled = await sampledFields(dialogue, table);
  const fields = [...new Set([...(listed?.columns ?? []).map(fieldName), ...sampled])];
  const types = listed?.types ?? {};
  const key = listed?.key === undefined ? undefined : fieldName(listed.key);
  const subject = dialogue.context.subjectFields?.(name, fields).find((field) => field === key);
  return {
    name,
    ...(rows === undefined ? {} : { documents: rows }),
    fields,
    ...(Object.keys(types).length > 0 ? { fieldTypes: types } : {}),
    ...(subject === undefined || rows === undefined ? {} : { people: { count: rows, how: 'records', field: subject } }),
  };
}

async function get({ session, context, prefix, headers }: Dialogue, path: string, shown: string): Promise<HttpAnswer> {
  const answer = await session.get(`${prefix}${path}`, Object.keys(headers).length > 0 ? { headers } : {});
  context.record(`GET ${prefix}${shown}`, shapeOf(answer));
  return answer;
}

async function head({ session, context, prefix, headers }: Dialogue, table: string): Promise<HttpAnswer> {
  const answer = await session.head(`${prefix}/${table}${ONE_ROW}`, { headers: { ...headers, ...COUNTED } });
  const range = readRange(answer);
  const seen = range === undefined ? '' : range.visible ? ', rows are visible' : ', no row is visible';
  context.record(`HEAD ${prefix}/${datasetName(table)}${ONE_ROW}`, `${answer.status}${seen}`);
  return answer;
}

/** Only with `--sample`: the fields' names leave this function, their values go to the sink and nowhere else. */
async function sampledFields({ session, context, prefix, headers }: Dialogue, table: string): Promise<string[]> {
  const { values } = context;
  if (values === undefined) return [];
  const answer = await session.get(`${prefix}/${table}${FEW_ROWS}`, { headers });
  context.record(`GET ${prefix}/${datasetName(table)}${FEW_ROWS}`, `${answer.status}, values in memory only`);
  const rows = parseJson(answer.body);
  return takeDocuments(values, datasetName(table), Array.isArray(rows) ? rows : []);
}

/** The root is PostgREST itself, not the gateway before it. */
function isPostgrest(root: HttpAnswer): boolean {
  if (/kong|envoy/i.test(root.headers.server ?? '') || root.headers['x-kong-response-latency'] !== undefined)
    return false;
  return (
    postgrestVersion(root) !== undefined ||
    readOpenApi(root) !== undefined ||
    (readRefusal(root)?.code.startsWith('PGRST') ?? false)
  );
}

function shapeOf(answer: HttpAnswer): string {
  const refusal = readRefusal(answer);
  const openApi = readOpenApi(answer);
  if (openApi !== undefined) return `200, ${openApi.tables.length} tables`;
  if (refusal === undefined) return `${answer.status}`;
  return [answer.status, refusal.code || refusal.gateway].filter((word) => word).join(' ');
}

/** The gateway answers its root with "no route", a redirect or the login of Studio; a JSON answer of others is none of ours. */
function recognise(root: HttpAnswer): 'sure' | 'possible' | 'no' {
  if (isPostgrest(root)) return 'sure';
  const body = parseJson(root.body);
  return root.status === 200 && isRecord(body) && text(body.swagger) === undefined ? 'no' : 'possible';
}

export const supabase: ProbeService = {
  id: 'supabase',
  aliases: ['postgrest'],
  title: 'Supabase (PostgREST)',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 443, tls: 'first', managedOnly: true },
    { port: 3000, tls: 'retry' },
    { port: 8000, tls: 'retry' },
    { port: 54_321, tls: 'retry' },
  ],
  recognise,
  allow: supabaseAllow,
  sampling: supabaseSampling,
  managed: true,
  remediation: {
    developer:
      '`ALTER TABLE t ENABLE ROW LEVEL SECURITY;` on every exposed table, and `CREATE POLICY … TO authenticated USING (auth.uid() = user_id)`; never ship a `service_role` or `sb_secret_` key; mark functions that strangers need with `SECURITY INVOKER`.',
    it: '`REVOKE ALL ON ALL TABLES IN SCHEMA public FROM anon;` and `ALTER DEFAULT PRIVILEGES … REVOKE ALL ON TABLES FROM anon`; set `openapi-mode = "disabled"`; on servers of your own close 3000, 5432, 8000 and 54321 to 54324 in the firewall.',
    security:
      'Treat the rows as read by strangers: the key is in every copy of the app. Look in the API logs for `select=*` without a user, run the security advisor, and judge the duty to notify.',
  },
  references: [
    'https://supabase.com/docs/guides/database/postgres/row-level-security',
    'https://supabase.com/docs/guides/api/api-keys',
    'https://docs.postgrest.org/en/stable/references/api/pagination_count.html',
    'https://docs.postgrest.org/en/stable/references/errors.html',
  ],
  tested: [
    {
      how: 'recorded',
      what: 'refusals as quoted in github.com/PostgREST/postgrest/issues/3656, supabase/postgrest-js/issues/305, AppFlowy-IO/AppFlowy/issues/4313 and nuxt-modules/supabase/issues/195',
    },
    { how: 'documentation', what: 'descriptions and counts as in PostgREST’s documentation' },
  ],
  probe: askSupabase,
};
