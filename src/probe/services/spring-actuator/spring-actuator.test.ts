import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { springActuator } from './index.ts';
import { readMappings } from './mappings.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(answer: Parameters<typeof httpServer>[0]): Promise<number> {
  const server = await httpServer(answer);
  servers.push(server);
  return server.port;
}

const index = (...names: string[]): Reply => [
  200,
  {
    _links: Object.fromEntries(
      ['self', ...names].map((name) => [
        name,
        { href: `http://x/actuator${name === 'self' ? '' : `/${name}`}`, templated: false },
      ]),
    ),
  },
];
const filter = (name: string, className: string) => ({
  name,
  className,
  servletNameMappings: [],
  urlPatternMappings: ['/*'],
});
const PLAIN = filter(
  'characterEncodingFilter',
  'org.springframework.boot.web.servlet.filter.OrderedCharacterEncodingFilter',
);
const SECURITY = filter(
  'springSecurityFilterChain',
  'org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean$1',
);
const operation = (method: string, pattern: string) => ({
  details: { requestMappingConditions: { methods: [method], patterns: [pattern] } },
});
const mappings = (...filters: object[]) => ({
  contexts: {
    application: {
      mappings: {
        servletFilters: filters,
        dispatcherServlets: {
          dispatcherServlet: [operation('GET', '/actuator/loggers'), operation('POST', '/actuator/loggers/{name}')],
        },
      },
    },
  },
});

const actuator =
  (answers: Readonly<Record<string, Reply>>) =>
  (path: string): Reply | undefined =>
    Object.hasOwn(answers, path) ? answers[path] : undefined;

describe('the Actuator dialogue', () => {
  it('tells changes by the mappings, where no security filter stands before them', async () => {
    const port = await serve(
      actuator({ '/actuator': index('health', 'loggers', 'mappings'), '/actuator/mappings': [200, mappings(PLAIN)] }),
    );
    expect(await askPort(port, 'spring-actuator')).toMatchObject({ verdict: 'anonymous-write' });
  });

  it('does not where one does', async () => {
    const port = await serve(
      actuator({ '/actuator': index('loggers', 'mappings'), '/actuator/mappings': [200, mappings(PLAIN, SECURITY)] }),
    );
    expect(await askPort(port, 'spring-actuator')).toMatchObject({ verdict: 'metadata-only' });
  });

  it('does not where a filter is the application’s own', async () => {
    expect(readMappings(mappings(PLAIN, filter('x', 'com.example.TokenFilter')), '/actuator')?.unguarded).toBe(false);
    expect(readMappings(mappings(), '/actuator')?.unguarded).toBe(false);
  });

  it('calls endpoints with contents read, and never asks for a heap dump', async () => {
    const server = await httpServer(
      actuator({
        '/actuator': index('heapdump', 'mappings'),
        '/actuator/mappings': [200, mappings(SECURITY)],
        '/actuator/info': [200, { build: { version: '1.2.3' } }],
      }),
    );
    servers.push(server);
    const result = await askPort(server.port, 'spring-actuator');
    expect(result).toMatchObject({ verdict: 'anonymous-read', version: '1.2.3' });
    expect(result.notTested.join()).toContain('heapdump');
    expect(server.asked.filter((line) => line.includes('heapdump'))).toEqual([]);
    expect(
      ['GET', 'HEAD'].map((method) => springActuator.allow.permitsHttp(method as 'GET', '/actuator/heapdump')),
    ).toEqual([false, false]);
  });

  it.each<[string, Reply, string]>([
    ['shown', [200, { property: { value: '17.0.1' } }], 'anonymous-read'],
    ['masked', [200, { property: { value: '******' } }], 'metadata-only'],
    ['refused', [401, {}], 'metadata-only'],
  ])('with values of the environment %s', async (_what, reply, verdict) => {
    const port = await serve(actuator({ '/actuator': index('env'), '/actuator/env/java.version': reply }));
    expect(await askPort(port, 'spring-actuator')).toMatchObject({ verdict });
  });

  it('is secured with health and info alone', async () => {
    expect(
      await askPort(await serve(actuator({ '/actuator': index('health', 'info', 'health-path') })), 'spring-actuator'),
    ).toMatchObject({ verdict: 'secured' });
  });

  it('believes no server that has every endpoint', async () => {
    const port = await serve((path) => (path.startsWith('/actuator') ? index('env') : undefined));
    expect(await askPort(port, 'spring-actuator')).toMatchObject({ verdict: 'inconclusive', datasets: [] });
  });

  it('shows no name that an application made up', async () => {
    const result = await askPort(
      await serve(actuator({ '/actuator': index('metrics', 'janedoe') })),
      'spring-actuator',
    );
    expect(result.datasets.map(({ name }) => name)).toEqual(['/actuator/*', '/actuator/metrics']);
  });

  it.each<Reply>([
    [401, {}],
    [200, { _links: { self: { href: 'http://x/orders' } } }],
    [200, '{"_links":'],
    [200, { _links: 5 }],
  ])('is not found in %j', async (...reply) => {
    expect(await askPort(await serve(() => reply as unknown as Reply), 'spring-actuator')).toMatchObject({
      verdict: 'unidentified',
    });
  });
});
