/**
 * Docker Engine API and Podman's compatible API, ports 2375 (clear) and 2376 (TLS).
 *
 * ```
 * GET /_ping                   200 "OK", Api-Version, Server: Docker/…; Podman: Libpod-Api-Version
 * GET /version                 {"Version":"20.10.24","ApiVersion":"1.41","Components":[{"Name":"Engine"},…]}
 * GET /<random>                404 {"message":"page not found"}; Podman: 404 "Not Found"; 2xx: a catch-all or a honeypot
 * GET /info                    {"Containers":3,"Images":9,"Plugins":{"Authorization":null|["name"]}}
 * GET /containers/json?limit=1 a list, of which only the length is looked at (it holds commands and labels)
 * ```
 *
 * The API knows no users. Whoever is answered `/info` may start a privileged container, that is: be root on the host,
 * unless an authorization plug-in (`Plugins.Authorization`) decides request by request.
 * With `--tlsverify` the TLS handshake ends in an alert for want of a client certificate.
 */
import type { HttpAnswer, HttpSession } from '../../../net/connection.ts';
import { certificateWanted, wantsCertificate } from '../../auth/client-certificate.ts';
import { at, count, isRecord, parseJson, text } from '../../json.ts';
import { grouped } from '../../names.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { dockerAllow } from './allow.ts';

const REFUSALS = new Set([401, 403]);

async function probe(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  let ping: HttpAnswer;
  try {
    ping = await session.get('/_ping', { maxBytes: 4_096 });
  } catch (error) {
    if (wantsCertificate(error)) return certificateWanted();
    throw error;
  }
  const podman = ping.headers['libpod-api-version'] !== undefined;
  const known = podman || ping.headers['api-version'] !== undefined || /^Docker\//.test(ping.headers.server ?? '');
  if (!known) return unidentified('the Docker Engine API');
  const base = { identified: true, product: podman ? 'podman' : 'docker' };
  context.record('GET /_ping', `${ping.status}, API ${parseVersion(ping.headers['api-version']) ?? 'unknown'}`);
  const about = await session.get('/version', { maxBytes: 65_536 });
  const version = parseVersion(text(at(parseJson(about.body), 'Version')));
  context.record('GET /version', `${about.status}`);
  return { ...base, ...(version === undefined ? {} : { version }), ...(await judged(context, session)) };
}

type Judged = Pick<Observation, 'verdict' | 'documents' | 'datasets' | 'reason' | 'notTested'>;

async function judged(context: ProbeContext, session: HttpSession): Promise<Judged> {
  const control = await session.get(`/${context.nonce()}`, { maxBytes: 4_096 });
  context.record('GET /<random>', `${control.status}`);
  if (control.status < 300) {
    return inconclusive(`the control request for a path that cannot exist was answered with ${control.status}`);
  }
  const answer = await session.get('/info');
  const info = parseJson(answer.body);
  const containers = count(at(info, 'Containers'));
  const images = count(at(info, 'Images'));
  context.record('GET /info', `${answer.status}${containers === undefined ? '' : `, ${containers} containers`}`);
  if (REFUSALS.has(answer.status)) {
    return { verdict: 'secured', datasets: [], reason: `the API refuses strangers (${answer.status})`, notTested: [] };
  }
  if (answer.status !== 200 || containers === undefined) return inconclusive(`/info answers ${answer.status}`);
  const list = await session.get('/containers/json?limit=1');
  const listed = list.status === 200 && Array.isArray(parseJson(list.body));
  context.record('GET /containers/json?limit=1', `${list.status}`);
  const size = {
    documents: containers,
    datasets: [
      { name: 'containers', documents: containers, fields: [] },
      ...(images === undefined ? [] : [{ name: 'images', documents: images, fields: [] }]),
    ],
  };
  const seen = `${grouped(containers)} containers and ${grouped(images ?? 0)} images`;
  const notTested = ['names, environment variables and logs of containers (they hold secrets and are never read)'];
  const plugins = at(info, 'Plugins', 'Authorization');
  if (isRecord(at(info, 'Plugins')) && (plugins === null || (Array.isArray(plugins) && plugins.length === 0))) {
    const reason = `a stranger controls ${seen} and no authorization plug-in decides: that is root on the host`;
    return { ...size, verdict: 'anonymous-write', reason, notTested };
  }
  notTested.push('whether a stranger may start containers (an authorization plug-in decides)');
  const verdict = listed ? 'anonymous-read' : 'metadata-only';
  return { ...size, verdict, reason: `a stranger sees ${seen}`, notTested };
}

function inconclusive(reason: string): Judged {
  return { verdict: 'inconclusive', datasets: [], reason, notTested: ['what a stranger gets here'] };
}

export const docker: ProbeService = {
  id: 'docker',
  aliases: ['podman'],
  title: 'Docker Engine API',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 2375, tls: 'retry' },
    { port: 2376, tls: 'first' },
  ],
  allow: dockerAllow,
  remediation: {
    developer:
      'Reach the daemon through `ssh://` or its unix socket (`docker context`), never through an open TCP port.',
    it: 'Remove `-H tcp://0.0.0.0:…` (or `hosts` in daemon.json); where TCP must be, `--tlsverify` with `--tlscacert`, `--tlscert`, `--tlskey` and `-H tcp://127.0.0.1:2376`. Close 2375, 2376 and 2377 in the firewall.',
    security:
      'Treat the host as taken over: look for unknown containers, images and cron entries, and rotate every secret in the environment of any container.',
  },
  references: [
    'https://docs.docker.com/engine/security/protect-access/',
    'https://docs.docker.com/reference/api/engine/version/v1.41/',
    'https://docs.podman.io/en/latest/_static/api.html',
  ],
  tested: [
    { how: 'server', what: 'Docker Engine 20.10.24 (open, client certificates), where the machine lets a daemon run' },
    { how: 'documentation', what: 'Podman' },
  ],
  recognise: ({ status, body, headers }) => {
    if (/^Docker\//.test(headers.server ?? '')) return 'sure';
    if (status === 404 && text(at(parseJson(body), 'message')) === 'page not found') return 'sure';
    return status === 200 ? 'no' : 'possible';
  },
  probe,
};
