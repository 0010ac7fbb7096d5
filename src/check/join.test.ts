import { describe, expect, it } from 'vitest';
import { join } from './join.ts';
import { app, audited, declared, endpoint, finding, port, result, service, world } from './testing/world.ts';

const HOST = 'shop-search.bluemarket.example';
const SHOP = app('com.bluemarket.shop', '3.2', [`http://${HOST}:9200/products/_search`]);
const SECURITY_OFF = finding(
  'audit/elasticsearch-security-disabled',
  'config:elasticsearch.yml',
  'elasticsearch.yml',
  3,
);
const DEPLOY = audited(
  [
    declared('search', {
      mounts: [{ source: 'elasticsearch.yml', target: '/usr/share/elasticsearch/config/elasticsearch.yml' }],
    }),
  ],
  [{ path: 'elasticsearch.yml', format: 'elasticsearch.yml' }],
  [
    SECURITY_OFF,
    finding('audit/compose-store-published', 'config:docker-compose.yml/search', 'docker-compose.yml', 14),
  ],
);

describe('the story of an exposed store', () => {
  const { stories, edges, assets } = join(world({ apps: [SHOP], audited: DEPLOY, results: [result(HOST, 9200)] }));
  const [story] = stories;

  it('tells in one sentence how the app leads to the data', () => {
    expect(stories).toHaveLength(1);
    expect(story?.headline).toBe(
      'com.bluemarket.shop 3.2 talks to shop-search.bluemarket.example:9200 → Elasticsearch 7.17.9, published by deploy/docker-compose.yml:14 on all interfaces, security switched off in deploy/elasticsearch.yml:3 → a stranger reads 2 indices, 12,400 documents, with e-mail, phone, password hash and location fields',
    );
    expect(story).toMatchObject({ state: 'exposed', severity: 'critical', confidence: 'confirmed', documents: 12_400 });
    expect(story?.categories).toEqual(['credentials', 'location', 'email', 'phone']);
  });

  it('has evidence for each link, between assets that the graph holds', () => {
    expect(story?.links.map(({ relation }) => relation)).toEqual([
      'talks-to',
      'serves',
      'configures',
      'configures',
      'holds',
      'holds',
    ]);
    const known = new Set(assets.map(({ id }) => id));
    for (const link of story?.links ?? []) {
      expect(link.evidence.length).toBeGreaterThan(0);
      expect(known).toContain(link.from);
      expect(known).toContain(link.to);
    }
    expect(edges.map(({ relation }) => relation).sort()).toEqual([
      'configures',
      'configures',
      'holds',
      'holds',
      'serves',
      'talks-to',
    ]);
  });

  it('gives each owner a task, in order, and every finding to one of them', () => {
    expect(story?.tasks.map(({ owner }) => owner)).toEqual(['developer', 'it', 'security']);
    expect(story?.tasks.flatMap(({ findings }) => findings).sort()).toEqual(story?.findings);
    expect(story?.findings).toHaveLength(3);
  });

  it('leaves nothing unknown when every link is known', () => {
    expect(story?.unknowns).toEqual([]);
  });
});

describe('who leads to a store', () => {
  it('is every app that names it, in one story', () => {
    const other = app('com.bluemarket.courier', '1.0', [`http://${HOST}:9200/`]);
    const { stories } = join(world({ apps: [SHOP, other], results: [result(HOST, 9200)] }));
    expect(stories).toHaveLength(1);
    expect(stories[0]?.apps).toHaveLength(2);
    expect(stories[0]?.headline).toMatch(/^com\.bluemarket\.courier 1\.0 and com\.bluemarket\.shop 3\.2 talk to /);
  });

  it('is nobody for a store that no app names, which is a story all the same', () => {
    const { stories } = join(world({ apps: [app('com.example.other', '1', [])], results: [result(HOST, 9200)] }));
    expect(stories[0]?.headline).toMatch(/^shop-search\.bluemarket\.example:9200 → Elasticsearch/);
    expect(stories[0]?.unknowns).toContain('no inspected app names this store or its host');
    expect(stories[0]?.tasks.map(({ owner }) => owner)).toEqual(['it', 'security']);
  });

  it('is an app whose own endpoint is sound and shares the host: the store beside it', () => {
    const sound = app('com.example.sound', '2.0', [`https://${HOST}/api`]);
    const { stories } = join(world({ apps: [sound], results: [result(HOST, 9200)] }));
    expect(stories[0]?.headline).toContain(`talks to ${HOST}:443; beside it ${HOST}:9200 → Elasticsearch 7.17.9`);
  });

  it('is an app whose host has another name on the same address', () => {
    const sound = app('com.example.sound', '2.0', ['https://api.bluemarket.example/v1']);
    const refused = result('api.bluemarket.example', 9300, { verdict: 'refused' });
    const { stories } = join(world({ apps: [sound], results: [result(HOST, 9200), refused] }));
    expect(stories[0]?.apps).toEqual(['app:com.example.sound']);
  });

  it('is not an app that names the host in documentation only', () => {
    const reader = app('com.example.reader', '1', [endpoint(`https://${HOST}/docs`, { origin: 'documentation' })]);
    const { stories } = join(world({ apps: [reader], results: [result(HOST, 9200)] }));
    expect(stories[0]?.apps).toEqual([]);
  });

  it('carries the findings about the credentials that stand in the same string', () => {
    const place = { entry: 'classes.dex', offset: 99, via: 'dex-string' };
    const leak = finding('inspect/password-in-url', 'credential:redis/connection-string/ff', 'app.apk', 1, {
      owner: 'developer',
    });
    const careless = app(
      'com.example.careless',
      '1',
      [endpoint('redis://cache.bluemarket.example:6379', { evidence: [place] })],
      {
        credentials: [
          {
            provider: 'redis',
            kind: 'connection-string',
            origin: 'app',
            mask: '…[9]',
            hash: 'ff',
            sensitivity: 'secret',
            evidence: [place],
          },
          {
            provider: 'other',
            kind: 'key',
            origin: 'app',
            mask: '…[9]',
            hash: 'ee',
            sensitivity: 'secret',
            evidence: [{ entry: 'x', via: 'text' }],
          },
        ],
        findings: [leak, finding('inspect/secret-credential', 'credential:other/key/ee', 'app.apk', 1)],
      },
    );
    const open = result('cache.bluemarket.example', 6379, { service: 'redis' });
    const { stories } = join(world({ apps: [careless], results: [open] }));
    expect(stories[0]?.findings).toContain(leak.fingerprint);
    expect(stories[0]?.findings).toHaveLength(2);
  });
});

describe('one store under several names and addresses', () => {
  const names = ['a.bluemarket.example', 'b.bluemarket.example'];

  it('is one story, whose name the owner’s control decides', () => {
    const results = names.map((name) => result(name, 9200));
    const { stories, findings } = join(world({ results, isNamed: (host) => host === 'b.bluemarket.example' }));
    expect(stories).toHaveLength(1);
    expect(stories[0]?.store).toBe('store:elasticsearch/b.bluemarket.example/9200');
    expect(stories[0]?.outsider.map(({ host }) => host)).toEqual(names);
    expect(findings.map(({ asset }) => asset)).toEqual(['store:elasticsearch/b.bluemarket.example/9200']);
  });

  it('is open when one of its addresses is', () => {
    const results = [result(HOST, 9200, { verdict: 'secured' }), result(HOST, 9200, { address: '2001:db8::7' })];
    const { stories } = join(world({ results }));
    expect(stories).toHaveLength(1);
    expect(stories[0]?.outsider.map(({ verdict }) => verdict)).toEqual(['anonymous-read', 'secured']);
  });

  it('is two stories for customers of one provider on one address', () => {
    const results = ['one.firebaseio.example', 'two.firebaseio.example'].map((host) =>
      result(host, 443, { service: 'firebase-rtdb' }),
    );
    expect(join(world({ results })).stories).toHaveLength(2);
  });

  it('is two stories for two projects on the one host that a provider has for all, each with the apps that name it', () => {
    const host = 'firestore.googleapis.com';
    const results = ['bluemarket', 'bluemarket-test'].map((project) =>
      result(host, 443, { service: 'firestore', project }),
    );
    const apps = [
      app('com.example.shop', '3', [], {
        stores: [{ kind: 'firestore', id: 'bluemarket', host, origin: 'app', evidence: [] }],
      }),
    ];
    const { stories, findings } = join(world({ apps, results, services: [service('firestore', { managed: true })] }));
    expect(
      stories.map(({ headline, apps: by, outsider }) => [headline, by, outsider.map(({ project }) => project)]),
    ).toEqual([
      [
        expect.stringMatching(/^com\.example\.shop 3 talks to .* of bluemarket →/),
        ['app:com.example.shop'],
        ['bluemarket'],
      ],
      [expect.stringMatching(/^firestore\.googleapis\.com:443 → .* of bluemarket-test →/), [], ['bluemarket-test']],
    ]);
    expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  });

  it('is not told by what another project answered on the same host', () => {
    const host = 'firestore.googleapis.com';
    const results = [result(host, 443, { service: 'firestore', project: 'bluemarket-test' })];
    const apps = [
      app('com.example.shop', '3', [], {
        stores: [{ kind: 'firestore', id: 'bluemarket', host, origin: 'app', evidence: [] }],
      }),
    ];
    const { stories } = join(world({ apps, results, services: [service('firestore', { managed: true })] }));
    expect(stories.map(({ state }) => state)).toEqual(['exposed', 'unknown']);
    expect(stories[1]?.headline).toContain('talks to bluemarket →');
    expect(stories[1]?.headline).toContain('it is not in scope');
  });
});

describe('which configuration deployed a store', () => {
  function unknownsWith(services: Parameters<typeof audited>[0], more: Parameters<typeof world>[0] = {}): string[] {
    return (
      join(world({ audited: audited(services), results: [result(HOST, 9200)], ...more })).stories[0]?.unknowns ?? []
    );
  }

  it('is said to be unknown when there is none', () => {
    expect(unknownsWith([])).toContain('no configuration of this store was found among the audited files');
    expect(unknownsWith([], { audited: undefined })).toContain('no configuration was given to audit');
  });

  it('is not guessed between two compose services that both fit', () => {
    const two = [
      declared('search'),
      declared('search', { file: 'old/docker-compose.yml', asset: 'config:old/docker-compose.yml/search' }),
    ];
    expect(unknownsWith(two).join()).toContain(
      'several compose services could be this store: search (deploy/docker-compose.yml:14), search (deploy/old/docker-compose.yml:14)',
    );
  });

  it('is told by the owner’s hint where two fit', () => {
    const two = [
      declared('search'),
      declared('search', { file: 'old/docker-compose.yml', asset: 'config:old/docker-compose.yml/search' }),
    ];
    const { stories } = join(
      world({ audited: audited(two), results: [result(HOST, 9200)], hintOf: () => 'deploy/old/docker-compose.yml' }),
    );
    expect(stories[0]?.headline).toContain('published by deploy/old/docker-compose.yml:14');
  });

  it('is told by the version where two fit', () => {
    const two = [
      declared('search', { version: '8.11.0' }),
      declared('legacy', { asset: 'config:docker-compose.yml/legacy' }),
    ];
    const { stories } = join(world({ audited: audited(two), results: [result(HOST, 9200)] }));
    expect(stories[0]?.links.find(({ relation }) => relation === 'configures')?.from).toBe(
      'config:deploy/docker-compose.yml/legacy',
    );
  });

  it('is not guessed between two running stores that one compose service fits', () => {
    const results = [result(HOST, 9200), result('old.bluemarket.example', 9200, { address: '203.0.113.8' })];
    const { stories } = join(world({ audited: audited([declared('search')]), results }));
    expect(stories.map(({ unknowns }) => unknowns.join())).toEqual([
      expect.stringContaining('could be this store or'),
      expect.stringContaining('could be this store or'),
    ]);
  });

  it('is the hinted one of two running stores, and unknown for the other', () => {
    const results = [result(HOST, 9200), result('old.bluemarket.example', 9200, { address: '203.0.113.8' })];
    const { stories } = join(
      world({
        audited: audited([declared('search')]),
        results,
        hintOf: (host) => (host === HOST ? 'deploy/docker-compose.yml' : undefined),
      }),
    );
    const linked = stories.filter(({ links }) => links.some(({ relation }) => relation === 'configures'));
    expect(linked.map(({ store }) => store)).toEqual([`store:elasticsearch/${HOST}/9200`]);
  });

  it('is not a service that publishes on loopback when the store was reached from outside', () => {
    const { stories } = join(
      world({
        audited: audited([declared('search', { published: [port(9200, '127.0.0.1')] })]),
        results: [result(HOST, 9200)],
      }),
    );
    expect(stories[0]?.links.some(({ relation }) => relation === 'configures')).toBe(false);
  });

  it('is not a service of another engine on the same port', () => {
    const cache = declared('cache', { engine: 'redis', version: '7.2' });
    expect(unknownsWith([cache])).toContain('no configuration of this store was found among the audited files');
  });

  it('is doubted when another major version is declared than runs', () => {
    expect(unknownsWith([declared('search', { version: '8.11.0' })]).join()).toContain(
      'declares version 8.11.0, and 7.17.9 runs',
    );
  });

  it('includes the only native file of the engine when no container is declared, and says how that is known', () => {
    const files = [{ path: 'elasticsearch.yml', format: 'elasticsearch.yml' }];
    const { stories } = join(world({ audited: audited([], files, [SECURITY_OFF]), results: [result(HOST, 9200)] }));
    expect(stories[0]?.headline).toContain('security switched off in deploy/elasticsearch.yml:3');
    expect(stories[0]?.unknowns.join()).toContain('concluded from being the only file of its kind');
  });

  it('does not include a native file that stands beside the compose file and that nothing mounts', () => {
    const files = [{ path: 'elasticsearch.yml', format: 'elasticsearch.yml' }];
    const { stories } = join(
      world({ audited: audited([declared('search')], files, [SECURITY_OFF]), results: [result(HOST, 9200)] }),
    );
    expect(stories[0]?.headline).not.toContain('security switched off');
    expect(stories[0]?.unknowns.join()).toContain('nothing mounts it');
  });
});

describe('what is no exposed story', () => {
  it.each(['secured', 'refused', 'filtered', 'unidentified'] as const)('a store that ends in %s', (verdict) => {
    const { stories } = join(world({ results: [result(HOST, 9200, { verdict })] }));
    expect(stories).toEqual([]);
  });

  it('a named store that gave no telling answer, which is unknown', () => {
    const { stories } = join(world({ apps: [SHOP], results: [result(HOST, 9200, { verdict: 'filtered' })] }));
    expect(stories[0]).toMatchObject({ state: 'unknown', outsider: [{ verdict: 'filtered' }] });
    expect(stories[0]?.headline).toContain('what a stranger gets is not known');
  });

  it('a named store that refuses strangers', () => {
    expect(join(world({ apps: [SHOP], results: [result(HOST, 9200, { verdict: 'refused' })] })).stories).toEqual([]);
  });

  it('a store that an app names and nobody put in scope: unknown, proposed, never contacted', () => {
    const { stories, proposals } = join(world({ apps: [SHOP] }));
    expect(stories[0]).toMatchObject({ state: 'unknown', outsider: [] });
    expect(proposals).toEqual([
      {
        host: HOST,
        port: 9200,
        reason: 'the app talks to Elasticsearch there',
        foundIn: ['com.bluemarket.shop 3.2 (app/com.bluemarket.shop.apk)'],
      },
    ]);
  });

  it('a named store on a host in scope whose port was not asked: unknown', () => {
    const { stories, proposals } = join(world({ apps: [SHOP], scoped: [HOST] }));
    expect(stories[0]?.headline).toContain('it is in scope, and nothing was asked there');
    expect(proposals).toEqual([]);
  });

  it('a published store that no asked host shows: unknown', () => {
    const { stories } = join(world({ audited: audited([declared('search')]) }));
    expect(stories[0]?.state).toBe('unknown');
    expect(stories[0]?.headline).toContain('port 9200 published on all interfaces (deploy/docker-compose.yml:14)');
  });

  it('a tarpit whose every port is inconclusive: skips, grouped by reason', () => {
    const results = Array.from({ length: 30 }, (_, index) =>
      result('trap.example', 9000 + index, { verdict: 'inconclusive', reason: 'the host accepts everything' }),
    );
    const { stories, skips } = join(world({ results }));
    expect(stories).toEqual([]);
    expect(skips).toHaveLength(1);
    expect(skips[0]?.subject).toContain('and 18 more');
  });
});

describe('proposals', () => {
  it('name hosts of the app and siblings of hosts in scope, but nothing on one’s own network or in scope', () => {
    const urls = [
      'https://api.bluemarket.example/v1',
      endpoint('https://cdn.bluemarket.example/x', { origin: 'sdk' }),
      endpoint('https://tracker.vendor.example/x', { origin: 'sdk' }),
      'http://10.0.2.2:8080/',
      'http://localhost:9200/',
      'http://192.168.1.4/',
      `https://${HOST}/`,
    ];
    const { proposals } = join(
      world({ apps: [app('com.bluemarket.shop', '3.2', urls)], results: [result(HOST, 9200)] }),
    );
    expect(proposals.map(({ host, reason }) => [host, reason])).toEqual([
      ['api.bluemarket.example', 'the app talks to it; stores often stand beside an API'],
      ['cdn.bluemarket.example', 'a sibling of hosts in scope, under bluemarket.example'],
    ]);
  });
});

describe('a published store that was asked', () => {
  it('and did not say what it is: unknown, with the request to repeat', () => {
    const silent = result(HOST, 9200, {
      verdict: 'unidentified',
      service: 'unknown',
      reason: 'the port does not speak',
    });
    const { stories } = join(world({ audited: audited([declared('search')]), results: [silent] }));
    expect(stories).toMatchObject([
      { state: 'unknown', outsider: [{ service: 'elasticsearch', verdict: 'unidentified' }] },
    ]);
  });

  it.each(['refused', 'filtered', 'secured'] as const)('and ended in %s: no story', (verdict) => {
    const { stories } = join(
      world({ audited: audited([declared('search')]), results: [result(HOST, 9200, { verdict })] }),
    );
    expect(stories).toEqual([]);
  });
});

describe('the story of a managed store', () => {
  const open = result('project.firebaseio.example', 443, { service: 'firebase-rtdb' });
  const managed = {
    kind: 'firebase-rtdb',
    id: 'project',
    host: 'project.firebaseio.example',
    origin: 'app' as const,
    evidence: [{ entry: 'resources.arsc', via: 'resource' }],
  };

  it('is one with the app’s own naming of it, and closing it is the developers’ task', () => {
    const { stories, proposals } = join(
      world({ apps: [app('com.example.chat', '2', [], { stores: [managed] })], results: [open] }),
    );
    expect(stories.map(({ state, apps }) => [state, apps])).toEqual([['exposed', ['app:com.example.chat']]]);
    expect(stories[0]?.headline).toMatch(
      /^com\.example\.chat 2 talks to project\.firebaseio\.example → Firebase Realtime Database → a stranger reads/,
    );
    expect(stories[0]?.tasks.map(({ owner }) => owner)).toEqual(['developer', 'security']);
    expect(stories[0]?.unknowns).toEqual([]);
    expect(proposals).toEqual([]);
  });

  it('is the developers’ task even where no app was inspected', () => {
    const { stories } = join(world({ results: [open] }));
    expect(stories[0]?.tasks.map(({ owner }) => owner)).toEqual(['developer', 'security']);
    expect(stories[0]?.tasks[0]?.title).toContain('in its access rules');
  });

  it('is named by its id where the provider’s host is everybody’s, which is not proposed', () => {
    const bucket = {
      ...managed,
      kind: 'firebase-storage',
      id: 'project.appspot.example',
      host: 'storage.provider.example',
    };
    const { stories, proposals } = join(world({ apps: [app('com.example.chat', '2', [], { stores: [bucket] })] }));
    expect(stories[0]?.headline).toMatch(
      /talks to project\.appspot\.example → Firebase Storage → what a stranger gets is not known/,
    );
    expect(proposals).toEqual([]);
  });
});
