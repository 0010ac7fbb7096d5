/** InfluxDB 1.x: statements by GET, which it refuses where they would write. */
import type { PostingSession } from '../../../net/connection.ts';
import { askJson, conclude, disbelieved, type JsonAnswer, type Known, notReady, seen } from '../../http-dialogue.ts';
import { at, count, text } from '../../json.ts';
import { datasetName, fieldName, grouped } from '../../names.ts';
import { takeDocuments } from '../../nested.ts';
import type { Observation, ObservedDataset, PeopleEstimate, ProbeContext } from '../../service.ts';
import { isPlainName, query } from './allow.ts';

const MOST_DATABASES = 10;
const MOST_MEASUREMENTS = 20;
const MOST_COUNTED = 5;

interface Measurement {
  name: string;
  fields: Map<string, string>;
  tags: string[];
}

export async function askOne(context: ProbeContext, session: PostingSession, base: Known): Promise<Observation> {
  const list = await ask(session, context, 'SHOW DATABASES');
  if (list.status === 401) return conclude(base, 'secured', 'the list of databases is refused (401)');
  if (list.status === 403) {
    const what = 'logins are switched on and no admin exists: whoever comes first becomes its owner';
    return conclude(base, 'anonymous-write', what, ['data: it is refused until then']);
  }
  if (list.status !== 200 || !Array.isArray(at(list.json, 'results')))
    return notReady(base, 'the list of databases', list);
  const control = await ask(
    session,
    context,
    `SHOW RETENTION POLICIES ON "${context.nonce()}"`,
    'SHOW RETENTION POLICIES ON "<random>"',
  );
  const refused = resultOf(control);
  if (text(at(refused, 'error')) === undefined)
    return disbelieved(base, 'a database that cannot exist', control.status);
  const names = rowsOf(list).flatMap(({ values }) => values.map((row) => text(row[0]) ?? ''));
  const own = names.filter((name) => name !== '' && name !== '_internal');
  const asked = own.filter(isPlainName).slice(0, MOST_DATABASES);
  const datasets: ObservedDataset[] = [];
  let series = 0;
  for (const name of asked) series += await askDatabase(context, session, name, datasets);
  const notTested = ['the number of points: it is not counted without reading them', 'the backup port 8088'];
  if (own.length > asked.length) notTested.push(`${own.length - asked.length} further databases`);
  const listed = `${seen(datasets, 'measurement', 'measurements')} with ${grouped(series)} series`;
  const what = `\`auth-enabled\` is off, so everything is open: a stranger reads and changes ${listed}`;
  return conclude(base, 'anonymous-write', what, notTested, datasets);
}

async function ask(
  session: PostingSession,
  context: ProbeContext,
  statement: string,
  shown = statement,
): Promise<JsonAnswer> {
  return await askJson(session, context, query(statement), { shown: `/query?q=${shown}` });
}

/** @returns the number of series */
async function askDatabase(
  context: ProbeContext,
  session: PostingSession,
  database: string,
  datasets: ObservedDataset[],
): Promise<number> {
  const shown = datasetName(database);
  const statement = (what: string, of: string) => `${what} ON "${of}"`;
  const told = async (what: string) => await ask(session, context, statement(what, database), statement(what, shown));
  const fields = await told('SHOW FIELD KEYS');
  const tags = await told('SHOW TAG KEYS');
  const cardinality = await told('SHOW SERIES CARDINALITY');
  const measurements = measurementsOf(fields, tags);
  for (const one of measurements.slice(0, MOST_MEASUREMENTS)) {
    const people = datasets.length < MOST_COUNTED ? await askPeople(context, session, database, one) : undefined;
    await sample(context, session, database, one);
    datasets.push({
      name: nameOf(database, one.name),
      fields: [...new Set([...one.tags, ...one.fields.keys()].map(fieldName))],
      fieldTypes: Object.fromEntries([
        ...one.tags.map((tag) => [fieldName(tag), 'tag']),
        ...[...one.fields].map(([field, type]) => [fieldName(field), type]),
      ]),
      ...(people === undefined ? {} : { people }),
    });
  }
  return count(rowsOf(cardinality)[0]?.values[0]?.[0]) ?? 0;
}

function nameOf(database: string, measurement: string): string {
  return `${datasetName(database)}.${datasetName(measurement)}`;
}

async function askPeople(
  context: ProbeContext,
  session: PostingSession,
  database: string,
  { name, tags }: Measurement,
): Promise<PeopleEstimate | undefined> {
  const shown = nameOf(database, name);
  const [best] = (context.subjectFields?.(shown, tags) ?? []).filter((tag) => tags.includes(tag) && isPlainName(tag));
  if (best === undefined || !isPlainName(name)) return undefined;
  const answer = await ask(
    session,
    context,
    `SHOW TAG VALUES CARDINALITY ON "${database}" FROM "${name}" WITH KEY = "${best}"`,
    `SHOW TAG VALUES CARDINALITY, ${shown}, ${fieldName(best)}`,
  );
  const found = count(rowsOf(answer)[0]?.values[0]?.[0]);
  return found === undefined || found === 0 ? undefined : { count: found, how: 'cardinality', field: best };
}

async function sample(
  context: ProbeContext,
  session: PostingSession,
  database: string,
  { name }: Measurement,
): Promise<void> {
  const { values } = context;
  if (values === undefined || !isPlainName(name)) return;
  const answer = await askJson(session, context, query(`SELECT * FROM "${database}".."${name}" LIMIT ${values.most}`), {
    shown: `/query?q=SELECT, ${nameOf(database, name)}, LIMIT ${values.most}`,
    note: () => 'values classified in memory and dropped',
  });
  const [points] = rowsOf(answer);
  if (points === undefined) return;
  const documents = points.values.map((row) => Object.fromEntries(points.columns.map((column, n) => [column, row[n]])));
  takeDocuments(values, nameOf(database, name), documents);
}

interface Rows {
  name: string;
  columns: string[];
  values: (readonly unknown[])[];
}

function resultOf({ json }: JsonAnswer): unknown {
  const results = at(json, 'results');
  return Array.isArray(results) ? results[0] : undefined;
}

/** `{"results":[{"series":[{"name","columns":[…],"values":[[…]]}]}]}` */
function rowsOf(answer: JsonAnswer): Rows[] {
  const series = at(resultOf(answer), 'series');
  if (answer.status !== 200 || !Array.isArray(series)) return [];
  return series.slice(0, 5_000).map((one: unknown) => {
    const [columns, values] = [at(one, 'columns'), at(one, 'values')];
    return {
      name: text(at(one, 'name')) ?? '',
      columns: Array.isArray(columns) ? columns.map((column: unknown) => text(column) ?? '') : [],
      values: Array.isArray(values) ? values.filter((row: unknown): row is unknown[] => Array.isArray(row)) : [],
    };
  });
}

function measurementsOf(fields: JsonAnswer, tags: JsonAnswer): Measurement[] {
  const found = new Map<string, Measurement>();
  const of = (name: string): Measurement => {
    const one = found.get(name) ?? { name, fields: new Map(), tags: [] };
    found.set(name, one);
    return one;
  };
  for (const { name, values } of rowsOf(fields)) {
    for (const [field, type] of values.slice(0, 2_000)) {
      const told = text(type) ?? '';
      of(name).fields.set(text(field) ?? '', /^[a-z]{1,20}$/.test(told) ? told : 'other');
    }
  }
  for (const { name, values } of rowsOf(tags))
    of(name).tags.push(...values.slice(0, 2_000).map(([tag]) => text(tag) ?? ''));
  return [...found.values()];
}
