/**
 * Docker and OCI registries (distribution, Harbor, Nexus), port 5000.
 *
 * ```
 * GET /v2/                       200 {} and Docker-Distribution-Api-Version: registry/2.0; 401 with Basic or Bearer
 * GET /v2/<random>/tags/list     404 {"errors":[{"code":"NAME_UNKNOWN",…}]}; 2xx: a catch-all or a honeypot
 * GET /v2/_catalog?n=100         {"repositories":["shop/api",…]}, Link where there are more
 * GET /v2/<name>/tags/list       {"name":"shop/api","tags":["1.0",…]}, only counted
 * ```
 *
 * The registry has one switch for both directions: `/v2/` without a challenge means that no `auth` is configured, and
 * then pushing is open as pulling is – unless it is a pull-through cache, in `readonly` maintenance, or a front refuses
 * methods, which cannot be told without pushing. A token realm is another host and is never followed.
 * The protocol has no version of the server.
 */
import type { HttpAnswer, HttpSession } from '../../../net/connection.ts';
import { at, parseJson, text } from '../../json.ts';
import { datasetName } from '../../names.ts';
import { unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { REPOSITORY, registryAllow } from './allow.ts';

const MOST_REPOSITORIES = 5;
const WHOLE_NAME = new RegExp(`^(?:${REPOSITORY.source})$`);

async function probe(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const root = await session.get('/v2/', { maxBytes: 65_536 });
  const known =
    /^registry\/2/.test(root.headers['docker-distribution-api-version'] ?? '') ||
    (root.status === 401 && errorCode(root) === 'UNAUTHORIZED');
  if (!known) return unidentified('a container registry');
  const base = { identified: true, product: 'registry' };
  const scheme = /^(basic|bearer)\b/i.exec(root.headers['www-authenticate'] ?? '')?.[1]?.toLowerCase();
  context.record('GET /v2/', `${root.status}${scheme === undefined ? '' : `, ${scheme}`}`);
  if (root.status === 401 || root.status === 403) {
    const notTested =
      scheme === 'bearer' ? ['a token that the realm may give to anybody (the realm is another host)'] : [];
    return {
      ...base,
      verdict: 'secured',
      datasets: [],
      reason: `the registry refuses strangers (${root.status})`,
      notTested,
    };
  }
  const control = await session.get(`/v2/${context.nonce()}/tags/list`, { maxBytes: 65_536 });
  context.record('GET /v2/<random>/tags/list', `${control.status}`);
  if (root.status !== 200 || control.status < 300) {
    const reason =
      root.status === 200
        ? `the control request for a repository that cannot exist was answered with ${control.status}`
        : `/v2/ answers ${root.status}`;
    return { ...base, verdict: 'inconclusive', datasets: [], reason, notTested: ['what a stranger gets here'] };
  }
  return { ...base, ...(await open(context, session, control.status)) };
}

async function open(
  context: ProbeContext,
  session: HttpSession,
  control: number,
): Promise<Pick<Observation, 'verdict' | 'documents' | 'datasets' | 'reason' | 'notTested'>> {
  const answer = await session.get('/v2/_catalog?n=100');
  const list = at(parseJson(answer.body), 'repositories');
  const all = Array.isArray(list) ? list : [];
  const names = all.filter(
    (name): name is string => typeof name === 'string' && name.length <= 255 && WHOLE_NAME.test(name),
  );
  context.record('GET /v2/_catalog?n=100', `${answer.status}, ${names.length} names`);
  if (control === 401 || control === 403 || answer.status === 401 || answer.status === 403) {
    const datasets = names.map((name): ObservedDataset => ({ name: datasetName(name), fields: [] }));
    const verdict = datasets.length > 0 ? 'metadata-only' : 'secured';
    return { verdict, datasets, reason: 'repositories ask who is there', notTested: ['repositories by name'] };
  }
  const datasets: ObservedDataset[] = [];
  for (const [index, name] of names.entries()) {
    const tags = index < MOST_REPOSITORIES ? await countTags(context, session, name) : undefined;
    datasets.push({ name: datasetName(name), ...(tags === undefined ? {} : { documents: tags }), fields: [] });
  }
  const more = answer.headers.link !== undefined;
  const notTested = ['a read-only or pull-through registry, or a front that refuses pushing'];
  if (more) notTested.push('repositories beyond the first 100');
  if (names.length > MOST_REPOSITORIES)
    notTested.push(`tags of ${names.length - MOST_REPOSITORIES} further repositories`);
  if (answer.status !== 200) notTested.push('names of repositories: the list is not available');
  const seen = `${more ? 'at least ' : ''}${names.length} ${names.length === 1 ? 'repository' : 'repositories'}`;
  return {
    verdict: 'anonymous-write',
    documents: names.length,
    datasets,
    reason: `no authentication is configured: a stranger pulls ${seen}, and may push`,
    notTested,
  };
}

async function countTags(context: ProbeContext, session: HttpSession, name: string): Promise<number | undefined> {
  const answer = await session.get(`/v2/${name}/tags/list?n=100`);
  const tags = at(parseJson(answer.body), 'tags');
  context.record('GET /v2/<repository>/tags/list', `${answer.status}`);
  return answer.status === 200 && Array.isArray(tags) ? tags.length : undefined;
}

function errorCode(answer: HttpAnswer): string | undefined {
  const errors = at(parseJson(answer.body), 'errors');
  return Array.isArray(errors) ? text(at(errors[0], 'code')) : undefined;
}

export const dockerRegistry: ProbeService = {
  id: 'docker-registry',
  aliases: ['registry'],
  title: 'Container registry',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 5000, tls: 'retry' }],
  allow: registryAllow,
  remediation: {
    developer: 'Pull and push with `docker login` and a robot account; build no secret into an image layer.',
    it: 'In config.yml set `auth: htpasswd` or `auth: token` with TLS (`http: tls`), `http: addr: 127.0.0.1:5000`, and leave `storage: delete: enabled` off. Close 5000 in the firewall.',
    security:
      'Images could be read (code, keys in layers) and replaced: compare the digests of what runs with those you built, and rotate what layers hold.',
  },
  references: [
    'https://distribution.github.io/distribution/about/configuration/#auth',
    'https://github.com/opencontainers/distribution-spec/blob/main/spec.md',
  ],
  tested: [{ how: 'server', what: 'Docker Registry 2.8.2 (open, htpasswd, TLS)' }],
  recognise: ({ status, headers, body }) => {
    if (headers['docker-distribution-api-version'] !== undefined) return 'sure';
    return status === 200 && body.length > 0 && /^\s*\{/.test(body.toString('latin1', 0, 64)) ? 'no' : 'possible';
  },
  probe,
};
