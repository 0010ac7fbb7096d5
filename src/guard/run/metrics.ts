/** What the gateway tells Prometheus. Labels are names from the policy and closed lists, never anything of a request. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { DecisionEntry } from '../journal/entry.ts';

export interface GuardMetrics {
  readonly registry: Registry;
  onDecision(entry: DecisionEntry): void;
  /** A request that was turned away before it was one (bad framing, headers too large). */
  onMalformed(): void;
  onReload(applied: boolean): void;
}

export interface Gauges {
  connections(): number;
  journalHealthy(): boolean;
  journalPending(): number;
}

const NONE = 'none';

export function createMetrics(gauges: Gauges): GuardMetrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'postern_guard_requests_total',
    help: 'Requests by operation, role and what became of them (code is the reason of a refusal).',
    labelNames: ['operation', 'role', 'decision', 'code'],
    registers,
  });
  const observed = new Counter({
    name: 'postern_guard_observed_total',
    help: 'Requests of watched roles that enforcing would have denied or narrowed.',
    labelNames: ['role', 'would'],
    registers,
  });
  const duration = new Histogram({
    name: 'postern_guard_request_seconds',
    help: 'From the whole request to its decided answer, the store included.',
    labelNames: ['operation'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
    registers,
  });
  const documents = new Counter({
    name: 'postern_guard_documents_total',
    help: 'Documents that answers have shown, by role.',
    labelNames: ['role'],
    registers,
  });
  const malformed = new Counter({
    name: 'postern_guard_malformed_total',
    help: 'Messages refused by the listener before they were requests.',
    registers,
  });
  const reloads = new Counter({
    name: 'postern_guard_reloads_total',
    help: 'Readings of a changed policy, by whether it was applied.',
    labelNames: ['applied'],
    registers,
  });
  new Gauge({
    name: 'postern_guard_connections',
    help: 'Open connections of clients.',
    registers,
    collect() {
      this.set(gauges.connections());
    },
  });
  new Gauge({
    name: 'postern_guard_journal_healthy',
    help: '1 while decisions can be written.',
    aggregator: 'min',
    registers,
    collect() {
      this.set(gauges.journalHealthy() ? 1 : 0);
    },
  });
  new Gauge({
    name: 'postern_guard_journal_pending',
    help: 'Entries that wait for the disk.',
    registers,
    collect() {
      this.set(gauges.journalPending());
    },
  });

  // Looking a child up by its labels costs more than counting, so children are kept by one joined key.
  const counted = new Map<string, { inc(): void }>();
  const timed = new Map<string, { observe(value: number): void }>();
  return {
    registry,
    onDecision(entry) {
      const operation = entry.operation ?? NONE;
      const role = entry.role ?? NONE;
      const key = `${operation} ${role} ${entry.decision} ${entry.code ?? ''}`;
      let counter = counted.get(key);
      if (counter === undefined) {
        counter = requests.labels(operation, role, entry.decision, entry.code ?? NONE);
        counted.set(key, counter);
      }
      counter.inc();
      let timer = timed.get(operation);
      if (timer === undefined) {
        timer = duration.labels(operation);
        timed.set(operation, timer);
      }
      timer.observe(entry.durationMicros / 1e6);
      if (entry.documents > 0) documents.labels(role).inc(entry.documents);
      if (entry.observed !== null) observed.labels(role, entry.observed).inc();
    },
    onMalformed: () => malformed.inc(),
    onReload: (applied) => reloads.labels(String(applied)).inc(),
  };
}
