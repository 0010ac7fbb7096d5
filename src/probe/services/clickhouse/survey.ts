/** What both faces ask once they are in, and what it means. */
import { datasetName, fieldName, fieldType, grouped } from '../../names.ts';
import { parseCount, parseVersion, sumKnown } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext } from '../../service.ts';
import { COLUMNS, controlQuery, GRANTS, MOST_TABLES, PARTS, READ_ONLY, TABLES, VERSION } from './queries.ts';

/** Rows of text, or the server's error code. */
export type SqlAnswer = { rows: (string | null)[][] } | { code: number };
export type AskSql = (sql: string) => Promise<SqlAnswer>;

/** ClickHouse error codes (https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp). */
export const REFUSES_LOGIN = new Set([192, 193, 194, 195, 516]);
const UNKNOWN_IDENTIFIER = 47;

/** @param askWriting the same as `ask`, over a way that does not itself make the session read-only */
export async function survey(context: ProbeContext, ask: AskSql, askWriting: AskSql): Promise<Observation> {
  const control = await ask(controlQuery(context.nonce()));
  context.record('control: a column that does not exist', 'code' in control ? `code ${control.code}` : 'accepted');
  if (!('code' in control))
    return unclear('a column that does not exist was not refused: no genuine ClickHouse answers so');
  if (REFUSES_LOGIN.has(control.code)) {
    return {
      identified: true,
      verdict: 'secured',
      datasets: [],
      reason: `the user default has a password or does not exist (code ${control.code})`,
      notTested: ['other users'],
    };
  }
  if (control.code !== UNKNOWN_IDENTIFIER)
    return unclear(`the server refused a query for another reason (code ${control.code})`);
  const version = parseVersion(rowsOf(await ask(VERSION))?.[0]?.[0]);
  const tables = rowsOf(await ask(TABLES));
  const parts = rowsOf(await ask(PARTS)) ?? [];
  const columns = rowsOf(await ask(COLUMNS)) ?? [];
  context.record('system.tables, parts, columns', tables === undefined ? 'refused' : `${tables.length} tables`);
  const readOnly = rowsOf(await askWriting(READ_ONLY))?.[0]?.[0];
  const grants = rowsOf(await ask(GRANTS))?.map((row) => row[0] ?? '');
  const rights = rightsOf(grants);
  context.record(
    'readonly; SHOW GRANTS',
    `readonly ${/^[012]$/.test(readOnly ?? '') ? readOnly : 'not told'}, ${grants === undefined ? 'no grants' : `${grants.length} grants`}`,
  );

  const datasets = join(tables ?? [], parts, columns);
  const documents = sumKnown(datasets.map((one) => one.documents));
  const notTested = ['users other than default'];
  if ((tables?.length ?? 0) >= MOST_TABLES) notTested.push(`tables beyond the first ${MOST_TABLES}`);
  const found = {
    identified: true,
    ...(version === undefined ? {} : { version }),
    datasets,
    ...(documents === undefined ? {} : { documents }),
    bytes: sumKnown(datasets.map((one) => one.bytes)),
    notTested,
  };
  const as = `the user default needs no password: a stranger reads ${datasets.length} tables with ${grouped(documents ?? 0)} rows`;
  if (readOnly === '0' && rights.write) return { ...found, verdict: 'anonymous-write', reason: `${as} and may write` };
  if (readOnly === undefined && rights.write) notTested.push('writing');
  if (tables !== undefined && rights.read) return { ...found, verdict: 'anonymous-read', reason: as };
  return { ...found, verdict: 'metadata-only', reason: 'the user default needs no password, but may read no table' };
}

/** Without `SHOW GRANTS` (before 20.4) a user may do all that its profile's `readonly` leaves. */
function rightsOf(grants: readonly string[] | undefined): { read: boolean; write: boolean } {
  if (grants === undefined) return { read: true, write: true };
  const listed = grants.map((line) => /^GRANT (.{1,4000}?) ON /.exec(line)?.[1] ?? '').join(',');
  return { read: /\b(?:SELECT|ALL)\b/.test(listed), write: /\b(?:INSERT|ALTER|DROP|CREATE|ALL)\b/.test(listed) };
}

function join(
  tables: (string | null)[][],
  parts: (string | null)[][],
  columns: (string | null)[][],
): ObservedDataset[] {
  const sizes = new Map(parts.map(([database, table, rows, bytes]) => [`${database}.${table}`, { rows, bytes }]));
  const fields = new Map<string, [string, string][]>();
  for (const [database, table, column, type] of columns) {
    const id = `${database}.${table}`;
    const list = fields.get(id) ?? [];
    list.push([fieldName(column ?? ''), fieldType((type ?? '').replace(/[^\w(), ]/g, '').slice(0, 64)) ?? '*']);
    fields.set(id, list);
  }
  return tables.map(([database, table]) => {
    const id = `${database}.${table}`;
    const own = fields.get(id) ?? [];
    const size = sizes.get(id);
    return {
      name: datasetName(id),
      documents: parseCount(size?.rows),
      bytes: parseCount(size?.bytes),
      fields: own.map(([name]) => name),
      fieldTypes: Object.fromEntries(own),
    };
  });
}

function rowsOf(answer: SqlAnswer): (string | null)[][] | undefined {
  return 'rows' in answer ? answer.rows : undefined;
}

function unclear(reason: string): Observation {
  return { identified: true, verdict: 'inconclusive', datasets: [], reason, notTested: ['reading', 'writing'] };
}
