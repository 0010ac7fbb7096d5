/**
 * Grafana Loki, HTTP port 3100.
 *
 * ```
 * GET /loki/api/v1/status/buildinfo   200 {"version":"2.9.4","revision":…,"branch":…}
 * GET /loki/api/v1/<random>           404; 2xx: a catch-all
 * GET /loki/api/v1/labels             200 {"status":"success","data":["app","host"]}: `auth_enabled: false`, so reading and
 *                                     pushing are open; 401 "no org id": tenants are kept apart
 * GET /loki/api/v1/labels?start=1&end=2, with X-Scope-OrgID: <random>
 *                                     200: the tenant’s name is taken on trust, nothing asks who one is; 401, 403: a proxy does
 * ```
 *
 * In 1970, because ingesters, which are asked for what is new only, make an empty place for every tenant that they are asked
 * for (`Ingester.Label` calls `GetOrCreateInstance`; `SingleTenantQuerier.buildQueryIntervals` leaves them out).
 *
 * Lines are never asked for: they carry personal data. Sources:
 * https://grafana.com/docs/loki/latest/reference/loki-http-api/, …/loki/latest/operations/authentication/
 */
import { allowRequests } from '../../../net/request-templates.ts';
import { askJson, conclude, disbelieved, isLocked, known, notReady } from '../../http-dialogue.ts';
import { at, text } from '../../json.ts';
import { fieldName } from '../../names.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import { perhaps } from '../../recognition.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { remediation } from './remediation.ts';

const BUILD = '/loki/api/v1/status/buildinfo';
const LABELS = '/loki/api/v1/labels';
const LABELS_OF_1970 = `${LABELS}?start=1&end=2`;

async function askLoki(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const build = await askJson(session, context, BUILD, { maxBytes: 65_536 });
  const told = text(at(build.json, 'version'));
  const list = await askJson(session, context, LABELS);
  const noTenant = list.status === 401 && /no org id/i.test(list.answer.body.subarray(0, 500).toString('latin1'));
  if (told === undefined && !noTenant) return unidentified('Loki');
  const base = known('loki', parseVersion(told));
  const control = await askJson(session, context, `/loki/api/v1/${context.nonce()}`, {
    shown: '/loki/api/v1/<random>',
    maxBytes: 65_536,
  });
  if (control.status < 300) return disbelieved(base, 'a path that cannot exist', control.status);
  const labels = at(list.json, 'data') ?? at(list.json, 'values');
  if (list.status === 200 && at(list.json, 'status') === 'success') {
    const fields = (Array.isArray(labels) ? labels.slice(0, 2_000) : []).filter(
      (one): one is string => typeof one === 'string',
    );
    const datasets = [{ name: 'logs', fields: [...new Set(fields.map(fieldName))] }];
    const what = `\`auth_enabled\` is off: a stranger reads logs with ${fields.length} labels and pushes others`;
    return conclude(base, 'anonymous-write', what, ['lines: they carry personal data'], datasets);
  }
  if (!isLocked(list)) return notReady(base, 'the list of labels', list);
  if (!noTenant) return conclude(base, 'secured', `the list of labels is refused (${list.status})`);
  const tenant = await askJson(session, context, LABELS_OF_1970, {
    headers: { 'x-scope-orgid': context.nonce() },
    shown: `${LABELS_OF_1970} as a random tenant`,
    maxBytes: 65_536,
    note: () => undefined,
  });
  if (tenant.status === 200 && at(tenant.json, 'status') === 'success') {
    const what =
      'tenants are kept apart, but their names are taken on trust: whoever names one reads and pushes its logs';
    return conclude(base, 'anonymous-write', what, ['logs of tenants: none was named']);
  }
  if (!isLocked(tenant)) return notReady(base, 'the list of labels of a random tenant', tenant);
  return conclude(
    base,
    'secured',
    `without a tenant, and as a random one, the list of labels is refused (${tenant.status})`,
  );
}

export const loki: ProbeService = {
  id: 'search-logs',
  face: 'loki',
  aliases: ['loki'],
  title: 'Loki, Graylog, Splunk, Seq or Sentry',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 3100, tls: 'retry' }],
  allow: allowRequests([
    { path: BUILD, why: 'product and version' },
    { path: LABELS, why: 'names of labels' },
    { path: '/loki/api/v1/<nonce>', why: 'the control request, which must fail' },
    { path: LABELS_OF_1970, headers: { 'x-scope-orgid': '<nonce>' }, why: 'whether a tenant’s name is taken on trust' },
  ]),
  remediation,
  references: ['https://grafana.com/docs/loki/latest/operations/authentication/'],
  tested: [{ how: 'documentation', what: 'answers as Loki’s HTTP API reference describes them (2.9)' }],
  recognise: (root) => perhaps(root, root.status === 404),
  probe: askLoki,
};
