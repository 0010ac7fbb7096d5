/**
 * NFS over TCP: the portmapper on 111, mountd on 20048, NFSv4 on 2049. Each port tells its own part.
 *
 * | port | we (ONC RPC) | the server |
 * |---|---|---|
 * | any | NULL of a program that cannot exist | "program unavailable"; success: a honeypot |
 * | 111 | portmapper DUMP | programs and their ports |
 * | 20048 | mountd EXPORT | folders and to whom; a list of groups that is empty or has `*`: everybody |
 * | 2049 | NFSv4 NULL; COMPOUND PUTROOTFH, READDIR | the names of exports that this client may see |
 * | 2049 | COMPOUND PUTROOTFH, LOOKUP, ACCESS | READ: readable; MODIFY, EXTEND: writable, told without writing |
 *
 * MNT, which leaves an entry in the server's `rmtab`, is never called; neither are UDP and the portmapper's relay. Requests
 * to NFS go as nobody (65534). Servers with `secure` exports (the default) refuse ports above 1023, from which we ask.
 * Sources: RFC 5531, RFC 1833, RFC 1813 (mount protocol), RFC 7530.
 */
import type { Connection } from '../../../net/connection.ts';
import type { ByteCursor } from '../../byte-cursor.ts';
import { datasetName } from '../../names.ts';
import { speak } from '../../observations.ts';
import { objectPattern } from '../../patterns.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { DUMP, EXPORTS, NFS_NULL, NO_PROGRAM, nfsAllow, XID } from './allow.ts';
import { MOUNT, NFS, type RpcReply, readOpaque, readReply } from './rpc.ts';
import {
  askAccess,
  type CompoundResult,
  listFolder,
  NFS4ERR_NOENT,
  parseCompound,
  READ_BIT,
  WRITE_BITS,
} from './v4.ts';

const MOST_PROGRAMS = 500;
const MOST_EXPORTS = 100;
const MOST_FOLDERS = 8;

export const nfs: ProbeService = {
  id: 'nfs',
  title: 'NFS',
  version: 1,
  transport: 'tcp',
  serverSpeaksFirst: false,
  ladder: false,
  ports: [
    { port: 111, tls: 'never' },
    { port: 2049, tls: 'never' },
    { port: 20048, tls: 'never' },
  ],
  allow: nfsAllow,
  remediation: {
    developer: 'Hand files out through your own API or an object store; an app never mounts a file system.',
    it: '/etc/exports: the addresses of the clients instead of `*`, `root_squash`, `sec=krb5p`, `ro` where nothing is written; only NFSv4 (`vers3=n` in nfs.conf) needs no portmapper. Close 111, 2049 and 20048 in the firewall.',
    security:
      'NFS with `sec=sys` believes whatever user number a client claims: treat everything on an export that is open to all as copied, and as changed where it is writable.',
  },
  references: [
    'https://www.rfc-editor.org/rfc/rfc5531',
    'https://www.rfc-editor.org/rfc/rfc1813',
    'https://www.rfc-editor.org/rfc/rfc7530',
    'https://man7.org/linux/man-pages/man5/exports.5.html',
  ],
  tested: [
    { how: 'server', what: 'NFS-Ganesha 4.3, NFSv4 (for all, writable, other hosts only)' },
    { how: 'documentation', what: 'portmapper and mountd: replies after RFC 1833 and RFC 1813' },
  ],
  probe,
};

type Part = Pick<Observation, 'verdict' | 'datasets' | 'reason' | 'notTested'> & Partial<Observation>;

async function probe(context: ProbeContext): Promise<Observation> {
  return await speak(context, 'ONC RPC', (connection) => dialogue(context, connection));
}

async function dialogue(context: ProbeContext, connection: Connection): Promise<Observation> {
  const ask = async (request: Buffer): Promise<RpcReply> => {
    await connection.write(request);
    return await readReply(connection, XID);
  };
  const control = await ask(NO_PROGRAM);
  context.record('control: a program that cannot exist', control.state);
  if (control.state === 'success') {
    return {
      identified: true,
      verdict: 'inconclusive',
      datasets: [],
      reason: 'a program that cannot exist answered: no genuine server does so',
      notTested: ['reading', 'writing'],
    };
  }
  const dump = await ask(DUMP);
  if (dump.state === 'success') return { identified: true, product: 'portmapper', ...programs(context, dump.body) };
  const exported = await ask(EXPORTS);
  if (exported.state === 'success')
    return { identified: true, product: 'mountd', ...exportsOf(context, exported.body) };
  const file = await ask(NFS_NULL);
  context.record('portmapper, mountd, NFSv4', [dump, exported, file].map(({ state }) => state).join(', '));
  if (file.state === 'wrong version') {
    return {
      identified: true,
      product: 'nfs',
      verdict: 'inconclusive',
      datasets: [],
      reason: 'the server speaks NFS, but not version 4',
      notTested: ['what NFSv3 exports to strangers: mountd on its own port tells it'],
    };
  }
  if (file.state === 'success')
    return { identified: true, product: 'nfs', version: '4', ...(await browse(context, ask)) };
  if ([control, dump, exported, file].some(({ state }) => state === 'refused')) {
    return {
      identified: true,
      verdict: 'secured',
      datasets: [],
      reason: 'the server refuses calls without a proof of identity',
      notTested: [],
    };
  }
  return {
    identified: true,
    verdict: 'inconclusive',
    datasets: [],
    reason: 'the port speaks ONC RPC, but neither the portmapper nor mountd nor NFS',
    notTested: ['other programs'],
  };
}

function programs(context: ProbeContext, body: ByteCursor): Part {
  const found = new Set<number>();
  for (let n = 0; n < MOST_PROGRAMS && body.u32be() === 1; n++) {
    found.add(body.u32be());
    body.take(12);
  }
  context.record('portmapper DUMP', `${found.size} programs`);
  const shared = [found.has(NFS) ? 'NFS' : '', found.has(MOUNT) ? 'mountd' : ''].filter(Boolean);
  return {
    verdict: 'metadata-only',
    datasets: [],
    reason: `the portmapper tells strangers of ${found.size} programs${shared.length > 0 ? `, ${shared.join(' and ')} among them` : ''}`,
    notTested: ['the programs themselves, which stand on ports of their own', 'UDP port 111 (amplification)'],
  };
}

function exportsOf(context: ProbeContext, body: ByteCursor): Part {
  const datasets: ObservedDataset[] = [];
  let all = 0;
  let total = 0;
  while (total < MOST_EXPORTS && body.u32be() === 1) {
    const folder = readOpaque(body).toString('utf8');
    const groups: string[] = [];
    while (body.u32be() === 1 && groups.length < 1_000) groups.push(readOpaque(body).toString('utf8'));
    total++;
    if (groups.length > 0 && !groups.some((group) => ['*', '(everyone)', '0.0.0.0/0', '::/0'].includes(group)))
      continue;
    all++;
    datasets.push({ name: datasetName(folder), fields: [] });
  }
  context.record('mountd EXPORT', `${total} exports, ${all} to everybody`);
  const notTested = ['the files themselves: MNT would leave an entry on the server', 'writing'];
  if (all > 0) {
    return {
      verdict: 'anonymous-read',
      datasets,
      reason: `${all} of ${total} folders are exported to everybody`,
      notTested,
    };
  }
  if (total > 0) {
    return {
      verdict: 'metadata-only',
      datasets: [],
      reason: `mountd tells strangers of ${total} exports, all limited to hosts`,
      notTested,
    };
  }
  return { verdict: 'secured', datasets: [], reason: 'mountd tells strangers of no export', notTested };
}

async function browse(context: ProbeContext, ask: (request: Buffer) => Promise<RpcReply>): Promise<Part> {
  const run = async (request: Buffer): Promise<CompoundResult | undefined> => {
    const reply = await ask(request);
    return reply.state === 'success' ? parseCompound(reply.body) : undefined;
  };
  const notTested = ['folders below the exports'];
  const root = await run(listFolder(XID, []));
  context.record(
    'NFSv4 READDIR of the root',
    root === undefined ? 'refused' : `status ${root.status}, ${root.names.length} names`,
  );
  if (root === undefined || root.status !== 0) {
    return {
      verdict: 'secured',
      datasets: [],
      reason: `the server refuses its root to nobody (${root === undefined ? 'RPC' : `NFS4 status ${root.status}`})`,
      notTested: ['clients with a port below 1024, as `secure` exports demand'],
    };
  }
  const control = await run(askAccess(XID, [`postern${context.nonce()}`]));
  context.record('control: a folder that cannot exist', control === undefined ? 'refused' : `status ${control.status}`);
  if (control === undefined || control.status !== NFS4ERR_NOENT) {
    return {
      verdict: 'inconclusive',
      datasets: [],
      reason: 'a folder that cannot exist was not refused as such',
      notTested: ['reading', 'writing'],
    };
  }
  const datasets: ObservedDataset[] = [];
  let writable = 0;
  // Exports may lie below folders that the server makes up for their path.
  const queue = root.names.filter(isName).map((name) => [name]);
  for (let asked = 0; asked < MOST_FOLDERS; asked++) {
    const path = queue.shift();
    if (path === undefined) break;
    const rights = await run(askAccess(XID, path));
    const inside =
      rights !== undefined && rights.status === 0 && (rights.access & READ_BIT) !== 0
        ? await run(listFolder(XID, path))
        : undefined;
    if (rights === undefined || inside === undefined || inside.status !== 0) continue;
    if ((rights.access & WRITE_BITS) !== 0) writable++;
    const patterns = [...new Set(inside.names.map(objectPattern))].sort().slice(0, 20);
    datasets.push({ name: datasetName(`/${path.join('/')}`), documents: inside.names.length, fields: patterns });
    if (inside.names.length === 1 && path.length < 4)
      queue.push(...inside.names.filter(isName).map((name) => [...path, name]));
  }
  context.record('NFSv4 ACCESS and READDIR', `${datasets.length} folders readable, ${writable} writable`);
  const seen = `nobody, whom every client may claim to be, reads ${datasets.length} folders`;
  if (writable > 0)
    return {
      verdict: 'anonymous-write',
      datasets,
      reason: `${seen} and may change ${writable} of them (ACCESS)`,
      notTested,
    };
  if (datasets.length > 0)
    return { verdict: 'anonymous-read', datasets, reason: seen, notTested: [...notTested, 'writing as another user'] };
  return {
    verdict: 'metadata-only',
    datasets: [],
    reason: 'the root of NFSv4 is shown, but nobody may read no export in it',
    notTested,
  };
}

function isName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('/') && Buffer.byteLength(name) <= 255;
}
