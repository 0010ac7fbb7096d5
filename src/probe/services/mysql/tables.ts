/** Tables, columns and index statistics put together; and with `--sample` a few values. */
import { datasetName, fieldName } from '../../names.ts';
import { parseCount } from '../../observations.ts';
import type { ObservedDataset, ProbeContext } from '../../service.ts';
import type { Result } from './packets.ts';
import { MAX_SAMPLED_COLUMNS, READ_ONLY_TRANSACTION, sampleQuery } from './queries.ts';

/** Tables that values are asked of. */
const MAX_SAMPLED = 20;

type Rows = (string | null)[][];

/** @param distinct schema, table, column, estimate */
export function join(context: ProbeContext, tables: Rows, columns: Rows, distinct: Rows): ObservedDataset[] {
  const fields = columnsOf(columns);
  const estimates = new Map(
    distinct.map(([schema, table, column, count]) => [idOf(schema, table, column), parseCount(count)]),
  );
  return tables.map(([schema, table, count, bytes]) => {
    const own = fields.get(idOf(schema, table)) ?? [];
    const dataset: ObservedDataset = {
      name: datasetName(`${schema}.${table}`),
      documents: parseCount(count),
      bytes: parseCount(bytes),
      fields: own.map(({ name }) => fieldName(name)),
    };
    const types = own.flatMap(({ name, type }) => (type === undefined ? [] : [[fieldName(name), type] as const]));
    if (types.length > 0) dataset.fieldTypes = Object.fromEntries(types);
    for (const field of context.subjectFields?.(dataset.name, dataset.fields) ?? []) {
      const estimate = estimates.get(idOf(schema, table, own[dataset.fields.indexOf(field)]?.name));
      if (estimate === undefined || estimate === 0) continue;
      dataset.people = { count: estimate, how: 'statistics', field };
      break;
    }
    return dataset;
  });
}

/** Hands a few values of each column to the classifier. */
export async function sample(
  context: ProbeContext,
  ask: (sql: string, maxRows: number) => Promise<Result>,
  tables: Rows,
  columns: Rows,
): Promise<void> {
  const { values } = context;
  if (values === undefined || 'code' in (await ask(READ_ONLY_TRANSACTION, 0))) return;
  const fields = columnsOf(columns);
  for (const [schema, table] of tables.slice(0, MAX_SAMPLED)) {
    const own = (fields.get(idOf(schema, table)) ?? []).slice(0, MAX_SAMPLED_COLUMNS);
    if (!schema || !table || own.length === 0) continue;
    const sql = sampleQuery(
      schema,
      table,
      own.map(({ name }) => name),
      values.most,
    );
    const answer = await ask(sql, values.most);
    const rows = 'rows' in answer ? answer.rows : [];
    context.record(
      'some rows of a table',
      'code' in answer ? `ERR ${answer.code}` : `${rows.length} rows, to the classifier only`,
    );
    for (const [index, { name }] of own.entries()) {
      const taken = rows.flatMap((row) => row[index] ?? []);
      if (taken.length > 0) values.take(datasetName(`${schema}.${table}`), fieldName(name), taken);
    }
  }
}

function columnsOf(columns: Rows): Map<string, { name: string; type: string | undefined }[]> {
  const fields = new Map<string, { name: string; type: string | undefined }[]>();
  for (const [schema, table, column, type] of columns) {
    const id = idOf(schema, table);
    const list = fields.get(id) ?? [];
    if (column) list.push({ name: column, type: type ? type.replace(/[^\w ()]/g, '').slice(0, 64) : undefined });
    fields.set(id, list);
  }
  return fields;
}

function idOf(...names: readonly (string | null | undefined)[]): string {
  return names.join('\0');
}
