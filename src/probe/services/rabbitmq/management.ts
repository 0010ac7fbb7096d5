/**
 * RabbitMQ's management API, ports 15672 and 15671 (TLS).
 *
 * ```
 * GET /                title "RabbitMQ Management"
 * GET /api/overview    401 {"error":"not_authorized",…} with Basic realm "RabbitMQ Management", always
 *                      200 only where a front logs everybody in: {"rabbitmq_version":…,"queue_totals":{"messages":12}}
 * GET /api/<random>    401 like everything else; 404 behind such a front; 2xx: a catch-all or a honeypot
 * GET /api/whoami      {"name":…,"tags":["administrator"]}: whoever everybody is
 * ```
 *
 * guest/guest is a login and never tried.
 */
import type { HttpAnswer } from '../../../net/connection.ts';
import { at, count, parseJson, text } from '../../json.ts';
import { grouped } from '../../names.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { managementAllow } from './allow.ts';
import { REMEDIATION } from './index.ts';

const GUEST = 'default logins such as guest (no login is tried)';

async function probe(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const overview = await session.get('/api/overview', { maxBytes: 1_048_576 });
  const body = parseJson(overview.body);
  const version = parseVersion(text(at(body, 'rabbitmq_version')));
  const refused = overview.status === 401 && isOwnRefusal(overview);
  const open = overview.status === 200 && version !== undefined;
  if (!refused && !open) return unidentified('RabbitMQ management');
  context.record('GET /api/overview', `${overview.status}`);
  const base = { identified: true, product: 'rabbitmq', ...(version === undefined ? {} : { version }) };
  if (refused) {
    const reason = 'the management API refuses strangers (401)';
    return { ...base, verdict: 'secured', datasets: [], reason, notTested: [GUEST] };
  }
  const control = await session.get(`/api/${context.nonce()}`, { maxBytes: 65_536 });
  context.record('GET /api/<random>', `${control.status}`);
  if (control.status < 300) {
    const reason = `the control request for a path that cannot exist was answered with ${control.status}`;
    return { ...base, verdict: 'inconclusive', datasets: [], reason, notTested: ['what a stranger gets here'] };
  }
  const documents = count(at(body, 'queue_totals', 'messages'));
  const queues = count(at(body, 'object_totals', 'queues'));
  const size = {
    ...(documents === undefined ? {} : { documents }),
    datasets: queues === undefined ? [] : [{ name: 'queues', documents: queues, fields: [] }],
  };
  const who = await session.get('/api/whoami', { maxBytes: 65_536 });
  const tags = at(parseJson(who.body), 'tags');
  const words = Array.isArray(tags) ? tags : (text(tags) ?? '').split(',');
  const admin = who.status === 200 && words.includes('administrator');
  context.record('GET /api/whoami', `${who.status}${admin ? ', administrator' : ''}`);
  const seen = `${grouped(queues ?? 0)} queues with ${grouped(documents ?? 0)} messages`;
  if (admin) {
    const reason = `everybody is logged in as an administrator: ${seen}`;
    return { ...base, ...size, verdict: 'anonymous-write', reason, notTested: ['messages (never read)'] };
  }
  const notTested = ['messages (never read)', 'whether a stranger may write'];
  return { ...base, ...size, verdict: 'anonymous-read', reason: `a stranger sees ${seen}`, notTested };
}

function isOwnRefusal(answer: HttpAnswer): boolean {
  const realm = /RabbitMQ Management/i.test(answer.headers['www-authenticate'] ?? '');
  return realm || text(at(parseJson(answer.body), 'error')) === 'not_authorized';
}

export const rabbitmqManagement: ProbeService = {
  id: 'rabbitmq',
  face: 'http',
  title: 'RabbitMQ management',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 15672, tls: 'retry' },
    { port: 15671, tls: 'first' },
  ],
  allow: managementAllow,
  remediation: REMEDIATION,
  references: ['https://www.rabbitmq.com/docs/management', 'https://www.rabbitmq.com/docs/http-api-reference'],
  tested: [{ how: 'server', what: 'RabbitMQ 3.10.8 with rabbitmq_management (as it comes, TLS)' }],
  recognise: ({ status, body }) => {
    if (/<title>RabbitMQ Management<\/title>/i.test(body.toString('latin1', 0, 4_096))) return 'sure';
    return status === 200 ? 'no' : 'possible';
  },
  probe,
};
