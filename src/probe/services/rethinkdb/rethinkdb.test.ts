import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer } from '../../testing/http-server.ts';
import { scriptedContext } from '../../testing/scripted.ts';
import { rethinkdb } from './index.ts';

const SALT = Buffer.from('0123456789abcdef');
const text = (message: object) => Buffer.from(`${JSON.stringify(message)}\0`);

function answer(type: number, ...values: unknown[]): Buffer {
  const json = Buffer.from(JSON.stringify({ t: type, r: values, n: [] }));
  const head = Buffer.alloc(12);
  head.writeUInt32LE(1, 0);
  head.writeUInt32LE(json.length, 8);
  return Buffer.concat([head, json]);
}

/**
 * A server as https://rethinkdb.com/docs/writing-drivers/ describes it, with a password; the answers of `info` are those of
 * https://rethinkdb.com/api/javascript/info/.
 */
function server(password: string, reply: (query: string) => Buffer | undefined = () => undefined) {
  let first = '';
  let bare = '';
  const secret = pbkdf2Sync(password, SALT, 1, 32, 'sha256');
  const sign = (key: Buffer, message: string) => createHmac('sha256', key).update(message).digest();
  return scriptedContext(rethinkdb.allow, {
    answer: (sent) => {
      if (sent[0] === 0xc3)
        return text({ success: true, min_protocol_version: 0, max_protocol_version: 0, server_version: '2.4.2' });
      const json = sent
        .toString('utf8')
        .replace(/^[^{[]*/s, '')
        .replace(/\0$/, '');
      const client = /"authentication":"n,,(n=admin,r=([^"]+))"/.exec(json);
      if (client !== null) {
        bare = client[1] ?? '';
        first = `r=${client[2]}server,s=${SALT.toString('base64')},i=1`;
        return text({ success: true, authentication: first });
      }
      const final = /"authentication":"(c=biws,r=[^,]+),p=([^"]+)"/.exec(json);
      if (final !== null) {
        const key = sign(secret, 'Client Key');
        const message = `${bare},${first},${final[1]}`;
        const signature = sign(createHash('sha256').update(key).digest(), message);
        const proof = Buffer.from(key.map((byte, index) => byte ^ (signature[index] ?? 0))).toString('base64');
        if (proof !== final[2]) return text({ success: false, error: 'Wrong password', error_code: 12 });
        return text({
          success: true,
          authentication: `v=${sign(sign(secret, 'Server Key'), message).toString('base64')}`,
        });
      }
      const made = reply(json);
      if (made !== undefined) return made;
      if (json.includes('postern_')) return answer(18, 'Database does not exist.');
      if (json.startsWith('[1,[59')) return answer(1, ['rethinkdb', 'shop']);
      if (json.startsWith('[1,[62')) return answer(1, ['customers']);
      return answer(1, {
        type: 'TABLE',
        doc_count_estimates: [12, 30],
        indexes: ['email', 'someone@example.org'],
        primary_key: 'id',
      });
    },
  });
}

describe('the RethinkDB probe', () => {
  it('finds an admin without a password, with estimates and names of indexes', async () => {
    const context = server('');
    const seen = await rethinkdb.probe(context);
    expect(seen, seen.reason).toMatchObject({
      verdict: 'anonymous-write',
      version: '2.4.2',
      documents: 42,
      datasets: [{ name: 'shop.customers', documents: 42 }],
    });
    expect(seen.datasets[0]?.fields.slice(0, 2)).toEqual(['id', 'email']);
    expect(JSON.stringify([seen, context.exchanges])).not.toContain('someone@');
  });

  it('calls a server whose admin has a password secured', async () => {
    expect(await rethinkdb.probe(server('synthetic'))).toMatchObject({
      verdict: 'secured',
      reason: expect.stringContaining('12'),
    });
  });

  it('doubts a server that knows a database that cannot exist', async () => {
    expect(await rethinkdb.probe(server('', () => answer(1, [])))).toMatchObject({ verdict: 'inconclusive' });
  });

  it('asks for nothing with names that RethinkDB cannot have', async () => {
    const context = server('', (query) =>
      query.startsWith('[1,[59') ? answer(1, ['a"b', 'x'.repeat(500), 7]) : undefined,
    );
    expect(await rethinkdb.probe(context)).toMatchObject({ verdict: 'anonymous-write', datasets: [] });
  });
});

describe('the console', () => {
  const servers: { close(): void }[] = [];
  afterAll(() => {
    for (const one of servers) one.close();
  });
  const PAGE = '<!DOCTYPE html><html><head><title>RethinkDB Administration Console</title></head></html>';

  it('is open where it is shown, and doubted where every page is', async () => {
    const open = await httpServer((path) => (path === '/' ? [200, PAGE] : undefined));
    const all = await httpServer(() => [200, PAGE]);
    servers.push(open, all);
    expect(await askPort(open.port, 'rethinkdb')).toMatchObject({ verdict: 'anonymous-write', product: 'rethinkdb' });
    expect(await askPort(all.port, 'rethinkdb')).toMatchObject({ verdict: 'inconclusive' });
  });
});
