/** Names that every JavaScript object answers to are ordinary names in packages, configuration and reports. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildApk } from '../../lab/apk/index.ts';
import { classifyFields } from '../../src/classify/index.ts';
import { everything } from './outputs.ts';

const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-names-'));
  mkdirSync(join(folder, 'deploy'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function expectOrdinary(text: string): void {
  expect(text).not.toMatch(/native code|\[object |undefined|NaN/);
  expect(Object.keys(Object.prototype)).toEqual([]);
}

it('in compose files', async () => {
  const service = (name: string) =>
    `  ${name}:\n    image: ${name.toLowerCase()}\n    environment: { ${name}: x, POSTGRES_PASSWORD: postgres }\n    ports: ["5432:5432"]\n`;
  writeFileSync(join(folder, 'deploy/docker-compose.yml'), `services:\n${NAMES.map(service).join('')}`);
  const formats = ['table', 'json', 'sarif', 'markdown'];
  const all = await everything(folder, [
    ...formats.map((format) => ['audit', 'deploy', '--format', format]),
    ...[...formats, 'html'].map((format) => ['check', 'deploy', '--format', format]),
  ]);
  for (const name of NAMES) expect(all).toContain(name);
  expectOrdinary(all.replace(/<script>[\s\S]*?<\/script>/g, ''));
});

it('in postern.yaml and the ignore file', async () => {
  for (const name of NAMES) {
    writeFileSync(join(folder, 'postern.yaml'), `version: 1\n${name}: 1\nkeys: { ${name}: 2 }\n`);
    writeFileSync(join(folder, 'ignore.yaml'), `- ${name}: 1\n`);
    const all = await everything(folder, [['check'], ['doctor'], ['check', 'deploy', '--config', 'none']]);
    expect(all).toContain(`unknown key "${name}"`);
    expectOrdinary(all);
    rmSync(join(folder, 'postern.yaml'));
    expectOrdinary(await everything(folder, [['check', 'deploy', '--ignore-file', 'ignore.yaml']]));
  }
});

it('in packages', async () => {
  const strings = Object.fromEntries(NAMES.map((name) => [`x${name}`, `https://${name.toLowerCase()}.names.net/`]));
  const apk = buildApk({
    ...{ applicationId: 'org.example.names', versionName: '1', versionCode: 1, label: 'N', minSdk: 24, targetSdk: 34 },
    strings,
    dex: [NAMES.map((name) => `https://api.names-canary.net/${name}?${name}=1`)],
    assets: {
      'a.json': `{${NAMES.map((name) => `"${name}":"https://json.names-canary.net/${name}"`).join()}}`,
      'a.html': NAMES.map((name) => `<a href="https://html.names-canary.net/&${name};">`).join(''),
    },
  });
  writeFileSync(join(folder, 'app.apk'), apk);
  const all = await everything(folder, [
    ['inspect', 'app.apk', '--all', '--format', 'json'],
    ['check', 'app.apk'],
  ]);
  expect(all).toContain('json.names-canary.net/__proto__');
  expectOrdinary(all);
});

it('in field names', () => {
  expect(classifyFields([...NAMES, 'email'], NAMES.join('_')).map(({ name }) => name)).toEqual(['email']);
});
