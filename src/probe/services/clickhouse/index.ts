/**
 * ClickHouse over HTTP, 8123 and 8443 (TLS).
 *
 * | request | answer |
 * |---|---|
 * | `GET /ping` | `Ok.` |
 * | `GET /?query=SELECT postern_<random>` | `Code: 47`, unknown identifier; 192–195, 516: the user default is closed; 200: a honeypot |
 * | `GET /?query=` system.tables, parts, columns, `SHOW GRANTS` | names, rows, bytes, rights |
 * | `POST /` `SELECT … name = 'readonly'` | 0: writing is allowed. A GET always reports 2, for the server forces it |
 *
 * Everything else goes by GET, which the server itself keeps read-only.
 * Sources: https://clickhouse.com/docs/interfaces/http, system tables, and a real server.
 */
import type { HttpAnswer } from '../../../net/connection.ts';
import { allowRequests, type RequestTemplate } from '../../../net/request-templates.ts';
import { at, parseJson } from '../../json.ts';
import { unidentified } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { COLUMNS, controlQuery, GRANTS, PARTS, READ_ONLY, TABLES, VERSION } from './queries.ts';
import { type AskSql, type SqlAnswer, survey } from './survey.ts';

const FORMAT = ' FORMAT JSONCompact';
const TEMPLATES: readonly RequestTemplate[] = [
  { path: '/ping', why: 'whether it is a ClickHouse' },
  { path: pathOf(controlQuery('<nonce>')), why: 'a column that cannot exist; must be refused' },
  { path: pathOf(VERSION), why: 'the version' },
  { path: pathOf(TABLES), why: 'names of tables' },
  { path: pathOf(PARTS), why: 'rows and bytes, from metadata' },
  { path: pathOf(COLUMNS), why: 'names and types of columns' },
  { path: pathOf(GRANTS), why: 'what the user default may do' },
  {
    method: 'POST',
    path: '/',
    body: `${READ_ONLY}${FORMAT}`,
    why: 'whether writing is allowed; a GET would always say no',
  },
];

export const clickhouseAllow = allowRequests(TEMPLATES);

export const CLICKHOUSE_REMEDIATION = {
  developer:
    'Query from the back end with a user of its own over HTTPS; the app itself must never hold a ClickHouse address.',
  it: 'users.xml: give the user `default` a `<password_sha256_hex>` and `<networks>` of private addresses, `<profile>readonly</profile>` where it only reads; config.xml: `<listen_host>127.0.0.1</listen_host>` or the private address. Close 8123, 8443, 9000, 9440 and 9009 in the firewall.',
  security:
    'Whoever reached this port could run any query, table functions such as `url()` and `file()` included: treat the data as copied and look for unknown tables.',
} as const;

export const clickhouse: ProbeService = {
  id: 'clickhouse',
  title: 'ClickHouse',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 8123, tls: 'retry' },
    { port: 8443, tls: 'first' },
  ],
  allow: clickhouseAllow,
  remediation: CLICKHOUSE_REMEDIATION,
  references: [
    'https://clickhouse.com/docs/interfaces/http',
    'https://clickhouse.com/docs/operations/settings/permissions-for-queries',
  ],
  tested: [
    { how: 'server', what: 'ClickHouse 18.16.1 (open, readonly, password, HTTPS)' },
    { how: 'documentation', what: 'ClickHouse 20.4 and later (SHOW GRANTS)' },
  ],
  recognise: (root: HttpAnswer) =>
    Object.keys(root.headers).some((name) => name.startsWith('x-clickhouse')) ||
    /^Ok\.\n$/.test(root.body.toString('latin1', 0, 8))
      ? 'sure'
      : root.status === 401 || root.status === 403
        ? 'possible'
        : 'no',
  probe,
};

async function probe(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const ping = await session.get('/ping');
  if (ping.status !== 200 || ping.body.toString('latin1', 0, 8).trim() !== 'Ok.') return unidentified('ClickHouse');
  context.record('GET /ping', 'Ok.');
  const get: AskSql = async (sql) => read(await session.get(pathOf(sql)));
  const post: AskSql = async (sql) => read(await session.post('/', `${sql}${FORMAT}`));
  return await survey(context, get, post);
}

function pathOf(sql: string): string {
  return `/?query=${encodeURIComponent(`${sql}${FORMAT}`).replace('%3Cnonce%3E', '<nonce>')}`;
}

function read(answer: HttpAnswer): SqlAnswer {
  const data = answer.status === 200 ? at(parseJson(answer.body), 'data') : undefined;
  if (Array.isArray(data)) {
    return {
      rows: data
        .filter(Array.isArray)
        .map((row: unknown[]) => row.map((value) => (typeof value === 'string' ? value : null))),
    };
  }
  const told = /^\d{1,5}$/.exec(answer.headers['x-clickhouse-exception-code'] ?? '')?.[0];
  const written = /^Code: (\d{1,5})\b/.exec(answer.body.toString('utf8', 0, 64))?.[1];
  return { code: Number(told ?? written ?? (answer.status === 401 || answer.status === 403 ? 516 : -1)) };
}
