import { describe, expect, it } from 'vitest';
import { sourceOf } from '../../source.ts';
import { recognise } from '../index.ts';
import { ciFormat } from './read.ts';

describe('recognition of pipelines', () => {
  const cases: [string, string, string | null][] = [
    ['.github/workflows/x.yml', 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n', 'ci'],
    ['.gitlab-ci.yml', 'image: node:22\nservices:\n  - postgres:16\ntest:\n  script: npm test\n', 'ci'],
    ['.circleci/config.yml', 'version: 2.1\njobs:\n  a:\n    docker:\n      - image: cimg/node:22\n', 'ci'],
    [
      'bitbucket-pipelines.yml',
      'image: node:22\npipelines:\n  default:\n    - step:\n        script: [npm test]\n',
      'ci',
    ],
    ['azure-pipelines.yml', 'trigger: [main]\nsteps:\n  - script: npm test\n', 'ci'],
    ['compose.yml', 'services:\n  a:\n    image: redis:7\n', 'docker-compose'],
    ['openapi.yml', 'openapi: 3.1.0\npaths: {}\njobs: []\n', null],
    ['playbook.yml', '- hosts: all\n  tasks: []\n', null],
  ];
  for (const [path, text, format] of cases) {
    it(`says ${format ?? 'nothing'} of ${path}`, () => {
      const found = recognise(path, text);
      if (format === null) expect(found).not.toBe('ci');
      else expect(found).toBe(format);
    });
  }
});

it('variables of service containers are left out, those of jobs and steps are read', () => {
  const text =
    'on: push\nenv:\n  A: one\njobs:\n  t:\n    runs-on: x\n    services:\n      db:\n        image: postgres:16\n        env:\n          POSTGRES_PASSWORD: postgres\n    env:\n      B: two\n    steps:\n      - uses: some/action@v1\n        with:\n          token: three\n      - run: make\n        env:\n          C: four\n';
  const { document } = ciFormat.read(sourceOf('.github/workflows/x.yml', text), { text: () => null });
  expect(document.values.map(({ name, value }) => [name, value])).toEqual([
    ['A', 'one'],
    ['B', 'two'],
    ['token', 'three'],
    ['C', 'four'],
  ]);
  expect(document.scripts.map(({ value }) => value)).toEqual(['make']);
  expect(document.hasServices).toBe(true);
});
