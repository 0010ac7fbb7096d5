/**
 * Directus 9 to 12, HTTP port 8055: a headless CMS over an existing database.
 *
 * ```
 * GET /server/ping             pong
 * GET /items/<random>?…        403 {"errors":[{"extensions":{"code":"FORBIDDEN"}}]}: the control request
 * GET /server/specs/oas        OpenAPI of what the role Public may do: paths `/items/<collection>` with get, post, patch, delete
 *                              (since 11 it is made of permissions to read only: `fetchPermissions({ action: 'read' … })`);
 *                              schemas carry their collection as `x-collection`
 * GET /items/<collection>?limit=0&meta=filter_count   {"data":[],"meta":{"filter_count":12}}; 403
 * GET /users?limit=0&meta=filter_count                the accounts of Directus itself
 * ```
 *
 * A collection that does not exist is refused in the same words as one that is closed.
 */
import type { HttpSession } from '../../../net/connection.ts';
import { allowRequests } from '../../../net/request-templates.ts';
import { at, count, isRecord, parseJson, text } from '../../json.ts';
import { datasetName, fieldName, grouped } from '../../names.ts';
import { parseVersion, sumKnown, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { concluded, counted, doubtful, type Identity, okJson, SHORT_ANSWER } from '../web-answers.ts';

const WELL_KNOWN = ['articles', 'posts', 'pages', 'products', 'orders', 'customers', 'contacts', 'members'];
const MOST_COLLECTIONS = 30;
const COLLECTION = /^[A-Za-z_]\w{0,99}$/;
const TOTAL = 'limit=0&meta=filter_count';
const ACCOUNTS = `/users?${TOTAL}`;
const SPECIFICATION = '/server/specs/oas';

/** What the specification made for strangers says they may do. */
interface Rights {
  collections: readonly string[];
  writable: number;
  fields: ReadonlyMap<string, string[]>;
}

async function askDirectus(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const ping = await session.get('/server/ping', { maxBytes: SHORT_ANSWER });
  if (ping.status !== 200 || ping.body.toString('latin1').trim() !== 'pong') return unidentified('Directus');
  const control = await session.get(`/items/${context.nonce()}?${TOTAL}`, { maxBytes: SHORT_ANSWER });
  const code = text(
    at((at(parseJson(control.body), 'errors') as readonly unknown[] | undefined)?.[0], 'extensions', 'code'),
  );
  // `pong` alone is anybody's: the shape of a refusal is Directus's own.
  if (code === undefined && !/^directus\b/i.test(ping.headers['x-powered-by'] ?? '')) return unidentified('Directus');
  const specification = okJson(await session.get(SPECIFICATION));
  const version = parseVersion(text(at(specification, 'info', 'version')));
  const identity: Identity = { identified: true, product: 'directus', ...(version === undefined ? {} : { version }) };
  context.record('GET /server/ping', '200, pong');
  context.record(`GET /items/<random>?${TOTAL}`, `${control.status}`);
  if (control.status < 300) return doubtful(identity, 'a collection that does not exist');
  const rights = rightsIn(specification);
  context.record(
    `GET ${SPECIFICATION}`,
    specification === undefined ? 'refused' : `200, ${counted(rights.collections.length, 'collection')}`,
  );
  const asked = await readCollections(context, session, rights);
  const { datasets } = asked;
  const documents = sumKnown(datasets.map((one) => one.documents));
  const size = { ...(documents === undefined ? {} : { documents }), datasets };
  const seen = `the role Public reads ${counted(datasets.length, 'collection')} with ${grouped(documents ?? 0)} items`;
  const notTested = ['collections of other names', 'files'];
  if (rights.writable > 0) {
    const reason = `${seen} and may change ${counted(rights.writable, 'collection')}, as the specification made for strangers says`;
    return { ...identity, verdict: 'anonymous-write', ...size, reason, notTested };
  }
  if (specification === undefined || !/^(?:9|10)\./.test(version ?? '')) notTested.push('whether a stranger may write');
  if (documents === undefined && asked.unsettled > 0) {
    const reason = `${counted(asked.unsettled, 'collection')} answered with neither a number nor a refusal`;
    return concluded(identity, 'inconclusive', reason, notTested);
  }
  if (documents !== undefined) return { ...identity, verdict: 'anonymous-read', ...size, reason: seen, notTested };
  return concluded(identity, 'secured', 'the role Public reads no item of the collections asked for', notTested);
}

async function readCollections(
  context: ProbeContext,
  session: HttpSession,
  rights: Rights,
): Promise<{ datasets: ObservedDataset[]; unsettled: number }> {
  const datasets: ObservedDataset[] = [];
  let unsettled = 0;
  const named = (context.options.datasets ?? []).filter((name) => COLLECTION.test(name));
  const asked = [...new Set([...named, ...rights.collections, ...WELL_KNOWN])].slice(0, MOST_COLLECTIONS);
  for (const name of asked) {
    const total = await totalOf(context, session, `/items/${name}?${TOTAL}`, `/items/${datasetName(name)}?${TOTAL}`);
    if (total === 'unsettled') unsettled++;
    if (typeof total !== 'number' || total === 0) continue;
    datasets.push({ name: datasetName(name), documents: total, fields: rights.fields.get(name) ?? [] });
  }
  const people = await totalOf(context, session, ACCOUNTS, ACCOUNTS);
  if (typeof people === 'number' && people > 0) {
    datasets.push({ name: 'directus_users', documents: people, fields: [], people: { count: people, how: 'records' } });
  }
  return { datasets, unsettled };
}

async function totalOf(
  context: ProbeContext,
  session: HttpSession,
  path: string,
  shown: string,
): Promise<number | 'refused' | 'unsettled'> {
  const answer = await session.get(path, { maxBytes: SHORT_ANSWER });
  const total = count(at(okJson(answer), 'meta', 'filter_count'));
  context.record(`GET ${shown}`, total === undefined ? `${answer.status}` : '200, a number');
  if (total !== undefined) return total;
  return [401, 403, 404].includes(answer.status) ? 'refused' : 'unsettled';
}

function rightsIn(specification: unknown): Rights {
  const paths = at(specification, 'paths');
  const schemas = at(specification, 'components', 'schemas');
  const described = new Map(
    (isRecord(schemas) ? Object.values(schemas).slice(0, 2_000) : []).map(
      (schema) => [text(at(schema, 'x-collection')), at(schema, 'properties')] as const,
    ),
  );
  const collections: string[] = [];
  const fields = new Map<string, string[]>();
  let writable = 0;
  for (const [path, item] of Object.entries(isRecord(paths) ? paths : {}).slice(0, 2_000)) {
    const name = /^\/items\/([A-Za-z_]\w{0,99})$/.exec(path)?.[1];
    if (name === undefined || !isRecord(item)) continue;
    if ('get' in item) collections.push(name);
    if (['post', 'patch', 'delete'].some((method) => method in item)) writable++;
    const properties = described.get(name) ?? at(schemas, `Items${pascal(name)}`, 'properties');
    if (isRecord(properties)) fields.set(name, Object.keys(properties).slice(0, 500).map(fieldName));
  }
  return { collections, writable, fields };
}

/** `order_lines` is described as `ItemsOrderLines`. */
function pascal(name: string): string {
  return name.replace(/(?:^|_)([a-z0-9])/gi, (_all, letter: string) => letter.toUpperCase());
}

export const directus: ProbeService = {
  id: 'strapi',
  face: 'directus',
  aliases: ['directus'],
  title: 'Directus',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 8055, tls: 'retry' }],
  allow: allowRequests(
    [
      { path: '/server/ping', why: 'what it is' },
      { path: `/items/<nonce>?${TOTAL}`, why: 'the control request, which must fail' },
      { path: SPECIFICATION, why: 'what the role Public may read and change' },
      { path: `/items/<collection>?${TOTAL}`, why: 'number of items, without one' },
      { path: ACCOUNTS, why: 'number of accounts, without one' },
    ],
    { collection: { pattern: /[A-Za-z_]\w{0,99}/, example: 'articles' } },
  ),
  remediation: {
    developer:
      'Take every permission from the policy Public (Settings, Access Policies) that is not meant for everybody, and give signed-in roles item rules such as `user_created: {_eq: $CURRENT_USER}`.',
    it: 'Let the app in through a proxy with TLS, `/admin` from the office or VPN only, and set PUBLIC_URL, RATE_LIMITER_ENABLED and CORS_ORIGIN.',
    security:
      'Treat the items counted here as read by strangers, and look into Directus’s activity log for changes without a user.',
  },
  references: [
    'https://directus.io/docs/api/server#get-openapi-specification',
    'https://directus.io/docs/guides/auth/access-control',
  ],
  tested: [
    {
      how: 'documentation',
      what: 'Directus 10 and 11: answers as its API documentation and api/src/services/specifications.ts describe them',
    },
  ],
  recognise: ({ headers, status }) => {
    if (/^directus\b/i.test(headers['x-powered-by'] ?? '')) return 'sure';
    return status === 302 && /admin$/.test(headers.location ?? '') ? 'sure' : 'possible';
  },
  probe: askDirectus,
};
