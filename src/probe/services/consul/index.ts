/**
 * HashiCorp Consul's HTTP API, ports 8500 and 8501 (TLS).
 *
 * ```
 * GET /v1/status/leader         "10.0.0.1:8300" (a JSON string; never asks who is there)
 * GET /v1/kv/<random>?keys      404; 403 where ACLs refuse; 2xx: a catch-all or a honeypot
 * GET /v1/agent/self            {"Config":{"Version":"1.20.1",…},"DebugConfig":{"AllowWriteHTTPFrom":[],…}}; 403
 *                               Permission denied
 * GET /v1/acl/policies          401 "ACL support disabled": nobody is asked, writing included
 *                               (but where `allow_write_http_from` names networks, only these write over HTTP);
 *                               403 "Permission denied": ACLs are on and the anonymous token may not
 * GET /v1/catalog/services      {"consul":[],…}, filtered by what the anonymous token may read
 * GET /v1/kv/?keys&separator=/  ["app/","flags"]; 404 when empty or filtered away
 * ```
 */
import type { HttpAnswer, HttpSession } from '../../../net/connection.ts';
import { certificateWanted, wantsCertificate } from '../../auth/client-certificate.ts';
import { at, isRecord, parseJson, text } from '../../json.ts';
import { datasetName, grouped } from '../../names.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import { keyPatterns } from '../../patterns.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { consulAllow } from './allow.ts';

const MOST_NAMES = 50;
const NOT_TESTED = 'values of the key-value store (never read)';

async function probe(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  let leader: HttpAnswer;
  try {
    leader = await session.get('/v1/status/leader', { maxBytes: 4_096 });
  } catch (error) {
    if (wantsCertificate(error)) return certificateWanted();
    throw error;
  }
  const address = parseJson(leader.body);
  // An address, or "" while the servers hold an election.
  if (leader.status !== 200 || typeof address !== 'string' || !/^(?:\S{1,255}:\d{1,5})?$/.test(address)) {
    return unidentified('Consul');
  }
  const control = await session.get(`/v1/kv/${context.nonce()}?keys`, { maxBytes: 4_096 });
  const self = await session.get('/v1/agent/self');
  const told = parseJson(self.body);
  const version = parseVersion(text(at(told, 'Config', 'Version')));
  const networks = at(told, 'DebugConfig', 'AllowWriteHTTPFrom');
  const acl = await session.get('/v1/acl/policies');
  const disabled = acl.status === 401 && /ACL support disabled/i.test(acl.body.toString('latin1', 0, 200));
  const denied = /permission denied|ACL not found|anonymous token/i.test(
    `${control.body.toString('latin1', 0, 500)} ${acl.body.toString('latin1', 0, 500)}`,
  );
  // A string alone is what any catch-all could say.
  if (version === undefined && !disabled && !denied && leader.headers['x-consul-knownleader'] === undefined) {
    return unidentified('Consul');
  }
  context.record('GET /v1/status/leader', '200, an address');
  context.record('GET /v1/kv/<random>?keys', `${control.status}`);
  context.record('GET /v1/agent/self', `${self.status}`);
  context.record('GET /v1/acl/policies', `${acl.status}${disabled ? ', ACL support disabled' : ''}`);
  const base = { identified: true, product: 'consul', ...(version === undefined ? {} : { version }) };
  if (control.status < 300) {
    const reason = `the control request for a key that cannot exist was answered with ${control.status}`;
    return { ...base, verdict: 'inconclusive', datasets: [], reason, notTested: ['what a stranger gets here'] };
  }
  const agent = { shown: self.status === 200, writersNamed: Array.isArray(networks) && networks.length > 0 };
  return { ...base, ...(await judged(context, session, disabled, agent)) };
}

async function judged(
  context: ProbeContext,
  session: HttpSession,
  disabled: boolean,
  agent: { shown: boolean; writersNamed: boolean },
): Promise<Pick<Observation, 'verdict' | 'documents' | 'datasets' | 'reason' | 'notTested'>> {
  const catalog = await session.get('/v1/catalog/services');
  const known = parseJson(catalog.body);
  const services = catalog.status === 200 && isRecord(known) ? Object.keys(known) : [];
  context.record('GET /v1/catalog/services', `${catalog.status}, ${services.length} names`);
  const tree = await session.get('/v1/kv/?keys&separator=/');
  const list = parseJson(tree.body);
  const keys = tree.status === 200 && Array.isArray(list) ? list.filter((key) => typeof key === 'string') : [];
  context.record('GET /v1/kv/?keys&separator=/', `${tree.status}, ${keys.length} names`);
  const datasets: ObservedDataset[] = [];
  if (services.length > 0) {
    const fields = services.slice(0, MOST_NAMES).map(datasetName);
    datasets.push({ name: 'services', documents: services.length, fields });
  }
  if (keys.length > 0) datasets.push({ name: 'kv', documents: keys.length, fields: keyPatterns(keys) });
  const size = { documents: services.length + keys.length, datasets };
  const seen = `${grouped(services.length)} services and ${grouped(keys.length)} top-level keys`;
  if (disabled && agent.writersNamed) {
    const reason = `ACL support is disabled: a stranger reads everything, ${seen}; only some networks may write over HTTP`;
    return { ...size, verdict: 'anonymous-read', reason, notTested: [NOT_TESTED, 'whether ours is one of them'] };
  }
  if (disabled) {
    const reason = `ACL support is disabled: a stranger reads and writes everything, ${seen}`;
    return { ...size, verdict: 'anonymous-write', reason, notTested: [NOT_TESTED] };
  }
  const notTested = [NOT_TESTED, 'whether a stranger may write'];
  if (keys.length > 0) return { ...size, verdict: 'anonymous-read', reason: `a stranger lists ${seen}`, notTested };
  if (services.length > 0 || agent.shown) {
    return {
      ...size,
      verdict: 'metadata-only',
      reason: `a stranger sees the agent or its services: ${seen}`,
      notTested,
    };
  }
  const reason = 'the anonymous token may read neither services nor keys';
  return { verdict: 'secured', datasets: [], reason, notTested: ['keys and services by name'] };
}

export const consul: ProbeService = {
  id: 'consul',
  title: 'HashiCorp Consul',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 8500, tls: 'retry' },
    { port: 8501, tls: 'first' },
  ],
  allow: consulAllow,
  remediation: {
    developer: 'Give every service an ACL token of its own with the policy it needs; keep secrets in Vault, not in KV.',
    it: 'Set `acl { enabled = true, default_policy = "deny" }`, `client_addr = "127.0.0.1"`, `enable_script_checks = false` and `tls { defaults { verify_incoming = true } }`. Close 8300–8302, 8500, 8501 and 8600 in the firewall.',
    security:
      'Whoever could write could register script checks, which run commands on every agent: look for unknown services, checks and keys, and rotate secrets that KV holds.',
  },
  references: [
    'https://developer.hashicorp.com/consul/api-docs/acl/policies',
    'https://developer.hashicorp.com/consul/docs/security/acl/acl-rules',
  ],
  tested: [
    {
      how: 'recorded',
      what: '"ACL support disabled" as in hashicorp/vault issue 9164 and agent/acl_endpoint.go; refusals as in hashicorp/consul-esm issue 74',
    },
    { how: 'documentation', what: 'lists and the agent’s settings (api-docs/kv, api-docs/agent, agent/http.go)' },
  ],
  recognise: ({ status, headers, body }) => {
    if (headers['x-consul-default-acl-policy'] !== undefined) return 'sure';
    if (/\bconsul\b/i.test(body.toString('latin1', 0, 4_096)) || /^\/ui\/?/.test(headers.location ?? ''))
      return 'possible';
    return status === 200 ? 'no' : 'possible';
  },
  probe,
};
