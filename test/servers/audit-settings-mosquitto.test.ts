/** What the rules of mosquitto.conf claim, asked of the broker itself: started with a setting and without it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  certificate,
  type Daemon,
  freePort,
  handOver,
  startDaemon,
  unprivileged,
  workFolder,
} from './harness/daemon.ts';
import { connectMqtt, type MqttClient, type MqttLogin, type MqttServer } from './harness/mqtt-client.ts';
import { requireServer } from './harness/require-server.ts';

const binary = requireServer('mosquitto', ['mosquitto']);
const passwd = binary ? requireServer('mosquitto_passwd', ['mosquitto_passwd']) : undefined;
const account = binary ? unprivileged('mosquitto') : undefined;
const daemons: Daemon[] = [];
const clients: MqttClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const daemon of daemons.splice(0)) await daemon.stop();
});

interface Started {
  port: number;
  folder: string;
}

/** `PORT` and `FOLDER` are filled in; with `server.crt` among the lines a certificate is made. */
async function start(
  lines: readonly string[],
  files: Readonly<Record<string, string>> = {},
  at?: number,
): Promise<Started> {
  const folder = workFolder('mosquitto', account);
  const port = at ?? (await freePort());
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
    if (name === 'passwd') execFileSync(passwd ?? '', ['-U', join(folder, name)], { stdio: 'ignore' });
    handOver(account, join(folder, name));
  }
  if (lines.some((line) => line.includes('server.crt'))) certificate(folder, account);
  const file = join(folder, 'mosquitto.conf');
  const filled = lines.map((line) => line.replaceAll('FOLDER', folder).replaceAll('PORT', String(port)));
  writeFileSync(file, [...filled, ''].join('\n'));
  const options = { name: 'mosquitto', command: binary ?? '', args: ['-c', file], port, folder };
  daemons.push(await startDaemon({ ...options, ...(account ? { account } : {}) }));
  return { port, folder };
}

async function connect(server: MqttServer, login?: MqttLogin): Promise<MqttClient> {
  const client = await connectMqtt(server, login);
  clients.push(client);
  return client;
}

const PEOPLE = { passwd: 'shop:synthetic-shop\nother:synthetic-other\n' };
const asShop = { username: 'shop', password: 'synthetic-shop' };
const asOther = { username: 'other', password: 'synthetic-other' };

/** What one client gets of what another publishes. */
async function hears(
  server: MqttServer,
  reader: MqttLogin,
  writer: MqttLogin,
  topics: readonly string[],
): Promise<string[]> {
  const ear = await connect(server, reader);
  await ear.subscribe('#');
  await ear.subscribe('$SYS/broker/version');
  const mouth = await connect(server, writer);
  for (const topic of topics) await mouth.publish(topic, 'x');
  return ear.received();
}

/** Another address of this machine: what comes from it is not loopback. */
const address = execFileSync('hostname', ['-I'], { encoding: 'utf8' })
  .split(/\s+/)
  .find((one) => /^\d+(?:\.\d+){3}$/.test(one));

describe.skipIf(!binary || !passwd)('a real Mosquitto', () => {
  // audit/mosquitto-anonymous-clients
  it('lets clients without a name in by allow_anonymous true alone, also beside a password file', async () => {
    const codes: number[] = [];
    for (const lines of [
      ['allow_anonymous true'],
      ['allow_anonymous true', 'password_file FOLDER/passwd'],
      ['allow_anonymous false', 'password_file FOLDER/passwd'],
      [],
    ]) {
      const server = await start(['listener PORT 127.0.0.1', ...lines], PEOPLE);
      codes.push((await connect(server)).code);
    }
    expect(codes).toEqual([0, 0, 5, 5]);
  });

  it('keeps the logins of listeners apart with per_listener_settings only', async () => {
    const shared = await freePort();
    const lines = [
      `listener ${shared} 127.0.0.1`,
      'allow_anonymous false',
      'listener PORT 127.0.0.1',
      'allow_anonymous true',
    ];
    const one = await start(lines);
    expect((await connect({ port: shared })).code).toBe(0);
    expect((await connect(one)).code).toBe(0);
    await daemons.pop()?.stop();
    const apart = await start(['per_listener_settings true', ...lines]);
    expect((await connect({ port: shared })).code).toBe(5);
    expect((await connect(apart)).code).toBe(0);
    // What stands before the first listener is the default listener's.
    const before = await start(['per_listener_settings true', 'allow_anonymous true', 'listener PORT 127.0.0.1']);
    expect((await connect(before)).code).toBe(5);
  });

  it.skipIf(address === undefined)('waits on every address for a listener without one', async () => {
    const host = address ?? '';
    const { port } = await start(['listener PORT', 'allow_anonymous true']);
    expect((await connect({ port, host })).code).toBe(0);
    const near = await start(['listener PORT 127.0.0.1', 'allow_anonymous true']);
    await expect(connect({ port: near.port, host })).rejects.toThrow(/ECONNREFUSED/);
    const old = await start(['port PORT']);
    expect((await connect({ port: old.port, host })).code).toBe(5);
    const bound = await start(['port PORT', 'bind_address 127.0.0.1']);
    await expect(connect({ port: bound.port, host })).rejects.toThrow(/ECONNREFUSED/);
  });

  // The default listener has a fixed port, which the practice range's tests need at the same time.
  const alone = process.env.POSTERN_PORT_1883 === '1';
  if (!alone)
    console.warn('SKIPPED mosquitto’s default listener: set POSTERN_PORT_1883=1 where nothing else uses port 1883');

  // audit/mosquitto-default-listener-open
  it.skipIf(address === undefined || !alone)(
    'without a listener is open on loopback; a setting of a listener opens it to all, and allow_anonymous false is void',
    async () => {
      const host = address ?? '';
      const said = ['allow_anonymous false', 'password_file FOLDER/passwd'];
      await start(said, PEOPLE, 1883);
      expect((await connect({ port: 1883 })).code).toBe(0);
      await expect(connect({ port: 1883, host })).rejects.toThrow(/ECONNREFUSED/);
      await daemons.pop()?.stop();
      await start(['max_connections 100', ...said], PEOPLE, 1883);
      expect((await connect({ port: 1883, host })).code).toBe(0);
      await daemons.pop()?.stop();
      await start(['listener 1883', 'max_connections 100', ...said], PEOPLE, 1883);
      expect((await connect({ port: 1883, host })).code).toBe(5);
    },
  );

  // audit/mosquitto-no-acl, audit/mosquitto-acl-account-with-every-topic
  it('gives every account every topic without an ACL file, and its own ones with it', async () => {
    const conf = ['listener PORT 127.0.0.1', 'allow_anonymous false', 'password_file FOLDER/passwd'];
    const topics = ['orders/1', 'other/1', 'devices/shop/a', 'devices/other/a'];
    const free = await hears(await start(conf, PEOPLE), asShop, asOther, topics);
    expect(free).toEqual(['$SYS/broker/version', ...topics]);
    const acl = {
      ...PEOPLE,
      acl: 'user shop\ntopic read orders/#\nuser other\ntopic readwrite #\npattern read devices/%u/#\n',
    };
    const limited = await hears(await start([...conf, 'acl_file FOLDER/acl'], acl), asShop, asOther, topics);
    expect(limited).toEqual(['orders/1', 'devices/shop/a']);
  });

  // audit/mosquitto-acl-every-topic-without-name, audit/mosquitto-acl-every-topic-for-everybody, audit/mosquitto-system-topics-open
  it('reads the lines before the first user for clients without a name, and patterns for all', async () => {
    const topics = ['orders/1'];
    const conf = [
      'listener PORT 127.0.0.1',
      'allow_anonymous true',
      'password_file FOLDER/passwd',
      'acl_file FOLDER/acl',
    ];
    const seen: string[][] = [];
    for (const acl of [
      'topic read #\nuser other\ntopic readwrite #\n',
      'user other\ntopic readwrite #\n',
      'pattern readwrite #\n',
      'topic read $SYS/#\nuser other\ntopic readwrite #\n',
    ])
      seen.push(await hears(await start(conf, { ...PEOPLE, acl }), {}, asOther, topics));
    expect(seen).toEqual([['orders/1'], [], ['orders/1'], ['$SYS/broker/version']]);
  });

  // audit/mosquitto-acl-by-client-id
  it('takes whatever client id somebody gives himself, unless it is the name of the account', async () => {
    const conf = [
      'listener PORT 127.0.0.1',
      'allow_anonymous false',
      'password_file FOLDER/passwd',
      'acl_file FOLDER/acl',
    ];
    const acl = { ...PEOPLE, acl: 'pattern readwrite devices/%c/#\nuser other\ntopic write #\n' };
    const claimed = { ...asShop, clientId: 'victim' };
    const topics = ['devices/victim/a'];
    expect(await hears(await start(conf, acl), claimed, asOther, topics)).toEqual(topics);
    expect(await hears(await start([...conf, 'use_username_as_clientid true'], acl), claimed, asOther, topics)).toEqual(
      [],
    );
  });

  // audit/mosquitto-without-tls, audit/mosquitto-certificates-without-names
  it('speaks TLS with certfile and keyfile, and asks for certificates and names as it is told', async () => {
    const conf = [
      'listener PORT 127.0.0.1',
      'certfile FOLDER/server.crt',
      'keyfile FOLDER/server.key',
      'allow_anonymous true',
    ];
    const { port, folder } = await start(conf);
    const ca = readFileSync(join(folder, 'server.crt'));
    expect((await connect({ port, ca })).code).toBe(0);
    await expect(connect({ port })).rejects.toThrow();
    const strict = [...conf, 'cafile FOLDER/server.crt', 'require_certificate true', 'acl_file FOLDER/acl'];
    const acl = { acl: 'topic read orders/#\nuser store.example.org\ntopic read own/#\ntopic write #\n' };
    for (const [names, heard] of [
      ['false', ['orders/1']],
      ['true', ['own/1']],
    ] as const) {
      const server = await start([...strict, `use_identity_as_username ${names}`, 'listener 0 FOLDER/s'], acl);
      const own = { port: server.port, ca: readFileSync(join(server.folder, 'server.crt')) };
      await expect(connect(own)).rejects.toThrow();
      const cert = { ...own, cert: own.ca, key: readFileSync(join(server.folder, 'server.key')) };
      const reader = await connect(cert);
      expect(reader.code).toBe(0);
      await reader.subscribe('#');
      // Nobody but the named client may write here: that it hears itself tells which name it has.
      for (const topic of ['orders/1', 'own/1']) await reader.publish(topic, 'x');
      expect(await reader.received()).toEqual(names === 'true' ? heard : []);
    }
  });

  // audit/mosquitto-password-in-clear
  it('refuses accounts whose password stands in clear in the file', async () => {
    const files = { plain: 'shop:synthetic-shop\n' };
    const server = await start(
      ['listener PORT 127.0.0.1', 'allow_anonymous false', 'password_file FOLDER/plain'],
      files,
    );
    expect((await connect(server, asShop)).code).toBe(5);
    const hashed = await start(
      ['listener PORT 127.0.0.1', 'allow_anonymous false', 'password_file FOLDER/passwd'],
      PEOPLE,
    );
    expect((await connect(hashed, asShop)).code).toBe(0);
    expect(readFileSync(join(hashed.folder, 'passwd'), 'utf8')).toMatch(/^shop:\$7\$101\$/);
  });

  // audit/mosquitto-logging-off
  it('logs who connects unless it is told not to', async () => {
    const logged: boolean[] = [];
    for (const line of ['log_type all', 'connection_messages false', 'log_type none', 'log_dest none']) {
      const dest = line === 'log_dest none' ? [] : ['log_dest file FOLDER/log'];
      const server = await start(['listener PORT 127.0.0.1', 'allow_anonymous true', ...dest, line], { log: '' });
      const client = await connect(server, { clientId: 'somebody' });
      await client.received();
      logged.push(readFileSync(join(server.folder, 'log'), 'utf8').includes('as somebody'));
    }
    expect(logged).toEqual([true, false, false, false]);
  });

  // audit/mosquitto-bridge-without-tls
  it('connects a bridge in clear without bridge_cafile, with its name and password', async () => {
    const far = await start(
      ['listener PORT 127.0.0.1', 'allow_anonymous false', 'password_file FOLDER/passwd'],
      PEOPLE,
    );
    const lines = [
      'connection far',
      `address 127.0.0.1:${far.port}`,
      'remote_username shop',
      'remote_password synthetic-shop',
      'topic # in',
    ];
    const near = await start(['listener PORT 127.0.0.1', 'allow_anonymous true', ...lines]);
    const ear = await connect(near);
    await ear.subscribe('#');
    const mouth = await connect(far, asOther);
    await expect
      .poll(
        async () => {
          await mouth.publish('orders/1', 'x');
          return (await ear.received()).includes('orders/1');
        },
        { timeout: 20_000 },
      )
      .toBe(true);
  });

  it('refuses to start with a comment behind blanks, a name before a tab, or yes for true', () => {
    const folder = workFolder('mosquitto', account);
    const said = (text: string) => {
      writeFileSync(join(folder, 'x.conf'), text);
      const { status, stderr } = spawnSync(binary ?? '', ['-c', join(folder, 'x.conf')], {
        encoding: 'utf8',
        timeout: 10_000,
      });
      return `${status} ${stderr}`;
    };
    expect(said(' # c\n')).toMatch(/^3 [\s\S]*Unknown configuration variable/);
    expect(said('listener\t1883\n')).toMatch(/^3 [\s\S]*Unknown configuration variable/);
    expect(said('listener 1\nallow_anonymous yes\n')).toMatch(/^3 [\s\S]*Invalid/);
    rmSync(folder, { recursive: true });
  });

  // audit/mosquitto-runs-as-root
  it.skipIf(process.getuid?.() !== 0)('started by root gives its rights up, unless user is root', async () => {
    const owners: number[] = [];
    for (const user of ['mosquitto', 'root']) {
      const folder = workFolder('mosquitto', account);
      const port = await freePort();
      const file = join(folder, 'mosquitto.conf');
      writeFileSync(
        file,
        `user ${user}\nlistener ${port} 127.0.0.1\npersistence true\nautosave_interval 1\nautosave_on_changes true\npersistence_location ${folder}/\nallow_anonymous true\n`,
      );
      daemons.push(await startDaemon({ name: 'mosquitto', command: binary ?? '', args: ['-c', file], port, folder }));
      const client = await connect({ port });
      for (const topic of ['a', 'b', 'c']) await client.publish(topic, 'x', true);
      await expect
        .poll(() => statSync(join(folder, 'mosquitto.db'), { throwIfNoEntry: false })?.size ?? 0, { timeout: 10_000 })
        .toBeGreaterThan(0);
      owners.push(statSync(join(folder, 'mosquitto.db')).uid);
    }
    expect(owners).toEqual([account?.uid, 0]);
  });
});
