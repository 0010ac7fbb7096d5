/**
 * Kubernetes: the API server (6443, TLS; 8080, the old insecure port or `kubectl proxy`) and the kubelet (10250, TLS;
 * 10255, read-only, clear).
 *
 * ```
 * GET /version                      {"gitVersion":"v1.31.2",…}, open to everybody by default (system:public-info-viewer)
 *                                   401 {"kind":"Status","reason":"Unauthorized"}: --anonymous-auth=false
 * GET /<random>                     404, or 403 {"kind":"Status","message":"forbidden: User \"system:anonymous\" …"}
 * GET /api/v1/namespaces?limit=1    {"metadata":{"remainingItemCount":11},"items":[…]}; 401 or 403: secured
 * GET /api/v1/pods?limit=1          the same; asked for as PartialObjectMetadataList, so that no specification is sent
 *
 * kubelet
 * GET /healthz                      "ok"; 401 "Unauthorized"; 403 "Forbidden (user=system:anonymous, …)"
 * GET /pods                         {"kind":"PodList","items":[…]}; environments hold secrets: it is counted and dropped
 * ```
 *
 * The insecure port skips authentication and authorization altogether. On the secure port writing could be told by
 * SelfSubjectRulesReview, which is a POST and not sent. `/exec`, `/run`, `/logs` and secrets are never asked for.
 */
import type { HttpAnswer, HttpSession } from '../../../net/connection.ts';
import { at, count, parseJson, text } from '../../json.ts';
import { grouped } from '../../names.ts';
import { parseVersion, sumKnown, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { kubernetesAllow, METADATA_ONLY } from './allow.ts';

type Answer = Pick<Observation, 'verdict' | 'documents' | 'datasets' | 'reason' | 'notTested'>;

const NEVER = 'secrets, logs and running commands (never asked for)';

async function probe(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const root = await session.get('/version', { maxBytes: 65_536 });
  const body = parseJson(root.body);
  const told = root.status === 200 ? text(at(body, 'gitVersion')) : undefined;
  if (told !== undefined || isStatus(root)) {
    const version = parseVersion(told);
    context.record('GET /version', `${root.status}`);
    const base = { identified: true, product: 'kubernetes', ...(version === undefined ? {} : { version }) };
    return { ...base, ...(await askServer(context, session, root.status)) };
  }
  return await askKubelet(context, session, root);
}

async function askServer(context: ProbeContext, session: HttpSession, status: number): Promise<Answer> {
  if (status === 401) return secured('anonymous requests are refused (401)');
  const control = await session.get(`/${context.nonce()}`, { maxBytes: 65_536 });
  context.record('GET /<random>', `${control.status}`);
  if (control.status < 300) return catchAll(control.status);
  const found: ObservedDataset[] = [];
  let refused = 0;
  for (const kind of ['namespaces', 'pods'] as const) {
    const answer = await session.get(`/api/v1/${kind}?limit=1`, {
      headers: { accept: METADATA_ONLY },
      maxBytes: 262_144,
    });
    const body = parseJson(answer.body);
    const items = at(body, 'items');
    context.record(`GET /api/v1/${kind}?limit=1`, `${answer.status}`);
    if (answer.status === 200 && Array.isArray(items) && text(at(body, 'kind'))?.endsWith('List')) {
      const documents = items.length + (count(at(body, 'metadata', 'remainingItemCount')) ?? 0);
      found.push({ name: kind, documents, fields: [] });
    } else if (answer.status === 401 || answer.status === 403) refused++;
  }
  if (found.length === 0) {
    if (refused > 0) return secured('the anonymous user may list neither namespaces nor pods');
    return {
      verdict: 'metadata-only',
      datasets: [],
      reason: 'only the version is told; lists of namespaces and pods answer unexpectedly',
      notTested: [NEVER],
    };
  }
  const documents = sumKnown(found.map((one) => one.documents)) ?? 0;
  const seen = found.map((one) => `${grouped(one.documents ?? 0)} ${one.name}`).join(' and ');
  // Nobody is forbidden anything (404 for a path that RBAC would have refused), in clear: the insecure port.
  if (session.tls === undefined && control.status === 404 && found.length === 2) {
    const reason = `the insecure port asks nobody and forbids nothing: a stranger administers the cluster, ${seen}`;
    return { verdict: 'anonymous-write', documents, datasets: found, reason, notTested: [NEVER] };
  }
  const reason = `a role is bound to the anonymous user: a stranger lists ${seen}`;
  const notTested = [NEVER, 'whether a stranger may write (it would take a POST)'];
  return { verdict: 'anonymous-read', documents, datasets: found, reason, notTested };
}

async function askKubelet(context: ProbeContext, session: HttpSession, root: HttpAnswer): Promise<Observation> {
  // A kubelet has no /version: it refuses with its own words or does not know the path.
  if (root.status !== 404 && !isKubeletRefusal(root)) return unidentified('Kubernetes');
  const health = await session.get('/healthz', { maxBytes: 65_536 });
  const words = health.body.toString('latin1', 0, 64).trim();
  const alive = health.status === 200 && words === 'ok';
  if (!alive && !isKubeletRefusal(health)) return unidentified('Kubernetes');
  const answer = await session.get('/pods');
  const body = parseJson(answer.body);
  const items = at(body, 'items');
  const list = answer.status === 200 && (text(at(body, 'kind')) === 'PodList' || isCutPodList(answer));
  if (!list && !isKubeletRefusal(answer)) return unidentified('Kubernetes');
  // A bare 401 is what many servers say; on a kubelet's own port it is believed.
  const own = context.port === 10250 || context.port === 10255 || forbidden(answer);
  const base = { identified: true, product: 'kubelet', ...(list || own ? {} : { tentative: true as const }) };
  context.record('GET /healthz', `${health.status}`);
  context.record('GET /pods', `${answer.status}`);
  if (!list) return { ...base, ...secured(`the kubelet refuses strangers (${answer.status})`) };
  const control = await session.get(`/${context.nonce()}`, { maxBytes: 65_536 });
  context.record('GET /<random>', `${control.status}`);
  if (control.status < 300) return { ...base, ...catchAll(control.status) };
  const pods = Array.isArray(items) ? items.length : undefined;
  return {
    ...base,
    verdict: 'anonymous-read',
    ...(pods === undefined ? {} : { documents: pods }),
    datasets: [{ name: 'pods', ...(pods === undefined ? {} : { documents: pods }), fields: [] }],
    reason: `a stranger reads the specification of ${pods === undefined ? 'all' : grouped(pods)} pods, environments included`,
    notTested: [NEVER, 'whether a stranger may run commands in containers'],
  };
}

function secured(reason: string): Answer {
  return { verdict: 'secured', datasets: [], reason, notTested: [] };
}

function catchAll(status: number): Answer {
  const reason = `the control request for a path that cannot exist was answered with ${status}`;
  return { verdict: 'inconclusive', datasets: [], reason, notTested: ['what a stranger gets here'] };
}

/** The API server's refusals are objects of its own. */
function isStatus(answer: HttpAnswer): boolean {
  const body = parseJson(answer.body);
  const refused = answer.status === 401 || answer.status === 403;
  return refused && at(body, 'kind') === 'Status' && at(body, 'apiVersion') === 'v1';
}

function forbidden(answer: HttpAnswer): boolean {
  return answer.status === 403 && /^Forbidden \(user=/.test(answer.body.toString('latin1', 0, 64));
}

function isKubeletRefusal(answer: HttpAnswer): boolean {
  const bare = answer.status === 401 && answer.body.toString('latin1', 0, 64).trim() === 'Unauthorized';
  return forbidden(answer) || (bare && answer.headers['www-authenticate'] === undefined);
}

/** More pods than the byte budget: the head of the list is proof enough. */
function isCutPodList(answer: HttpAnswer): boolean {
  return answer.truncated && /^\{\s*"kind"\s*:\s*"PodList"/.test(answer.body.toString('latin1', 0, 64));
}

export const kubernetes: ProbeService = {
  id: 'kubernetes',
  aliases: ['kubelet'],
  title: 'Kubernetes API and kubelet',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 6443, tls: 'first' },
    { port: 8080, tls: 'retry' },
    { port: 10250, tls: 'first' },
    { port: 10255, tls: 'retry' },
  ],
  allow: kubernetesAllow,
  remediation: {
    developer:
      'Never call the cluster’s API from an app; let the back end use a service account with the one role it needs.',
    it: 'API server: private endpoint or authorised networks, no `--insecure-port`, delete bindings of `system:anonymous` and `system:unauthenticated`. Kubelet: `authentication.anonymous.enabled: false`, `authorization.mode: Webhook`, `readOnlyPort: 0`. Close 6443, 8080, 10250 and 10255 to the world.',
    security:
      'Treat every secret of the cluster as read; look for unknown pods, DaemonSets, CronJobs and role bindings, and rotate service accounts’ tokens.',
  },
  references: [
    'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests',
    'https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/',
    'https://kubernetes.io/docs/reference/using-api/api-concepts/',
  ],
  tested: [
    {
      how: 'documentation',
      what: 'answers in Kubernetes’ documentation and source (kubernetes.io/docs/reference/using-api; kubelet/server/server.go)',
    },
  ],
  recognise: ({ status, body, headers }) => {
    const head = body.toString('latin1', 0, 400);
    if (/"kind"\s*:\s*"Status"/.test(head) || /^\s*\{\s*"paths"\s*:/.test(head)) return 'sure';
    if (headers['audit-id'] !== undefined) return 'sure';
    return status === 200 ? 'no' : 'possible';
  },
  probe,
};
