/**
 * Apache Kafka, Redpanda and others that speak Kafka's protocol, ports 9092 and 9093 (TLS).
 *
 *   ApiVersions v0              ranges of versions: the family; answered before any login
 *   Metadata, random topic      error 3, unknown topic (with an authorizer 29: not authorized); auto-creation is off
 *                               connection closed: SASL is asked for. A second connection asks SaslHandshake for a
 *                               mechanism that does not exist: error 33 and the names of those that do
 *   Metadata, all topics        names of what a stranger may describe; v8 adds what else he may do (read 8, write 16)
 *   DescribeAcls                error 54 SECURITY_DISABLED: no authorizer, everybody may do everything
 *   ListOffsets                 latest minus earliest, by partition: how many messages (compaction and transactions aside)
 *
 * Advertised listeners are never followed, so partitions that another broker leads are not counted. Messages are never
 * fetched. Run against Kafka 3.9.
 */
import { PosternError } from '../../../core/errors.ts';
import type { Connection } from '../../../net/connection.ts';
import { certificateWanted, wantsCertificate } from '../../auth/client-certificate.ts';
import { datasetName, grouped } from '../../names.ts';
import { isMalformed, sumKnown, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { kafkaAllow, MOST_PARTITIONS, TOPIC } from './allow.ts';
import {
  API,
  type ApiRange,
  apiVersionsRequest,
  describeAclsRequest,
  EARLIEST,
  LATEST,
  listOffsetsRequest,
  MAY,
  metadataRequest,
  parseAclsError,
  parseApiVersions,
  parseMetadata,
  parseOffsets,
  parseSaslHandshake,
  type Reader,
  readAnswer,
  saslHandshakeRequest,
  type Topic,
} from './packets.ts';

const UNKNOWN_TOPIC = 3;
const NOT_AUTHORIZED = 29;
const SECURITY_DISABLED = 54;
const MOST_TOPICS = 20;
const NEVER = 'messages (never fetched)';
const EXACT = 'the exact version (only ranges are told: the version is the oldest release that has them)';

/** The newest version of Fetch by release (https://kafka.apache.org/protocol, "Fetch API", and release notes). */
const FAMILIES: readonly (readonly [fetch: number, family: string])[] = [
  [18, '4.1'],
  [17, '3.9'],
  [16, '3.7'],
  [15, '3.5'],
  [13, '3.1'],
  [12, '2.7'],
  [11, '2.3'],
  [10, '2.1'],
  [8, '2.0'],
  [7, '1.1'],
  [6, '1.0'],
];

/** Numbers its requests. */
class Dialogue {
  #id = 0;
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async ask(request: (id: number) => Buffer): Promise<Reader> {
    const id = ++this.#id;
    await this.#connection.write(request(id));
    return await readAnswer(this.#connection, id);
  }
}

async function probe(context: ProbeContext): Promise<Observation> {
  const connection = await context.connect();
  try {
    const dialogue = new Dialogue(connection);
    let ranges: ReadonlyMap<number, ApiRange>;
    try {
      ranges = parseApiVersions(await dialogue.ask(apiVersionsRequest));
    } catch (error) {
      if (isMalformed(error)) return unidentified('Kafka');
      if (wantsCertificate(error)) return certificateWanted();
      throw error;
    }
    const version = family(ranges);
    context.record('ApiVersions', `${ranges.size} requests${version === undefined ? '' : `, as of ${version}`}`);
    const base = { identified: true, product: 'kafka', ...(version === undefined ? {} : { version }) };
    const spoken = ([8, 4] as const).find((one) => offers(ranges, API.metadata, one));
    if (spoken === undefined) {
      return { ...base, ...inconclusive('the broker speaks no version of Metadata that asks without creating topics') };
    }
    let control: Topic[];
    try {
      control = parseMetadata(await dialogue.ask((id) => metadataRequest(id, spoken, context.nonce())), spoken).topics;
    } catch (error) {
      if (isMalformed(error) || !(error instanceof PosternError) || error.code !== 'E_PROBE_IO') throw error;
      return { ...base, ...(await closed(context, ranges)) };
    }
    const code = control[0]?.error;
    context.record('Metadata of a random topic', code === undefined ? 'no answer to it' : `error ${code}`);
    if (code !== UNKNOWN_TOPIC && code !== NOT_AUTHORIZED) {
      return { ...base, ...inconclusive('the control request for a topic that cannot exist was not refused') };
    }
    return { ...base, ...(await topics(context, dialogue, ranges, spoken)) };
  } finally {
    connection.close();
  }
}

type Answer = Pick<Observation, 'verdict' | 'documents' | 'datasets' | 'reason' | 'notTested'>;

/** The broker closed on the first request that needs a login. */
async function closed(context: ProbeContext, ranges: ReadonlyMap<number, ApiRange>): Promise<Answer> {
  context.record('Metadata of a random topic', 'closed');
  if (!offers(ranges, API.sasl, 1)) return inconclusive('the broker closes on Metadata and knows no SASL');
  const connection = await context.connect();
  try {
    const answer = await new Dialogue(connection).ask(saslHandshakeRequest);
    const { error, mechanisms } = parseSaslHandshake(answer);
    const known = mechanisms.filter((name) => /^[A-Z0-9_-]{1,20}$/.test(name)).slice(0, 8);
    context.record('SaslHandshake', `error ${error}, ${known.join(', ')}`);
    if (error !== 33) return inconclusive(`the broker closes on Metadata and answers SASL with error ${error}`);
    const clear = connection.tls === undefined ? '; passwords would cross the network in clear' : '';
    return {
      verdict: 'secured',
      datasets: [],
      reason: `the broker asks for SASL (${known.join(', ')})${clear}`,
      notTested: [],
    };
  } finally {
    connection.close();
  }
}

async function topics(
  context: ProbeContext,
  dialogue: Dialogue,
  ranges: ReadonlyMap<number, ApiRange>,
  spoken: 4 | 8,
): Promise<Answer> {
  const { brokers, topics: all } = parseMetadata(
    await dialogue.ask((id) => metadataRequest(id, spoken, undefined)),
    spoken,
  );
  const own = all.filter((topic) => topic.error === 0 && !topic.internal && TOPIC.test(topic.name));
  context.record('Metadata of all topics', `${own.length} topics, ${brokers} brokers`);
  let open = false;
  if (offers(ranges, API.acls, 1)) {
    const error = parseAclsError(await dialogue.ask(describeAclsRequest));
    open = error === SECURITY_DISABLED;
    context.record('DescribeAcls', `error ${error}${open ? ', no authorizer' : ''}`);
  }
  const datasets: ObservedDataset[] = [];
  let elsewhere = 0;
  for (const [index, topic] of own.entries()) {
    const counted = index < MOST_TOPICS && offers(ranges, API.offsets, 1) ? await messages(dialogue, topic) : undefined;
    if (counted?.partial) elsewhere++;
    const documents = counted?.documents;
    datasets.push({ name: datasetName(topic.name), ...(documents === undefined ? {} : { documents }), fields: [] });
  }
  const documents = sumKnown(datasets.map((one) => one.documents));
  const size = { ...(documents === undefined ? {} : { documents }), datasets };
  const notTested = [NEVER, EXACT];
  if (elsewhere > 0)
    notTested.push(`partitions of ${elsewhere} topics that other brokers lead (listeners are never followed)`);
  if (own.length > MOST_TOPICS) notTested.push(`counts of ${own.length - MOST_TOPICS} further topics`);
  const seen = `${grouped(own.length)} topics${documents === undefined ? '' : ` with ${grouped(documents)} messages`}`;
  if (open) {
    const reason = `no authorizer is configured: a stranger reads and writes ${seen}`;
    return { ...size, verdict: 'anonymous-write', reason, notTested };
  }
  const may = (right: number) => own.filter(({ rights }) => rights !== undefined && (rights & right) !== 0).length;
  if (may(MAY.write) > 0) {
    const reason = `ACLs let a stranger write to ${may(MAY.write)} of ${seen}`;
    return { ...size, verdict: 'anonymous-write', reason, notTested };
  }
  notTested.push('whether a stranger may create topics');
  if (may(MAY.read) > 0) {
    const reason = `ACLs let a stranger read ${may(MAY.read)} of ${seen}`;
    return { ...size, verdict: 'anonymous-read', reason, notTested };
  }
  if (own.length > 0) {
    const reason = `a stranger lists ${seen}${spoken === 8 ? ' and may read none' : ''}`;
    return { ...size, verdict: 'metadata-only', reason, notTested };
  }
  return {
    verdict: 'secured',
    datasets: [],
    reason: 'an authorizer shows strangers no topic',
    notTested: ['topics by name'],
  };
}

async function messages(dialogue: Dialogue, topic: Topic): Promise<{ documents?: number; partial: boolean }> {
  const asked = topic.partitions.slice(0, MOST_PARTITIONS);
  if (asked.length === 0) return { partial: false };
  const last = parseOffsets(await dialogue.ask((id) => listOffsetsRequest(id, topic.name, asked, LATEST)));
  const first = parseOffsets(await dialogue.ask((id) => listOffsetsRequest(id, topic.name, asked, EARLIEST)));
  let total: bigint | undefined;
  for (const [partition, end] of last.offsets) {
    const begin = first.offsets.get(partition);
    if (begin !== undefined && end >= begin && begin >= 0n) total = (total ?? 0n) + end - begin;
  }
  const partial = last.error !== 0 || asked.length < topic.partitions.length;
  return total === undefined || total > BigInt(Number.MAX_SAFE_INTEGER)
    ? { partial }
    : { documents: Number(total), partial };
}

function offers(ranges: ReadonlyMap<number, ApiRange>, key: number, version: number): boolean {
  const range = ranges.get(key);
  return range !== undefined && range.min <= version && version <= range.max;
}

/** What the ranges tell: the release from which on a broker has them. */
function family(ranges: ReadonlyMap<number, ApiRange>): string | undefined {
  const [fetch, produce] = [ranges.get(1), ranges.get(0)];
  if (fetch === undefined || produce === undefined) return undefined;
  // 4.0 took the oldest versions of Fetch away (KIP-896).
  if (fetch.max === 17 && fetch.min >= 4) return '4.0';
  return FAMILIES.find(([newest]) => fetch.max >= newest)?.[1];
}

function inconclusive(reason: string): Answer {
  return { verdict: 'inconclusive', datasets: [], reason, notTested: ['what a stranger gets here'] };
}

export const kafka: ProbeService = {
  id: 'kafka',
  face: 'kafka',
  aliases: ['redpanda'],
  title: 'Apache Kafka',
  version: 1,
  transport: 'tcp',
  serverSpeaksFirst: false,
  ports: [
    { port: 9092, tls: 'retry' },
    { port: 9093, tls: 'first' },
  ],
  allow: kafkaAllow,
  remediation: {
    developer:
      'Let apps send events to your own API, which produces them; give each service its own principal and ACLs.',
    it: 'In server.properties set `listeners=SASL_SSL://…`, `authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer`, `allow.everyone.if.no.acl.found=false`, and `advertised.listeners` to private names. Close 9092 and 9093 in the firewall.',
    security:
      'Treat topics as read and their messages as possibly forged: review what consumers did with them, and rotate credentials that were sent.',
  },
  references: [
    'https://kafka.apache.org/protocol',
    'https://kafka.apache.org/documentation/#security_authz',
    'https://cwiki.apache.org/confluence/display/KAFKA/KIP-896%3A+Remove+old+client+protocol+API+versions+in+Kafka+4.0',
  ],
  tested: [{ how: 'server', what: 'Kafka 3.9.1 (open, ACLs, SASL, TLS)' }],
  probe,
};
