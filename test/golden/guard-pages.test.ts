/** The pages about the guard show policies, cases and configuration that hold, and commands that exist. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createProgram } from '../../src/cli/main.ts';
import { loadConfig } from '../../src/config/index.ts';
import { parseCases } from '../../src/guard/cases/load.ts';
import { renderCases } from '../../src/guard/cases/render.ts';
import { runCases } from '../../src/guard/cases/run.ts';
import { createOfflineDecider } from '../../src/guard/explain/decide-offline.ts';
import { lint, parsePolicy } from '../../src/guard/policy/index.ts';
import { sink } from '../cli/run.ts';

const root = resolve(import.meta.dirname, '../..');
const page = (path: string) => readFileSync(join(root, path), 'utf8');
const quickstart = page('docs/guard/quickstart.md');
const readme = page('README.md');

function block(text: string, first: string): string {
  const found = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml);
  const yaml = found.find((one) => one.includes(first));
  if (yaml === undefined) throw new Error(`no block with ${first}`);
  return yaml;
}

test.each([
  ['the README', block(readme, '# guard.yaml')],
  ['the quick start', block(quickstart, '# guard.yaml')],
  ['the quick start of APIs', block(quickstart, '# api.yaml')],
])('the policy of %s is valid, and the lint has no error for it', (_page, yaml) => {
  expect(lint(parsePolicy('/srv/guard.yaml', yaml), {}).filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('the policy of the README has the ten lines that it claims to need', () => {
  expect(block(readme, '# guard.yaml').trim().split('\n')).toHaveLength(10);
});

test('the cases of the quick start come true under its policy, in the real pipeline', async () => {
  const policy = parsePolicy('/srv/guard.yaml', block(quickstart, '# guard.yaml'));
  const cases = parseCases('/srv/guard-cases.yaml', block(quickstart, '# guard-cases.yaml'));
  const results = await runCases(policy, cases, { decide: createOfflineDecider(policy) });
  expect(renderCases(results)).toContain('4 cases, 0 failed');
});

test.each([
  ['docs/configuration.md', (text: string) => `version: 1\n${block(text, 'guardedBy:')}`],
  [
    'docs/guard/quickstart.md',
    (text: string) => {
      const target = '  - host: shop-search.bluemarket.example\n    addresses: [127.83.0.1]\n    authority: loopback\n';
      return `version: 1\ntargets:\n${target}${block(text, 'guardedBy:')}`;
    },
  ],
])('the guardedBy of %s is valid', async (path, yaml) => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-pages-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'postern.yaml'), yaml(page(path)));
  expect((await loadConfig(folder)).targets[0]?.guardedBy).toMatchObject({ index: 'orders', scheme: 'Bearer' });
});

test('every postern command of the pages exists, with its options', () => {
  const commands = [quickstart, readme].flatMap((text) =>
    [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
      block
        .replaceAll('\\\n', ' ')
        .split('\n')
        .flatMap((line) => line.replace(/#.*/, '').split(/;|&&/))
        .map((line) => line.trim().replace(/^\$ /, ''))
        .filter((line) => line.startsWith('postern ')),
    ),
  );
  expect(commands.length).toBeGreaterThan(15);
  const io = { stdout: sink([]), stderr: sink([]), stdin: process.stdin, env: {}, cwd: root };
  for (const line of commands) {
    const words =
      line
        .replace(/ >.*/, '')
        .match(/'[^']*'|\S+/g)
        ?.slice(1) ?? [];
    let command = createProgram(io, () => {});
    while (words.length > 0) {
      const inner = command.commands.find((one) => one.name() === words[0]);
      if (inner === undefined) break;
      command = inner;
      words.shift();
    }
    expect(command.name(), line).not.toBe('postern');
    expect(command.commands, `${line}: which one?`).toEqual([]);
    for (const option of words.filter((word) => word.startsWith('--'))) {
      expect(
        command.options.map(({ long }) => long),
        line,
      ).toContain(option.split('=')[0]);
    }
  }
});
