import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildApk } from '../../lab/apk/index.ts';
import { detectorIds, explainDetector } from '../../src/classify/explain.ts';
import { auditReportSchema } from '../../src/core/contract/audit.ts';
import { checkReportSchema } from '../../src/core/contract/check.ts';
import { inspectReportSchema } from '../../src/core/contract/inspect.ts';
import { probeLineSchema } from '../../src/core/contract/probe.ts';
import { run } from './run.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-cli-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const OPEN_COMPOSE = `services:
  search:
    image: docker.elastic.co/elasticsearch/elasticsearch:7.17.9
    ports:
      - "9200:9200"
    environment:
      - xpack.security.enabled=false
`;

function sampleApk(): Buffer {
  return buildApk({
    applicationId: 'org.example.shop',
    versionName: '1.2',
    versionCode: 12,
    label: 'Shop',
    minSdk: 24,
    targetSdk: 34,
    manifestFlags: { debuggable: true, allowBackup: true },
    strings: {},
    dex: [['http://shop-search.bluemarket.example:9200/products/_search', 'https://api.bluemarket.example/v2/orders']],
    assets: {},
  });
}

describe('the command', () => {
  it('prints help with examples and exit codes, and ends with 0', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('Examples:');
    expect(stdout).toContain('Exit codes:');
  });

  it.each([
    'check',
    'inspect',
    'audit',
    'probe',
    'verify',
    'fix',
    'scope',
    'lab',
    'init',
    'doctor',
    'explain',
    'completion',
  ])('has examples in the help of %s', async (verb) => {
    const { code, stdout } = await run([verb, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`$ postern ${verb}`);
  });

  it.each([
    ['scope', 'check'],
    ['scope', 'sign'],
    ['scope', 'verify'],
    ['scope', 'key'],
    ['lab', 'start'],
    ['lab', 'status'],
    ['lab', 'restart'],
    ['lab', 'stop'],
  ])('has an example in the help of %s %s', async (verb, inner) => {
    const { code, stdout } = await run([verb, inner, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`$ postern ${verb} ${inner}`);
  });

  it.each([
    ['an unknown verb', ['inspekt', 'x']],
    ['an unknown option', ['audit', '--wat']],
    ['a missing argument', ['inspect']],
    ['an unknown format', ['audit', '.', '--format', 'pdf']],
    ['an output without a file', ['audit', '.', '--output', 'json']],
    ['an unknown severity', ['audit', '.', '--fail-on', 'awful']],
    ['a target that is none', ['probe', 'http://127.0.0.1']],
  ])('ends with 2 on %s and says what to do', async (_what, args) => {
    const { code, stdout, stderr } = await run(args, { cwd: folder });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/error/i);
    expect(stderr.trim().split('\n').length).toBeGreaterThan(1);
  });

  it('names the file, line and column of a wrong configuration', async () => {
    const path = file('postern.yaml', 'version: 1\ntargets:\n  - host: a.example.org\n    adresses: [127.0.0.1]\n');
    const { code, stderr } = await run(['check'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain(`${path}:4:5`);
    expect(stderr).toContain('addresses');
  });
});

describe('inspect', () => {
  it('prints a report that its schema accepts, and 1 for what it found', async () => {
    const apk = file('app.apk', sampleApk());
    const { code, stdout } = await run(['inspect', apk, '--format', 'json', '--fail-on', 'info']);
    const report = inspectReportSchema.parse(JSON.parse(stdout));
    expect(report.app).toMatchObject({ platform: 'android', id: 'org.example.shop', version: '1.2' });
    expect(report.endpoints.filter(({ origin }) => origin === 'app').map(({ host }) => host)).toEqual(
      expect.arrayContaining(['shop-search.bluemarket.example', 'api.bluemarket.example']),
    );
    expect(report.settings).toContainEqual(expect.objectContaining({ id: 'android.debuggable', value: true }));
    expect(code).toBe(1);
    expect((await run(['inspect', apk, '--format', 'json', '--fail-on', 'info', '--exit-zero'])).code).toBe(0);
  });

  it('keeps the results of the good packages when one is broken', async () => {
    const good = file('good.apk', sampleApk());
    const bad = file('bad.apk', 'not a package at all');
    const { code, stdout, stderr } = await run(['inspect', bad, good]);
    expect(code).toBe(2);
    expect(stdout).toContain('org.example.shop');
    expect(stderr).toContain('bad.apk');
  });

  it('says that secrets are in clear when they are', async () => {
    const { stderr } = await run(['inspect', file('app.apk', sampleApk()), '--reveal-secrets']);
    expect(stderr).toContain('clear');
  });
});

describe('audit and fix', () => {
  it('prints findings with their place, as JSON and as SARIF', async () => {
    file('deploy/docker-compose.yml', OPEN_COMPOSE);
    const json = await run(['audit', 'deploy', '--format', 'json'], { cwd: folder });
    const report = auditReportSchema.parse(JSON.parse(json.stdout));
    expect(json.code).toBe(1);
    expect(report.findings).toContainEqual(expect.objectContaining({ file: 'docker-compose.yml', line: 5 }));
    const sarif = JSON.parse((await run(['audit', 'deploy', '--format', 'sarif'], { cwd: folder })).stdout);
    expect(sarif.version).toBe('2.1.0');
    expect(sarif.runs[0].results.length).toBe(report.findings.length);
  });

  it('shows patches without touching a file, and applies them when told', async () => {
    const path = file('deploy/docker-compose.yml', OPEN_COMPOSE);
    const dry = await run(['fix', 'deploy', '--dry-run'], { cwd: folder });
    expect(dry.stdout).toContain('-      - "9200:9200"');
    expect(dry.stdout).toContain('+      - "127.0.0.1:9200:9200"');
    expect(readFileSync(path, 'utf8')).toBe(OPEN_COMPOSE);
    const applied = await run(['fix', 'deploy', '--yes'], { cwd: folder });
    expect(applied.code).toBe(0);
    expect(readFileSync(path, 'utf8')).toContain('"127.0.0.1:9200:9200"');
    const after = await run(['audit', 'deploy', '--format', 'json'], { cwd: folder });
    expect(JSON.parse(after.stdout).findings.map(({ rule }: { rule: string }) => rule)).not.toContain(
      'audit/compose-store-published',
    );
  });

  it('says so when --only names nothing that is there', async () => {
    file('deploy/docker-compose.yml', OPEN_COMPOSE);
    const { code, stderr } = await run(['fix', 'deploy', '--only', 'audit/no-such-rule'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain('audit/no-such-rule');
  });

  it('leaves what may cut off clients when nobody can be asked', async () => {
    const path = file('deploy/docker-compose.yml', OPEN_COMPOSE);
    const { stderr } = await run(['fix', 'deploy', '--only', 'audit/compose-store-published'], { cwd: folder });
    expect(readFileSync(path, 'utf8')).toContain('- "9200:9200"');
    expect(stderr).toContain('--yes');
  });
});

describe('failOn of postern.yaml', () => {
  it.each([
    ['inspect', 'app.apk'],
    ['audit', 'deploy'],
    ['check', 'deploy'],
  ])('holds for %s too, from a folder below, and the command line wins', async (verb, path) => {
    file('app.apk', sampleApk());
    file('deploy/docker-compose.yml', OPEN_COMPOSE);
    file('below/keep', '');
    const below = join(folder, 'below');
    const args = [verb, join(folder, path), '--format', 'json'];
    expect((await run(args, { cwd: below })).code).toBe(1);
    file('postern.yaml', 'version: 1\nfailOn: never\n');
    expect((await run(args, { cwd: below })).code).not.toBe(1);
    expect((await run([...args, '--fail-on', 'low'], { cwd: below })).code).toBe(1);
  });
});

describe('probe', () => {
  it('prints one line per target, and does not contact what is outside the scope', async () => {
    const server = createServer((socket) => socket.resume().end('-ERR\r\n'));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const { port } = server.address() as { port: number };
    const targets = file('targets.txt', `# mine\n127.0.0.1:${port}/redis\nstore.example.org:9200\n`);
    const { code, stdout } = await run(['probe', '--targets', targets, '--format', 'jsonl'], { cwd: folder });
    await new Promise((closed) => server.close(closed));
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => probeLineSchema.parse(JSON.parse(line)));
    expect(lines).toHaveLength(2);
    expect(lines.find(({ target }) => target.startsWith('store'))).toMatchObject({
      address: null,
      verdict: 'inconclusive',
    });
    expect(lines.find(({ target }) => target.startsWith('127'))?.verdict).not.toMatch(/anonymous/);
    expect(code).toBe(3);
  });
});

describe('check and verify', () => {
  it('tells what it read without a configuration, and what it did not contact', async () => {
    file('app.apk', sampleApk());
    file('deploy/docker-compose.yml', OPEN_COMPOSE);
    const { code, stdout } = await run(['check', 'app.apk', 'deploy', '--format', 'json'], { cwd: folder });
    const report = checkReportSchema.parse(JSON.parse(stdout));
    expect(report.proposals.map(({ host }) => host)).toContain('shop-search.bluemarket.example');
    expect(report.stories.every(({ state }) => state !== 'closed')).toBe(true);
    // Nobody was asked, and yet it is known what stands open and why.
    const story = report.stories.find(({ headline }) => headline.startsWith('Elasticsearch 7.17.9'));
    expect(story).toMatchObject({ state: 'unknown', severity: 'critical' });
    expect(story?.headline).toMatch(
      /published on all interfaces \(deploy\/docker-compose\.yml:5\), it asks for no login \(deploy\/docker-compose\.yml:7\)/,
    );
    expect(code).toBe(1);
  });

  it('writes every output that is asked for', async () => {
    file('deploy/docker-compose.yml', OPEN_COMPOSE);
    const outputs = ['json', 'jsonl', 'sarif', 'html', 'markdown', 'table'];
    const { code } = await run(
      [
        'check',
        'deploy',
        '--exit-zero',
        '--quiet',
        ...outputs.flatMap((format) => ['--output', `${format}=out/report.${format}`]),
      ],
      { cwd: folder },
    );
    expect(code).toBe(0);
    for (const format of outputs) expect(statSync(join(folder, 'out', `report.${format}`)).size).toBeGreaterThan(0);
  });

  it('does not fail on what a baseline knows', async () => {
    file('deploy/docker-compose.yml', OPEN_COMPOSE);
    await run(['check', 'deploy', '--exit-zero', '--output', 'json=base.json'], { cwd: folder });
    const { code } = await run(['check', 'deploy', '--baseline', 'base.json', '--format', 'json'], { cwd: folder });
    expect(code).not.toBe(1);
  });

  it('signs a receipt with a key that nobody else can read, and believes it under a pinned key only', async () => {
    file('deploy/docker-compose.yml', OPEN_COMPOSE);
    await run(['check', 'deploy', '--exit-zero', '--output', 'json=report.json'], { cwd: folder });
    await run(['verify', 'report.json'], { cwd: folder });
    expect(statSync(join(folder, '.postern/signing.key')).mode & 0o777).toBe(0o600);
    const key = (await run(['scope', 'key'], { cwd: folder })).stdout.trim();
    const unknownKey = await run(['verify', '--receipt', 'postern-receipt.json'], { cwd: folder });
    expect(unknownKey.code).toBe(2);
    expect(unknownKey.stderr).toContain('E_RECEIPT_INVALID');
    const pinned = await run(['verify', '--receipt', 'postern-receipt.json', '--trust', key], { cwd: folder });
    expect(pinned.code).not.toBe(2);
    const changed = readFileSync(join(folder, 'postern-receipt.json'), 'utf8').replace('"vantage": "', '"vantage": "x');
    writeFileSync(join(folder, 'postern-receipt.json'), changed);
    expect((await run(['verify', '--receipt', 'postern-receipt.json', '--trust', key], { cwd: folder })).code).toBe(2);
  });
});

describe('init, doctor, explain and completion', () => {
  it('writes a configuration that check accepts, with what it detected', async () => {
    file('app/build/app.apk', sampleApk());
    file('deploy/docker-compose.yml', OPEN_COMPOSE);
    expect((await run(['init', '--yes'], { cwd: folder })).code).toBe(0);
    const text = readFileSync(join(folder, 'postern.yaml'), 'utf8');
    expect(text).toMatch(/^# yaml-language-server: \$schema=/);
    expect(text).toContain('app/build/app.apk');
    const { code, stdout } = await run(['check', '--format', 'json'], { cwd: folder });
    expect(code).toBe(1);
    expect(checkReportSchema.parse(JSON.parse(stdout)).assets.some(({ kind }) => kind === 'app')).toBe(true);
    expect((await run(['init', '--yes'], { cwd: folder })).code).toBe(2);
  });

  it('finds a key that others can read', async () => {
    await run(['init', '--yes'], { cwd: folder });
    await run(['scope', 'key'], { cwd: folder });
    const key = join(folder, '.postern/signing.key');
    expect(existsSync(key)).toBe(true);
    chmodSync(key, 0o644);
    const { code, stdout } = await run(['doctor'], { cwd: folder });
    expect(code).toBe(2);
    expect(stdout).toContain('chmod 600');
  });

  it('explains a rule by id, by alias and by part, and an error code', async () => {
    const list = await run(['explain']);
    const [, , id = ''] = list.stdout.split('\n')[0]?.split(/\s+/) ?? [];
    expect((await run(['explain', id])).stdout).toContain('What to do');
    expect((await run(['explain', 'E_SCOPE'])).stdout).toContain('postern.yaml');
    expect((await run(['explain', 'no-such-rule'])).code).toBe(2);
  });

  it('explains every detector of classify', async () => {
    const { code, stdout } = await run(['explain', 'payment/card-number']);
    expect(code).toBe(0);
    for (const part of ['card numbers', 'payment details', 'pan, card number', '2.5 %', 'Confirmed:']) {
      expect(stdout).toContain(part);
    }
    for (const id of detectorIds()) expect(explainDetector(id)?.paragraphs).toHaveLength(4);
    expect(JSON.parse((await run(['explain', 'email/address', '--format', 'json'])).stdout)).toHaveProperty('title');
    expect((await run(['explain', 'payment/no-such-thing'])).code).toBe(2);
  });

  it.each(['bash', 'zsh', 'fish'])('prints a completion for %s that knows every verb', async (shell) => {
    const { code, stdout } = await run(['completion', shell]);
    expect(code).toBe(0);
    for (const verb of ['check', 'verify', 'inspect']) expect(stdout).toContain(verb);
  });

  it('signs no statement that could authorize nothing', async () => {
    const sign = (address: string, day: string) =>
      run(['scope', 'sign', 'search.shop.example', address, '--expires', day], { cwd: folder });
    expect((await sign('not-an-address', '2999-01-31')).stderr).toContain('neither an address nor a CIDR range');
    expect((await sign('203.0.113.7', '2020-01-31')).stderr).toContain('that day is over');
    expect((await sign('203.0.113.0/28', '2999-01-31')).code).toBe(0);
  });

  it('does not call a store clean that it could not look into', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const { code, stderr } = await run(['classify', `127.0.0.1:${port}/redis`], { cwd: folder });
    expect(code).toBe(3);
    expect(stderr).toContain('a stranger sees no data there');
  });

  it('tells a probed target by the name that it was given', async () => {
    const server = createServer((socket) => socket.end('garbage\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    file(
      'postern.yaml',
      "version: 1\ntargets:\n  - { host: db.shop.example, addresses: ['127.0.0.1'], authority: loopback }\n",
    );
    try {
      const { stdout } = await run(['probe', `db.shop.example:${port}`, '--no-journal'], { cwd: folder });
      expect(stdout).toContain(`db.shop.example:${port} (127.0.0.1)`);
    } finally {
      server.close();
    }
  });
});
