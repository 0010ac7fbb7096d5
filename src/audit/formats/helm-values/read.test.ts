import { describe, expect, it } from 'vitest';
import { sourceOf } from '../../source.ts';
import { helmValuesFormat } from './read.ts';

const read = (text: string, files: Record<string, string> = {}) =>
  helmValuesFormat.read(sourceOf('shop/values.yaml', text), { text: (path) => files[path] ?? null }).document.charts;

describe('values of charts', () => {
  it('are recognised by the chart they are for', () => {
    const { recognises } = helmValuesFormat;
    expect(recognises('values.yaml', 'redis:\n  auth:\n    enabled: false\n')).toBe(true);
    expect(recognises('prod.values.yaml', 'image:\n  repository: bitnami/postgresql\n')).toBe(true);
    expect(recognises('values.yaml', 'esJavaOpts: -Xmx1g\nesConfig: {}\n')).toBe(true);
    expect(recognises('values.yaml', 'image:\n  repository: bitnami/nginx\nservice:\n  type: LoadBalancer\n')).toBe(
      false,
    );
    expect(recognises('config.yaml', 'redis:\n  auth:\n    enabled: false\n')).toBe(false);
    expect(recognises('values.yaml', 'apiVersion: v1\nkind: ConfigMap\nredis:\n')).toBe(false);
  });

  it('know their chart by Chart.yaml, with alias and version', () => {
    const files = {
      'shop/Chart.yaml':
        'apiVersion: v2\nname: shop\ndependencies:\n  - {name: redis, alias: sessions, version: 20.1.0, repository: "oci://registry-1.docker.io/bitnamicharts"}\n',
    };
    expect(read('sessions:\n  auth: {enabled: false}\nredis:\n  host: x\n', files)).toMatchObject([
      { prefix: 'sessions.', version: '20.1.0', certain: true, chart: { engine: 'redis' } },
    ]);
  });

  it('that only name a host or are switched off are no store', () => {
    expect(read('redis:\n  host: cache.example.com\n  port: 6379\n')).toEqual([]);
    expect(read('postgresql:\n  enabled: false\n  auth: {password: x}\n')).toEqual([]);
  });

  it('tell the charts of several publishers apart', () => {
    expect(read('esConfig:\n  elasticsearch.yml: "a: b"\nesJavaOpts: x\n')[0]?.chart.publisher).toBe('elastic');
    expect(
      read('elasticsearch:\n  master: {}\n  coordinating: {}\n  security: {enabled: true}\n')[0]?.chart.publisher,
    ).toBe('bitnami');
  });
});
