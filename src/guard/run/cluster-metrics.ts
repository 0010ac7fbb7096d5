/** Metrics and readiness of several processes, gathered by the first one. */
import type { Worker } from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';
import type { Gateway } from './gateway.ts';

const REPORT_MS = 1_000;

interface Readiness {
  readonly kind: 'postern-ready';
  readonly missing: string | null;
}

/** In a worker: gives its metrics when asked, and says every second whether it is ready. */
export function reportToPrimary(gateway: Gateway): void {
  AggregatorRegistry.setRegistries(gateway.metrics.registry);
  // Making one is what lets a worker answer.
  new AggregatorRegistry();
  const report = () => {
    process.send?.({ kind: 'postern-ready', missing: gateway.notReady() ?? null } satisfies Readiness);
  };
  report();
  setInterval(report, REPORT_MS).unref();
}

let registry: AggregatorRegistry<'text/plain; version=0.0.4; charset=utf-8'> | undefined;

/** In the first process: the sum over all workers. */
export function clusterMetrics(): Promise<string> {
  registry ??= new AggregatorRegistry();
  return registry.clusterMetrics();
}

/** In the first process: how many workers are ready. */
export function readyWorkers(): { watch(worker: Worker): void; missing(count: number): string | undefined } {
  const states = new Map<number, string | null>();
  return {
    watch(worker) {
      worker.on('message', (message: unknown) => {
        if (isReadiness(message)) states.set(worker.id, message.missing);
      });
      worker.once('exit', () => states.delete(worker.id));
    },
    missing(count) {
      const ready = [...states.values()].filter((missing) => missing === null).length;
      if (ready > 0) return undefined;
      return [...states.values()].find((missing) => missing !== null) ?? `none of ${count} workers has started`;
    },
  };
}

function isReadiness(value: unknown): value is Readiness {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'postern-ready';
}
