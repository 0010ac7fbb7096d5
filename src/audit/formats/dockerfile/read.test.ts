import { beforeAll, describe, expect, it } from 'vitest';
import { auditText, prepareFormats } from '../../index.ts';
import type { ReadFile } from '../../model.ts';
import { sourceOf } from '../../source.ts';
import { recognise } from '../index.ts';
import { containerOf } from './container.ts';
import { dockerfileFormat } from './read.ts';
import { assignmentsOf } from './words.ts';

beforeAll(() => prepareFormats(['dockerfile', 'docker-compose', 'redis.conf']));

function read(text: string, path = 'Dockerfile'): ReadFile<'dockerfile'> {
  const source = sourceOf(path, text);
  return { format: 'dockerfile', source, document: dockerfileFormat.read(source, { text: () => null }).document };
}

describe('recognition of Dockerfiles', () => {
  const cases: [string, string, boolean][] = [
    ['Dockerfile', 'FROM redis:7\n', true],
    ['docker/api.Dockerfile', '# x\nFROM node:22\n', true],
    ['Dockerfile.prod', 'ARG V=1\nFROM node:${V}\n', true],
    ['Containerfile', 'from alpine\n', true],
    ['images/store', '# syntax=docker/dockerfile:1\nFROM redis:7\nCOPY a /b\n', true],
    ['Dockerfile.md', 'FROM redis:7\n', false],
    ['Dockerfile', 'nothing of the kind\n', false],
    ['query.sql', 'SELECT a\nFROM b\nWHERE c\n', false],
    ['Modelfile', 'FROM llama3\nPARAMETER temperature 1\n', false],
  ];
  for (const [path, text, expected] of cases) {
    it(`${expected ? 'takes' : 'leaves'} ${path}`, () => {
      expect(recognise(path, text) === 'dockerfile').toBe(expected);
    });
  }
});

it('values of ENV and ARG are read in every form, each with its place', () => {
  const text = 'FROM a\nENV A=1 B="two words" \\\n  # comment\n  C=x\\ y\nENV D one two\nARG E\nARG F=\'q\'\n';
  const { source, document } = read(text);
  const found = document.instructions
    .filter(({ keyword }) => keyword === 'ENV' || keyword === 'ARG')
    .flatMap(({ words, keyword }) => assignmentsOf(words, keyword, source.text));
  expect(found.map(({ name, value }) => [name, value])).toEqual([
    ['A', '1'],
    ['B', 'two words'],
    ['C', 'x y'],
    ['D', 'one two'],
    ['E', null],
    ['F', 'q'],
  ]);
  for (const { value, span, exact } of found) if (exact) expect(text.slice(span.start, span.end)).toBe(value);
  expect(found.filter(({ exact }) => exact)).toHaveLength(4);
});

it('the last stage with what it continues makes the container', () => {
  const container = containerOf(
    read(
      'FROM redis:7 AS base\nCOPY redis.conf /etc/redis/\nFROM node:22 AS tools\nENV X=1\nFROM base\nENV Y=2\nCMD ["redis-server", "/etc/redis/redis.conf"]\n',
      'cache/Dockerfile',
    ),
  );
  expect(container).toMatchObject({
    image: { engine: 'redis', version: '7' },
    environment: [{ name: 'Y', value: '2' }],
    mounts: [{ path: 'cache/redis.conf', target: '/etc/redis/redis.conf' }],
    command: { words: ['redis-server', '/etc/redis/redis.conf'] },
  });
});

describe('configuration that is copied into an image', () => {
  const redis = 'bind 0.0.0.0\nprotected-mode no\n';
  it('belongs to the container of the compose service that builds it', () => {
    const { services, report } = auditText(
      `=== cache/Dockerfile\nFROM redis:7\nCOPY redis.conf /etc/redis.conf\nCMD ["redis-server", "/etc/redis.conf"]\n=== cache/redis.conf\n${redis}=== compose.yml\nservices:\n  cache:\n    build: ./cache\n    ports: ["6379:6379"]\n`,
    );
    const service = services.find(({ format }) => format === 'docker-compose');
    expect(service?.mounts).toEqual([{ source: 'cache/redis.conf', target: '/etc/redis.conf' }]);
    const published = report.findings.find(({ rule }) => rule === 'audit/compose-store-published');
    expect(published).toMatchObject({ severity: 'critical' });
  });
});
