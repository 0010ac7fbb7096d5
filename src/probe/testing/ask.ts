import { createDialer, createScope, type NetworkTarget, systemEnvironment } from '../../net/index.ts';
import { probe } from '../index.ts';
import type { ProbeContext, ProbeResult, ValueSink } from '../service.ts';

/** What the scope entry of a test says beside the address. */
export interface AskedScope {
  buckets?: readonly string[];
  datasets?: readonly string[];
  identifiers?: Readonly<Record<string, string>>;
  /** As with `--sample`. */
  values?: ValueSink;
  /** Which fields tell people apart. */
  subjectFields?: NonNullable<ProbeContext['subjectFields']>;
}

/** A target on loopback, authorized as such. */
export async function loopbackTarget(
  host = '127.0.0.1',
  more: readonly string[] | AskedScope = [],
): Promise<NetworkTarget> {
  const { buckets = [], datasets = [], identifiers = {} } = asScope(more);
  const scope = await createScope(
    [{ host, addresses: [host], resolve: 'listed', authority: 'loopback', buckets, datasets, identifiers }],
    systemEnvironment([]),
  );
  const [target] = scope.targets;
  if (target === undefined) throw scope.refused[0]?.error ?? new Error('no target');
  return target;
}

function asScope(more: readonly string[] | AskedScope): AskedScope {
  return 'length' in more ? { buckets: more } : more;
}

/**
 * What the whole probe, dialer and runner included, says about one port of this machine.
 * @param more names of buckets, or all that the scope entry says
 */
export async function askPort(
  port: number,
  service?: string,
  deadlineMs?: number,
  more: readonly string[] | AskedScope = [],
): Promise<ProbeResult> {
  const target = await loopbackTarget('127.0.0.1', more);
  const { values, subjectFields } = asScope(more);
  const asked = { label: `127.0.0.1:${port}`, target, port, ...(service === undefined ? {} : { service }) };
  const results: ProbeResult[] = [];
  const options = {
    dialer: createDialer(),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(values === undefined ? {} : { values }),
    ...(subjectFields === undefined ? {} : { subjectFields }),
  };
  for await (const result of probe([asked], options)) results.push(result);
  const [only] = results;
  if (only === undefined || results.length !== 1) throw new Error(`${results.length} results`);
  return only;
}
