/**
 * MQTT brokers (Mosquitto, EMQX, VerneMQ, HiveMQ, Aedes).
 *
 * Dialogue (3.1.1, one connection):
 *   CONNECT clean, random client id, no user   CONNACK 0 | 4, 5 (bad credentials, not authorized): secured
 *   SUBSCRIBE $SYS/broker/version, $SYS/broker/clients/connected, postern/<random>
 *                                              SUBACK per filter: 0 granted, 0x80 refused
 *   PINGREQ                                    PUBLISH of retained $SYS values, then PINGRESP: nothing more will come
 *   DISCONNECT
 *
 * What SUBACK proves. A granted subscription to a random topic means that the broker lets a stranger listen, so the
 * verdict is anonymous-read; no client's message is ever received, since nobody publishes to that topic. Mosquitto,
 * however, grants every subscription and applies its acl_file on delivery. Where it delivers its own version to us it
 * delivers at all; where it does not (and a second CONNECT, 5.0 with an empty client id, is answered with Mosquitto's
 * `auto-` id) listening was not shown, and the verdict is metadata-only. Publishing cannot be told without publishing.
 *
 * Never: `#` or any wildcard, a will, a retained message, a client id that may be another client's. Run against
 * Mosquitto 2.0.11 and Aedes 1.2.
 */
import { PosternError } from '../../../core/errors.ts';
import type { Connection } from '../../../net/connection.ts';
import { requirePrivate } from '../../auth/clear-text.ts';
import { malformed, parseCount, parseVersion, unidentified, unlessMalformed } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { allow, CLIENTS_TOPIC, controlAllow, VERSION_TOPIC } from './allow.ts';
import {
  assignedClientId,
  connectPacket,
  DISCONNECT,
  type Packet,
  PINGREQ,
  parseConnack,
  parsePublish,
  parseSuback,
  readPacket,
  subscribePacket,
} from './packets.ts';

/** CONNACK return codes (3.1.1, table 3.1) and reason codes (5.0, section 3.2.2.2) that mean "not without credentials". */
const REFUSES_STRANGERS = new Set([4, 5, 0x86, 0x87, 0x8c]);
const REFUSALS: Readonly<Record<number, string>> = {
  1: 'the protocol version',
  2: 'the client id',
  3: 'everybody: it is unavailable',
};
const MAX_PACKETS = 32;
const WRITING = 'publishing (it cannot be told without publishing)';

export const mqtt: ProbeService = {
  id: 'mqtt',
  title: 'MQTT broker',
  version: 1,
  transport: 'tcp',
  serverSpeaksFirst: false,
  ports: [
    { port: 1883, tls: 'retry' },
    { port: 8883, tls: 'first' },
  ],
  allow,
  remediation: {
    developer:
      'Give every device its own credential or certificate (`mqtts://`, port 8883) and topics that carry its identity, so that an ACL can hold it to them.',
    it: 'mosquitto.conf: `allow_anonymous false`, `password_file` or `plugin`, `acl_file`, `listener 8883` with certificates instead of 1883; EMQX: enable an authenticator and `no_match = deny`. Close 1883 in the firewall.',
    security:
      'Whoever could subscribe saw positions and commands of all devices live, and retained messages from before; whoever could publish could send commands. Review both.',
  },
  references: [
    'https://mosquitto.org/man/mosquitto-conf-5.html',
    'https://mosquitto.org/documentation/authentication-methods/',
    'https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/mqtt-v3.1.1.html',
  ],
  tested: [
    { how: 'server', what: 'Mosquitto 2.0.11 (open, password, ACL, TLS)' },
    { how: 'server', what: 'Aedes 1.2 (open, password)' },
  ],
  control: {
    allow: controlAllow,
    run: async (context, credentials) => {
      const connection = await context.connect();
      try {
        requirePrivate(connection, 'an MQTT password');
        await connection.write(connectPacket(4, clientId(context), credentials));
        if (parseConnack(await readPacket(connection, 'first')) !== 0) return false;
        await connection.write(DISCONNECT);
        return true;
      } finally {
        connection.close();
      }
    },
  },
  probe,
};

async function probe(context: ProbeContext): Promise<Observation> {
  const connection = await context.connect();
  try {
    await connection.write(connectPacket(4, clientId(context)));
    const code = await unlessMalformed(readPacket(connection, 'first').then(parseConnack));
    if (code === undefined) return unidentified('MQTT');
    context.record('CONNECT without a user', `CONNACK ${code}`);
    if (REFUSES_STRANGERS.has(code))
      return closed('secured', `the broker refuses clients without credentials (CONNACK ${code})`);
    if (code !== 0)
      return closed('inconclusive', `the broker refuses ${REFUSALS[code] ?? `the connection (code ${code})`}`);
    return await listen(context, connection);
  } finally {
    connection.close();
  }
}

interface Heard {
  /** Whether the random topic was granted. */
  granted: boolean;
  version: string | undefined;
  clients: number | undefined;
}

async function listen(context: ProbeContext, connection: Connection): Promise<Observation> {
  const heard = await subscribe(context, connection);
  await connection.write(DISCONNECT);
  connection.close();
  const clients = heard.clients === undefined ? '' : `, ${heard.clients} clients connected`;
  context.record(
    'SUBSCRIBE to a random topic and two $SYS topics',
    `${heard.granted ? 'granted' : 'refused'}${clients}`,
  );
  const version = parseVersion(/(\d+\.\d+(?:\.\d+)?)/.exec(heard.version ?? '')?.[1]);
  const product = /^(mosquitto|emqx|vernemq|hivemq)\b/i.exec(heard.version ?? '')?.[1]?.toLowerCase();
  const shared = { identified: true, datasets: [], version, ...(product === undefined ? {} : { product }) };
  const notTested = [WRITING, 'names of topics and messages (wildcards are never subscribed to)'];
  if (!heard.granted) {
    return {
      ...shared,
      verdict: 'metadata-only',
      reason: 'a stranger may connect, but not subscribe to an arbitrary topic',
      notTested,
    };
  }
  if (heard.version === undefined && (await isMosquitto(context))) {
    return {
      ...shared,
      product: 'mosquitto',
      verdict: 'metadata-only',
      reason: 'a stranger may connect; what is delivered depends on the broker’s ACL, which let nothing through here',
      notTested: [
        ...notTested,
        'delivery of other topics (Mosquitto grants every subscription and filters on delivery)',
      ],
    };
  }
  return {
    ...shared,
    verdict: 'anonymous-read',
    reason: `a stranger may connect and subscribe to any topic${clients}`,
    notTested: heard.version === undefined ? [...notTested, 'whether messages are delivered'] : notTested,
  };
}

async function subscribe(context: ProbeContext, connection: Connection): Promise<Heard> {
  const id = 1 + (Number.parseInt(context.nonce().slice(-4), 36) % 65_535);
  await connection.write(subscribePacket(id, [VERSION_TOPIC, CLIENTS_TOPIC, `postern/${context.nonce()}`]));
  const heard: Heard = { granted: false, version: undefined, clients: undefined };
  let acknowledged = false;
  for (let count = 0; count < MAX_PACKETS; count++) {
    const packet = await readPacket(connection);
    if (packet.head >> 4 === 9) {
      const codes = parseSuback(packet, id);
      if (codes?.length !== 3) throw malformed('MQTT', 'SUBACK');
      acknowledged = true;
      // Only now: brokers that work asynchronously may answer a ping before a subscription.
      await connection.write(PINGREQ);
      heard.granted = (codes[2] ?? 0x80) <= 2;
    } else if (packet.head === 0xd0) {
      if (!acknowledged) throw malformed('MQTT', 'PINGRESP before SUBACK');
      return heard;
    } else keep(packet, heard);
  }
  return heard;
}

/** Takes the two statistics; any other message is dropped unread. */
function keep(packet: Packet, heard: Heard): void {
  const message = parsePublish(packet);
  if (message?.topic === VERSION_TOPIC) heard.version = message.payload.toString('utf8', 0, 64);
  if (message?.topic === CLIENTS_TOPIC) heard.clients = parseCount(message.payload.toString('latin1', 0, 16));
}

/** Mosquitto names clients that bring no id `auto-<UUID>`. */
async function isMosquitto(context: ProbeContext): Promise<boolean> {
  const connection = await context.connect();
  try {
    await connection.write(connectPacket(5, ''));
    const answer = await readPacket(connection, 'first');
    if (parseConnack(answer) !== 0) return false;
    await connection.write(DISCONNECT);
    return /^auto-[0-9A-F]{8}-/i.test(assignedClientId(answer) ?? '');
  } catch (error) {
    if (error instanceof PosternError && error.code === 'E_PROBE_IO') return false;
    throw error;
  } finally {
    connection.close();
  }
}

/** A new one each time: a broker closes the older of two clients with one id. At most 23 characters (3.1.1, 3.1.3.1). */
function clientId(context: ProbeContext): string {
  return `postern-${context.nonce().slice(0, 15)}`;
}

function closed(verdict: 'secured' | 'inconclusive', reason: string): Observation {
  return {
    identified: true,
    datasets: [],
    verdict,
    reason,
    notTested: verdict === 'secured' ? [] : ['subscribing', WRITING],
  };
}
