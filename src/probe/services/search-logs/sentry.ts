/**
 * Sentry on one’s own server, HTTP port 9000. It has no anonymous user.
 *
 * ```
 * GET /api/0/                  200 {"version":"0","auth":null,"user":null}
 * GET /api/0/<random>/         404; 2xx: a catch-all
 * GET /api/0/organizations/    401 {"detail":"Authentication credentials were not provided."}; 200 [{"slug":…}]
 * ```
 *
 * Sources: https://docs.sentry.io/api/, https://github.com/getsentry/sentry/blob/master/src/sentry/api/endpoints/index.py
 */
import { allowRequests } from '../../../net/request-templates.ts';
import { askJson, conclude, disbelieved, isLocked, known, notReady } from '../../http-dialogue.ts';
import { at, isRecord } from '../../json.ts';
import { unidentified } from '../../observations.ts';
import { perhaps } from '../../recognition.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { remediation } from './remediation.ts';

const ROOT = '/api/0/';
const ORGANIZATIONS = '/api/0/organizations/';

async function askSentry(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const root = await askJson(session, context, ROOT, { maxBytes: 65_536 });
  const own = isRecord(root.json) && at(root.json, 'version') === '0' && 'auth' in root.json && 'user' in root.json;
  if (root.status !== 200 || !own) return unidentified('Sentry');
  const base = known('sentry', undefined);
  const list = await askJson(session, context, ORGANIZATIONS, {
    note: ({ json }) => (Array.isArray(json) ? `${json.length} organizations` : undefined),
  });
  if (isLocked(list)) return conclude(base, 'secured', `the list of organizations is refused (${list.status})`);
  if (list.status !== 200 || !Array.isArray(list.json)) return notReady(base, 'the list of organizations', list);
  const control = await askJson(session, context, `/api/0/${context.nonce()}/`, {
    shown: '/api/0/<random>/',
    maxBytes: 65_536,
  });
  if (control.status < 300) return disbelieved(base, 'a path that cannot exist', control.status);
  const what = `a stranger lists ${list.json.length} organizations without a login`;
  return conclude(base, 'metadata-only', what, ['events: they carry personal data', 'whether a stranger may write']);
}

export const sentry: ProbeService = {
  id: 'search-logs',
  face: 'sentry',
  aliases: ['sentry'],
  title: 'Sentry',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 9000, tls: 'retry' }],
  allow: allowRequests([
    { path: ROOT, why: 'whether it is Sentry' },
    { path: ORGANIZATIONS, why: 'whether strangers are refused' },
    { path: '/api/0/<nonce>/', why: 'the control request, which must fail' },
  ]),
  remediation,
  references: ['https://docs.sentry.io/api/', 'https://develop.sentry.dev/self-hosted/'],
  tested: [
    {
      how: 'documentation',
      what: 'answers as src/sentry/api/endpoints/index.py and Sentry’s API reference describe them',
    },
  ],
  recognise: (root) => {
    const toLogin = /\/auth\/login\//.test(root.headers.location ?? '');
    const named =
      root.headers['x-sentry-rate-limit-limit'] !== undefined || root.headers['x-sentry-subject'] !== undefined;
    return named ? 'sure' : perhaps(root, toLogin);
  },
  probe: askSentry,
};
