import { describe, expect, test } from 'vitest';
import { parseDemoArguments } from '../../lab/demo/arguments.ts';
import { exitCodeOf, outcomeLines, outcomeOf } from '../../lab/demo/outcome.ts';
import type { RangeService } from '../../lab/index.ts';
import { RECEIPT_SCHEMA, type ReceiptBody, type ReceiptStory } from '../../src/core/contract/receipt.ts';
import type { Finding } from '../../src/core/finding.ts';

describe('the arguments of npm start', () => {
  test('leave nothing running unless asked', () => {
    expect(parseDemoArguments([])).toEqual({ keep: false, dir: undefined, help: false });
    expect(parseDemoArguments(['--keep', '--dir', 'range'])).toEqual({ keep: true, dir: 'range', help: false });
  });

  test('are refused when they do not exist', () => {
    expect(() => parseDemoArguments(['--keeep'])).toThrow(/--keeep/);
  });
});

const running: RangeService = {
  name: 'search',
  product: 'Elasticsearch stand-in',
  state: 'running',
  addresses: ['127.83.0.1'],
  port: 9200,
};
const skipped: RangeService = {
  name: 'db',
  product: 'PostgreSQL',
  state: 'skipped',
  reason: 'port 5432 on 127.83.0.1 is taken by another program',
  addresses: [],
  port: 5432,
};

function story(state: ReceiptStory['state'], headline: string): ReceiptStory {
  return {
    id: headline,
    headline,
    before: 'exposed',
    state,
    reason: `because it is ${state}`,
    rules: ['probe/elasticsearch-open'],
    attempts: [],
    control:
      state === 'closed'
        ? { kind: 'trusted-vantage', detail: 'seen alive at 127.83.0.2:9200', ok: true, at: '2025-09-27T00:00:00Z' }
        : null,
  };
}

function receipt(...stories: ReceiptStory[]): ReceiptBody {
  return {
    schema: RECEIPT_SCHEMA,
    tool: { name: 'postern', version: '0.0.0' },
    issuedAt: '2025-09-27T00:00:00Z',
    vantage: 'outside',
    scopeHash: '0'.repeat(64),
    reportHash: '0'.repeat(64),
    stories,
  };
}

function finding(owner: Finding['owner'], severity: Finding['severity'], message: string): Finding {
  return {
    fingerprint: message,
    rule: 'audit/example',
    asset: 'config:example',
    severity,
    confidence: 'confirmed',
    owner,
    message,
    evidence: [{ kind: 'count', what: 'example', count: 1 }],
  };
}

describe('what the demo says at its end', () => {
  test('puts each story under its own state, in short and with the reason', () => {
    const body = receipt(
      story('closed', 'shop → search, published by compose → a stranger reads'),
      story('unknown', 'shop → Firebase → what a stranger gets is not known'),
    );
    expect(outcomeLines(outcomeOf(body, [], [running]))).toEqual([
      'Closed, and proven: 1',
      '  shop → search',
      '    because it is closed',
      'Still exposed: none',
      'Unknown: 1',
      '  shop → Firebase',
      '    because it is unknown',
    ]);
  });

  test('leaves the rest to people by owner, gravest first, and leaves out what is minor', () => {
    const after = [
      finding('it', 'medium', 'no TLS'),
      finding('it', 'low', 'no log'),
      ...Array.from({ length: 5 }, (_, index) => finding('developer', 'high', `password ${index}`)),
      finding('it', 'critical', 'still published'),
    ];
    expect(outcomeLines(outcomeOf(receipt(), after, [running])).slice(3)).toEqual([
      'Left to people: 7',
      '  for developers',
      ...[0, 1, 2, 3].map((index) => `    [high] password ${index}`),
      '    and 1 more',
      '  for IT',
      '    [critical] still published',
      '    [medium] no TLS',
    ]);
  });

  test('names a store that could not be started, and exits as incomplete', () => {
    const later: RangeService = { ...skipped, state: 'running', addresses: ['127.83.0.2'] };
    const outcome = outcomeOf(receipt(story('closed', 'shop to search')), [], [running, skipped, running, later]);
    expect(outcomeLines(outcome).slice(-2)).toEqual([
      'Not shown here: 1',
      '  PostgreSQL: port 5432 on 127.83.0.1 is taken by another program',
    ]);
    expect(exitCodeOf(outcome)).toBe(3);
  });

  test('names the guard when it could not be shown', () => {
    const guard = { name: 'guard', product: 'The guard', state: 'skipped', reason: 'port 9280 is taken' } as const;
    const outcome = outcomeOf(receipt(story('closed', 'shop to search')), [], [running, guard]);
    expect(outcomeLines(outcome).slice(-2)).toEqual(['Not shown here: 1', '  The guard: port 9280 is taken']);
    expect(exitCodeOf(outcome)).toBe(3);
  });

  test('exits with 0 when every store ran, whatever is still open', () => {
    expect(exitCodeOf(outcomeOf(receipt(story('exposed', 'shop to search')), [], [running]))).toBe(0);
  });
});
