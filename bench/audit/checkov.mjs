/**
 * Checkov's own tests of Terraform checks, with their labels: the resources that a test's `passing_resources` and
 * `failing_resources` name in `example_*`. A folder is one Terraform tree, as Checkov scans it.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROVIDERS = ['aws', 'azure', 'gcp'];

function setOf(text, name) {
  const body = new RegExp(`${name}\\s*=\\s*(?:set\\(\\)|[{[(]([^}\\])]*)[}\\])])`).exec(text)?.[1] ?? '';
  return [...body.matchAll(/["']([\w.-]+)["']/g)].map(([, resource]) => resource);
}

/** @param tests `tests/terraform/checks/resource` of the repository. @returns the tests that are labelled so */
export function checkovTests(tests) {
  return PROVIDERS.flatMap((provider) =>
    (existsSync(join(tests, provider)) ? readdirSync(join(tests, provider)) : [])
      .filter((name) => /^test_\w+\.py$/.test(name))
      .sort()
      .flatMap((name) => {
        const text = readFileSync(join(tests, provider, name), 'utf8');
        const example = /["'/](example_\w+)["'/]/.exec(text)?.[1];
        const check = name.slice('test_'.length, -'.py'.length);
        const id = /^from checkov\.terraform\.checks\.resource\.(\S+) import check/m.exec(text)?.[1];
        const failing = setOf(text, 'failing_resources');
        const passing = setOf(text, 'passing_resources');
        if (example === undefined || id === undefined || failing.length === 0) return [];
        const folder = join(tests, provider, example);
        return existsSync(folder) ? [{ check: `${provider}/${check}`, folder, failing, passing }] : [];
      }),
  );
}

/** Copies the examples of tests below a folder. @returns per resource: its file's folder, lines, and whether it fails */
export function layOutCheckov(tests, into) {
  const resources = [];
  for (const { check, folder, failing, passing } of tests) {
    mkdirSync(join(into, check), { recursive: true });
    cpSync(folder, join(into, check), { recursive: true, filter: (path) => !path.includes('.external_modules') });
    for (const name of readdirSync(join(into, check))) {
      if (!name.endsWith('.tf')) continue;
      const lines = readFileSync(join(into, check, name), 'utf8').split('\n');
      lines.forEach((line, index) => {
        const [, type, label] = /^\s*resource\s+"?(\w+)"?\s+"?([\w-]+)"?/.exec(line) ?? [];
        const address = `${type}.${label}`;
        const fails = failing.includes(address);
        if (!fails && !passing.includes(address)) return;
        let end = lines.findIndex(
          (one, at) => at > index && /^\s*(?:resource|data|provider|variable|module|locals|output)\b/.test(one),
        );
        if (end < 0) end = lines.length;
        resources.push({ check, address, file: `${check}/${name}`, from: index + 1, to: end, fails });
      });
    }
  }
  return resources;
}
