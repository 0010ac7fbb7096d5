/** Ports beyond the catalogue's that the owner's own packages and compose files name, on hosts that are in scope. */
import type { Skip } from '../core/skip.ts';
import type { NetworkTarget, Scope } from '../net/index.ts';
import type { ProbeTarget } from '../probe/index.ts';
import type { ProbeResult } from '../probe/service.ts';
import { portOf } from './correlate/index.ts';
import type { Audited } from './gather/audited.ts';
import { hostName, type InspectedApp } from './gather/inspected.ts';
import { compare } from './graph.ts';

/** A hostile package could name every port there is; the owner can still list more under `ports`. Per host. */
const MOST = 32;

/** Web servers: whoever put a store behind one names the port in the scope. */
const WEB = new Set([80, 443]);

/**
 * @param asked what was asked already
 * @param hintOf the file that the owner says configures a host
 */
export function furtherPorts(
  scope: Scope,
  apps: readonly InspectedApp[],
  audited: Audited | undefined,
  asked: readonly ProbeResult[],
  hintOf: (host: string) => string | undefined,
): { targets: ProbeTarget[]; skips: Skip[] } {
  const found = new Map<string, ProbeTarget>();
  const done = new Set(asked.map(({ host, port }) => keyOf(host, port)));
  const add = (target: NetworkTarget | undefined, port: number | null | undefined) => {
    // A provider's edge is asked for its own service only.
    if (!target || target.managedService !== undefined || !port || WEB.has(port)) return;
    const key = keyOf(target.host, port);
    if (!done.has(key)) found.set(key, { label: target.host, target, port });
  };
  // What the owner's own files say comes first: it is not to be crowded out.
  for (const service of audited?.services ?? []) {
    if (service.engine === null) continue;
    for (const target of scope.targets.filter(({ host }) => hintOf(host) === service.file)) {
      for (const { hostPort, protocol } of service.published) if (protocol === 'tcp') add(target, hostPort);
    }
  }
  for (const { report } of apps) {
    for (const endpoint of report.endpoints) {
      if (endpoint.host !== undefined) add(scope.find(hostName(endpoint.host)), portOf(endpoint));
    }
  }
  const counts = new Map<string, number>();
  const targets = [...found].filter(([, { label }]) => {
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    return count <= MOST;
  });
  targets.sort(([a], [b]) => compare(a, b));
  const skips = [...counts].flatMap(([subject, count]): Skip[] =>
    count <= MOST
      ? []
      : [
          {
            subject,
            code: 'PROBE_TOO_MANY_PORTS',
            reason: `${count - MOST} further ports were named`,
            severity: 'incomplete',
          },
        ],
  );
  return { targets: targets.map(([, target]) => target), skips };
}

function keyOf(host: string, port: number | null): string {
  return JSON.stringify([hostName(host), port]);
}
