import { describe, expect, test } from 'vitest';
import { parseDemoArguments } from '../../lab/demo/arguments.ts';
import { exitCodeOf, outcomeLines, outcomeOf } from '../../lab/demo/outcome.ts';
import { accessLines, givenAwayLine, openStoresOf, peopleLines, storeChain } from '../../lab/demo/powers.ts';
import type { RangeService } from '../../lab/index.ts';
import { type CheckReport, checkReportSchema } from '../../src/core/contract/check.ts';
import { RECEIPT_SCHEMA, type ReceiptBody, type ReceiptStory } from '../../src/core/contract/receipt.ts';
import type { Finding } from '../../src/core/finding.ts';
import { generateFirewall } from '../../src/firewall/index.ts';

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

const EXPOSED: CheckReport['stories'][number] = checkReportSchema.shape.stories.element.parse({
  ...{
    id: 'a',
    state: 'exposed',
    severity: 'critical',
    confidence: 'confirmed',
    headline: 'a',
    categories: [],
    apps: [],
  },
  ...{ store: '', links: [], outsider: [], datasets: [], tasks: [], unknowns: [], findings: [] },
});

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

describe('what the demo tells of a report', () => {
  const asset = (service: string, host: string) => ({ kind: 'store' as const, id: `store:${host}`, service, host });
  const told = (host: string, people: CheckReport['stories'][number]['datasets'][number]['people'][]) => ({
    ...EXPOSED,
    store: `store:${host}`,
    datasets: people.map((one, index) => ({
      ...{ name: `set${index}`, categories: [], fields: [] },
      ...(one && { people: one }),
    })),
  });
  const report = {
    assets: [asset('elasticsearch', 'search.shop.example'), asset('redis', 'cache.shop.example')],
    stories: [
      told('search.shop.example', [
        { count: 900, how: 'cardinality', field: 'phone' },
        undefined,
        { count: 3_900, how: 'cardinality', field: 'email' },
      ]),
      told('cache.shop.example', [undefined]),
      { ...told('cache.shop.example', []), state: 'closed' as const },
    ],
  };

  test('people, the largest set first, for the stores that told', () => {
    expect(peopleLines(report)).toEqual([
      'search (elasticsearch): set2 3,900, set0 900   how many values of phone or email differ',
    ]);
  });

  test('the hosts of what is exposed, each once', () => {
    expect(openStoresOf({ ...report, stories: [...report.stories, ...report.stories] })).toEqual([
      { name: 'search', host: 'search.shop.example' },
      { name: 'cache', host: 'cache.shop.example' },
    ]);
  });

  test('who reads what, the worst of both accounts, without what is everybody’s', () => {
    const one = (as: 'other-user' | 'signed-in', read: 'yes' | 'no') => ({
      ...{ as, read, what: 'GET /o/{id}', write: 'untested' as const, reason: '' },
    });
    const endpoint = {
      what: 'GET /o/{id}',
      access: [one('signed-in', 'yes'), one('other-user', 'no'), one('other-user', 'yes')],
      fields: [],
      objects: 'owned' as const,
    };
    const shown = accessLines([
      {
        ...{ host: 'api.shop.example', port: 443, address: null },
        endpoints: [endpoint, { ...endpoint, objects: 'public' }],
      },
    ]);
    expect(shown).toEqual([
      '             stranger  signed in  other user  old app',
      'GET /o/{id}  –         reads      reads       –',
    ]);
  });

  test('how many endpoints gave away what is somebody else’s', () => {
    const bola = { ...finding('developer', 'critical', 'a'), rule: 'probe/other-user-reads' };
    const other = finding('it', 'high', 'b');
    expect(givenAwayLine([bola, bola, other], [other])).toMatch(/^2 endpoints .* now none does$/);
    expect(givenAwayLine([bola, bola], [bola])).toMatch(/now 1 of them$/);
  });

  test('the rules of a store in a generated firewall, and nothing where there are none', () => {
    const from = [{ name: 'shop', cidrs: ['10.83.0.0/24'] }];
    const text = generateFirewall('nftables', {
      reach: [{ service: 'redis', port: 6379, protocol: 'tcp', from }],
      publicPorts: [],
    });
    expect(storeChain(text)).toEqual([
      'tcp dport 6379 goto redis_6379',
      'chain redis_6379 {',
      '  # redis, port 6379/tcp: shop',
      '  ip saddr { 10.83.0.0/24 } accept',
      '  drop',
      '}',
    ]);
    expect(storeChain('table inet other {\n}\n')).toEqual([]);
  });
});
