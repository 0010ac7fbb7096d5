import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Span, type Tracer, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refusal } from '../contract/refusal.ts';
import type { RawRequest } from '../contract/request.ts';
import type { DecisionEntry } from '../journal/entry.ts';
import { startAdmin } from './admin.ts';
import { createPseudonyms, createTokens, loadSecretKey } from './keys.ts';
import { createMetrics } from './metrics.ts';
import { answerReplays, askReplays } from './replay-link.ts';
import { traced } from './traces.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-run-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the keys of the gateway', () => {
  it('are made once with mode 0600 and read again', async () => {
    const path = join(folder, 'limits.key');
    const made = await loadSecretKey(path);
    expect(made).toHaveLength(32);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await loadSecretKey(path)).toEqual(made);
  });

  it('are refused when the file holds something else', async () => {
    const path = join(folder, 'limits.key');
    writeFileSync(path, 'c2hvcnQ\n', { mode: 0o600 });
    await expect(loadSecretKey(path)).rejects.toMatchObject({ code: 'E_KEY' });
  });

  it('make pseudonyms that differ by kind, value and key', () => {
    const one = createPseudonyms(Buffer.alloc(32, 1));
    const other = createPseudonyms(Buffer.alloc(32, 2));
    const names = [
      one.of('principal', 'a'),
      one.of('device', 'a'),
      one.of('principal', 'b'),
      other.of('principal', 'a'),
    ];
    expect(new Set(names).size).toBe(4);
    expect(one.of('principal', 'a')).toBe(names[0]);
    expect(names.join()).not.toContain('a'.repeat(22));
  });

  it('make tokens that are equal for equal values of one field only', () => {
    const token = createTokens(Buffer.alloc(32, 1));
    expect(token('email', 'x')).toBe(token('email', 'x'));
    expect(token('email', 'x')).not.toBe(token('phone', 'x'));
    expect(token('email', 'x')).toHaveLength(16);
  });
});

describe('the admin address', () => {
  it('serves metrics, health and readiness, and nothing else', async () => {
    let missing: string | undefined = 'the journal cannot be written';
    const admin = await startAdmin({
      host: '127.0.0.1',
      port: 0,
      metrics: async () => 'postern_guard_connections 1\n',
      notReady: () => missing,
    });
    try {
      expect(await fetched(admin.port, '/healthz')).toEqual([200, 'alive\n']);
      expect(await fetched(admin.port, '/readyz')).toEqual([503, 'not ready: the journal cannot be written\n']);
      missing = undefined;
      expect(await fetched(admin.port, '/readyz')).toEqual([200, 'ready\n']);
      expect(await fetched(admin.port, '/metrics')).toEqual([200, 'postern_guard_connections 1\n']);
      expect((await fetched(admin.port, '/profiles/_search'))[0]).toBe(404);
      await expect(
        startAdmin({ host: '127.0.0.1', port: admin.port, metrics: async () => '', notReady: () => undefined }),
      ).rejects.toMatchObject({
        code: 'E_GUARD',
      });
    } finally {
      await admin.close();
    }
  });
});

describe('the metrics', () => {
  it('count decisions by operation, role and reason, and hold nothing of a request', async () => {
    const metrics = createMetrics({ connections: () => 3, journalHealthy: () => false, journalPending: () => 2 });
    const entry = {
      operation: 'search',
      role: 'mobile',
      decision: 'allow',
      code: null,
      documents: 4,
      observed: null,
      durationMicros: 1500,
    };
    metrics.onDecision(entry as unknown as DecisionEntry);
    metrics.onDecision({ ...entry, decision: 'deny', code: 'forbidden', documents: 0 } as unknown as DecisionEntry);
    metrics.onDecision({ ...entry, operation: null, role: null, observed: 'deny' } as unknown as DecisionEntry);
    const text = await metrics.registry.metrics();
    expect(text).toContain(
      'postern_guard_requests_total{operation="search",role="mobile",decision="allow",code="none"} 1',
    );
    expect(text).toContain(
      'postern_guard_requests_total{operation="search",role="mobile",decision="deny",code="forbidden"} 1',
    );
    expect(text).toContain('postern_guard_observed_total{role="none",would="deny"} 1');
    expect(text).toContain('postern_guard_documents_total{role="mobile"} 4');
    expect(text).toContain('postern_guard_journal_healthy 0');
    expect(text).toContain('postern_guard_connections 3');
    expect(text).toMatch(/postern_guard_request_seconds_bucket\{le="0.0025",operation="search"\} 2/);
  });
});

describe('used proofs of several processes', () => {
  /** The channel between a worker and the first process. */
  function linked(seen: (jkt: string, jti: string) => boolean | Promise<boolean>) {
    const toWorker = new EventEmitter();
    const worker = Object.assign(new EventEmitter(), {
      isConnected: () => true,
      send: (message: unknown) => toWorker.emit('message', message),
    });
    answerReplays({ seen })(worker as never);
    return askReplays({
      send: (message: unknown) => worker.emit('message', message),
      on: (name: string, listener: (message: unknown) => void) => toWorker.on(name, listener),
    } as never);
  }

  it('are asked of the first process', async () => {
    const used = new Set<string>();
    const replay = linked((jkt, jti) => used.has(jkt + jti) || !used.add(jkt + jti));
    expect(await Promise.all([replay.seen('k', '1', 1), replay.seen('k', '1', 1), replay.seen('k', '2', 1)])).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('are not taken when the first process cannot tell', async () => {
    const replay = linked(() => Promise.reject(new Refusal('unavailable')));
    await expect(replay.seen('k', '1', 1)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('are not taken when the first process does not answer', async () => {
    vi.useFakeTimers();
    try {
      const silent = askReplays({ send: () => true, on: () => undefined } as never);
      const asked = expect(silent.seen('k', '1', 1)).rejects.toMatchObject({ code: 'unavailable' });
      await vi.advanceTimersByTimeAsync(3000);
      await asked;
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('traces', () => {
  it('give a span for each request that says its status and ends', async () => {
    const attributes: Record<string, unknown> = {};
    let ended = 0;
    const span = {
      setAttribute: (name: string, value: unknown) => (attributes[name] = value),
      setStatus: () => span,
      end: () => ended++,
    };
    const tracer = { startSpan: () => span as unknown as Span } as unknown as Tracer;
    const spy = vi.spyOn(trace, 'getTracer').mockReturnValue(tracer);
    try {
      const handle = traced(async () => ({ status: 403, headers: { 'x-request-id': 'a-1' }, body: '' }));
      expect((await handle({} as RawRequest)).status).toBe(403);
      expect(attributes).toEqual({ 'http.response.status_code': 403, 'postern.request.id': 'a-1' });
      expect(ended).toBe(1);
    } finally {
      spy.mockRestore();
    }
  });
});

function fetched(port: number, path: string): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      answer.on('end', () => resolve([answer.statusCode ?? 0, text]));
    }).on('error', reject);
  });
}
