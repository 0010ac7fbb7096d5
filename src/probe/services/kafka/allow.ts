import { allowParsed } from '../../../net/allow-list.ts';
import { allowRequests } from '../../../net/request-templates.ts';
import {
  API,
  apiVersionsRequest,
  describeAclsRequest,
  EARLIEST,
  LATEST,
  listOffsetsRequest,
  metadataRequest,
  saslHandshakeRequest,
} from './packets.ts';

const NONCE = /^[a-z0-9]{4,64}$/;
const EXAMPLE = 'x3f9c1d27ab84e05';
/** A topic's name as Kafka allows it. */
export const TOPIC = /^[A-Za-z0-9._-]{1,249}$/;
export const MOST_PARTITIONS = 64;
const MOST_REQUESTS = 256;
/** Length (4), key (2), version (2), id (4), client id (2 + 7). */
const HEAD = 21;

function judge(bytes: Uint8Array): boolean {
  const sent = Buffer.from(bytes);
  if (sent.length < HEAD || sent.length > 4_096) return false;
  const [key, version, id] = [sent.readInt16BE(4), sent.readInt16BE(6), sent.readInt32BE(8)];
  if (id < 1 || id > MOST_REQUESTS) return false;
  switch (key) {
    case API.versions:
      return sent.equals(apiVersionsRequest(id));
    case API.sasl:
      return sent.equals(saslHandshakeRequest(id));
    case API.acls:
      return sent.equals(describeAclsRequest(id));
    case API.metadata:
      return (version === 4 || version === 8) && isMetadata(sent, id, version);
    case API.offsets:
      return isListOffsets(sent, id);
    default:
      return false;
  }
}

function isMetadata(sent: Buffer, id: number, version: 4 | 8): boolean {
  if (sent.equals(metadataRequest(id, version, undefined))) return true;
  const topic = nameAt(sent, HEAD + 4);
  return topic !== undefined && NONCE.test(topic) && sent.equals(metadataRequest(id, version, topic));
}

function isListOffsets(sent: Buffer, id: number): boolean {
  const topic = nameAt(sent, HEAD + 8);
  if (topic === undefined || !TOPIC.test(topic)) return false;
  const from = HEAD + 10 + topic.length;
  const total = sent.length >= from + 4 ? sent.readInt32BE(from) : 0;
  if (total < 1 || total > MOST_PARTITIONS || sent.length !== from + 4 + total * 12) return false;
  const partitions = Array.from({ length: total }, (_, n) => sent.readInt32BE(from + 4 + n * 12));
  return [LATEST, EARLIEST].some((at) => sent.equals(listOffsetsRequest(id, topic, partitions, at)));
}

function nameAt(sent: Buffer, at: number): string | undefined {
  if (sent.length < at + 2) return undefined;
  const length = sent.readInt16BE(at);
  return length < 1 || sent.length < at + 2 + length ? undefined : sent.toString('utf8', at + 2, at + 2 + length);
}

/** The whole dialogue of the broker's protocol. */
export const kafkaAllow = allowParsed(
  [
    'ApiVersions v0',
    'Metadata v8 or v4 of a topic with a random name, never created – the control request',
    'Metadata v8 or v4 of all topics – names, partitions and what a stranger may do with them',
    'DescribeAcls v1 of the cluster for User:ANONYMOUS – only whether an authorizer exists is read',
    'ListOffsets v1 of a listed topic, earliest and latest – counts; messages are never fetched',
    'SaslHandshake v1 with the mechanism POSTERN, which does not exist – no login',
  ],
  judge,
  [
    { why: 'whether this is Kafka, and its version', bytes: apiVersionsRequest(1) },
    {
      why: 'the control request: a topic that cannot exist (its name is random)',
      bytes: metadataRequest(2, 8, EXAMPLE),
    },
    { why: 'topics, and what a stranger may do with them', bytes: metadataRequest(3, 8, undefined) },
    { why: 'the same for brokers before 2.3', bytes: metadataRequest(3, 4, undefined) },
    { why: 'whether an authorizer is configured', bytes: describeAclsRequest(4) },
    { why: 'where a topic ends (each listed topic)', bytes: listOffsetsRequest(5, 'orders', [0, 1, 2], LATEST) },
    { why: 'where it begins', bytes: listOffsetsRequest(6, 'orders', [0, 1, 2], EARLIEST) },
    { why: 'which login a broker asks for that closed on Metadata', bytes: saslHandshakeRequest(2) },
  ],
);

/** The whole dialogue with Schema Registry, REST Proxy and Connect. */
export const kafkaHttpAllow = allowRequests([
  { path: '/', why: 'which of the three it is' },
  { path: '/<nonce>', why: 'the control request: a path that cannot exist' },
  { path: '/subjects', why: 'Schema Registry: names of subjects' },
  { path: '/v1/metadata/version', why: 'Schema Registry: version' },
  { path: '/mode', why: 'Schema Registry: whether it takes writes' },
  { path: '/topics', why: 'REST Proxy: names of topics' },
  { path: '/connectors', why: 'Connect: names of connectors' },
]);
