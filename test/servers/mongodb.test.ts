import { afterAll, describe, expect, it } from 'vitest';
import type { Plain } from '../../src/probe/services/mongodb/bson.ts';
import { mongodb } from '../../src/probe/services/mongodb/index.ts';
import { encodeRequest, readAnswer } from '../../src/probe/services/mongodb/wire.ts';
import { askPort } from '../../src/probe/testing/ask.ts';
import { testContext } from '../../src/probe/testing/connection.ts';
import { certificate, type Daemon, freePort, startDaemon, unprivileged, workFolder } from './harness/daemon.ts';
import { requireServer } from './harness/require-server.ts';
import { askSampled } from './harness/sampled.ts';

const binary = requireServer('ferretdb', [
  new URL('../../.cache/servers/bin/ferretdb', import.meta.url).pathname,
  'ferretdb',
]);
const daemons: Daemon[] = [];

afterAll(async () => {
  for (const daemon of daemons) await daemon.stop();
});

async function start(args: (folder: string) => string[], tls = false): Promise<number> {
  const account = unprivileged();
  const folder = workFolder('ferretdb', account);
  const port = await freePort();
  const listen = tls
    ? (() => {
        const { key, cert } = certificate(folder, account);
        return [
          '--listen-addr=',
          `--listen-tls=127.0.0.1:${port}`,
          `--listen-tls-cert-file=${cert}`,
          `--listen-tls-key-file=${key}`,
        ];
      })()
    : [`--listen-addr=127.0.0.1:${port}`];
  daemons.push(
    await startDaemon({
      name: 'ferretdb',
      command: binary ?? '',
      args: [
        '--handler=sqlite',
        `--sqlite-url=file:${folder}/`,
        `--state-dir=${folder}`,
        '--telemetry=disable',
        '--debug-addr=-',
      ].concat(['--log-level=error', ...listen, ...args(folder)]),
      port,
      folder,
      ...(account ? { account } : {}),
      env: { DO_NOT_TRACK: '1' },
    }),
  );
  return port;
}

/** What the owner does; not through the probe's allow-list. */
async function run(port: number, commands: [database: string, command: Record<string, Plain>][]): Promise<void> {
  const context = testContext({ describes: [], permitsBytes: () => true, permitsHttp: () => false }, { port });
  const connection = await context.connect();
  for (const [index, [database, command]] of commands.entries()) {
    await connection.write(encodeRequest('msg', index + 1, database, command));
    const answer = await readAnswer(connection, index + 1);
    if (answer.get('ok') !== 1) throw new Error(`setup failed: ${String(answer.get('errmsg'))}`);
  }
  connection.close();
}

describe.skipIf(!binary)('a real FerretDB', () => {
  it('without access control is open to writing, with counts and the names of indexed fields', async () => {
    const port = await start(() => []);
    await run(port, [
      ['shop', { create: 'customers' }],
      // Arrays are documents with numeric names on the wire; our small encoder has documents only, which is enough for
      // a findAndModify that inserts.
      ...['a', 'b', 'c'].map((id): [string, Record<string, Plain>] => [
        'shop',
        {
          findAndModify: 'customers',
          query: { _id: id },
          update: { $set: { email: `${id}@example.org` } },
          upsert: true,
        },
      ]),
    ]);
    const context = testContext(mongodb.allow, { port });
    const seen = await mongodb.probe(context);
    expect(seen).toMatchObject({ identified: true, verdict: 'anonymous-write', product: 'ferretdb', documents: 3 });
    expect(seen.version).toMatch(/^v?1\.24/);
    expect(seen.datasets).toEqual([{ name: 'shop.customers', documents: 3, bytes: expect.any(Number), fields: [] }]);
    expect(JSON.stringify([seen, context.exchanges])).not.toContain('example.org');
  });

  it('hands values to the classifier on request and nowhere else', async () => {
    const port = await start(() => []);
    await run(port, [
      ['shop', { create: 'customers' }],
      [
        'shop',
        {
          findAndModify: 'customers',
          query: { _id: 'a' },
          update: { $set: { email: 'canary@example.org', home: { city: 'Canaryville' } } },
          upsert: true,
        },
      ],
    ]);
    const { result, taken } = await askSampled(port, ['email'], 'mongodb');
    expect(taken).toEqual({
      'shop.customers.email': ['canary@example.org'],
      'shop.customers.home.city': ['Canaryville'],
    });
    expect(result.datasets[0]?.fields.sort()).toEqual(['email', 'home.city']);
    expect(JSON.stringify(result)).not.toMatch(/canary/i);
  });

  it('that is empty is still open', async () => {
    const port = await start(() => []);
    expect(await mongodb.probe(testContext(mongodb.allow, { port }))).toMatchObject({
      verdict: 'anonymous-write',
      documents: 0,
    });
  });

  it('is found by the whole probe on a port that says nothing about it, in clear and over TLS', async () => {
    for (const tls of [false, true]) {
      const port = await start(() => [], tls);
      expect(await askPort(port)).toMatchObject({ service: 'mongodb', verdict: 'anonymous-write' });
    }
  });

  it('is read over TLS', async () => {
    const port = await start(() => [], true);
    expect(await mongodb.probe(testContext(mongodb.allow, { port, tls: true }))).toMatchObject({
      verdict: 'anonymous-write',
    });
  });

  it('with authentication is secured, and its owner gets in', async () => {
    const port = await start(() => [
      '--test-enable-new-auth',
      '--setup-username=owner',
      '--setup-password=synthetic-owner',
      '--setup-database=admin',
    ]);
    expect(await mongodb.probe(testContext(mongodb.allow, { port }))).toMatchObject({
      identified: true,
      verdict: 'secured',
    });
    const control = mongodb.control;
    if (!control) throw new Error('no control');
    const login = (password: string) =>
      control.run(testContext(control.allow, { port }), { username: 'owner', password });
    expect(await login('synthetic-owner')).toBe(true);
    expect(await login('wrong')).toBe(false);
  });
});
