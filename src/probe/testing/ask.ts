import { createDialer, createScope, type NetworkTarget, systemEnvironment } from '../../net/index.ts';
import { probe } from '../index.ts';
import type { ProbeResult } from '../service.ts';

/** A target on loopback, authorized as such. */
export async function loopbackTarget(host = '127.0.0.1', buckets: readonly string[] = []): Promise<NetworkTarget> {
  const scope = await createScope(
    [{ host, addresses: [host], resolve: 'listed', authority: 'loopback', buckets }],
    systemEnvironment([]),
  );
  const [target] = scope.targets;
  if (target === undefined) throw scope.refused[0]?.error ?? new Error('no target');
  return target;
}

/** What the whole probe, dialer and runner included, says about one port of this machine. */
export async function askPort(
  port: number,
  service?: string,
  deadlineMs?: number,
  buckets: readonly string[] = [],
): Promise<ProbeResult> {
  const target = await loopbackTarget('127.0.0.1', buckets);
  const asked = { label: `127.0.0.1:${port}`, target, port, ...(service === undefined ? {} : { service }) };
  const results: ProbeResult[] = [];
  const options = { dialer: createDialer(), ...(deadlineMs === undefined ? {} : { deadlineMs }) };
  for await (const result of probe([asked], options)) results.push(result);
  const [only] = results;
  if (only === undefined || results.length !== 1) throw new Error(`${results.length} results`);
  return only;
}
