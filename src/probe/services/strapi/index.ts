/**
 * Strapi 4 and 5, HTTP port 1337.
 *
 * ```
 * GET /_health             204, header `strapi: You are so French!`; `x-powered-by: Strapi <strapi.io>` on every answer
 * GET /admin/init          {"data":{"hasAdmin":true,…}}; false: whoever comes first becomes administrator
 * GET /api/<random>?…      404 {"data":null,"error":{"status":404,"name":"NotFoundError",…}}: the control request;
 *                          {"statusCode":404,…}: release 3, whose API lies elsewhere
 * GET /api/<plural>?pagination[pageSize]=1&pagination[withCount]=true&fields[0]=id
 *                          {"data":[{"id":1}],"meta":{"pagination":{"total":12}}}; 403 {"error":{"name":"ForbiddenError"}}
 * GET /api/users/count     12, where the role Public may count accounts; 403; 404: the API lies elsewhere (`api.rest.prefix`)
 * ```
 *
 * `withCount` is asked for because `api.rest.withCount` may be off (core-api/service/pagination.ts of strapi/strapi).
 *
 * Content types that do not exist, and those that the role Public may not find, differ only in 404 and 403.
 */
import type { HttpAnswer, HttpSession } from '../../../net/connection.ts';
import { allowRequests } from '../../../net/request-templates.ts';
import { at, count, parseJson, text } from '../../json.ts';
import { datasetName, grouped } from '../../names.ts';
import { sumKnown, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { counted, doubtful, type Identity, okJson, SHORT_ANSWER } from '../web-answers.ts';

/** Plural names that Strapi's starters and the documentation's examples use, and what most apps call theirs. */
const WELL_KNOWN = ['articles', 'posts', 'pages', 'products', 'orders', 'customers', 'profiles', 'contacts', 'members'];
const MOST_TYPES = 30;
const PLURAL = /^[a-z][a-z0-9-]{0,99}$/;
/** `pagination[pageSize]=1&pagination[withCount]=true&fields[0]=id` */
const TOTAL = 'pagination%5BpageSize%5D=1&pagination%5BwithCount%5D=true&fields%5B0%5D=id';

async function askStrapi(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const health = await session.get('/_health', { maxBytes: SHORT_ANSWER });
  const powered = /^strapi\b/i.test(health.headers['x-powered-by'] ?? '');
  if (!powered && (health.status !== 204 || health.headers.strapi === undefined)) return unidentified('Strapi');
  const identity: Identity = { identified: true, product: 'strapi' };
  context.record('GET /_health', `${health.status}`);
  const control = await session.get(`/api/${context.nonce()}?${TOTAL}`, { maxBytes: SHORT_ANSWER });
  context.record(`GET /api/<random>?${TOTAL}`, `${control.status}`);
  if (control.status < 300) return doubtful(identity, 'a content type that does not exist');
  const init = await session.get('/admin/init', { maxBytes: SHORT_ANSWER });
  const hasAdmin = at(okJson(init), 'data', 'hasAdmin');
  context.record(
    'GET /admin/init',
    `${init.status}${typeof hasAdmin === 'boolean' ? `, hasAdmin is ${hasAdmin}` : ''}`,
  );
  const { asked, datasets, unsettled, elsewhere } = await readTypes(context, session);
  const documents = sumKnown(datasets.map((one) => one.documents));
  const size = { ...(documents === undefined ? {} : { documents }), datasets };
  const seen = `a stranger reads ${counted(datasets.length, 'content type')} with ${grouped(documents ?? 0)} entries`;
  const notTested = ['content types of other names', 'field names: they stand in entries only'];
  if (hasAdmin === false) {
    const reason = `no administrator exists: whoever registers first at /admin becomes one; ${seen}`;
    return { ...identity, verdict: 'anonymous-write', ...size, reason, notTested };
  }
  notTested.push('whether a stranger may write: only the permissions of the role Public tell');
  if (datasets.length > 0) return { ...identity, verdict: 'anonymous-read', ...size, reason: seen, notTested };
  if (elsewhere || text(at(parseJson(control.body), 'error', 'name')) === undefined) {
    const reason = 'its API does not lie under /api as releases 4 and 5 have it';
    return { ...identity, verdict: 'inconclusive', ...size, reason, notTested };
  }
  if (unsettled > 0) {
    const reason = `${counted(unsettled, 'content type')} answered with neither entries nor a refusal`;
    return { ...identity, verdict: 'inconclusive', ...size, reason, notTested };
  }
  const reason = `the role Public finds none of ${counted(asked, 'content type')} asked for`;
  return { ...identity, verdict: 'secured', ...size, reason, notTested };
}

async function readTypes(
  context: ProbeContext,
  session: HttpSession,
): Promise<{ asked: number; datasets: ObservedDataset[]; unsettled: number; elsewhere: boolean }> {
  let unsettled = 0;
  const datasets: ObservedDataset[] = [];
  const accounts = await session.get('/api/users/count', { maxBytes: SHORT_ANSWER });
  const people = count(okJson(accounts));
  context.record('GET /api/users/count', people === undefined ? `${accounts.status}` : '200, a number');
  if (people !== undefined && people > 0) {
    datasets.push({ name: 'users', documents: people, fields: [], people: { count: people, how: 'records' } });
  }
  const named = (context.options.datasets ?? []).filter((name) => PLURAL.test(name) && name !== 'users');
  const asked = [...new Set([...named, ...WELL_KNOWN])].slice(0, MOST_TYPES);
  for (const name of asked) {
    const answer = await session.get(`/api/${name}?${TOTAL}`, { maxBytes: SHORT_ANSWER });
    const total = totalIn(answer);
    const readable = answer.status === 200 && Array.isArray(at(okJson(answer), 'data'));
    if (!readable && ![401, 403, 404, 405].includes(answer.status)) unsettled++;
    context.record(`GET /api/${datasetName(name)}?${TOTAL}`, total === undefined ? refusalIn(answer) : '200, total');
    if (total !== undefined && total > 0) datasets.push({ name: datasetName(name), documents: total, fields: [] });
  }
  return { asked: asked.length + 1, datasets, unsettled, elsewhere: accounts.status === 404 };
}

function totalIn(answer: HttpAnswer): number | undefined {
  return count(at(okJson(answer), 'meta', 'pagination', 'total'));
}

function refusalIn(answer: HttpAnswer): string {
  const name = text(at(parseJson(answer.body), 'error', 'name'));
  return name !== undefined && /^[A-Za-z]{1,40}$/.test(name) ? `${answer.status}, ${name}` : `${answer.status}`;
}

export const strapi: ProbeService = {
  id: 'strapi',
  title: 'Strapi',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 1337, tls: 'retry' }],
  allow: allowRequests(
    [
      { path: '/_health', why: 'what it is' },
      { path: `/api/<nonce>?${TOTAL}`, why: 'the control request, which must fail' },
      { path: '/admin/init', why: 'whether an administrator exists' },
      { path: '/api/users/count', why: 'number of accounts' },
      { path: `/api/<plural>?${TOTAL}`, why: 'number of entries; of the first only its number' },
    ],
    { plural: { pattern: /[a-z][a-z0-9-]{0,99}/, example: 'articles' } },
  ),
  remediation: {
    developer:
      'Under Settings, Users & Permissions, Roles, Public untick `find`, `findOne`, `create`, `update` and `delete` of every content type that is not meant for everybody, and filter by the owner in a policy for the others.',
    it: 'Create the first administrator before publishing, let `/admin` in from the office or VPN only, and bind HOST=127.0.0.1 behind a proxy with TLS.',
    security:
      'Treat the entries counted here as read by strangers; look for administrators and API tokens that nobody knows.',
  },
  references: ['https://docs.strapi.io/cms/api/rest', 'https://docs.strapi.io/cms/features/users-permissions'],
  tested: [
    {
      how: 'documentation',
      what: 'Strapi 4 and 5: answers as its REST documentation, controllers/admin.ts and core-api/service/pagination.ts describe them',
    },
  ],
  recognise: ({ headers }) => (/^strapi\b/i.test(headers['x-powered-by'] ?? '') ? 'sure' : 'possible'),
  probe: askStrapi,
};
