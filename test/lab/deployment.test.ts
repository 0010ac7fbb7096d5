import { describe, expect, test } from 'vitest';
import { listenOn, parseDeployment } from '../../lab/range/deployment.ts';
import { listensBeyondLoopback, parseElasticsearchSettings, parseMosquittoSettings } from '../../lab/range/settings.ts';

function published(ports: string): string | undefined {
  return parseDeployment(`services:\n  search:\n    image: x\n${ports}`, 'docker-compose.yml').publicationOf(
    'search',
    9200,
  );
}

describe('what a compose file publishes', () => {
  test.each([
    ['everywhere', '    ports: ["9200:9200"]'],
    ['everywhere', '    ports: [9200]'],
    ['everywhere', '    ports: ["0.0.0.0:9200:9200/tcp"]'],
    ['everywhere', '    ports: ["[::]:9200:9200"]'],
    ['everywhere', '    ports: [{ target: 9200, published: "9200" }]'],
    ['everywhere', '    network_mode: host'],
    ['everywhere', '    ports: ["127.0.0.1:9200:9200", "9200:9200"]'],
    ['inside', '    ports: ["127.0.0.1:9200:9200"]'],
    ['inside', '    ports: ["[::1]:9200:9200"]'],
    ['inside', '    ports: ["${SEARCH_ADDRESS:-127.0.0.1}:${SEARCH_PORT-9200}:9200"]'],
    ['inside', '    ports: [{ target: 9200, published: 9200, host_ip: 127.0.0.1 }]'],
    ['unpublished', '    ports: ["9300:9300"]'],
    ['unpublished', '    ports: []'],
    ['unpublished', ''],
  ])('%s: %s', (expected, ports) => {
    expect(published(ports)).toBe(expected);
  });

  test('a service that is not there is told from one without ports', () => {
    expect(parseDeployment('services: {}', 'docker-compose.yml').publicationOf('search', 9200)).toBeUndefined();
  });

  test.each(['services: [', 'services: 7', ''])('refuses to start from a broken file: %j', (text) => {
    expect(() => parseDeployment(text, 'docker-compose.yml')).toThrow(expect.objectContaining({ code: 'E_LAB' }));
  });
});

test('a store is reached from outside only when compose file and service both let it', () => {
  const addresses = { outside: '127.83.0.1', inside: '127.83.0.2' };
  expect(listenOn('everywhere', true, addresses)).toEqual(['127.83.0.1', '127.83.0.2']);
  expect(listenOn('everywhere', false, addresses)).toEqual(['127.83.0.2']);
  expect(listenOn('inside', true, addresses)).toEqual(['127.83.0.2']);
  expect(listenOn('unpublished', true, addresses)).toEqual([]);
});

test('elasticsearch.yml is understood flat and nested, with the defaults of 7.17', () => {
  expect(parseElasticsearchSettings('network.host: 0.0.0.0\nxpack.security.enabled: false')).toEqual({
    clusterName: 'elasticsearch',
    beyondLoopback: true,
    securityEnabled: false,
  });
  expect(parseElasticsearchSettings('xpack:\n  security:\n    enabled: true')).toMatchObject({
    beyondLoopback: false,
    securityEnabled: true,
  });
  expect(parseElasticsearchSettings('network.host: [_local_, _site_]')).toMatchObject({ beyondLoopback: true });
  expect(parseElasticsearchSettings('')).toMatchObject({ beyondLoopback: false, securityEnabled: false });
});

test('the last listen_addresses of postgresql.conf wins and comments do not count', () => {
  expect(listensBeyondLoopback("listen_addresses = '*'")).toBe(true);
  expect(listensBeyondLoopback("#listen_addresses = '*'")).toBe(false);
  expect(listensBeyondLoopback("listen_addresses = '*'\nlisten_addresses = 'localhost' # closed")).toBe(false);
  expect(listensBeyondLoopback("LISTEN_ADDRESSES 'localhost, 0.0.0.0'")).toBe(true);
  expect(listensBeyondLoopback('')).toBe(false);
});

test('a broker with a listener and no word on strangers lets none in', () => {
  expect(parseMosquittoSettings('listener 1883\nallow_anonymous true')).toEqual({
    allowAnonymous: true,
    beyondLoopback: true,
  });
  expect(parseMosquittoSettings('listener 1883')).toEqual({ allowAnonymous: false, beyondLoopback: true });
  expect(parseMosquittoSettings('listener 1883 127.0.0.1')).toMatchObject({ beyondLoopback: false });
  expect(parseMosquittoSettings('')).toEqual({ allowAnonymous: true, beyondLoopback: false });
});
