/** What the gateway tells Prometheus. Labels are names from the policy and closed lists, never anything of a request. */
import { Counter, Gauge, type Metric, Registry } from 'prom-client';
import type { DecisionEntry } from '../journal/entry.ts';
import { Durations } from './durations.ts';

export interface GuardMetrics {
  readonly registry: Registry;
  onDecision(entry: DecisionEntry): void;
  /** A request that was turned away before it was one (bad framing, headers too large). */
  onMalformed(): void;
  onReload(applied: boolean): void;
  onBudget(scope: 'principal' | 'device' | 'version'): void;
  onAlarm(kind: string, action: string): void;
  /** Values that no key opens any more, in answers. */
  onUnreadable(resource: string, values: number): void;
}

export interface Gauges {
  connections(): number;
  journalHealthy(): boolean;
  journalPending(): number;
}

const NONE = 'none';
const MAX_APPS = 200;

/** What happened since somebody last read it. */
interface Tally {
  readonly operation: string;
  readonly role: string;
  readonly decision: string;
  readonly code: string;
  requests: number;
  documents: number;
}

export function createMetrics(gauges: Gauges): GuardMetrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'postern_guard_requests_total',
    help: 'Requests by operation, role and what became of them (code is the reason of a refusal).',
    labelNames: ['operation', 'role', 'decision', 'code'],
    registers,
    collect: () => tell(),
  });
  const observed = new Counter({
    name: 'postern_guard_observed_total',
    help: 'Requests of watched roles that enforcing would have denied or narrowed.',
    labelNames: ['role', 'would'],
    registers,
  });
  const duration = new Durations(
    'postern_guard_request_seconds',
    'From the whole request to its decided answer, the store included.',
  );
  registry.registerMetric(duration as unknown as Metric);
  const documents = new Counter({
    name: 'postern_guard_documents_total',
    help: 'Documents that answers have shown, by role.',
    labelNames: ['role'],
    registers,
    collect: () => tell(),
  });
  const apps = new Counter({
    name: 'postern_guard_app_requests_total',
    help: 'Requests by app version: attested ones by platform and version, old ones by the entry of the policy that lets them in.',
    labelNames: ['app', 'decision'],
    registers,
  });
  const seenApps = new Set<string>();
  const budgets = new Counter({
    name: 'postern_guard_budgets_spent_total',
    help: 'Answers refused because a budget of distinct documents was spent, by whose it was.',
    labelNames: ['scope'],
    registers,
  });
  const alarms = new Counter({
    name: 'postern_guard_alarms_total',
    help: 'Signs of slow theft, by kind and what was done.',
    labelNames: ['kind', 'action'],
    registers,
  });
  const unreadable = new Counter({
    name: 'postern_guard_unreadable_values_total',
    help: 'Encrypted values in answers that no key opens: of people whose key was shredded, or not sealed by this vault.',
    labelNames: ['resource'],
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

  // prom-client takes a microsecond for each number; here they are plain fields, and are told when somebody reads them.
  const tallies = new Map<string, Tally>();

  function tell(): void {
    for (const tally of tallies.values()) {
      const { operation, role, decision, code } = tally;
      if (tally.requests > 0) requests.labels(operation, role, decision, code).inc(tally.requests);
      if (tally.documents > 0) documents.labels(role).inc(tally.documents);
      tally.requests = 0;
      tally.documents = 0;
    }
  }

  return {
    registry,
    onDecision(entry) {
      const operation = entry.operation ?? NONE;
      const role = entry.role ?? NONE;
      const key = `${operation} ${role} ${entry.decision} ${entry.code ?? ''}`;
      let tally = tallies.get(key);
      if (tally === undefined) {
        const { decision, code } = entry;
        tally = { operation, role, decision, code: code ?? NONE, requests: 0, documents: 0 };
        tallies.set(key, tally);
      }
      tally.requests++;
      tally.documents += entry.documents;
      duration.observe(operation, entry.durationMicros / 1e6);
      if (entry.app) {
        // A version is the app's word: past a number of them they are counted together.
        if (seenApps.size < MAX_APPS) seenApps.add(entry.app);
        apps.labels(seenApps.has(entry.app) ? entry.app : 'other', entry.decision).inc();
      }
      if (entry.observed !== null) observed.labels(role, entry.observed).inc();
    },
    onBudget: (scope) => budgets.labels(scope).inc(),
    onAlarm: (kind, action) => alarms.labels(kind, action).inc(),
    onUnreadable: (resource, values) => unreadable.labels(resource).inc(values),
    onMalformed: () => malformed.inc(),
    onReload: (applied) => reloads.labels(String(applied)).inc(),
  };
}
