/** Which ports of a target are asked, and which services in which order on each. */
import { PosternError } from '../core/errors.ts';
import type { NetworkTarget } from '../net/index.ts';
import { isCalled, oneOfEach } from './faces.ts';
import type { ProbeService } from './service.ts';

/** One thing to ask: a target, and optionally one port and one service only. */
export interface ProbeTarget {
  /** As the user wrote it. */
  label: string;
  target: NetworkTarget;
  port?: number;
  service?: string;
}

export interface PortPlan {
  port: number;
  /** Services whose port this is, or the one that the user named; asked first, in this order. */
  expected: readonly ProbeService[];
  /** Asked after them on a port that the user named: the identification ladder. */
  ladder: readonly ProbeService[];
  /** The user named the service: nothing else is asked or reported. */
  named: boolean;
}

/** Plans of explicit ports made so far: a thousand targets mostly name the same one. */
export type ExplicitPlans = Map<string, PortPlan>;

/** @throws PosternError `E_USAGE` for a service that does not exist */
export function planPorts(
  asked: ProbeTarget,
  services: readonly ProbeService[],
  explicit: ExplicitPlans = new Map(),
): PortPlan[] {
  const { target, port } = asked;
  if (asked.service !== undefined) {
    const { service: name } = asked;
    const faces = services.filter((one) => isCalled(one, name));
    if (faces.length === 0) {
      const known = oneOfEach(services)
        .map((one) => one.id)
        .join(', ');
      throw new PosternError('E_USAGE', `There is no service "${asked.service}" (${asked.label}).`, {
        hint: `Known services: ${known}.`,
      });
    }
    const ports = port === undefined ? [...new Set(faces.flatMap((one) => namedPorts(one, target)))] : [port];
    return ports.map((one) => ({ port: one, expected: facesOf(faces, one), ladder: [], named: true }));
  }
  if (port !== undefined) return [explicitPort(port, target, services, explicit)];
  if (target.managedService !== undefined) {
    const { managedService } = target;
    const managed = services.filter((one) => isCalled(one, managedService));
    return managed.flatMap((service) =>
      service.ports
        .filter((one) => one.managedOnly)
        .map((one) => ({ port: one.port, expected: [service], ladder: [], named: true })),
    );
  }
  const ports = new Set(services.flatMap((one) => sweptPorts(one)));
  const swept = [...ports].map((one) => ({
    port: one,
    expected: services.filter((service) => sweptPorts(service).includes(one)),
    ladder: [],
    named: false,
  }));
  const further = target.ports
    .filter((one) => !ports.has(one))
    .map((one) => explicitPort(one, target, services, explicit));
  return [...swept, ...further];
}

/** On a port of its own the face whose port it is; on any other port each of them. */
function facesOf(faces: readonly ProbeService[], port: number): ProbeService[] {
  const own = faces.filter((face) => face.ports.some((one) => one.port === port));
  return own.length > 0 ? own : [...faces];
}

/** A named service without a port: its own ports; the provider's edge only when it has no other. */
function namedPorts(service: ProbeService, target: NetworkTarget): number[] {
  const own = sweptPorts(service);
  if (own.length > 0 && !isManaged(target, service)) return own;
  return service.ports.filter((one) => one.managedOnly).map((one) => one.port);
}

function isManaged({ managedService }: NetworkTarget, service: ProbeService): boolean {
  return managedService !== undefined && isCalled(service, managedService);
}

function sweptPorts(service: ProbeService): number[] {
  return service.ports.filter((one) => !one.managedOnly).map((one) => one.port);
}

function explicitPort(
  port: number,
  target: NetworkTarget,
  services: readonly ProbeService[],
  made: ExplicitPlans,
): PortPlan {
  const key = `${port}/${target.managedService ?? ''}`;
  const plan = made.get(key) ?? makeExplicit(port, target, services);
  made.set(key, plan);
  return plan;
}

function makeExplicit(port: number, target: NetworkTarget, services: readonly ProbeService[]): PortPlan {
  const asks = (service: ProbeService, managed: boolean) =>
    service.ports.some((one) => one.port === port && (one.managedOnly ?? false) === managed);
  const expected = services.filter(
    (service) => asks(service, false) || (asks(service, true) && isManaged(target, service)),
  );
  const others = services.filter(
    (one) => !expected.includes(one) && one.ladder !== false && sweptPorts(one).length > 0,
  );
  const rank = (service: ProbeService) => (service.serverSpeaksFirst ? 0 : service.transport === 'http' ? 1 : 2);
  return { port, expected, ladder: others.sort((a, b) => rank(a) - rank(b)), named: false };
}
