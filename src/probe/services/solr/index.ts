/**
 * Apache Solr 6 to 9, HTTP port 8983.
 *
 * ```
 * GET /solr/admin/info/system?wt=json                         200 {"lucene":{"solr-spec-version":"8.11.4"},…}; 401 "require
 *                                                             authentication"
 * GET /solr/admin/cores?action=STATUS&indexInfo=true&wt=json  {"status":{"orders":{"index":{"numDocs","sizeInBytes"}}}}
 * GET /solr/<random>/select?…rows=0…                          404; 2xx: a catch-all
 * GET /solr/<core>/select?q=*:*&rows=0&timeAllowed=2000&…     200 {"response":{"numFound":…,"docs":[]}}: documents may be
 *                                                             read; 401, 403: not
 * GET /solr/<core>/admin/luke?numTerms=0&wt=json              {"fields":{"email":{"type":"string","schema":"I-SD…"}}}
 * GET /solr/admin/authorization?wt=json                       "No authorization configured": whoever reads also writes
 * … &json.facet={"people":"hll(<field>)"}                     how many different values a field has, without documents
 * ```
 *
 * Sources: https://solr.apache.org/guide/8_11/coreadmin-api.html, …/basic-authentication-plugin.html,
 * …/json-facet-api.html, …/luke-request-handler.html
 */

import type { PostingSession } from '../../../net/connection.ts';
import { allowRequests, type Placeholder } from '../../../net/request-templates.ts';
import { askJson, conclude, disbelieved, isLocked, type Known, known, notReady, seen } from '../../http-dialogue.ts';
import { namedDatasets } from '../../identifiers.ts';
import { at, count, isRecord, text } from '../../json.ts';
import { datasetName, fieldName } from '../../names.ts';
import { takeDocuments } from '../../nested.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import { perhaps } from '../../recognition.ts';
import type { Observation, ObservedDataset, PeopleEstimate, ProbeContext, ProbeService } from '../../service.ts';

const MOST_CORES = 20;
const MOST_COUNTED = 5;
const MOST_SAMPLED_FIELDS = 40;

const CORE = /[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}/;
const FIELD = /[A-Za-z_][A-Za-z0-9_.-]{0,127}/;
const PLAIN_CORE = new RegExp(`^${CORE.source}$`);
const PLAIN_FIELD = new RegExp(`^${FIELD.source}$`);

const SYSTEM = '/solr/admin/info/system?wt=json';
const CORES = '/solr/admin/cores?action=STATUS&indexInfo=true&wt=json';
const AUTHORIZATION = '/solr/admin/authorization?wt=json';
const NOTHING = '/select?q=*:*&rows=0&timeAllowed=2000&wt=json';
const LUKE = '/admin/luke?numTerms=0&wt=json';
const [FACET_BEFORE = '', FACET_AFTER = ''] = encodeURIComponent('{"people":"hll(?)"}').split('%3F');

const placeholders: Readonly<Record<string, Placeholder>> = {
  core: { pattern: CORE, example: 'customers' },
  field: { pattern: FIELD, example: 'email' },
  fields: { pattern: new RegExp(`${FIELD.source}(?:,${FIELD.source}){0,39}`), example: 'email,city' },
  most: { pattern: /[1-5]/, example: '5' },
};

interface SolrField {
  /** As Solr knows it. */
  path: string;
  type: string;
  /** `ITSD…`: among them D for values by column, over which counting costs no memory. */
  flags: string;
}

async function askSolr(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const system = await askJson(session, context, SYSTEM, { maxBytes: 262_144 });
  const version = parseVersion(text(at(system.json, 'lucene', 'solr-spec-version')));
  if (version === undefined && !isSolrRefusal(system.status, system.answer.body)) return unidentified('Solr');
  const base = known(undefined, version);
  const cores = await askJson(session, context, CORES);
  if (isLocked(cores)) return await withoutList(context, session, base, isLocked(system));
  const status = at(cores.json, 'status');
  if (cores.status !== 200 || !isRecord(status)) return notReady(base, 'the list of cores', cores);
  const doubt = await failedControl(session, context, base);
  if (doubt !== undefined) return doubt;
  return await openAnswer(context, session, base, status);
}

/** A random core must not be found; where it is, every other answer says nothing either. */
async function failedControl(
  session: PostingSession,
  context: ProbeContext,
  base: Known,
): Promise<Observation | undefined> {
  const control = await askJson(session, context, `/solr/${context.nonce()}${NOTHING}`, {
    shown: `/solr/<random>${NOTHING}`,
    maxBytes: 65_536,
  });
  return control.status < 300 ? disbelieved(base, 'a core that cannot exist', control.status) : undefined;
}

/** Rules may lock the lists and forget the documents: cores that the scope names are asked for all the same. */
async function withoutList(
  context: ProbeContext,
  session: PostingSession,
  base: Known,
  locked: boolean,
): Promise<Observation> {
  const { asked, left } = namedDatasets(context.options.datasets, PLAIN_CORE, MOST_CORES);
  const notTested = asked.length === 0 ? ['cores by name: the scope entry names none'] : [];
  if (left > 0) notTested.push(`${left} further named cores`);
  const doubt = asked.length === 0 ? undefined : await failedControl(session, context, base);
  if (doubt !== undefined) return doubt;
  const rows = Object.fromEntries(asked.map((name) => [name, {}]));
  const found = asked.length === 0 ? undefined : await openAnswer(context, session, base, rows);
  if (found !== undefined && found.verdict !== 'metadata-only') {
    const datasets = found.datasets.filter(({ documents }) => documents !== undefined);
    return { ...found, datasets, notTested: [...found.notTested, ...notTested] };
  }
  if (locked) return conclude(base, 'secured', 'its information and the list of cores are refused', notTested);
  return conclude(base, 'metadata-only', 'a stranger reads the version; the list of cores is refused', notTested);
}

async function openAnswer(
  context: ProbeContext,
  session: PostingSession,
  base: Known,
  status: Readonly<Record<string, unknown>>,
): Promise<Observation> {
  const datasets: ObservedDataset[] = [];
  let readable = 0;
  const rows = Object.entries(status)
    .slice(0, 500)
    .map(([name, core]) => ({
      name,
      documents: count(at(core, 'index', 'numDocs')),
      bytes: count(at(core, 'index', 'sizeInBytes')),
    }))
    .sort((a, b) => (b.documents ?? 0) - (a.documents ?? 0));
  const asked = rows.filter(({ name }) => PLAIN_CORE.test(name)).slice(0, MOST_CORES);
  for (const row of rows) {
    const { name, bytes } = row;
    const shown = datasetName(name);
    const found = asked.includes(row) ? await countReadable(session, context, name, shown) : undefined;
    const reads = found !== undefined;
    const documents = row.documents ?? found;
    if (reads) readable++;
    const fields = reads ? await askFields(session, context, name, shown) : [];
    const counts = reads && documents !== 0 && asked.indexOf(row) < MOST_COUNTED;
    const people = counts ? await askPeople(context, session, name, shown, fields) : undefined;
    if (reads) await sample(context, session, name, shown, fields);
    datasets.push({
      name: shown,
      ...(documents === undefined ? {} : { documents }),
      ...(bytes === undefined ? {} : { bytes }),
      fields: [...new Set(fields.map(({ path }) => fieldName(path)))],
      ...(fields.length === 0
        ? {}
        : { fieldTypes: Object.fromEntries(fields.map(({ path, type }) => [fieldName(path), type])) }),
      ...(people === undefined ? {} : { people }),
    });
  }
  const notTested: string[] = [];
  if (rows.length > asked.length) notTested.push(`documents of ${rows.length - asked.length} further cores`);
  const listed = seen(datasets, 'core', 'cores');
  if (readable === 0) {
    notTested.push('whether a stranger may write');
    return conclude(base, 'metadata-only', `a stranger lists ${listed} and reads no document`, notTested, datasets);
  }
  const authorization = await askJson(session, context, AUTHORIZATION, { maxBytes: 65_536 });
  const errors = at(authorization.json, 'errorMessages');
  const none = Array.isArray(errors) && errors.some((one) => one === 'No authorization configured');
  if (authorization.status === 200 && none) {
    const what = `no authorization is configured: a stranger reads and changes ${listed}`;
    return conclude(base, 'anonymous-write', what, notTested, datasets);
  }
  notTested.push('whether a stranger may write');
  return conclude(base, 'anonymous-read', `a stranger reads ${listed}`, notTested, datasets);
}

/** How many documents a stranger may read; undefined where it may read none. */
async function countReadable(
  session: PostingSession,
  context: ProbeContext,
  core: string,
  shown: string,
): Promise<number | undefined> {
  const path = (name: string) => `/solr/${name}${NOTHING}`;
  const answer = await askJson(session, context, path(core), { shown: path(shown), maxBytes: 65_536 });
  return answer.status === 200 ? count(at(answer.json, 'response', 'numFound')) : undefined;
}

async function askFields(
  session: PostingSession,
  context: ProbeContext,
  core: string,
  shown: string,
): Promise<SolrField[]> {
  const path = (name: string) => `/solr/${name}${LUKE}`;
  const { json } = await askJson(session, context, path(core), { shown: path(shown) });
  const fields = at(json, 'fields');
  if (!isRecord(fields)) return [];
  return Object.entries(fields)
    .filter(([name]) => !/^_.*_$/.test(name))
    .slice(0, 2_000)
    .map(([name, field]) => {
      const type = text(at(field, 'type')) ?? '';
      return {
        path: name,
        type: /^[A-Za-z_][\w-]{0,39}$/.test(type) ? type : 'other',
        flags: text(at(field, 'schema')) ?? '',
      };
    });
}

async function askPeople(
  context: ProbeContext,
  session: PostingSession,
  core: string,
  shown: string,
  fields: readonly SolrField[],
): Promise<PeopleEstimate | undefined> {
  const subjects = context.subjectFields?.(
    shown,
    fields.map(({ path }) => fieldName(path)),
  );
  const best = (subjects ?? [])
    .map((subject) => fields.find(({ path }) => path === subject))
    .find((field) => field !== undefined && PLAIN_FIELD.test(field.path) && field.flags.includes('D'));
  if (best === undefined) return undefined;
  const path = (name: string) => `/solr/${name}${NOTHING}&json.facet=${FACET_BEFORE}${best.path}${FACET_AFTER}`;
  const answer = await askJson(session, context, path(core), {
    shown: `/solr/${shown}/select?rows=0, the number of different ${fieldName(best.path)}`,
    maxBytes: 65_536,
  });
  const found = count(at(answer.json, 'facets', 'people'));
  const cut = at(answer.json, 'responseHeader', 'partialResults') === true;
  if (answer.status !== 200 || cut || found === undefined || found === 0) return undefined;
  return { count: found, how: 'cardinality', field: best.path };
}

async function sample(
  context: ProbeContext,
  session: PostingSession,
  core: string,
  shown: string,
  fields: readonly SolrField[],
): Promise<void> {
  const { values } = context;
  const plain = fields.map(({ path }) => path).filter((path) => PLAIN_FIELD.test(path));
  if (values === undefined || plain.length === 0) return;
  let list = '';
  for (const path of plain.slice(0, MOST_SAMPLED_FIELDS)) {
    if (list.length + path.length > 2_000) break;
    list += list === '' ? path : `,${path}`;
  }
  const path = `/solr/${core}/select?q=*:*&rows=${values.most}&fl=${list}&timeAllowed=2000&wt=json`;
  const { json } = await askJson(session, context, path, {
    shown: `/solr/${shown}/select?rows=${values.most}`,
    note: () => 'values classified in memory and dropped',
  });
  const documents = at(json, 'response', 'docs');
  if (Array.isArray(documents)) takeDocuments(values, shown, documents);
}

function isSolrRefusal(status: number, body: Buffer): boolean {
  const said = body.subarray(0, 4_096).toString('latin1');
  return (
    (status === 401 || status === 403) &&
    /\/solr\/admin\/info\/system|[Rr]equire authentication|Unauthorized request, Response code|authentication.*solr/.test(
      said,
    )
  );
}

export const solr: ProbeService = {
  id: 'solr',
  title: 'Apache Solr',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 8983, tls: 'retry' }],
  allow: allowRequests(
    [
      { path: SYSTEM, why: 'product and version' },
      { path: CORES, why: 'names, counts and sizes of cores' },
      { path: `/solr/<nonce>${NOTHING}`, why: 'the control request, which must fail' },
      { path: `/solr/<core>${NOTHING}`, why: 'whether documents may be read, without reading one' },
      { path: `/solr/<core>${LUKE}`, why: 'field names and types' },
      {
        path: `/solr/<core>${NOTHING}&json.facet=${FACET_BEFORE}<field>${FACET_AFTER}`,
        why: 'how many different values a field has that tells people apart, without documents',
      },
      { path: AUTHORIZATION, why: 'whether any authorization is configured' },
    ],
    placeholders,
  ),
  sampling: allowRequests(
    [
      {
        path: '/solr/<core>/select?q=*:*&rows=<most>&fl=<fields>&timeAllowed=2000&wt=json',
        why: 'up to five values of each field, classified in memory and dropped',
      },
    ],
    placeholders,
  ),
  remediation: {
    developer: 'Let the app search through your own API; Solr’s own interface is for the application server.',
    it: 'Upload a security.json with `BasicAuthPlugin` (`blockUnknown: true`) and `RuleBasedAuthorizationPlugin`, set `SOLR_JETTY_HOST=127.0.0.1` (or a private address) and `SOLR_SSL_ENABLED=true`, and close 8983 and 9983 in the firewall.',
    security:
      'Treat the documents as read by strangers; an open Solr is also run for code (`/config`, Velocity, data import): look for changed configurations.',
  },
  references: [
    'https://solr.apache.org/guide/8_11/basic-authentication-plugin.html',
    'https://solr.apache.org/guide/8_11/coreadmin-api.html',
  ],
  tested: [{ how: 'server', what: 'Solr 8.11.4 in Jetty (open, BasicAuthPlugin, behind TLS)' }],
  recognise: (root) => {
    const moved = /\/solr\/?$/.test(root.headers.location ?? '');
    return moved ? 'sure' : perhaps(root, root.status === 404);
  },
  probe: askSolr,
};
