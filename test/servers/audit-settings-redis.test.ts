/** What the rules of redis.conf and ACL files claim, asked of the server itself: started with a setting and without it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { encodeCommand } from '../../src/probe/services/redis/resp.ts';
import {
  certificate,
  type Daemon,
  freePort,
  handOver,
  startDaemon,
  unprivileged,
  workFolder,
} from './harness/daemon.ts';
import { requireServer } from './harness/require-server.ts';

const binary = requireServer('redis-server', ['redis-server', 'valkey-server']);
const account = binary ? unprivileged('redis') : undefined;
const daemons: Daemon[] = [];

afterEach(async () => {
  for (const daemon of daemons.splice(0)) await daemon.stop();
});

interface Started {
  port: number;
  folder: string;
}

async function start(lines: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<Started> {
  const folder = workFolder('redis', account);
  const port = await freePort();
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
    handOver(account, join(folder, name));
  }
  const filled = lines.map((line) => line.replaceAll('FOLDER', folder).replaceAll('PORT', String(port)));
  if (lines.some((line) => line.includes('server.crt'))) certificate(folder, account);
  const file = join(folder, 'redis.conf');
  writeFileSync(
    file,
    [`dir ${folder}`, ...(lines.some((line) => line.startsWith('port ')) ? [] : [`port ${port}`]), ...filled, ''].join(
      '\n',
    ),
  );
  const options = { name: 'redis', command: binary ?? '', args: [file], port, folder, ...(account ? { account } : {}) };
  daemons.push(await startDaemon(options));
  return { port, folder };
}

/** The last answer, on one connection; an address that is not loopback is this machine's own. */
function ask(port: number, commands: string[][], host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, host);
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('error', reject).on('close', () => resolve(answer));
    socket.write(Buffer.concat([...commands, ['QUIT']].map((words) => encodeCommand(words))));
  });
}

/** Another address of this machine: what comes from it is not loopback. */
const address = execFileSync('hostname', ['-I'], { encoding: 'utf8' })
  .split(/\s+/)
  .find((one) => /^\d+(?:\.\d+){3}$/.test(one));

describe.skipIf(!binary)('a real Redis', () => {
  // audit/redis-protected-mode-off
  it.skipIf(address === undefined)(
    'refuses other addresses by protected mode only, and only without a password',
    async () => {
      const host = address ?? '';
      const { port } = await start(['bind 0.0.0.0']);
      expect(await ask(port, [['PING']], host)).toContain('-DENIED');
      const open = await start(['bind 0.0.0.0', 'protected-mode no']);
      expect(await ask(open.port, [['SET', 'a', 'b']], host)).toContain('+OK');
      const locked = await start(['bind 0.0.0.0', 'protected-mode no', 'requirepass synthetic-long-password']);
      expect(await ask(locked.port, [['SET', 'a', 'b']], host)).toContain('-NOAUTH');
    },
  );

  // audit/redis-listens-everywhere
  it.skipIf(address === undefined)('listens everywhere without bind, and on loopback with it', async () => {
    const { port } = await start(['protected-mode no']);
    expect(await ask(port, [['PING']], address)).toContain('+PONG');
    const near = await start(['bind 127.0.0.1 -::1', 'protected-mode no']);
    await expect(ask(near.port, [['PING']], address)).rejects.toThrow(/ECONNREFUSED/);
  });

  // audit/redis-no-password
  it('takes requirepass, a default user with a password and one that is off as a login; nopass as none', async () => {
    const answers: string[] = [];
    for (const line of [
      'requirepass x',
      'user default on >x ~* +@all',
      'user default off',
      'user default on nopass ~* +@all',
      'requirepass ""',
    ]) {
      const { port } = await start(['bind 127.0.0.1', line]);
      answers.push((await ask(port, [['SET', 'a', 'b']])).split('\r\n')[0] ?? '');
    }
    expect(answers.map((answer) => answer.slice(0, 7))).toEqual(['-NOAUTH', '-NOAUTH', '-NOAUTH', '+OK', '+OK']);
    const { port } = await start(['bind 127.0.0.1', 'requirepass foobared']);
    expect(await ask(port, [['AUTH', 'foobared'], ['PING']])).toContain('+PONG');
  });

  // audit/redis-acl-default-user-open
  it('with an ACL file without a line for the default user is open, whatever requirepass says', async () => {
    const acl = { 'users.acl': 'user app on >x ~app:* +@read\n' };
    const { port } = await start(['bind 127.0.0.1', 'requirepass y', 'aclfile FOLDER/users.acl'], acl);
    expect(await ask(port, [['SET', 'a', 'b']])).toContain('+OK');
    const off = { 'users.acl': `user default off\n${acl['users.acl']}` };
    const closed = await start(['bind 127.0.0.1', 'aclfile FOLDER/users.acl'], off);
    expect(await ask(closed.port, [['SET', 'a', 'b']])).toContain('-NOAUTH');
  });

  it('does not start with a comment in an ACL file, nor with an unbalanced quote in redis.conf', () => {
    const folder = workFolder('redis', account);
    writeFileSync(join(folder, 'users.acl'), '# who\nuser default off\n');
    writeFileSync(join(folder, 'quote.conf'), 'port 0\nrequirepass "x\n');
    writeFileSync(join(folder, 'acl.conf'), `port 0\nunixsocket ${folder}/s\naclfile ${folder}/users.acl\n`);
    const said = (file: string) => {
      const { status, stdout, stderr } = spawnSync(binary ?? '', [join(folder, file)], {
        encoding: 'utf8',
        timeout: 10_000,
      });
      return `${status} ${stdout}${stderr}`;
    };
    expect(said('acl.conf')).toMatch(/^1 [\s\S]*should start with user/);
    expect(said('quote.conf')).toMatch(/^1 [\s\S]*Unbalanced quotes/);
    rmSync(folder, { recursive: true });
  });

  // audit/redis-user-has-every-command, audit/redis-acl-user-has-every-command, audit/redis-user-sees-every-key, audit/redis-acl-user-sees-every-key, audit/redis-user-without-password, audit/redis-acl-user-without-password
  it('lets users do what their rules say: nopass, +@all, and what -@dangerous takes away', async () => {
    const { port } = await start([
      'bind 127.0.0.1',
      'user default off',
      'user open on nopass ~* +@read',
      'user every on >x ~* +@all',
      'user most on >x ~* +@all -@admin -@dangerous',
      'user app on >x ~app:* +@read +@write +@connection -@dangerous',
    ]);
    const as = (name: string, ...command: string[]) => ask(port, [['AUTH', name, 'x'], command]);
    expect(
      await ask(port, [
        ['AUTH', 'open', 'anything'],
        ['GET', 'a'],
      ]),
    ).toContain('$-1');
    expect(await as('every', 'CONFIG', 'GET', 'dir')).toContain('*2');
    expect(await as('most', 'CONFIG', 'GET', 'dir')).toContain('-NOPERM');
    expect(await as('most', 'FLUSHALL')).toContain('-NOPERM');
    expect(await as('app', 'SET', 'app:1', 'y')).toContain('+OK\r\n+OK');
    expect(await as('app', 'SET', 'other:1', 'y')).toContain('-NOPERM');
    // What it writes back is the hash: that is how passwords should stand in files.
    expect(await as('every', 'ACL', 'LIST')).toContain(
      '#2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
    );
  });

  // audit/redis-new-users-hear-every-channel
  it('gives new users the channels of acl-pubsub-default', async () => {
    for (const [value, answer] of [
      ['allchannels', ':0'],
      ['resetchannels', '-NOPERM'],
    ] as const) {
      const { port } = await start(['bind 127.0.0.1', `acl-pubsub-default ${value}`, 'user app on >x +@all']);
      expect(
        await ask(port, [
          ['AUTH', 'app', 'x'],
          ['PUBLISH', 'news', 'y'],
        ]),
      ).toContain(answer);
    }
  });

  // audit/redis-module-command, audit/redis-debug-command, audit/redis-protected-configs-writable
  it('loads modules, debugs and writes protected settings only where that is switched on', async () => {
    const commands = [
      ['DEBUG', 'JMAP'],
      ['MODULE', 'LOAD', '/nowhere.so'],
      ['CONFIG', 'SET', 'dir', '/tmp'],
    ];
    const off = await start(['bind 127.0.0.1']);
    const refused = await ask(off.port, commands);
    expect(refused.match(/not allowed|can't set protected/gi)).toHaveLength(3);
    const on = await start([
      'bind 127.0.0.1',
      'enable-debug-command yes',
      'enable-module-command yes',
      'enable-protected-configs yes',
      'save ""',
    ]);
    expect(await ask(on.port, commands)).not.toMatch(/not allowed|can't set protected/i);
    const near = await start(['bind 127.0.0.1', 'enable-protected-configs local', 'save ""']);
    expect(await ask(near.port, [['CONFIG', 'SET', 'dir', '/tmp']])).toContain('+OK');
  });

  // audit/redis-without-tls, audit/redis-tls-without-client-certificates
  it('has TLS only with a tls-port, beside a clear port unless that is 0, and asks for certificates by default', async () => {
    const clear = await start(['bind 127.0.0.1']);
    expect(hello(clear)).toMatch(/wrong version|packet length|unexpected|error/i);
    const tls = [
      'bind 127.0.0.1',
      'port 0',
      'tls-port PORT',
      'tls-cert-file FOLDER/server.crt',
      'tls-key-file FOLDER/server.key',
      'tls-ca-cert-file FOLDER/server.crt',
    ];
    const asking = await start(tls);
    expect(hello(asking)).not.toContain('+PONG');
    const silent = await start([...tls, 'tls-auth-clients no']);
    expect(hello(silent)).toContain('+PONG');
    // Nothing but TLS is understood there.
    expect(await ask(silent.port, [['PING']]).catch(() => '')).not.toContain('PONG');
  });

  // audit/redis-replica-without-password, audit/redis-replication-without-tls
  it('copies a master in clear and without a password unless it is told otherwise', async () => {
    const master = await start(['bind 127.0.0.1', 'repl-diskless-sync-delay 0']);
    await ask(master.port, [['SET', 'a', 'secret-value']]);
    const replica = await start(['bind 127.0.0.1', `replicaof 127.0.0.1 ${master.port}`]);
    await settled(async () => (await ask(replica.port, [['INFO', 'replication']])).includes('master_link_status:up'));
    expect(await ask(replica.port, [['GET', 'a']])).toContain('secret-value');
    const locked = await start(['bind 127.0.0.1', 'requirepass x', 'repl-diskless-sync-delay 0']);
    const shut = await start(['bind 127.0.0.1', `replicaof 127.0.0.1 ${locked.port}`, `logfile FOLDER/log`]);
    await settled(async () => readFileSync(join(shut.folder, 'log'), 'utf8').includes('NOAUTH'));
    expect(await ask(shut.port, [['INFO', 'replication']])).toContain('master_link_status:down');
    const encrypted = await start([
      'bind 127.0.0.1',
      `replicaof 127.0.0.1 ${master.port}`,
      'logfile FOLDER/log',
      'tls-replication yes',
      'tls-cert-file FOLDER/server.crt',
      'tls-key-file FOLDER/server.key',
      'tls-ca-cert-file FOLDER/server.crt',
    ]);
    await settled(async () => readFileSync(join(encrypted.folder, 'log'), 'utf8').includes('sync started'));
    // It waits for an encrypted greeting that never comes; the master counts the other replica alone.
    expect(await ask(master.port, [['INFO', 'replication']])).toContain('connected_slaves:1');
    expect(await ask(encrypted.port, [['INFO', 'replication']])).toContain('master_link_status:down');
  });

  // audit/redis-socket-for-everybody
  it('opens its socket to others as unixsocketperm says', async () => {
    for (const [mode, others] of [
      ['777', true],
      ['770', false],
    ] as const) {
      const { folder } = await start(['bind 127.0.0.1', 'unixsocket FOLDER/s', `unixsocketperm ${mode}`]);
      expect((statSync(join(folder, 's')).mode & 0o2) !== 0).toBe(others);
    }
  });

  // audit/redis-keeps-nothing
  it('keeps nothing over a restart without save points and append-only file', async () => {
    const kept: boolean[] = [];
    for (const line of ['appendonly no', 'appendonly yes']) {
      const { port, folder } = await start(['bind 127.0.0.1', 'save ""', line]);
      await ask(port, [['SET', 'a', 'b']]);
      execFileSync('sync');
      const again = await freePort();
      const copy = workFolder('redis', account);
      // The data folder of the first, as it would be found after a crash.
      execFileSync('cp', ['-a', `${folder}/.`, copy]);
      const command = ['--port', String(again), '--dir', copy, '--save', '', '--appendonly', line.split(' ')[1] ?? ''];
      daemons.push(
        await startDaemon({
          name: 'redis',
          command: binary ?? '',
          args: ['--bind', '127.0.0.1', ...command],
          port: again,
          folder: copy,
          ...(account ? { account } : {}),
        }),
      );
      await settled(async () => !(await ask(again, [['PING']])).includes('LOADING'));
      kept.push((await ask(again, [['GET', 'a']])).includes('$1'));
    }
    expect(kept).toEqual([false, true]);
  });

  it('follows include, with patterns since 7.0, in its place', async () => {
    const files = { 'a.conf': 'requirepass one\n', 'b.conf': 'requirepass two\n' };
    const { port } = await start(['bind 127.0.0.1', 'requirepass zero', 'include FOLDER/[ab].conf'], files);
    expect(await ask(port, [['AUTH', 'two']])).toContain('+OK');
    const later = await start(['bind 127.0.0.1', 'include FOLDER/a.conf', 'requirepass zero'], files);
    expect(await ask(later.port, [['AUTH', 'zero']])).toContain('+OK');
  });
});

/** One PING over TLS without a client certificate, or what went wrong. */
function hello({ port }: Started): string {
  try {
    return execFileSync('openssl', ['s_client', '-quiet', '-connect', `127.0.0.1:${port}`], {
      input: 'PING\r\nQUIT\r\n',
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: 3_000,
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    return `${stdout ?? ''}${stderr ?? ''} error`;
  }
}

async function settled(check: () => Promise<boolean>): Promise<void> {
  const limit = Date.now() + 20_000;
  while (!(await check().catch(() => false))) {
    if (Date.now() > limit) throw new Error('did not come about');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
