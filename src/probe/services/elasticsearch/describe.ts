/** What the biggest indices hold: field names and types, how many people, and on request a few values for the classifier. */
import type { HttpSession } from '../../../net/connection.ts';
import { at, count, parseJson } from '../../json.ts';
import { datasetName } from '../../names.ts';
import { takeDocuments } from '../../nested.ts';
import type { ObservedDataset, PeopleEstimate, ProbeContext, ValueSink } from '../../service.ts';
import { type IndexRow, isPlainIndexName, type MappedField, readFields } from './indices.ts';
import { FIELD, PEOPLE } from './requests.ts';

/** Indices whose field names are asked for, biggest first. */
const MOST_MAPPINGS = 10;
const MOST_DATASETS = 500;
/** Indices whose people are counted. */
const MOST_COUNTED = 5;
const MOST_SAMPLED_FIELDS = 40;
const LONGEST_FIELD_LIST = 2_000;

const PLAIN_FIELD = new RegExp(`^${FIELD.source}$`);
/** Fields whose values are numbers for machines, and long. */
const NO_VALUES = /vector|binary|percolator|completion/;

/** @param reads whether documents may be read at all */
export async function describeIndices(
  session: HttpSession,
  context: ProbeContext,
  own: readonly IndexRow[],
  reads: boolean,
  notTested: string[],
): Promise<ObservedDataset[]> {
  const datasets: ObservedDataset[] = [];
  const mapped = own.filter((row) => isPlainIndexName(row.index)).slice(0, MOST_MAPPINGS);
  const counted = mapped.slice(0, MOST_COUNTED);
  for (const row of own.slice(0, MOST_DATASETS)) {
    const name = datasetName(row.index);
    const fields = mapped.includes(row) ? await askFields(session, context, row.index, name) : [];
    const types = fields.flatMap((field) => (field.type === undefined ? [] : [[field.name, field.type] as const]));
    const people = reads && counted.includes(row) ? await askPeople(session, context, row, name, fields) : undefined;
    if (reads && mapped.includes(row) && context.values !== undefined) {
      await sample(session, context, context.values, row.index, name, fields);
    }
    datasets.push({
      name,
      ...(row.documents === undefined ? {} : { documents: row.documents }),
      ...(row.bytes === undefined ? {} : { bytes: row.bytes }),
      fields: fields.map((field) => field.name),
      ...(types.length === 0 ? {} : { fieldTypes: Object.fromEntries(types) }),
      ...(people === undefined ? {} : { people }),
    });
  }
  if (own.length > mapped.length) notTested.push(`field names of ${own.length - mapped.length} smaller indices`);
  return datasets;
}

async function askFields(
  session: HttpSession,
  context: ProbeContext,
  index: string,
  name: string,
): Promise<MappedField[]> {
  const answer = await session.get(`/${encodeURIComponent(index)}/_mapping`);
  const fields = readFields(answer);
  context.record(`GET /${name}/_mapping`, `${answer.status}, ${fields.length} field names`);
  return fields;
}

/** Undefined where the store does not count (a version that knows no `source`, a time-out, no field of whole values). */
async function askPeople(
  session: HttpSession,
  context: ProbeContext,
  row: IndexRow,
  name: string,
  fields: readonly MappedField[],
): Promise<PeopleEstimate | undefined> {
  const subjects = context.subjectFields?.(
    name,
    fields.map((field) => field.name),
  );
  const best = (subjects ?? [])
    .map((subject) => fields.find((field) => field.name === subject))
    .find((field) => field?.countable !== undefined && PLAIN_FIELD.test(field.countable));
  if (best?.countable === undefined || row.documents === 0) return undefined;
  const query = `${PEOPLE.before}${best.countable}${PEOPLE.after}`;
  const answer = await session.get(`/${encodeURIComponent(row.index)}/_search?${query}`, { maxBytes: 65_536 });
  const body = parseJson(answer.body);
  const found = count(at(body, 'aggregations', 'people', 'value'));
  const whole = at(body, 'timed_out') !== true && (count(at(body, '_shards', 'failed')) ?? 0) === 0;
  const told = answer.status === 200 && whole && found !== undefined && found > 0;
  context.record(
    `GET /${name}/_search?size=0, the number of different ${best.name}`,
    `${answer.status}${told ? ', a number' : ''}`,
  );
  return told ? { count: found, how: 'cardinality', field: best.name } : undefined;
}

/** Values go straight into the sink; what is recorded is that they were asked for. */
async function sample(
  session: HttpSession,
  context: ProbeContext,
  sink: ValueSink,
  index: string,
  name: string,
  fields: readonly MappedField[],
): Promise<void> {
  const wanted = fieldList(fields);
  if (wanted === '') return;
  const path = `/${encodeURIComponent(index)}/_search?size=${sink.most}&_source_includes=${wanted}&terminate_after=${sink.most}&timeout=2s`;
  const answer = await session.get(path, { maxBytes: 1_048_576 });
  context.record(`GET /${name}/_search?size=${sink.most}`, `${answer.status}, values classified in memory and dropped`);
  if (answer.status !== 200 || answer.truncated) return;
  const hits = at(parseJson(answer.body), 'hits', 'hits');
  if (!Array.isArray(hits)) return;
  takeDocuments(
    sink,
    name,
    hits.map((hit: unknown) => at(hit, '_source')),
  );
}

function fieldList(fields: readonly MappedField[]): string {
  const plain = fields.filter(({ path, type }) => PLAIN_FIELD.test(path) && !NO_VALUES.test(type ?? ''));
  let list = '';
  for (const { path } of plain.slice(0, MOST_SAMPLED_FIELDS)) {
    if (list.length + path.length > LONGEST_FIELD_LIST) break;
    list += list === '' ? path : `,${path}`;
  }
  return list;
}
