/** What a run would send, byte for byte, without sending it. */
import { type NetworkTarget, type PlannedRequest, requestText } from '../net/index.ts';
import { type ExplicitPlans, type PortPlan, type ProbeTarget, planPorts } from './runner-plan.ts';
import { rootOnly } from './runner-port.ts';
import { contradictionAllow } from './runner-suspicion.ts';
import type { ProbeService } from './service.ts';

/** One request that would be sent. */
export interface DryRequest {
  why: string;
  /** What goes over the wire; `<name>` stands where chance or an answer decides, an example where bytes are binary. */
  bytes: Buffer;
  /** Only with `--sample`. */
  sample?: true;
}

export interface DryService {
  id: string;
  title: string;
  tls: 'first' | 'retry' | 'never';
  requests: DryRequest[];
}

export interface DryPort {
  target: string;
  host: string;
  /** Which addresses the name may resolve to. */
  allowed: readonly string[];
  port: number;
  /** Asked in this order until one is sure. */
  services: DryService[];
  /** Asked after them, in this order, to find out what stands there: until one is sure. */
  ladder: DryService[];
}

/**
 * @throws PosternError `E_USAGE` for a service that does not exist
 */
export function dryRun(
  targets: readonly ProbeTarget[],
  services: readonly ProbeService[],
  options: { sample: boolean },
): DryPort[] {
  const explicit: ExplicitPlans = new Map();
  return targets.flatMap((asked) =>
    planPorts(asked, services, explicit).map((plan) => {
      const dry = (service: ProbeService) => dryService(service, asked.target, plan.port, options.sample);
      return {
        target: asked.label,
        host: asked.target.host,
        allowed: asked.target.allowed,
        port: plan.port,
        services: [...(asksRoot(plan) ? [dry(rootOnly)] : []), ...plan.expected.map(dry)],
        ladder: plan.ladder.map(dry),
      };
    }),
  );
}

/** True where `GET /` is asked on its own: no service that says which one it is has it among its own requests. */
function asksRoot({ expected, named }: PortPlan): boolean {
  const web = expected.filter(({ transport }) => transport === 'http');
  const hasRoot = ({ allow }: ProbeService) =>
    (allow.planned ?? []).some((one) => 'http' in one && one.http.path === '/');
  return !named && (web.length > 1 || web.some(({ beside }) => beside)) && !web.some(hasRoot);
}

/** What is asked of any port that seems open to strangers, before that is believed. */
export const CONTRADICTION_REQUESTS: readonly DryRequest[] = (contradictionAllow.planned ?? []).flatMap((one) =>
  'bytes' in one ? [{ why: one.why, bytes: Buffer.from(one.bytes) }] : [],
);

/** Every request that any of the services may send. */
export function plannedRequests(services: readonly ProbeService[]): PlannedRequest[] {
  const own = services.flatMap(({ allow, control, sampling }) => [allow, sampling, control?.allow]);
  return [...own, contradictionAllow].flatMap((list) => list?.planned ?? []);
}

function dryService(service: ProbeService, target: NetworkTarget, port: number, sample: boolean): DryService {
  const own = service.ports.find((one) => one.port === port);
  const requests = (service.allow.planned ?? []).map((one) => dryRequest(one, target, port));
  const further = sample ? (service.sampling?.planned ?? []).map((one) => dryRequest(one, target, port)) : [];
  return {
    id: service.id,
    title: service.title,
    tls: own?.tls ?? (service.ports.some((one) => one.tls !== 'never') ? 'retry' : 'never'),
    requests: [...requests, ...further.map((one) => ({ ...one, sample: true as const }))],
  };
}

function dryRequest(one: PlannedRequest, target: NetworkTarget, port: number): DryRequest {
  if ('bytes' in one) return { why: one.why, bytes: Buffer.from(one.bytes) };
  const { method, path, headers, body } = one.http;
  const filled = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value, target)]));
  const request = {
    method,
    path: fill(path, target),
    headers: filled,
    ...(body === undefined ? {} : { body: fill(body, target) }),
  };
  return { why: one.why, bytes: Buffer.from(requestText(request, { host: target.host, port }), 'utf8') };
}

/** Public identifiers are known before anything is asked; the rest stays a name in angle brackets. */
function fill(text: string, { identifiers }: NetworkTarget): string {
  return text.replace(/<([A-Za-z]+)>/g, (all, name: string) =>
    Object.hasOwn(identifiers, name) ? (identifiers[name] ?? all) : all,
  );
}
