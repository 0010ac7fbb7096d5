import { allowParsed } from '../../../net/allow-list.ts';
import { connectPacket, DISCONNECT, decodeRequest, PINGREQ, subscribePacket } from './packets.ts';

/** Statistics of the broker itself; no client publishes there. */
export const VERSION_TOPIC = '$SYS/broker/version';
export const CLIENTS_TOPIC = '$SYS/broker/clients/connected';

const CLIENT_ID = /^postern-[a-z0-9]{4,15}$/;
const OWN_TOPIC = /^postern\/[a-z0-9]{4,64}$/;
/** What stands for the random part in what `--dry-run` shows. */
const EXAMPLE = 'x3f9c1d27ab84e05';

/** The whole dialogue. */
export const allow = allowParsed(
  [
    'CONNECT 3.1.1, clean session, no will, client id postern-<random>, no user',
    'CONNECT 5.0, clean start, no will, empty client id, no user (to recognise Mosquitto)',
    `SUBSCRIBE QoS 0 to exactly ${VERSION_TOPIC}, ${CLIENTS_TOPIC} and postern/<random>`,
    'PINGREQ',
    'DISCONNECT',
  ],
  (bytes) => {
    const request = decodeRequest(bytes);
    switch (request?.kind) {
      case 'connect':
        return !request.login && (request.level === 5 ? request.clientId === '' : CLIENT_ID.test(request.clientId));
      case 'subscribe':
        return (
          request.filters.length === 3 &&
          request.filters[0] === VERSION_TOPIC &&
          request.filters[1] === CLIENTS_TOPIC &&
          OWN_TOPIC.test(request.filters[2] ?? '')
        );
      case 'ping':
      case 'disconnect':
        return true;
      default:
        return false;
    }
  },
  [
    {
      why: 'whether a client without a user is let in (its id is random)',
      bytes: connectPacket(4, `postern-${EXAMPLE.slice(0, 15)}`),
    },
    {
      why: 'version, clients, and whether a stranger may listen (the last topic is random)',
      bytes: subscribePacket(1, [VERSION_TOPIC, CLIENTS_TOPIC, `postern/${EXAMPLE}`]),
    },
    { why: 'whether all that was kept has been delivered', bytes: PINGREQ },
    { why: 'the end', bytes: DISCONNECT },
    { why: 'whether it is Mosquitto, where nothing was delivered', bytes: connectPacket(5, '') },
  ],
);

/** The owner's login and nothing after it. */
export const controlAllow = allowParsed(
  ['CONNECT 3.1.1, clean session, no will, client id postern-<random>, the owner’s user and password', 'DISCONNECT'],
  (bytes) => {
    const request = decodeRequest(bytes);
    if (request?.kind === 'disconnect') return true;
    return request?.kind === 'connect' && request.level === 4 && request.login && CLIENT_ID.test(request.clientId);
  },
);
