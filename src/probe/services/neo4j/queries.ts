/** The fixed statements of both faces, and what their rows mean. None writes, loads, or calls a procedure of a plug-in. */
import { count, text } from '../../json.ts';
import { datasetName, fieldName, grouped } from '../../names.ts';
import type { Observation, ObservedDataset } from '../../service.ts';

/** No statement at all: a server that runs it runs nothing. */
export function nonsense(nonce: string): string {
  return `POSTERN ${nonce}`;
}

export const STATEMENTS = {
  /** O(1): from the count store. */
  nodes: 'MATCH (n) RETURN count(n)',
  /** O(1): the same by label; `null` is all. */
  labels:
    "CALL db.stats.retrieve('GRAPH COUNTS') YIELD data UNWIND data.nodes AS one RETURN one.label, one.count LIMIT 200",
  /** Names of labels and properties of a hundred nodes; never what they hold. */
  shape: 'MATCH (n) WITH n LIMIT 100 RETURN labels(n), keys(n)',
  /** Whether the home database takes writes. */
  access: 'SHOW DATABASES YIELD access, home WHERE home RETURN access',
} as const;
export type Statement = keyof typeof STATEMENTS;

/** Rows by statement; undefined where the server refused it. */
export type Rows = Readonly<Record<Statement, readonly (readonly unknown[])[] | undefined>>;

const MOST_LABELS = 100;
const NEVER = 'what properties hold (never read)';

/** It was proven that nobody is asked who is there. */
export function concluded(
  rows: Rows,
): Pick<Observation, 'verdict' | 'documents' | 'datasets' | 'reason' | 'notTested'> {
  const documents = count(rows.nodes?.[0]?.[0]);
  if (documents === undefined) {
    const reason = 'a stranger is let in, but reading is refused';
    return { verdict: 'metadata-only', datasets: [], reason, notTested: [NEVER, 'other databases'] };
  }
  const datasets = datasetsOf(rows);
  const notTested = [NEVER, 'other databases'];
  if (documents > 100) notTested.push('properties beyond the first hundred nodes');
  const seen = `${grouped(documents)} nodes`;
  if (text(rows.access?.[0]?.[0]) === 'read-only') {
    const reason = `authentication is off: a stranger reads ${seen}; the database is read-only`;
    return { verdict: 'anonymous-read', documents, datasets, reason, notTested };
  }
  const reason = `authentication is off, so there are no rights either: a stranger reads and writes ${seen}`;
  return { verdict: 'anonymous-write', documents, datasets, reason, notTested };
}

function datasetsOf({ labels, shape }: Rows): ObservedDataset[] {
  const found = new Map<string, { documents?: number; fields: Set<string> }>();
  const of = (label: string) => {
    const known = found.get(label) ?? { fields: new Set<string>() };
    if (found.size < MOST_LABELS) found.set(label, known);
    return known;
  };
  for (const [label, nodes] of labels ?? []) {
    const documents = count(nodes);
    if (typeof label === 'string' && documents !== undefined && documents > 0) of(label).documents = documents;
  }
  for (const [own, names] of shape ?? []) {
    for (const label of words(own)) for (const name of words(names)) of(label).fields.add(fieldName(name));
  }
  return [...found].map(([label, { documents, fields }]) => ({
    name: datasetName(label),
    ...(documents === undefined ? {} : { documents }),
    fields: [...fields].sort(),
  }));
}

function words(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string').slice(0, 200) : [];
}
