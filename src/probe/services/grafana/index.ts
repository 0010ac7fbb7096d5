/**
 * Grafana 6 to 12, HTTP port 3000.
 *
 * ```
 * GET /api/health                  200 {"database":"ok","version":"10.4.1","commit":…}, for everybody
 * GET /api/<random>                404 {"message":"Not found"}; 2xx: a catch-all
 * GET /api/org                     200 {"id":1,"name":…}: anonymous access to an organization is on; 401
 *                                  {"message":"Unauthorized"} (its name is not kept)
 * GET /api/search?type=dash-db&limit=5000   how many dashboards a stranger opens
 * GET /api/access-control/user/actions      {"dashboards:create":true,…}: what the anonymous role may do (from 8.5)
 * GET /login                       "disableUserSignUp":false: whoever comes may make an account
 * ```
 *
 * A stranger who opens a dashboard may also put own queries to its data sources, whatever the dashboard shows.
 *
 * Sources: https://grafana.com/docs/grafana/latest/developers/http_api/, …/setup-grafana/configure-security/,
 * https://github.com/grafana/grafana/blob/main/pkg/api/api.go
 */

import type { PostingSession } from '../../../net/connection.ts';
import { allowRequests } from '../../../net/request-templates.ts';
import { askJson, conclude, disbelieved, isLocked, known, notReady } from '../../http-dialogue.ts';
import { at, count, isRecord, text } from '../../json.ts';
import { grouped } from '../../names.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import { recognised } from '../../recognition.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';

const WRITING =
  /^(?:dashboards|folders|datasources|users|org\.users|alert\.rules|teams|serviceaccounts):(?:create|write|delete|add)$/;

async function askGrafana(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const health = await askJson(session, context, '/api/health', { maxBytes: 65_536 });
  const database = text(at(health.json, 'database'));
  if (![200, 503].includes(health.status) || database === undefined) return unidentified('Grafana');
  const base = known(undefined, parseVersion(text(at(health.json, 'version'))));
  const control = await askJson(session, context, `/api/${context.nonce()}`, {
    shown: '/api/<random>',
    maxBytes: 65_536,
  });
  if (control.status < 300) return disbelieved(base, 'a path that cannot exist', control.status);
  const org = await askJson(session, context, '/api/org', { maxBytes: 65_536 });
  if (isLocked(org)) {
    const signUp = await mayEverybodySignUp(session, context);
    const notTested = signUp ? ['what a new account sees: signing up is open to everybody (`allow_sign_up`)'] : [];
    return conclude(base, 'secured', `the organization is refused (${org.status})`, notTested);
  }
  if (org.status !== 200 || count(at(org.json, 'id')) === undefined) return notReady(base, 'the organization', org);
  const search = await askJson(session, context, '/api/search?type=dash-db&limit=5000', {
    note: ({ json }) => (Array.isArray(json) ? `list of ${json.length} dashboards` : undefined),
  });
  const dashboards = Array.isArray(search.json) ? search.json.length : undefined;
  const { json: actions } = await askJson(session, context, '/api/access-control/user/actions', {
    note: ({ json }) => (isRecord(json) ? `${Object.keys(json).length} actions` : undefined),
  });
  const datasets = dashboards === undefined ? [] : [{ name: 'dashboards', documents: dashboards, fields: [] }];
  const listed = dashboards === undefined ? 'an organization' : `${grouped(dashboards)} dashboards`;
  if (isRecord(actions) && Object.entries(actions).some(([action, may]) => may === true && WRITING.test(action))) {
    const what = `anonymous access is on and its role may change things: a stranger opens ${listed}`;
    return conclude(base, 'anonymous-write', what, [], datasets);
  }
  const notTested = ['queries of one’s own to the data sources'];
  if (!isRecord(actions)) notTested.push('whether a stranger may write');
  return conclude(base, 'anonymous-read', `anonymous access is on: a stranger opens ${listed}`, notTested, datasets);
}

async function mayEverybodySignUp(session: PostingSession, context: ProbeContext): Promise<boolean> {
  const page = await session.get('/login', { maxBytes: 262_144 });
  const open = page.status === 200 && /"disableUserSignUp"\s*:\s*false/.test(page.body.toString('latin1'));
  context.record('GET /login', `${page.status}${open ? ', signing up is open' : ''}`);
  return open;
}

export const grafana: ProbeService = {
  id: 'grafana',
  title: 'Grafana',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 3000, tls: 'retry' }],
  allow: allowRequests([
    { path: '/api/health', why: 'product and version' },
    { path: '/api/<nonce>', why: 'the control request, which must fail' },
    { path: '/api/org', why: 'whether anonymous access is on' },
    { path: '/api/search?type=dash-db&limit=5000', why: 'how many dashboards a stranger opens; titles are not kept' },
    { path: '/api/access-control/user/actions', why: 'what the anonymous role may do' },
    { path: '/login', why: 'whether everybody may sign up' },
  ]),
  remediation: {
    developer: 'Link no dashboards from the app; show numbers through your own API.',
    it: 'Set `enabled = false` in `[auth.anonymous]` and `allow_sign_up = false` in `[users]`, change the password of `admin`, and put 3000 behind a VPN or a proxy that signs in.',
    security:
      'Whoever opens a dashboard may query its data sources: treat what stands behind them as read; look at shared snapshots and public dashboards too.',
  },
  references: [
    'https://grafana.com/docs/grafana/latest/developers/http_api/',
    'https://grafana.com/docs/grafana/latest/setup-grafana/configure-security/',
  ],
  tested: [
    {
      how: 'documentation',
      what: 'answers as Grafana’s HTTP API reference and pkg/api/accesscontrol.go describe them (10.x)',
    },
  ],
  recognise: (root) => {
    const page = root.body.subarray(0, 65_536).toString('latin1');
    const toLogin = root.status === 302 && /(?:^|\/)login$/.test(root.headers.location ?? '');
    const own = root.status === 200 && /<title>Grafana<\/title>|grafanaBootData/.test(page);
    return own ? 'sure' : toLogin ? 'possible' : recognised(root, false);
  },
  probe: askGrafana,
};
