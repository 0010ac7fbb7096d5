import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../edits.ts';
import { auditText } from '../../index.ts';
import { sourceOf } from '../../source.ts';
import { recognise } from '../index.ts';
import { addSetting, removeLines } from './edit.ts';
import { readSettings, settingViews } from './read.ts';

const DETAILS = { title: 't', blastRadius: 'b', needsConfirmation: true };

function added(text: string, path: string[], value: string): string | null {
  const source = sourceOf('x', text);
  const fix = addSetting(source, readSettings(source, { lists: false }).document, path, value, DETAILS);
  return fix && applyEdits(text, fix.edits);
}

describe('settings of a YAML file', () => {
  it('are flattened, with an index where a list holds mappings', () => {
    const text = 'a:\n  b.c: 1\n  d: [x, "y, z"]\nlist:\n  - name: n\n    more: [1]\n  - plain\nempty:\nnone: {}\n';
    const { document } = readSettings(sourceOf('x', text), { lists: false });
    expect([...settingViews(document)].map(({ pointer, values }) => [pointer, values])).toEqual([
      ['a.b.c', ['1']],
      ['a.d', ['x', 'y, z']],
      ['list[0].name', ['n']],
      ['list[0].more', ['1']],
      ['list[1]', ['plain']],
      ['empty', []],
      ['none', []],
    ]);
  });

  it('are cut at a bound, and the file is then partial', () => {
    const text = `a: &a [${'x, '.repeat(2_000)}x]\n${Array.from({ length: 50 }, (_all, n) => `k${n}: *a`).join('\n')}\n`;
    const reading = readSettings(sourceOf('x', text), { lists: true });
    expect(reading.status).toBe('partial');
    expect(reading.skips.map(({ code }) => code)).toEqual(['YAML_LIMIT']);
    expect(reading.document.settings.size).toBeLessThan(10);
  });

  it('are added where their mapping is written', () => {
    expect(added('net:\n    port: 1 # c\nx: y\n', ['net', 'tls', 'mode'], 'on')).toBe(
      'net:\n    tls:\n      mode: on\n    port: 1 # c\nx: y\n',
    );
    expect(added('security: # later\nx: y\n', ['security', 'authorization'], 'enabled')).toBe(
      'security: # later\n  authorization: enabled\nx: y\n',
    );
    expect(added('x: y', ['security', 'authorization'], 'enabled')).toBe('x: y\nsecurity:\n  authorization: enabled\n');
    expect(added('x: y\r\n', ['a'], 'b')).toBe('x: y\r\na: b\r\n');
  });

  it('are not added where it would be a guess', () => {
    expect(added('{x: y}\n', ['a'], 'b')).toBeNull();
    expect(added('net: {port: 1}\n', ['net', 'tls'], 'b')).toBeNull();
    expect(added('a: b\n---\nc: d\n', ['e'], 'f')).toBeNull();
    expect(added('net: word\n', ['net', 'tls'], 'b')).toBeNull();
  });

  it('are removed with their line only when something stands beside them', () => {
    const cut = (text: string, key: string): string | null => {
      const source = sourceOf('x', text);
      const { document } = readSettings(source, { lists: true });
      const setting = document.settings.get(key);
      const fix = setting ? removeLines(source, document, setting, DETAILS) : null;
      return fix && applyEdits(text, fix.edits);
    };
    expect(cut('a: 1\nb: [2,\n  3] # c\nd: 4\n', 'b')).toBe('a: 1\nd: 4\n');
    expect(cut('x:\n  y:\n    z: 1\nd: 4\n', 'x.y.z')).toBeNull();
    expect(cut('x: {y: 1, z: 2}\nd: 4\n', 'x.y')).toBeNull();
  });
});

describe('elasticsearch.yml and opensearch.yml', () => {
  it('are told from each other and from what only looks like them', () => {
    const format = (path: string, text: string) => recognise(path, text);
    expect(format('a.yml', 'cluster.name: x\nnode.name: y\n')).toBe('elasticsearch.yml');
    expect(format('opensearch.yml', 'cluster.name: x\nnetwork.host: 0.0.0.0\n')).toBe('opensearch.yml');
    expect(format('x.yml', 'cluster.name: x\nplugins.security.disabled: true\n')).toBe('opensearch.yml');
    expect(format('x.yml', 'plugins:\n  security:\n    disabled: true\n')).toBe('opensearch.yml');
    expect(format('elasticsearch.yaml', 'clusterName: x\nesConfig:\n  elasticsearch.yml: |\n    a: b\n')).not.toBe(
      'elasticsearch.yml',
    );
    expect(format('elasticsearch.yml', 'services:\n  es:\n    image: elasticsearch:8.1.0\n')).toBe('docker-compose');
    expect(format('opensearch_dashboards.yml', 'opensearch.hosts: [x]\nserver.host: "0"\n')).not.toBe('opensearch.yml');
    expect(format('elasticsearch.yml', 'apiVersion: v1\nkind: Service\nmetadata:\n  name: x\n')).not.toBe(
      'elasticsearch.yml',
    );
    expect(format('plugins.yml', 'plugins:\n  - security\n  - other\n')).not.toBe('opensearch.yml');
  });

  it('are judged with what their containers set', () => {
    const judged = (environment: string) =>
      auditText(
        `=== es/elasticsearch.yml\ncluster.name: shop\nnetwork.host: 0.0.0.0\nxpack.security.enabled: false\n=== compose.yml\nservices:\n  es:\n    image: elasticsearch:8.15.0\n${environment}    volumes: ["./es/elasticsearch.yml:/usr/share/elasticsearch/config/elasticsearch.yml"]\n    ports: ["127.0.0.1:9200:9200"]\n`,
      )
        .report.findings.filter(({ file }) => file.endsWith('elasticsearch.yml'))
        .map(({ rule }) => rule);
    expect(judged('')).toContain('audit/elasticsearch-security-disabled');
    expect(judged('    environment: ["xpack.security.enabled=true"]\n')).not.toContain(
      'audit/elasticsearch-security-disabled',
    );
    expect(judged('    command: ["elasticsearch", "-Expack.security.enabled=true"]\n')).not.toContain(
      'audit/elasticsearch-security-disabled',
    );
  });
});
