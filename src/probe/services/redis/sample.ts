/**
 * With `--sample`: small strings and hashes of the keys that `SCAN` named, straight to the classifier, on a connection of
 * their own, so that a value that is too large ends nothing but the sample.
 */
import { PosternError } from '../../../core/errors.ts';
import { parseJson } from '../../json.ts';
import { takeDocuments } from '../../nested.ts';
import { keyPatterns } from '../../patterns.ts';
import type { ProbeContext, ValueSink } from '../../service.ts';
import { encodeCommand, type Reply, readReply } from './resp.ts';

/** What is larger is not asked for, in bytes. */
const LARGEST = 16_384;

/**
 * @param keys raw names; they go nowhere but back to this server
 * @returns the names under which values went to the classifier: `user:*:email`, and `customer:*.email` of hashes
 */
export async function sampleKeys(
  context: ProbeContext,
  database: string,
  dataset: string,
  keys: readonly string[],
): Promise<string[]> {
  const { values } = context;
  if (values === undefined) return [];
  const names = new Set<string>();
  const sink: ValueSink = {
    most: values.most,
    take(of, field, taken) {
      names.add(field);
      values.take(of, field, taken);
    },
  };
  const connection = await context.connect();
  const ask = async (...words: string[]): Promise<Reply> => {
    await connection.write(encodeCommand(words));
    return await readReply(connection);
  };
  let taken = 0;
  try {
    if (database !== '0') await ask('SELECT', database);
    const left = new Map<string, number>();
    for (const key of keys) {
      const pattern = keyPatterns(keys).length === 1 ? keyPatterns(keys)[0] : keyPatterns([key])[0];
      const asked = left.get(pattern ?? '') ?? 0;
      if (pattern === undefined || key === '' || Buffer.byteLength(key) > 512 || asked >= values.most) continue;
      left.set(pattern, asked + 1);
      if (await sampleKey(ask, sink, dataset, key, pattern)) taken++;
    }
  } catch (error) {
    if (!(error instanceof PosternError) || error.code !== 'E_PROBE_IO') throw error;
  } finally {
    connection.close();
    context.record('values of small keys', `${taken} keys, to the classifier only`);
  }
  return [...names];
}

async function sampleKey(
  ask: (...words: string[]) => Promise<Reply>,
  values: ValueSink,
  dataset: string,
  key: string,
  pattern: string,
): Promise<boolean> {
  const type = await ask('TYPE', key);
  const kind = type.kind === 'text' ? type.text : '';
  const size =
    kind === 'string' ? await ask('STRLEN', key) : kind === 'hash' ? await ask('MEMORY', 'USAGE', key) : undefined;
  if (size?.kind !== 'integer' || size.value > LARGEST) return false;
  const value = await ask(kind === 'string' ? 'GET' : 'HGETALL', key);
  if (value.kind === 'bulk') {
    const text = value.bytes.toString('utf8');
    const document = /^\s*[{[]/.test(text) ? parseJson(value.bytes) : undefined;
    if (document === undefined) values.take(dataset, pattern, [text]);
    else takeFields(values, dataset, pattern, document);
    return true;
  }
  if (value.kind !== 'array') return false;
  const hash: Record<string, string> = {};
  for (let index = 0; index + 1 < value.items.length; index += 2) {
    const [name, held] = [value.items[index], value.items[index + 1]];
    if (name?.kind === 'bulk' && held?.kind === 'bulk') hash[name.bytes.toString('utf8')] = held.bytes.toString('utf8');
  }
  takeFields(values, dataset, pattern, hash);
  return true;
}

/** The pattern is safe to show as it is: only what stands behind it is a document's own name. */
function takeFields(values: ValueSink, dataset: string, pattern: string, document: unknown): void {
  const below: ValueSink = {
    most: values.most,
    take: (of, field, taken) => values.take(of, `${pattern}.${field}`, taken),
  };
  takeDocuments(below, dataset, [document]);
}
