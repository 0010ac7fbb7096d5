/**
 * RabbitMQ and other brokers of AMQP 0-9-1, ports 5672 and 5671 (TLS).
 *
 *   AMQP 0 0 9 1     Connection.Start: product, version, mechanisms "PLAIN AMQPLAIN"; then we close
 *                    "AMQP" and another version: an AMQP 1.0 broker
 *
 * Every mechanism but ANONYMOUS asks for credentials. RabbitMQ 4 offers ANONYMOUS by default as the user that
 * `anonymous_login_user` names, who may be bound to loopback (`loopback_users`): offered is not admitted, and no login is
 * tried, neither that one nor guest's.
 */
import { parseVersion, speak } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { AMQP_HEADER, amqpAllow } from './allow.ts';
import { readStart, type Start } from './start.ts';

const GUEST = 'default logins such as guest (no login is tried)';

async function probe(context: ProbeContext): Promise<Observation> {
  return await speak(context, 'AMQP', async (connection) => {
    await connection.write(AMQP_HEADER);
    const start = await readStart(connection);
    const clear = connection.tls === undefined ? '; passwords would cross the network in clear' : '';
    if (start === 'other version') {
      context.record('AMQP 0-9-1 header', 'another version of AMQP');
      return told({
        verdict: 'inconclusive',
        reason: 'the broker speaks another version of AMQP',
        notTested: ['logins'],
      });
    }
    return judged(context, start, clear);
  });
}

function judged(context: ProbeContext, start: Start, clear: string): Observation {
  const version = parseVersion(start.version);
  const product = /^rabbitmq\b/i.test(start.product ?? '') ? { product: 'rabbitmq' } : {};
  const names = start.mechanisms.slice(0, 8).join(', ');
  context.record('AMQP 0-9-1 header', `Connection.Start, ${names}`);
  const base = { ...product, ...(version === undefined ? {} : { version }) };
  if (start.mechanisms.includes('ANONYMOUS')) {
    const reason = 'the broker offers logins without credentials (ANONYMOUS); whether it admits them was not tried';
    return { ...told({ verdict: 'inconclusive', reason, notTested: ['the ANONYMOUS login', GUEST] }), ...base };
  }
  const reason = `the broker asks for credentials (${names})${clear}`;
  return { ...told({ verdict: 'secured', reason, notTested: [GUEST] }), ...base };
}

function told(answer: Pick<Observation, 'verdict' | 'reason' | 'notTested'>): Observation {
  return { identified: true, datasets: [], ...answer };
}

export const REMEDIATION = {
  developer: 'Let apps talk to your own API, not to the broker; give each service its own user, vhost and permissions.',
  it: 'In rabbitmq.conf set `listeners.ssl.default = 5671`, `listeners.tcp = none`, `anonymous_login_user = none`, `management.tcp.ip = 127.0.0.1`, keep `loopback_users.guest = true`, and `rabbitmqctl delete_user guest`. Close 4369, 5672, 15672 and 25672 in the firewall.',
  security:
    'Look for unknown users, queues, shovels and federation links; rotate passwords that crossed the network in clear.',
};

export const rabbitmq: ProbeService = {
  id: 'rabbitmq',
  face: 'amqp',
  aliases: ['amqp'],
  title: 'RabbitMQ (AMQP)',
  version: 1,
  transport: 'tcp',
  serverSpeaksFirst: false,
  ports: [
    { port: 5672, tls: 'retry' },
    { port: 5671, tls: 'first' },
  ],
  allow: amqpAllow,
  remediation: REMEDIATION,
  references: [
    'https://www.rabbitmq.com/docs/access-control',
    'https://www.rabbitmq.com/docs/production-checklist',
    'https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf',
  ],
  tested: [{ how: 'server', what: 'RabbitMQ 3.10.8 (as it comes, without guest, ANONYMOUS offered, TLS)' }],
  probe,
};
