/**
 * After https://github.com/couchbase/ns_server/blob/master/src/menelaus_web_pools.erl, https://docs.couchbase.com/server/current/rest-api/rest-buckets-summary.html, …/rest-cluster-intro.html,
 * https://docs.riak.com/riak/kv/latest/developing/api/http/, https://aerospike.com/docs/server/reference/info/.
 * Tarantool is tested as it is.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import type { Reply, TestHttpServer } from '../../testing/http-server.ts';
import { type Answers, recordedServer } from '../../testing/recorded.ts';
import { type Script, scriptedContext } from '../../testing/scripted.ts';
import { aerospike } from './aerospike.ts';
import { decodeAll } from './msgpack.ts';
import { tarantool } from './tarantool.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
async function node(answers: Answers, missing?: Reply): Promise<number> {
  const server = await recordedServer(answers, missing);
  servers.push(server);
  return server.port;
}

describe('the Couchbase dialogue', () => {
  // handle_pools says `isAdminCreds: true` to everybody, whatever may be done.
  const pools = (provisioned: boolean): Answers => ({
    '/pools': [
      200,
      {
        isAdminCreds: true,
        isROAdminCreds: false,
        isEnterprise: true,
        pools: provisioned ? [{ name: 'default', uri: '/pools/default?uuid=x' }] : [],
        settings: provisioned ? {} : [],
        uuid: provisioned ? 'x' : [],
        implementationVersion: '7.2.0-5325-enterprise',
      },
    ],
  });
  const BUCKETS: Reply = [200, [{ name: 'travel', basicStats: { itemCount: 12, dataUsed: 4_096 } }]];

  it('is secured where buckets are refused, and metadata where they are listed', async () => {
    const shut = await node({ ...pools(true), '/pools/default/buckets': [401, ''] });
    expect(await askPort(shut, 'couchbase')).toMatchObject({
      service: 'couchbase-riak',
      product: 'couchbase',
      version: '7.2.0-5325-enterprise',
      verdict: 'secured',
    });
    const listed = await node({ ...pools(true), '/pools/default/buckets': BUCKETS });
    expect(await askPort(listed, 'couchbase')).toMatchObject({ verdict: 'metadata-only', documents: 12, bytes: 4_096 });
  });

  it('belongs to whoever comes first while it is not set up', async () => {
    const unknown: Answers = { ...pools(false), '/pools/default/buckets': [404, '"unknown pool"'] };
    expect(await askPort(await node(unknown), 'couchbase')).toMatchObject({ verdict: 'anonymous-write' });
  });

  it('believes nothing where everything is answered', async () => {
    expect(await askPort(await node(pools(true), [200, {}]), 'couchbase')).toMatchObject({ verdict: 'inconclusive' });
  });
});

describe('the Riak dialogue', () => {
  const STATS: Answers = { '/stats': [200, { riak_kv_version: '3.0.9', ring_members: ['canary@127.0.0.1'] }] };
  it('is open where a key that does not exist is looked for', async () => {
    const result = await askPort(await node(STATS, [404, 'not found\n']), 'riak');
    expect(result).toMatchObject({ product: 'riak', version: '3.0.9', verdict: 'anonymous-write', datasets: [] });
    expect(JSON.stringify(result)).not.toContain('canary');
  });

  it('is secured where HTTPS and a login are wanted', async () => {
    const upgrade: Reply = [426, '', { server: 'MochiWeb/3.0.0 WebMachine/1.11.1' }];
    expect(await askPort(await node({}, upgrade), 'riak')).toMatchObject({ product: 'riak', verdict: 'secured' });
  });

  it('believes nothing where everything is answered', async () => {
    expect(await askPort(await node(STATS, [200, {}]), 'riak')).toMatchObject({ verdict: 'inconclusive' });
  });
});

function info(body: string): Buffer {
  const head = Buffer.from([2, 1, 0, 0, 0, 0, 0, 0]);
  head.writeUIntBE(Buffer.byteLength(body), 2, 6);
  return Buffer.concat([head, Buffer.from(body)]);
}
const NONCE = 'abcdef0123456789';

describe('the Aerospike dialogue', () => {
  const ask = async (answers: (asked: string) => string) => {
    const script: Script = { answer: (request) => info(answers(request.subarray(8).toString())), nonce: NONCE };
    return await aerospike.probe(scriptedContext(aerospike.allow, script));
  };
  const sets = 'sets/test\tns=test:set=customers:objects=12:memory_data_bytes=0:device_data_bytes=4096;\n';
  const community = (asked: string) =>
    asked.startsWith('sets/')
      ? sets
      : `build\t6.4.0.1\nedition\tAerospike Community Edition\nnamespaces\ttest\n${NONCE}\t\n`;

  it('lists the sets of the Community Edition, which knows no logins', async () => {
    expect(await ask(community)).toMatchObject({
      verdict: 'anonymous-write',
      version: '6.4.0.1',
      documents: 12,
      datasets: [{ name: 'test.customers', documents: 12, bytes: 4_096 }],
    });
  });

  it('is secured where logins are asked for', async () => {
    // The whole answer, without a name: node_validator.go of aerospike/aerospike-client-go.
    expect(await ask(() => 'ERROR:80:not authenticated\n')).toMatchObject({ verdict: 'secured', datasets: [] });
    const shut = `build\t6.4.0.1\nedition\tERROR:80:not authenticated\nnamespaces\tERROR:80:not authenticated\n${NONCE}\t\n`;
    expect(await ask(() => shut)).toMatchObject({ verdict: 'secured', datasets: [] });
  });

  it('believes nothing where a command that cannot exist is answered, and takes nothing else for it', async () => {
    expect(await ask((asked) => community(asked).replace(`${NONCE}\t`, `${NONCE}\tok`))).toMatchObject({
      verdict: 'inconclusive',
    });
    expect(await ask(() => 'hello')).toMatchObject({ identified: false });
    const web: Script = { answer: () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n') };
    await expect(aerospike.probe(scriptedContext(aerospike.allow, web))).rejects.toThrow('Aerospike');
  });
});

describe('the Tarantool dialogue', () => {
  const greeting = () =>
    Buffer.from(`${'Tarantool 2.6.0 (Binary) 3c0ab07c-7e9f-499d-a858-bb2d4beb191b'.padEnd(63)}\n${''.padEnd(63)}\n`);
  const answer = (hex: string): Buffer => {
    const body = Buffer.from(hex, 'hex');
    return Buffer.concat([Buffer.from([0xce, 0, 0, 0, body.length]), body]);
  };
  const ask = async (answers: (space: number) => string) => {
    const script: Script = { greeting, answer: (request) => answer(answers(request.readUInt32BE(13))) };
    return await tarantool.probe(scriptedContext(tarantool.allow, script));
  };

  it('believes nothing where a space that cannot exist is answered', async () => {
    expect(await ask(() => '8100008130dd00000000')).toMatchObject({ verdict: 'inconclusive', datasets: [] });
  });

  it('refuses lengths and depths beyond reason', async () => {
    await expect(ask(() => '810000 8130ddffffffff'.replace(' ', ''))).rejects.toThrow('MessagePack');
    await expect(ask(() => '91'.repeat(64))).rejects.toThrow('MessagePack');
    expect(() => decodeAll(Buffer.from('c1', 'hex'))).toThrow('MessagePack');
  });

  it('shows a space that is named after a person as a pattern', async () => {
    // _vspace: [[512, 1, "jane@example.org", "memtx", 0, {}, []]]
    const name = Buffer.from('jane@example.org').toString('hex');
    const list = `8100008130dd0000000197cd020001b0${name}a56d656d7478008090`;
    const result = await ask((space) =>
      space === 281 ? list : space === 512 || space === 313 ? '8100008130dd00000000' : '8100cd80248131a0',
    );
    expect(result).toMatchObject({ verdict: 'anonymous-read', datasets: [{ name: '*' }] });
    expect(JSON.stringify(result)).not.toContain('jane');
  });
});
