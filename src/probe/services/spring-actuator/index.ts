/**
 * Spring Boot Actuator 2.x and 3.x, on the application's port or one of its own.
 *
 * ```
 * GET /actuator             {"_links":{"self":…,"health":…,"env":…}}: the endpoints that are exposed; 401, 404
 * GET /actuator/<random>    404: the control request
 * GET /actuator/info        {"build":{"version":…}}
 * GET /actuator/env/java.version   {"property":{"value":"17.0.1"}}, `******` where values are masked
 * GET /actuator/mappings    {"contexts":{…{"servletFilters":[…],"dispatcherServlets":{…}}}}: whether a security filter exists
 * ```
 *
 * `heapdump` is never requested, not even with HEAD: Spring maps HEAD to the handler of GET, which writes a dump.
 */
import type { HttpSession } from '../../../net/connection.ts';
import { allowRequests } from '../../../net/request-templates.ts';
import { at, isRecord, text } from '../../json.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { concluded, counted, doubtful, type Identity, isRefused, okJson, SHORT_ANSWER } from '../web-answers.ts';
import { type Mappings, readMappings } from './mappings.ts';

const BASES = ['/actuator', '/management'] as const;
const ONE_KEY = 'env/java.version';

/** Endpoints that hold requests, sessions, configuration or memory. */
const DATA = new Set([
  'auditevents',
  'configprops',
  'env',
  'heapdump',
  'httpexchanges',
  'httptrace',
  'jolokia',
  'logfile',
  'sessions',
  'trace',
]);
/** Endpoints that hold contents, whatever is masked. */
const CONTENT = new Set(['auditevents', 'heapdump', 'httpexchanges', 'httptrace', 'logfile', 'sessions', 'trace']);
/** What a stranger may have: Spring's own default. */
const HARMLESS = new Set(['self', 'health', 'info']);
const KNOWN = new Set([
  ...DATA,
  ...HARMLESS,
  'beans',
  'caches',
  'conditions',
  'flyway',
  'gateway',
  'integrationgraph',
  'liquibase',
  'loggers',
  'mappings',
  'metrics',
  'prometheus',
  'quartz',
  'refresh',
  'restart',
  'sbom',
  'scheduledtasks',
  'shutdown',
  'startup',
  'threaddump',
]);

async function askActuator(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  for (const base of BASES) {
    const index = await session.get(base, { maxBytes: 1_048_576 });
    const endpoints = endpointsIn(okJson(index), base);
    if (endpoints === undefined) continue;
    context.record(`GET ${base}`, `200, ${counted(endpoints.size, 'endpoint')}`);
    const info = await session.get(`${base}/info`, { maxBytes: SHORT_ANSWER });
    const version = parseVersion(text(at(okJson(info), 'build', 'version')));
    const identity: Identity = {
      identified: true,
      product: 'spring-boot-actuator',
      ...(version === undefined ? {} : { version }),
    };
    const control = await session.get(`${base}/${context.nonce()}`, { maxBytes: SHORT_ANSWER });
    context.record(`GET ${base}/<random>`, `${control.status}`);
    if (control.status < 300) return doubtful(identity, 'an endpoint that does not exist');
    return await judge(context, session, base, identity, endpoints);
  }
  return unidentified('Spring Boot Actuator');
}

/** Names of endpoints, without their parameters: `caches` of `caches-cache`. */
function endpointsIn(body: unknown, base: string): Set<string> | undefined {
  const links = at(body, '_links');
  const self = text(at(links, 'self', 'href'));
  // Other hypermedia APIs have `_links` too: theirs do not lead below this path.
  if (!isRecord(links) || self === undefined || !self.replace(/\/$/, '').endsWith(base)) return undefined;
  const names = Object.keys(links).map((name) => /^[a-z]+/.exec(name)?.[0] ?? '');
  return new Set(names.slice(0, 200).filter((name) => name !== '' && name !== 'self'));
}

async function judge(
  context: ProbeContext,
  session: HttpSession,
  base: string,
  identity: Identity,
  endpoints: ReadonlySet<string>,
): Promise<Observation> {
  const exposed = [...endpoints].filter((name) => !HARMLESS.has(name)).sort();
  if (exposed.length === 0) return concluded(identity, 'secured', 'strangers get health and info only');
  const shown = exposed.map((name) => (KNOWN.has(name) ? name : '*')).slice(0, 40);
  const datasets = [...new Set(shown)].map((name) => ({ name: `${base}/${name}`, fields: [] }));
  const notTested = ['what the endpoints hold: of the environment one harmless key is asked for'];
  if (endpoints.has('heapdump'))
    notTested.push('heapdump: asking for it, even with HEAD, makes the application write a dump');
  const key = endpoints.has('env') ? await readKey(context, session, base) : undefined;
  const mappings = endpoints.has('mappings') ? await askMappings(context, session, base) : undefined;
  const answered = (key !== undefined && key !== 'refused') || mappings !== undefined;
  const list = `strangers get ${counted(exposed.length, 'endpoint')} beyond health and info`;
  if (key === 'refused' && mappings === undefined) {
    const reason = 'the index lists endpoints, and strangers are refused them';
    return { ...identity, verdict: 'metadata-only', datasets, reason, notTested };
  }
  if (mappings?.unguarded && mappings.changing.length > 0) {
    const reason = `${list}; no security filter stands before them, and ${counted(mappings.changing.length, 'endpoint')} take changes`;
    return { ...identity, verdict: 'anonymous-write', datasets, reason, notTested };
  }
  notTested.push('whether a stranger may change anything');
  const contents = exposed.filter((name) => CONTENT.has(name)).length;
  if (key === 'shown' || (answered && contents > 0)) {
    const reason = `${list}${key === 'shown' ? ', and the environment shows values' : ', among them such with contents'}`;
    return { ...identity, verdict: 'anonymous-read', datasets, reason, notTested };
  }
  return { ...identity, verdict: 'metadata-only', datasets, reason: list, notTested };
}

/** Whether values of the environment are shown: a version says it as well as a password would. */
async function readKey(
  context: ProbeContext,
  session: HttpSession,
  base: string,
): Promise<'shown' | 'masked' | 'refused' | undefined> {
  const answer = await session.get(`${base}/${ONE_KEY}`, { maxBytes: SHORT_ANSWER });
  const value = text(at(okJson(answer), 'property', 'value'));
  const state = isRefused(answer)
    ? 'refused'
    : value === undefined
      ? undefined
      : /^\*+$/.test(value)
        ? 'masked'
        : 'shown';
  context.record(`GET ${base}/${ONE_KEY}`, `${answer.status}${state === undefined ? '' : `, ${state}`}`);
  return state;
}

async function askMappings(context: ProbeContext, session: HttpSession, base: string): Promise<Mappings | undefined> {
  const answer = await session.get(`${base}/mappings`);
  const mappings = readMappings(okJson(answer), base);
  const filter = mappings?.unguarded ? 'no security filter' : 'perhaps guarded';
  context.record(
    `GET ${base}/mappings`,
    mappings === undefined ? `${answer.status}` : `200, ${counted(mappings.handlers, 'handler')}, ${filter}`,
  );
  return mappings;
}

export const springActuator: ProbeService = {
  id: 'spring-actuator',
  title: 'Spring Boot Actuator',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 8080, tls: 'retry' },
    { port: 8081, tls: 'retry' },
    { port: 80, tls: 'retry' },
    { port: 443, tls: 'first' },
  ],
  beside: true,
  allow: allowRequests(
    BASES.flatMap((base) => [
      { path: base, why: 'names of the endpoints that are exposed' },
      { path: `${base}/<nonce>`, why: 'the control request, which must fail' },
      { path: `${base}/info`, why: 'version of the application' },
      { path: `${base}/${ONE_KEY}`, why: 'where `env` is exposed: whether values are masked' },
      {
        path: `${base}/mappings`,
        why: 'where `mappings` is exposed: whether a security filter stands before the endpoints',
      },
    ]),
  ),
  remediation: {
    developer:
      'Add Spring Security with `EndpointRequest.toAnyEndpoint()` for a role of operators, and keep `management.endpoint.env.show-values` and `configprops.show-values` at `never`.',
    it: 'Set `management.endpoints.web.exposure.include=health`, `management.server.port` to a port of its own with `management.server.address=127.0.0.1`, and let no proxy pass /actuator on.',
    security:
      'Where env, configprops or heapdump stood open, treat every password, token and key of the application as known and rotate them; where shutdown, gateway, jolokia or restart did, look for commands that were run.',
  },
  references: [
    'https://docs.spring.io/spring-boot/reference/actuator/endpoints.html',
    'https://docs.spring.io/spring-boot/api/rest/actuator/mappings.html',
    'https://docs.spring.io/spring-framework/reference/web/webmvc/mvc-controller/ann-requestmapping.html#mvc-ann-requestmapping-head-options',
  ],
  tested: [
    {
      how: 'server',
      what: 'Spring Boot 3.5.6 (everything exposed, values shown and masked, health only, plain and TLS)',
    },
  ],
  probe: askActuator,
};
