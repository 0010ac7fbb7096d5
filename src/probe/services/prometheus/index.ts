/**
 * Prometheus (9090), Alertmanager (9093), VictoriaMetrics (8428) and exporters (9100, 9187, 9121).
 *
 * ```
 * GET /   Prometheus: 302 to /graph, /classic/graph or /query; Alertmanager and exporters: a page with their title;
 *         VictoriaMetrics: "Single-node VictoriaMetrics"; 401 with basic authentication (web.config.file, -httpAuth)
 *
 * Prometheus       GET /api/v1/status/buildinfo   {"status":"success","data":{"version":"2.42.0",…}}
 *                  GET /api/v1/<random>           404; 2xx: a catch-all
 *                  GET /api/v1/status/tsdb        {"data":{"headStats":{"numSeries":…}}}
 *                  GET /api/v1/labels             names of labels
 *                  GET /api/v1/status/flags       web.enable-admin-api, web.enable-lifecycle,
 *                                                 web.enable-remote-write-receiver: "true" lets strangers change things
 * VictoriaMetrics  the same but for flags: writing has the same lock as reading; GET /flags shows its command line
 * Alertmanager     GET /api/v2/status, /api/v2/<random>, /api/v2/receivers; silences have no lock of their own
 * Exporters        GET /metrics                   "# TYPE …", <name>_build_info{version="1.5.0"}
 * ```
 *
 * Targets and configuration show hosts and tokens: they are not asked for.
 *
 * Sources: https://prometheus.io/docs/prometheus/latest/querying/api/, …/docs/operating/security/,
 * https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml, https://docs.victoriametrics.com/
 */

import type { HttpAnswer, PostingSession } from '../../../net/connection.ts';
import { allowRequests } from '../../../net/request-templates.ts';
import { askJson, conclude, disbelieved, isLocked, known, notReady } from '../../http-dialogue.ts';
import { at, count, text } from '../../json.ts';
import { fieldName, grouped } from '../../names.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import { recognised } from '../../recognition.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';

type Product = 'prometheus' | 'alertmanager' | 'victoria-metrics' | 'exporter';

const BUILD = '/api/v1/status/buildinfo';
const TSDB = '/api/v1/status/tsdb';
const LABELS = '/api/v1/labels';
const FLAGS = '/api/v1/status/flags';
/** Each lets whoever reaches the port change something. */
const DANGEROUS = ['web.enable-admin-api', 'web.enable-lifecycle', 'web.enable-remote-write-receiver'];

function productOf(root: HttpAnswer): Product | undefined {
  if (/^(?:\.?\/)?(?:prometheus\/)?(?:classic\/)?(?:graph|query|agent)$/.test(root.headers.location ?? ''))
    return 'prometheus';
  if (root.status !== 200) return undefined;
  const page = root.body.subarray(0, 16_384).toString('latin1');
  if (/<title>Alertmanager<\/title>/.test(page)) return 'alertmanager';
  if (/<h2>Single-node VictoriaMetrics<\/h2>|VictoriaMetrics/.test(page)) return 'victoria-metrics';
  if (/<title>[^<]{0,60}exporter[^<]{0,60}<\/title>/i.test(page) && /metrics/.test(page)) return 'exporter';
  return /<title>Prometheus/.test(page) ? 'prometheus' : undefined;
}

async function askPrometheus(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const root = await session.get('/');
  const product = productOf(root);
  context.record('GET /', `${root.status}${product === undefined ? '' : `, ${product}`}`);
  if (product === 'alertmanager') return await askAlertmanager(context, session);
  if (product === 'exporter') return await askExporter(context, session);
  const build = await askJson(session, context, BUILD, { maxBytes: 65_536 });
  const told = at(build.json, 'status') === 'success' && text(at(build.json, 'data', 'version')) !== undefined;
  if (product === undefined && !told) return await lockedAnswer(context, session, root);
  return await askSeries(context, session, product ?? 'prometheus', text(at(build.json, 'data', 'version')));
}

/** Basic authentication covers every path; what is behind it does not say its name. */
async function lockedAnswer(context: ProbeContext, session: PostingSession, root: HttpAnswer): Promise<Observation> {
  if (!isLocked(root)) return unidentified('Prometheus');
  const series = await askJson(session, context, TSDB, { maxBytes: 65_536 });
  if (!isLocked(series)) return unidentified('Prometheus');
  const challenge = /^Basic(?: realm="?(?:VictoriaMetrics)?"?)?/i.test(root.headers['www-authenticate'] ?? '');
  if (!challenge) return unidentified('Prometheus');
  const observed = conclude(
    known(undefined, undefined),
    'secured',
    `its page and its interface are refused (${root.status})`,
  );
  return { ...observed, tentative: true };
}

async function askSeries(
  context: ProbeContext,
  session: PostingSession,
  product: Product,
  version: string | undefined,
): Promise<Observation> {
  const own = product === 'victoria-metrics' ? await versionOfMetrics(context, session) : { version: undefined };
  const base = known(product, parseVersion(version ?? own.version));
  const tsdb = await askJson(session, context, TSDB);
  if (isLocked(tsdb)) return conclude(base, 'secured', `its figures are refused (${tsdb.status})`);
  const series = count(at(tsdb.json, 'data', 'headStats', 'numSeries')) ?? count(at(tsdb.json, 'data', 'totalSeries'));
  const labels = await askJson(session, context, LABELS, {
    note: ({ json }) => (Array.isArray(at(json, 'data')) ? 'names of labels' : undefined),
  });
  if (tsdb.status !== 200 && labels.status !== 200) return notReady(base, 'the list of labels', labels);
  const control = await askJson(session, context, `/api/v1/${context.nonce()}`, {
    shown: '/api/v1/<random>',
    maxBytes: 65_536,
  });
  if (control.status < 300) return disbelieved(base, 'a path that cannot exist', control.status);
  const names = at(labels.json, 'data');
  const fields = Array.isArray(names) ? names.filter((name): name is string => typeof name === 'string') : [];
  const dataset: ObservedDataset = {
    name: 'time series',
    ...(series === undefined ? {} : { documents: series }),
    fields: [...new Set(fields.slice(0, 2_000).map(fieldName))],
  };
  const reads = `a stranger reads ${series === undefined ? 'the time series' : `${grouped(series)} time series`}`;
  const writes =
    product === 'victoria-metrics' ? await isBare(context, session) : await dangerousFlags(context, session);
  if (typeof writes === 'string') return conclude(base, 'anonymous-write', `${reads}, and ${writes}`, [], [dataset]);
  const notTested = writes === undefined ? ['whether a stranger may write'] : [];
  return conclude(base, 'anonymous-read', reads, notTested, [dataset]);
}

/** Which switches are on; `false`: none; undefined: not told. */
async function dangerousFlags(context: ProbeContext, session: PostingSession): Promise<string | false | undefined> {
  const { status, json } = await askJson(session, context, FLAGS, { maxBytes: 262_144 });
  const flags = at(json, 'data');
  if (status !== 200 || at(flags, 'web.listen-address') === undefined) return undefined;
  const on = DANGEROUS.filter((flag) => at(flags, flag) === 'true');
  return on.length === 0 ? false : `${on.map((flag) => `--${flag}`).join(', ')} lets it change things`;
}

/** VictoriaMetrics itself, not a proxy that lets some paths through: its command line is told. */
async function isBare(context: ProbeContext, session: PostingSession): Promise<string | undefined> {
  const answer = await session.get('/flags', { maxBytes: 65_536 });
  const bare = answer.status === 200 && /^-[a-zA-Z]/m.test(answer.body.toString('latin1'));
  context.record('GET /flags', `${answer.status}${bare ? ', its command line' : ''}`);
  return bare ? 'no `-httpAuth` locks its paths, those that write among them' : undefined;
}

async function askAlertmanager(context: ProbeContext, session: PostingSession): Promise<Observation> {
  const status = await askJson(session, context, '/api/v2/status', { maxBytes: 262_144 });
  const base = known('alertmanager', parseVersion(text(at(status.json, 'versionInfo', 'version'))));
  if (isLocked(status)) return conclude(base, 'secured', `its status is refused (${status.status})`);
  if (status.status !== 200 || at(status.json, 'versionInfo') === undefined)
    return notReady(base, 'its status', status);
  const control = await askJson(session, context, `/api/v2/${context.nonce()}`, {
    shown: '/api/v2/<random>',
    maxBytes: 65_536,
  });
  if (control.status < 300) return disbelieved(base, 'a path that cannot exist', control.status);
  const receivers = await askJson(session, context, '/api/v2/receivers', {
    note: ({ json }) => (Array.isArray(json) ? `${json.length} receivers` : undefined),
  });
  const counted = Array.isArray(receivers.json) ? `, ${receivers.json.length} receivers among it` : '';
  const what = `a stranger reads its configuration${counted}, and no lock of its own keeps it from silencing alerts`;
  return conclude(base, 'anonymous-write', what);
}

async function askExporter(context: ProbeContext, session: PostingSession): Promise<Observation> {
  const found = await versionOfMetrics(context, session);
  if (!found.metrics) {
    const base = known('exporter', undefined);
    return conclude(base, 'inconclusive', 'its page stands there, its metrics do not', ['what a stranger gets here']);
  }
  const base = known(found.product ?? 'exporter', parseVersion(found.version));
  const control = await session.get(`/${context.nonce()}`, { maxBytes: 65_536 });
  context.record('GET /<random>', `${control.status}`);
  // Exporters answer unknown paths with their page; with metrics, they would be anything.
  if (isMetrics(control)) return disbelieved(base, 'a path that cannot exist', control.status);
  return conclude(
    base,
    'metadata-only',
    'a stranger reads the metrics of what it watches, names of hosts and databases among them',
  );
}

function isMetrics(answer: HttpAnswer): boolean {
  return answer.status === 200 && /^# TYPE [a-zA-Z_:]/m.test(answer.body.subarray(0, 65_536).toString('latin1'));
}

async function versionOfMetrics(
  context: ProbeContext,
  session: PostingSession,
): Promise<{ metrics: boolean; product?: string; version: string | undefined }> {
  const answer = await session.get('/metrics', { maxBytes: 2_097_152 });
  const body = answer.status === 200 ? answer.body.toString('latin1') : '';
  context.record('GET /metrics', `${answer.status}${body === '' ? '' : ', metrics'}`);
  const own = /^([a-z]{1,40}_exporter)_build_info\{(?:[^}\n]{0,400},)?version="([^"\n]{1,60})"/m.exec(body);
  const metrics = isMetrics(answer) || /^[a-z_]{3,80}(?:\{[^}\n]{0,400}\})? [\d.e+-]+$/m.test(body);
  const victoria = /^vm_app_version\{[^}\n]{0,400}?short_version="([^"\n]{1,60})"/m.exec(body);
  return {
    metrics,
    ...(own?.[1] === undefined ? {} : { product: own[1] }),
    version: (own?.[2] ?? victoria?.[1])?.match(/v?\d+\.\d+\.\d+/)?.[0],
  };
}

export const prometheus: ProbeService = {
  id: 'prometheus',
  aliases: ['alertmanager', 'victoria-metrics', 'node-exporter'],
  title: 'Prometheus',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [9090, 9093, 8428, 9100, 9187, 9121].map((port) => ({ port, tls: 'retry' as const })),
  allow: allowRequests([
    { path: '/', why: 'which of them it is' },
    { path: BUILD, why: 'product and version' },
    { path: TSDB, why: 'the number of time series' },
    { path: LABELS, why: 'names of labels' },
    { path: FLAGS, why: 'whether strangers may delete, write or stop' },
    { path: '/flags', why: 'VictoriaMetrics: whether it is reached without a proxy' },
    { path: '/metrics', why: 'exporters and VictoriaMetrics: product and version' },
    { path: '/api/v1/<nonce>', why: 'the control request, which must fail' },
    { path: '/api/v2/status', why: 'Alertmanager: version' },
    { path: '/api/v2/receivers', why: 'Alertmanager: how many receivers there are' },
    { path: '/api/v2/<nonce>', why: 'the control request, which must fail' },
    { path: '/<nonce>', why: 'exporters: the control request, which must bring no metrics' },
  ]),
  remediation: {
    developer: 'Put no address of a monitoring server into an app, and no personal value into a label.',
    it: 'Prometheus, Alertmanager and exporters: `--web.config.file` with `basic_auth_users` and `tls_server_config`, `--web.listen-address=127.0.0.1:…`, and none of `--web.enable-admin-api`, `--web.enable-lifecycle`, `--web.enable-remote-write-receiver`. VictoriaMetrics: `-httpAuth.username` and `-httpAuth.password`. Close the ports in the firewall.',
    security:
      'Targets, flags and configuration tell hosts, versions and sometimes tokens: rotate those, and look for silenced alerts.',
  },
  references: [
    'https://prometheus.io/docs/operating/security/',
    'https://prometheus.io/docs/prometheus/latest/querying/api/',
    'https://docs.victoriametrics.com/victoriametrics/single-server-victoriametrics/#security',
  ],
  tested: [
    {
      how: 'server',
      what: 'Prometheus 2.42.0, Alertmanager 0.25.0, node_exporter 1.5.0 and VictoriaMetrics 1.79.5 (open, basic authentication, TLS)',
    },
  ],
  recognise: (root) => recognised(root, productOf(root) !== undefined),
  probe: askPrometheus,
};
