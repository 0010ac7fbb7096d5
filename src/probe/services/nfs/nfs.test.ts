import { describe, expect, it } from 'vitest';
import { scriptedContext } from '../../testing/scripted.ts';
import { XID } from './allow.ts';
import { nfs } from './index.ts';
import { opaque, u32 } from './rpc.ts';

/** Accepted replies (RFC 5531 section 9): success 0, no program 1, wrong version 2. */
function reply(state: number, ...body: Buffer[]): Buffer {
  const message = Buffer.concat([u32(XID), u32(1), u32(0), u32(0), u32(0), u32(state), ...body]);
  return Buffer.concat([u32(0x8000_0000 + message.length), message]);
}

interface Programs {
  100000?: () => Buffer;
  100003?: (request: Buffer) => Buffer;
  100005?: () => Buffer;
}

function server(programs: Programs, unknown = reply(1)) {
  return scriptedContext(nfs.allow, {
    answer: (request) => {
      const program = request.readUInt32BE(16);
      if (program !== 100_000 && program !== 100_003 && program !== 100_005) return unknown;
      return programs[program]?.(request) ?? reply(1);
    },
  });
}

/** The `mapping` list of RFC 1833, the `exports` list of RFC 1813 (section 5.2.5). */
const DUMP = reply(
  0,
  ...[100_000, 100_003, 100_005].flatMap((program) => [u32(1), u32(program), u32(2), u32(6), u32(111)]),
  u32(0),
);
const exported = (...list: [string, ...string[]][]) =>
  reply(
    0,
    ...list.flatMap(([folder, ...groups]) => [
      u32(1),
      opaque(Buffer.from(folder)),
      ...groups.flatMap((group) => [u32(1), opaque(Buffer.from(group))]),
      u32(0),
    ]),
    u32(0),
  );

/** A COMPOUND result: PUTROOTFH, LOOKUP per part, and the last operation. */
const compound = (status: number, lookups: number, ...last: Buffer[]) =>
  reply(
    0,
    u32(status),
    u32(0),
    u32(lookups + 2),
    u32(24),
    u32(0),
    ...Array.from({ length: lookups }, (_, n) => [u32(15), u32(status !== 0 && n === lookups - 1 ? status : 0)]).flat(),
    ...last,
  );
const names = (...list: string[]) =>
  Buffer.concat([
    u32(26),
    u32(0),
    Buffer.alloc(8),
    ...list.map((name) => Buffer.concat([u32(1), Buffer.alloc(8), opaque(Buffer.from(name)), u32(0), u32(0)])),
    u32(0),
    u32(1),
  ]);
const access = (bits: number) => Buffer.concat([u32(3), u32(0), u32(0x1f), u32(bits)]);

function files(bits: number) {
  return server({
    100003: (request) => {
      if (request.readUInt32BE(24) === 0) return reply(0);
      const path = request.toString('latin1');
      const lookups = request.readUInt32BE(request.length - 4) === 0x1f ? 'access' : 'list';
      if (path.includes('posternabcdef')) return compound(2, 1);
      if (path.includes('srv'))
        return lookups === 'access'
          ? compound(0, 1, access(bits))
          : compound(0, 1, names('someone@example.org.csv', 'invoice-12345678.pdf'));
      return compound(0, 0, names('srv'));
    },
  });
}

describe('the NFS probe', () => {
  it('calls the portmapper’s list metadata', async () => {
    expect(await nfs.probe(server({ 100000: () => DUMP }))).toMatchObject({
      verdict: 'metadata-only',
      product: 'portmapper',
      reason: expect.stringContaining('NFS and mountd'),
    });
  });

  it('tells exports to everybody from those to hosts', async () => {
    const mixed = exported(['/srv/data', '*'], ['/home', '192.0.2.7'], ['/all']);
    expect(await nfs.probe(server({ 100005: () => mixed }))).toMatchObject({
      verdict: 'anonymous-read',
      datasets: [{ name: '/srv/data' }, { name: '/all' }],
    });
    expect(await nfs.probe(server({ 100005: () => exported(['/home', '192.0.2.7']) }))).toMatchObject({
      verdict: 'metadata-only',
      datasets: [],
    });
    expect(await nfs.probe(server({ 100005: () => exported() }))).toMatchObject({ verdict: 'secured' });
  });

  it('reads what nobody may do with an NFSv4 export, and no file’s name', async () => {
    const readable = await nfs.probe(files(0x03));
    expect(readable, readable.reason).toMatchObject({
      verdict: 'anonymous-read',
      version: '4',
      datasets: [{ name: '/srv', documents: 2 }],
    });
    expect(JSON.stringify(readable)).not.toMatch(/someone|1234/);
    expect(await nfs.probe(files(0x0f))).toMatchObject({ verdict: 'anonymous-write' });
    expect(await nfs.probe(files(0))).toMatchObject({ verdict: 'metadata-only', datasets: [] });
  });

  it('doubts a server that has every program', async () => {
    expect(await nfs.probe(server({}, reply(0)))).toMatchObject({ verdict: 'inconclusive' });
  });

  it('calls a server that refuses calls without identity secured', async () => {
    const denied = Buffer.concat([u32(0x8000_0014), u32(XID), u32(1), u32(1), u32(1), u32(5)]);
    expect(await nfs.probe(scriptedContext(nfs.allow, { answer: () => denied }))).toMatchObject({ verdict: 'secured' });
  });

  it('gives up on lists that end nowhere', async () => {
    const endless = reply(0, u32(1), u32(100_000));
    expect(await nfs.probe(server({ 100000: () => endless }))).toMatchObject({ identified: false });
  });
});
