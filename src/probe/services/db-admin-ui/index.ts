/**
 * Administration pages of databases on paths of any web server: phpMyAdmin, Adminer, mongo-express, Redis Insight, pgAdmin and
 * DbGate. A login form alone is no exposure.
 *
 * ```
 * GET /phpmyadmin/           form `pma_username`: a login; `logged_in:true,…,auth_type:"config"`: the server's own account
 * GET /adminer.php           form `auth[driver]`: a login
 * GET /                      mongo-express: `<a href="/db/…">` for each database; 401 with Basic where a login is asked for
 * GET /api/databases         Redis Insight: the databases that it keeps logins for; it has no login of its own
 * GET /browser/              pgAdmin: 302 to its login; the page itself in desktop mode
 * POST /connections/list {}  DbGate, where the page at `/` is its own: the connections that it keeps; 401
 * GET <folder>/<random>      must be no such page: the control request
 * ```
 */
import type { HttpAnswer, PostingSession } from '../../../net/connection.ts';
import { allowRequests } from '../../../net/request-templates.ts';
import { datasetName } from '../../names.ts';
import { unidentified } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { concluded, counted, doubtful, type Identity } from '../web-answers.ts';
import { ADMIN_UIS, type AdminUi, type Page } from './pages.ts';

const MOST_BYTES = 524_288;

interface Found {
  ui: AdminUi;
  path: string;
  page: Page;
}

async function askPages(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const answers = new Map<string, HttpAnswer>();
  let login: Found | undefined;
  for (const ui of ADMIN_UIS) {
    const found = await lookFor(context, session, ui, answers);
    if (found === undefined) continue;
    const { path } = found;
    const asked = controlOf(path, context.nonce());
    const control = await ask(session, ui, asked);
    context.record(`${ui.post ? 'POST' : 'GET'} ${controlOf(path, '<random>')}`, `${control.status}`);
    if (ui.judge(control) !== undefined) {
      // One that refuses or redirects everything in the same words is none of them.
      if (found.page.access === 'login') continue;
      return doubtful(identityOf(found), 'a page that does not exist');
    }
    if (found.page.access === 'open') return opened(found);
    login ??= found;
  }
  if (login === undefined) return unidentified('an administration page');
  const reason = `${login.ui.title} is served to strangers at ${login.path} and asks them to log in`;
  return concluded(identityOf(login), 'secured', reason, ['passwords: none is tried']);
}

async function lookFor(
  context: ProbeContext,
  session: PostingSession,
  ui: AdminUi,
  answers: Map<string, HttpAnswer>,
): Promise<Found | undefined> {
  if (ui.post !== undefined) {
    const root = answers.get('GET /') ?? (await session.get('/', { maxBytes: MOST_BYTES }));
    answers.set('GET /', root);
    if (!ui.post.test(root.body.toString('utf8'))) return undefined;
  }
  for (const path of ui.paths) {
    const key = `${ui.post ? 'POST' : 'GET'} ${path}`;
    const answer = answers.get(key) ?? (await ask(session, ui, path));
    answers.set(key, answer);
    const page = ui.judge(answer);
    if (page === undefined) continue;
    context.record(key, `${answer.status}, ${ui.title}, ${page.access === 'open' ? 'without a login' : 'a login'}`);
    return { ui, path, page };
  }
  return undefined;
}

async function ask(session: PostingSession, ui: AdminUi, path: string): Promise<HttpAnswer> {
  return ui.post
    ? await session.post(path, '{}', { maxBytes: MOST_BYTES })
    : await session.get(path, { maxBytes: MOST_BYTES });
}

function identityOf({ ui, page }: Found): Identity {
  return { identified: true, product: ui.product, ...(page.version === undefined ? {} : { version: page.version }) };
}

function opened(found: Found): Observation {
  const { ui, path, page } = found;
  const databases = page.databases ?? [];
  const seen =
    page.connections !== undefined
      ? `, with logins for ${counted(page.connections, 'database')}`
      : databases.length > 0
        ? `, with ${counted(databases.length, 'database')}`
        : '';
  const notTested = ['what the databases hold: no page of theirs is opened'];
  if (page.writes !== true) notTested.push('whether its account may write');
  return {
    ...identityOf(found),
    verdict: page.writes ? 'anonymous-write' : 'anonymous-read',
    datasets: [...new Set(databases.map(datasetName))].map((name) => ({ name, fields: [] })),
    reason: `${ui.title} at ${path} lets strangers in without a login${seen}${page.writes ? ', and they may change them' : ''}`,
    notTested,
  };
}

/** A sibling: the same folder, and the same end. */
function controlOf(path: string, name: string): string {
  const trailing = path.endsWith('/') && path !== '/';
  const bare = trailing ? path.slice(0, -1) : path;
  const folder = bare.slice(0, bare.lastIndexOf('/') + 1);
  return `${folder}${name}${path.endsWith('.php') ? '.php' : ''}${trailing ? '/' : ''}`;
}

const controls = (post: boolean): string[] => [
  ...new Set(
    ADMIN_UIS.filter((ui) => (ui.post !== undefined) === post).flatMap((ui) =>
      ui.paths.map((path) => controlOf(path, '<nonce>')),
    ),
  ),
];

export const dbAdminUi: ProbeService = {
  id: 'db-admin-ui',
  aliases: ADMIN_UIS.map(({ product }) => product),
  title: 'Database administration page',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 80, tls: 'retry' },
    { port: 443, tls: 'first' },
    { port: 8080, tls: 'retry' },
    { port: 8081, tls: 'retry' },
    { port: 5050, tls: 'retry' },
    { port: 5540, tls: 'retry' },
  ],
  beside: true,
  allow: allowRequests([
    ...[...new Set(ADMIN_UIS.filter((ui) => !ui.post).flatMap(({ paths }) => paths))].map((path) => ({
      path,
      why: 'whether an administration page lies here',
    })),
    ...controls(false).map((path) => ({ path, why: 'the control request, which must be no such page' })),
    ...ADMIN_UIS.filter((ui) => ui.post).flatMap(({ paths, title }) =>
      paths.map((path) => ({
        method: 'POST' as const,
        path,
        body: '{}',
        why: `${title}: whether its connections are listed`,
      })),
    ),
    ...controls(true).map((path) => ({
      method: 'POST' as const,
      path,
      body: '{}',
      why: 'the control request, which must fail',
    })),
  ]),
  remediation: {
    developer:
      'Take administration pages out of the images and compose files that go into production; use a tunnel when you need one.',
    it: "Let them in from the office or VPN only, with single sign-on before them; phpMyAdmin: `auth_type = 'cookie'`, `AllowNoPassword = false`, `AllowRoot = false`; mongo-express: ME_CONFIG_BASICAUTH_USERNAME and _PASSWORD; Redis Insight and DbGate: bind to 127.0.0.1; pgAdmin: server mode.",
    security:
      'A page without a login is the database without one: treat what it reaches as read and changed, rotate the accounts that it keeps, and look for new users, triggers and dumps.',
  },
  references: [
    'https://docs.phpmyadmin.net/en/latest/setup.html#securing-your-phpmyadmin-installation',
    'https://www.adminer.org/en/password/',
    'https://github.com/mongo-express/mongo-express#usage-docker',
    'https://redis.io/docs/latest/operate/redisinsight/configuration/',
    'https://www.pgadmin.org/docs/pgadmin4/latest/config_py.html',
  ],
  tested: [
    {
      how: 'server',
      what: 'phpMyAdmin 5.2.1 (auth_type config and cookie) and Adminer 4.8.1, on PHP 8.2, plain and TLS',
    },
    { how: 'documentation', what: 'mongo-express, Redis Insight, pgAdmin 4 and DbGate' },
  ],
  probe: askPages,
};
