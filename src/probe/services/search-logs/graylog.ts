/**
 * Graylog 2 to 6, HTTP port 9000.
 *
 * ```
 * GET /api/            200 {"cluster_id":…,"node_id":…,"version":"5.2.4","tagline":"Manage your logs in the dark …"}
 * GET /api/<random>    404; 2xx: a catch-all
 * GET /api/streams     401: it has no anonymous user; 200 {"total":…}: something in front signs strangers in
 * ```
 *
 * Sources: https://go2docs.graylog.org/current/setting_up_graylog/rest_api.html,
 * https://github.com/Graylog2/graylog2-server (HelloWorldResource)
 */
import { allowRequests } from '../../../net/request-templates.ts';
import { askJson, conclude, disbelieved, isLocked, known, notReady } from '../../http-dialogue.ts';
import { at, count, text } from '../../json.ts';
import { grouped } from '../../names.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import { perhaps } from '../../recognition.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { remediation } from './remediation.ts';

async function askGraylog(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const hello = await askJson(session, context, '/api/', { maxBytes: 65_536 });
  const own =
    text(at(hello.json, 'cluster_id')) !== undefined && /^Manage your logs/.test(text(at(hello.json, 'tagline')) ?? '');
  if (hello.status !== 200 || !own) return unidentified('Graylog');
  const base = known('graylog', parseVersion(text(at(hello.json, 'version'))));
  const streams = await askJson(session, context, '/api/streams');
  if (isLocked(streams)) return conclude(base, 'secured', `the list of streams is refused (${streams.status})`);
  const total = count(at(streams.json, 'total'));
  if (streams.status !== 200 || total === undefined) return notReady(base, 'the list of streams', streams);
  const control = await askJson(session, context, `/api/${context.nonce()}`, {
    shown: '/api/<random>',
    maxBytes: 65_536,
  });
  if (control.status < 300) return disbelieved(base, 'a path that cannot exist', control.status);
  const what = `a stranger lists ${grouped(total)} streams without a login`;
  return conclude(base, 'anonymous-read', what, ['messages: they carry personal data', 'whether a stranger may write']);
}

export const graylog: ProbeService = {
  id: 'search-logs',
  face: 'graylog',
  aliases: ['graylog'],
  title: 'Graylog',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 9000, tls: 'retry' }],
  allow: allowRequests([
    { path: '/api/', why: 'product and version' },
    { path: '/api/streams', why: 'whether strangers are refused' },
    { path: '/api/<nonce>', why: 'the control request, which must fail' },
  ]),
  remediation,
  references: ['https://go2docs.graylog.org/current/setting_up_graylog/rest_api.html'],
  tested: [
    {
      how: 'documentation',
      what: 'answers as HelloWorldResource of Graylog2/graylog2-server and the REST API’s reference describe them (5.x)',
    },
  ],
  recognise: (root) => {
    const page = /<title>Graylog/i.test(root.body.subarray(0, 16_384).toString('latin1'));
    return page || root.headers['x-graylog-node-id'] !== undefined ? 'sure' : perhaps(root, false);
  },
  probe: askGraylog,
};
