/** The tables of one database: names, sizes, columns, people; and with `--sample` a few values. */
import type { Connection } from '../../../net/connection.ts';
import { datasetName, fieldName } from '../../names.ts';
import { parseCount } from '../../observations.ts';
import type { ObservedDataset, ProbeContext } from '../../service.ts';
import { DISTINCT, MAX_TABLES, sampleQuery, TABLES, TYPE_SEPARATOR, UNIT_SEPARATOR } from './queries.ts';
import { run } from './run.ts';

/** Tables of one database that values are asked of. */
const MAX_SAMPLED = 20;

export interface Totals {
  datasets: ObservedDataset[];
  readable: boolean;
  writable: boolean;
}

/** Adds a database's readable tables to `totals`. */
export async function readTables(
  context: ProbeContext,
  connection: Connection,
  database: string,
  totals: Totals,
  notTested: string[],
): Promise<void> {
  const answer = await run(connection, TABLES);
  context.record('tables of a database', answer.sqlState ? `E ${answer.sqlState}` : `${answer.rows.length} tables`);
  if (answer.sqlState) {
    notTested.push('the tables of a database whose catalogue could not be read');
    return;
  }
  if (answer.rows.length >= MAX_TABLES) notTested.push(`tables beyond the largest ${MAX_TABLES} of a database`);
  const distinct = context.subjectFields === undefined ? new Map<string, number>() : await readDistinct(connection);
  let sampled = 0;
  for (const [schema, table, estimate, live, bytes, read, write, columns] of answer.rows) {
    if (read === 't') totals.readable = true;
    if (write === 't') totals.writable = true;
    if (read !== 't') continue;
    const named = (columns ?? '')
      .split(UNIT_SEPARATOR)
      .filter(Boolean)
      .map((column) => column.split(TYPE_SEPARATOR, 2));
    const dataset: ObservedDataset = {
      name: datasetName([database, schema, table].join('.')),
      documents: rowsOf(parseCount(estimate), parseCount(live)),
      bytes: parseCount(bytes),
      fields: named.map(([name = '']) => fieldName(name)),
    };
    const types = named.flatMap(([name = '', type]) =>
      type === undefined ? [] : [[fieldName(name), safeType(type)] as const],
    );
    if (types.length > 0) dataset.fieldTypes = Object.fromEntries(types);
    addPeople(
      context,
      dataset,
      named.map(([name = '']) => name),
      (column) => distinct.get(key(schema, table, column)),
    );
    totals.datasets.push(dataset);
    if (context.values !== undefined && schema && table && sampled < MAX_SAMPLED) {
      sampled++;
      await sample(
        context,
        connection,
        schema,
        table,
        named.map(([name = '']) => name),
        dataset.name,
      );
    }
  }
}

/** A table that grew this much since it was analysed is not what it was then: autovacuum is off. */
const GROWN = 3;

/**
 * The planner's estimate where the table was analysed. The live rows may be counted twice: the analysis sets their number,
 * and what a session inserted before and had not reported yet is added to it afterwards (a session reports once a second
 * at most; src/backend/utils/activity/pgstat_relation.c).
 * @param estimate 0, or undefined for -1: never analysed
 */
function rowsOf(estimate: number | undefined, live: number | undefined): number | undefined {
  if (estimate === undefined || estimate === 0) return live ?? estimate;
  return live !== undefined && live > GROWN * estimate ? live : estimate;
}

/** `character varying(80)` as it is; anything odd in it is dropped. */
function safeType(type: string): string {
  return type.replace(/[^\w ()[\],]/g, '').slice(0, 64);
}

async function readDistinct(connection: Connection): Promise<Map<string, number>> {
  const distinct = new Map<string, number>();
  for (const [schema, table, column, count] of (await run(connection, DISTINCT)).rows) {
    const number = Number(count);
    if (Number.isFinite(number)) distinct.set(key(schema, table, column), number);
  }
  return distinct;
}

function key(...names: readonly (string | null | undefined)[]): string {
  return names.join('\0');
}

/** The best subject column that the planner has an estimate of. */
function addPeople(
  context: ProbeContext,
  dataset: ObservedDataset,
  columns: readonly string[],
  distinctOf: (column: string) => number | undefined,
): void {
  for (const field of context.subjectFields?.(dataset.name, dataset.fields) ?? []) {
    const column = columns[dataset.fields.indexOf(field)];
    const distinct = column === undefined ? undefined : distinctOf(column);
    if (distinct === undefined || (distinct < 0 && dataset.documents === undefined)) continue;
    const count = Math.round(distinct < 0 ? -distinct * (dataset.documents ?? 0) : distinct);
    dataset.people = { count, how: 'statistics', field };
    return;
  }
}

async function sample(
  context: ProbeContext,
  connection: Connection,
  schema: string,
  table: string,
  columns: readonly string[],
  dataset: string,
): Promise<void> {
  const { values } = context;
  if (values === undefined || columns.length === 0) return;
  const { rows, sqlState } = await run(connection, sampleQuery(schema, table, columns, values.most));
  context.record('some rows of a table', sqlState ? `E ${sqlState}` : `${rows.length} rows, to the classifier only`);
  for (const [index, column] of columns.slice(0, 64).entries()) {
    const taken = rows.flatMap((row) => row[index] ?? []);
    if (taken.length > 0) values.take(dataset, fieldName(column), taken);
  }
}
