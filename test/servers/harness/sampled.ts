/** A probe as `--sample` runs it: with fields that tell people apart, and with a sink for values. */
import { createDialer, createScope, systemEnvironment } from '../../../src/net/index.ts';
import { probe } from '../../../src/probe/index.ts';
import type { ProbeResult } from '../../../src/probe/service.ts';

export interface Sampled {
  result: ProbeResult;
  /** What went into the sink: `dataset.field` and its values. */
  taken: Record<string, unknown[]>;
}

/** @param subjects fields that tell people apart, the best first */
export async function askSampled(port: number, subjects: readonly string[], service?: string): Promise<Sampled> {
  const scope = await createScope(
    [{ host: '127.0.0.1', addresses: ['127.0.0.1'], resolve: 'listed', authority: 'loopback', buckets: [] }],
    systemEnvironment([]),
  );
  const [target] = scope.targets;
  if (target === undefined) throw new Error('no target');
  const taken: Record<string, unknown[]> = {};
  const options = {
    dialer: createDialer(),
    subjectFields: (_dataset: string, fields: readonly string[]) => subjects.filter((one) => fields.includes(one)),
    values: {
      most: 5,
      take: (dataset: string, field: string, values: readonly unknown[]) => {
        const name = `${dataset}.${field}`;
        taken[name] = [...(taken[name] ?? []), ...values];
      },
    },
  };
  const asked = { label: `127.0.0.1:${port}`, target, port, ...(service === undefined ? {} : { service }) };
  for await (const result of probe([asked], options)) return { result, taken };
  throw new Error('no result');
}
