/**
 * Kibana and OpenSearch Dashboards, HTTP port 5601. Open, it is a way into the search engine behind it, whatever the
 * firewall says about 9200.
 *
 * ```
 * GET /                     302 /app/home, /spaces/enter or /login?next=…; headers `kbn-name` or `osd-name`
 * GET /api/status           {"version":{"number":…},"status":{…}}; {"status":{"overall":…}} alone where it is redacted; 401
 * GET /api/<random>         404: the control request
 * GET /api/saved_objects/_find?type=index-pattern&fields=title&per_page=100
 *                           {"total":…,"saved_objects":[{"attributes":{"title":"orders-*"}}]}; 401, 403; 302 /login
 * GET /internal/security/me Kibana: 401; 404 or nothing without security; the anonymous provider's user and roles. Since 9
 *                           400 to strangers' programs
 * GET /api/security/v1/me   the same before 7.6, where the other path is unknown; asked after its 404 only (gone in 9)
 * GET /api/v1/configuration/account   OpenSearch Dashboards: the same
 * ```
 */
import type { HttpAnswer, HttpSession } from '../../../net/connection.ts';
import { allowRequests } from '../../../net/request-templates.ts';
import { at, count, isRecord, parseJson, text } from '../../json.ts';
import { datasetName } from '../../names.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { concluded, counted, doubtful, type Identity, isRefused, okJson, SHORT_ANSWER } from '../web-answers.ts';

const PATTERNS = '/api/saved_objects/_find?type=index-pattern&fields=title&per_page=100';
const WHO = { kibana: '/internal/security/me', 'opensearch-dashboards': '/api/v1/configuration/account' } as const;
const WHO_BEFORE_7_6 = '/api/security/v1/me';
type Product = keyof typeof WHO;

async function askKibana(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const root = await session.get('/');
  const product = productOf(root);
  const status = await session.get('/api/status', { maxBytes: 1_048_576 });
  const told = okJson(status);
  const known = product ?? productOf(status) ?? (isStatus(told) ? 'kibana' : undefined);
  if (known === undefined) return unidentified('Kibana');
  const version = parseVersion(text(at(told, 'version', 'number')) ?? root.headers['kbn-version']);
  const identity: Identity = { identified: true, product: known, ...(version === undefined ? {} : { version }) };
  context.record('GET /', `${root.status}${isLogin(root) ? ', to the login' : ''}`);
  context.record('GET /api/status', `${status.status}`);
  const control = await session.get(`/api/${context.nonce()}`, { maxBytes: SHORT_ANSWER });
  context.record('GET /api/<random>', `${control.status}`);
  if (control.status < 300) return doubtful(identity, 'an API that does not exist');
  const list = await session.get(PATTERNS, { maxBytes: 1_048_576 });
  const found = okJson(list);
  const total = count(at(found, 'total'));
  context.record(`GET ${PATTERNS}`, total === undefined ? `${list.status}` : `200, ${counted(total, 'index pattern')}`);
  if (total === undefined) return withoutPatterns(identity, list, told);
  return { ...identity, ...(await open(context, session, known, datasetsOf(found), total)) };
}

function withoutPatterns(identity: Identity, list: HttpAnswer, status: unknown): Observation {
  const shut = isRefused(list) || isLogin(list);
  if (shut && at(status, 'version') !== undefined) {
    const reason = 'a stranger gets the status page with its version, and is sent to the login for everything else';
    return concluded(identity, 'secured', reason, ['data views of other spaces']);
  }
  if (shut) return concluded(identity, 'secured', `a stranger is asked to log in (${list.status})`);
  return concluded(identity, 'inconclusive', `the list of index patterns answers ${list.status}`, [
    'what a stranger gets here',
  ]);
}

type Open = Pick<Observation, 'verdict' | 'datasets' | 'reason' | 'notTested'>;

async function open(
  context: ProbeContext,
  session: HttpSession,
  product: Product,
  datasets: ObservedDataset[],
  total: number,
): Promise<Open> {
  const notTested = ['the indices behind it: they are reached through its console, which is not asked'];
  const seen = `a stranger uses it without logging in and reads ${counted(total, 'index pattern')}`;
  const now = await session.get(WHO[product], { maxBytes: SHORT_ANSWER });
  // An old Kibana does not know the path, with security on or off.
  const before = product === 'kibana' && now.status === 404;
  const who = before ? await session.get(WHO_BEFORE_7_6, { maxBytes: SHORT_ANSWER }) : now;
  if (before) context.record(`GET ${WHO.kibana}`, '404');
  const user = parseJson(who.body);
  const nobody = who.status === 404 || who.status === 204 || (who.status === 200 && !isRecord(user));
  const roles = at(user, 'roles') ?? at(user, 'data', 'roles');
  const all =
    Array.isArray(roles) &&
    roles.some((role) => role === 'superuser' || role === 'all_access' || role === 'kibana_admin');
  context.record(
    `GET ${before ? WHO_BEFORE_7_6 : WHO[product]}`,
    `${who.status}${nobody ? ', no user: security is off' : ''}`,
  );
  if (who.status < 300 || who.status === 404) {
    if (nobody)
      return {
        verdict: 'anonymous-write',
        datasets,
        reason: `${seen}; security is off, so nobody is refused anything`,
        notTested,
      };
    if (all)
      return { verdict: 'anonymous-write', datasets, reason: `${seen}; the anonymous user administers it`, notTested };
  }
  return {
    verdict: 'anonymous-read',
    datasets,
    reason: seen,
    notTested: [...notTested, 'whether a stranger may write'],
  };
}

function datasetsOf(found: unknown): ObservedDataset[] {
  const objects = at(found, 'saved_objects');
  if (!Array.isArray(objects)) return [];
  const names = objects.slice(0, 100).flatMap((one) => text(at(one, 'attributes', 'title')) ?? []);
  return [...new Set(names.map(datasetName))].map((name) => ({ name, fields: [] }));
}

function productOf({ headers }: HttpAnswer): Product | undefined {
  if (headers['osd-name'] !== undefined || headers['osd-version'] !== undefined) return 'opensearch-dashboards';
  return ['kbn-name', 'kbn-version', 'kbn-license-sig', 'kbn-xpack-sig'].some((name) => headers[name] !== undefined)
    ? 'kibana'
    : undefined;
}

/** `{"status":{"overall":{"level":"available"}}}`, before 8.0 `{"state":"green"}`. */
function isStatus(body: unknown): boolean {
  const overall = at(body, 'status', 'overall');
  return text(at(overall, 'level')) !== undefined || text(at(overall, 'state')) !== undefined;
}

function isLogin({ status, headers }: HttpAnswer): boolean {
  return status >= 300 && status < 400 && /\/login\b/.test(headers.location ?? '');
}

export const kibana: ProbeService = {
  id: 'kibana',
  aliases: ['opensearch-dashboards'],
  title: 'Kibana',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 5601, tls: 'retry' }],
  allow: allowRequests([
    { path: '/', why: 'the product, and whether it sends strangers to its login' },
    { path: '/api/status', why: 'version' },
    { path: '/api/<nonce>', why: 'the control request, which must fail' },
    { path: PATTERNS, why: 'titles of index patterns' },
    { path: WHO.kibana, why: 'Kibana: who the stranger is taken for' },
    { path: WHO_BEFORE_7_6, why: 'Kibana before 7.6: who the stranger is taken for' },
    { path: WHO['opensearch-dashboards'], why: 'OpenSearch Dashboards: who the stranger is taken for' },
  ]),
  remediation: {
    developer: 'Remove the address of Kibana from the app; what the app shows comes from your own API.',
    it: 'Set `server.host: 127.0.0.1` in kibana.yml (opensearch_dashboards.yml), switch on `xpack.security.enabled` (the Security plug-in) in the search engine, remove `anonymous` from `xpack.security.authc.providers` (`opensearch_security.auth.anonymous_auth_enabled: false`), and close 5601 in the firewall but for the office or VPN.',
    security:
      'Whoever reached it could query the search engine behind it, whatever the firewall says about 9200: treat its indices as read, and look for unknown saved objects, rules and connectors.',
  },
  references: [
    'https://www.elastic.co/docs/deploy-manage/security/secure-your-cluster-deployment',
    'https://www.elastic.co/docs/api/doc/kibana/operation/operation-get-status',
    'https://docs.opensearch.org/latest/security/configuration/multi-tenancy/multi-tenancy-config/',
  ],
  tested: [
    {
      how: 'recorded',
      what: 'Kibana: the way to the login as in elastic/kibana issue 9745',
    },
    {
      how: 'documentation',
      what: 'Kibana 5.1 to 9: users as in x-pack/plugins/security/server/routes/authentication/common.ts; OpenSearch Dashboards',
    },
  ],
  recognise: (root) => {
    if (productOf(root) !== undefined) return 'sure';
    return root.status === 200 && parseJson(root.body) !== undefined ? 'no' : 'possible';
  },
  probe: askKibana,
};
