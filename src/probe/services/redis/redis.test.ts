import { describe, expect, it } from 'vitest';
import { keyPatterns } from '../../patterns.ts';
import { scriptedContext } from '../../testing/scripted.ts';
import { allow, controlAllow } from './allow.ts';
import { redis } from './index.ts';
import { decodeCommand, encodeCommand } from './resp.ts';

const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
const array = (...items: string[]) => `*${items.length}\r\n${items.join('')}`;

/** A Redis that answers by its first words; the rest as the real one answers what it does not know. */
function server(answers: Record<string, string>) {
  return scriptedContext(allow, {
    answer: (request) => {
      const words = decodeCommand(request) ?? [];
      const known = answers[words.join(' ')] ?? answers[words.slice(0, 2).join(' ')] ?? answers[words[0] ?? ''];
      return Buffer.from(known ?? `-ERR unknown command '${words[0]}', with args beginning with: \r\n`);
    },
  });
}

const OLD = {
  PING: '+PONG\r\n',
  INFO: bulk(''),
  'INFO keyspace': bulk('# Keyspace\r\ndb0:keys=2,expires=0,avg_ttl=0\r\n'),
  'INFO replication': bulk('role:master\r\n'),
  DBSIZE: ':2\r\n',
  SCAN: array(bulk('0'), array(bulk('user:17:email'), bulk('user:18:email'))),
  COMMAND: array(array(bulk('set'), ':-3\r\n')),
  QUIT: '+OK\r\n',
};

describe('the Redis probe', () => {
  it('calls a Redis 5 writable: it knows no users', async () => {
    const seen = await redis.probe(server({ ...OLD, 'INFO server': bulk('redis_version:5.0.14\r\n') }));
    expect(seen).toMatchObject({ verdict: 'anonymous-write', version: '5.0.14', documents: 2 });
    expect(seen.datasets).toEqual([{ name: 'db0', documents: 2, fields: ['user:*:email'] }]);
  });

  it('reads the flags of a Redis 6 default user and nothing else of it', async () => {
    const user = (...flags: string[]) =>
      array(bulk('flags'), array(...flags.map(bulk)), bulk('passwords'), array(bulk('f00d'.repeat(16))));
    const six = { ...OLD, 'INFO server': bulk('redis_version:6.2.6\r\n'), 'ACL DRYRUN': '-ERR Unknown subcommand\r\n' };
    const open = server({ ...six, 'ACL GETUSER': user('on', 'allkeys', 'allcommands', 'nopass') });
    expect(await redis.probe(open)).toMatchObject({ verdict: 'anonymous-write' });
    expect(JSON.stringify(open.exchanges)).not.toContain('f00d');
    const limited = server({ ...six, 'ACL GETUSER': user('on', 'nopass') });
    const seen = await redis.probe(limited);
    expect(seen).toMatchObject({ verdict: 'anonymous-read' });
    expect(seen.notTested.join()).toContain('writing');
  });

  it('calls a Redis 5 replica readable only', async () => {
    const replica = { ...OLD, 'INFO replication': bulk('role:slave\r\nslave_read_only:1\r\n') };
    expect(await redis.probe(server({ ...replica, 'INFO server': bulk('redis_version:5.0.14\r\n') }))).toMatchObject({
      verdict: 'anonymous-read',
    });
  });

  it('names protected mode, which answers before anything else', async () => {
    const context = server({ PING: '-DENIED Redis is running in protected mode because …\r\n' });
    expect(await redis.probe(context)).toMatchObject({
      verdict: 'secured',
      reason: expect.stringContaining('protected mode'),
    });
    expect(context.sent).toHaveLength(1);
  });

  it('recognises Valkey, Dragonfly and a sentinel', async () => {
    for (const [server_, product, version] of [
      ['redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.1\r\n', 'valkey', '8.1.1'],
      ['redis_version:7.4.0\r\ndragonfly_version:df-v1.27.1\r\n', 'dragonfly', '1.27.1'],
      ['redis_version:7.0.15\r\nredis_mode:sentinel\r\n', 'redis-sentinel', '7.0.15'],
    ] as const) {
      expect(await redis.probe(server({ ...OLD, 'INFO server': bulk(server_) }))).toMatchObject({ product, version });
    }
  });

  it('doubts a server that accepts a command that does not exist', async () => {
    const honeypot = scriptedContext(allow, {
      answer: (request) => Buffer.from(request.includes('PING') ? '+PONG\r\n' : '+OK\r\n'),
    });
    expect(await redis.probe(honeypot)).toMatchObject({ verdict: 'inconclusive' });
  });

  it('leaves ports that speak something else to others', async () => {
    for (const answer of [
      'HTTP/1.1 400 Bad Request\r\n\r\n',
      '220 smtp.example.org\r\n',
      'ERROR\r\n',
      '+OK\r\n',
      '-ERR bad\r\n',
    ]) {
      const context = scriptedContext(allow, { answer: () => Buffer.from(answer) });
      expect(await redis.probe(context)).toMatchObject({ identified: false, verdict: 'unidentified' });
    }
  });

  it('says that a loading server was not tested', async () => {
    const context = server({ PING: '-LOADING Redis is loading the dataset in memory\r\n' });
    expect(await redis.probe(context)).toMatchObject({ identified: true, verdict: 'inconclusive' });
  });
});

describe('the Redis allow-list', () => {
  it('holds what is harmless and nothing near it', () => {
    const permits = (...words: string[]) => allow.permitsBytes(encodeCommand(words));
    expect(permits('PING')).toBe(true);
    expect(permits('SCAN', '0', 'COUNT', '10')).toBe(true);
    expect(permits('ACL', 'DRYRUN', 'default', 'SET', 'postern:abcd', 'x')).toBe(true);
    for (const words of [
      ['ping'],
      ['SET', 'postern:abcd', 'x'],
      ['GET', 'postern:abcd'],
      ['KEYS', '*'],
      ['MONITOR'],
      ['CONFIG', 'SET', 'dir', '/'],
      ['CONFIG', 'GET', '*'],
      ['SCAN', '0', 'COUNT', '10000'],
      ['SCAN', '0', 'COUNT', '10', 'MATCH', '*'],
      ['ACL', 'DRYRUN', 'default', 'SET', 'user:1', 'x'],
      ['ACL', 'LIST'],
      ['ACL', 'SETUSER', 'default'],
      ['INFO'],
      ['FLUSHALL'],
      ['AUTH', 'guess'],
      ['EVAL', 'return 1', '0'],
      ['POSTERN.CONTROL.x\r\nFLUSHALL'],
    ]) {
      expect(permits(...words), words.join(' ')).toBe(false);
    }
    expect(allow.permitsBytes(Buffer.concat([encodeCommand(['PING']), encodeCommand(['FLUSHALL'])]))).toBe(false);
    expect(allow.permitsBytes(Buffer.from('PING\r\n'))).toBe(false);
    expect(allow.permitsBytes(Buffer.from('*1\r\n$4\r\nPING'))).toBe(false);
  });

  it('lets the control log in and do nothing else', () => {
    expect(controlAllow.permitsBytes(encodeCommand(['AUTH', 'owner', 'synthetic']))).toBe(true);
    expect(controlAllow.permitsBytes(encodeCommand(['DBSIZE']))).toBe(false);
    expect(controlAllow.permitsBytes(encodeCommand(['AUTH', 'a', 'b', 'c']))).toBe(false);
  });
});

describe('key patterns', () => {
  it('keep structure and drop what may be a person’s value', () => {
    expect(keyPatterns(['user:1001:email', 'user:1002:email', 'user:1003:phone'])).toEqual([
      'user:*:email',
      'user:*:phone',
    ]);
    expect(keyPatterns(['session:jane', 'session:bob'])).toEqual(['session:*']);
    expect(keyPatterns(['jane'])).toEqual(['*']);
    expect(keyPatterns(['orders'])).toEqual(['orders']);
    expect(keyPatterns(['someone@example.org'])).toEqual(['*']);
    expect(keyPatterns(['bm:jane:cart', 'bm:bob:cart'])).toEqual(['bm:*:cart']);
    // One person may have many keys.
    expect(keyPatterns(['jane:cart', 'jane:email'])).toEqual(['*:cart', '*:email']);
    expect(keyPatterns(['user:jane:cart', 'user:jane:email'])).toEqual(['user:*:cart', 'user:*:email']);
  });
});
