/**
 * Apache ZooKeeper, ports 2181 and 2281 (TLS).
 *
 *   ConnectRequest            a session; a closed connection with `sessionRequireClientSASLAuth` or enforced schemes
 *   srvr                      Zookeeper version: 3.8.0-…, … Node count: 5
 *                             or "srvr is not executed because it is not in the whitelist."
 *   mntr                      zk_approximate_data_size 44 …; by default not in the whitelist
 *   exists /<random>          error -101, no node (anything else: a honeypot)
 *   getChildren2 /            names; error -102 where everybody is refused reading
 *   getACL /                  world:anyone with write, create, delete or admin: everybody may change the tree
 *   getChildren2, getACL of up to ten nodes below the root: rights are not inherited
 *   closeSession
 *
 * Run against 3.8.0. The AdminServer (8080) is not asked.
 */
import { PosternError } from '../../../core/errors.ts';
import type { Connection } from '../../../net/connection.ts';
import { datasetName, grouped } from '../../names.ts';
import { isMalformed, malformed, parseCount, parseVersion, speak, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { zookeeperAllow } from './allow.ts';
import {
  closeRequest,
  connectRequest,
  type Grant,
  isSession,
  NO_AUTH,
  NO_NODE,
  type Operation,
  parseAcl,
  parseChildren,
  parseReply,
  type Reply,
  RIGHTS,
  readPacket,
  request,
} from './packets.ts';

const MOST_NODES = 10;
const CHANGES = RIGHTS.write | RIGHTS.create | RIGHTS.delete | RIGHTS.admin;
const DATA = 'data of nodes (never read)';

type Answer = Pick<Observation, 'verdict' | 'documents' | 'datasets' | 'reason' | 'notTested'>;

async function probe(context: ProbeContext): Promise<Observation> {
  return await speak(context, 'ZooKeeper', async (connection) => {
    const opened = await openSession(context, connection);
    // After a closed connection a fifth byte: a port that speaks TLS waits for five before it says anything.
    const server = await word(context, opened === 'closed' ? 'srvr\n' : 'srvr');
    const version = parseVersion(/^Zookeeper version: ([^,\s-]+)/m.exec(server)?.[1]);
    const unlisted = /^srvr is not executed because it is not in the whitelist\./.test(server);
    const silent = opened === 'closed' && version === undefined && !unlisted;
    if (silent && !/not currently serving requests/.test(server)) return unidentified('ZooKeeper');
    context.record('srvr', unlisted ? 'not in the whitelist' : `version ${version ?? 'unknown'}`);
    const base = { identified: true, product: 'zookeeper', ...(version === undefined ? {} : { version }) };
    const nodes = parseCount(/^Node count: (\d{1,15})\s*$/m.exec(server)?.[1]);
    const bytes = version === undefined ? undefined : await dataSize(context);
    const size = {
      ...(nodes === undefined ? {} : { documents: nodes }),
      ...(bytes === undefined ? {} : { bytes }),
    };
    context.record('ConnectRequest', opened);
    if (opened !== 'session') {
      return { ...base, ...size, ...shut(`the server ${REFUSES[opened]} sessions without credentials`, nodes) };
    }
    const told = await walk(context, connection, nodes);
    return { ...base, ...(told.verdict === 'inconclusive' ? {} : size), ...told };
  });
}

const REFUSES = { closed: 'closes', refused: 'refuses' } as const;

async function openSession(context: ProbeContext, connection: Connection): Promise<'session' | 'refused' | 'closed'> {
  await connection.write(connectRequest());
  try {
    return isSession(await readPacket(connection)) ? 'session' : 'refused';
  } catch (error) {
    if (isMalformed(error) || !isIo(error)) throw error;
    context.record('ConnectRequest', 'closed');
    return 'closed';
  }
}

function isIo(error: unknown): boolean {
  return error instanceof PosternError && error.code === 'E_PROBE_IO';
}

/** A four-letter word, alone on its connection. */
async function word(context: ProbeContext, name: 'srvr' | 'srvr\n' | 'mntr'): Promise<string> {
  const connection = await context.connect();
  let answer = '';
  try {
    await connection.write(Buffer.from(name));
    for (let reads = 0; reads < 64 && answer.length < 16_384; reads++) {
      const some = await connection.readSome(16_384);
      if (some.length === 0) break;
      answer += some.toString('latin1');
      if (reads === 0 && !/^(?:Zookeeper|srvr|mntr|zk_|This ZooKeeper)/.test(answer)) break;
    }
  } catch (error) {
    // The answer has come; how the connection ends says nothing.
    if (answer === '' || !isIo(error)) throw error;
  } finally {
    connection.close();
  }
  return answer;
}

async function dataSize(context: ProbeContext): Promise<number | undefined> {
  try {
    const answer = await word(context, 'mntr');
    const size = parseCount(/^zk_approximate_data_size\s+(\d{1,15})\s*$/m.exec(answer)?.[1]);
    context.record('mntr', size === undefined ? 'no size' : `${size} bytes`);
    return size;
  } catch (error) {
    if (isIo(error)) return undefined;
    throw error;
  }
}

/** Version and counts are no data: a server that answers only four-letter words is secured. */
function shut(reason: string, nodes: number | undefined): Answer {
  const notTested = nodes === undefined ? [] : ['the words srvr and mntr stay open: 4lw.commands.whitelist'];
  return { verdict: 'secured', datasets: [], reason, notTested };
}

async function walk(context: ProbeContext, connection: Connection, nodes: number | undefined): Promise<Answer> {
  let xid = 0;
  const ask = async (operation: Operation, path: string): Promise<Reply> => {
    await connection.write(request(++xid, operation, path));
    return parseReply(await readPacket(connection), xid);
  };
  let control: Reply;
  try {
    control = await ask('exists', `/${context.nonce()}`);
  } catch (error) {
    if (isMalformed(error) || !isIo(error)) throw error;
    return shut('the server closes a session that does not log in', nodes);
  }
  context.record('exists /<random>', control.error === NO_NODE ? 'no such node' : `error ${control.error}`);
  if (control.error === -124 || control.error === -115) {
    return shut('the server asks every session to log in', nodes);
  }
  if (control.error !== NO_NODE) {
    const reason = `the control request for a node that cannot exist was answered with ${control.error}`;
    return { verdict: 'inconclusive', datasets: [], reason, notTested: ['what a stranger gets here'] };
  }
  const root = await ask('children', '/');
  const names = root.error === 0 ? parseChildren(root.body) : [];
  context.record('getChildren2 /', root.error === 0 ? `${names.length} names` : `error ${root.error}`);
  const acl = await ask('acl', '/');
  const grants = acl.error === 0 ? parseAcl(acl.body) : [];
  let [readable, writable] = [Number(root.error === 0), Number(mayChange(grants))];
  context.record('getACL /', acl.error === 0 ? `world may ${writable ? '' : 'not '}change` : `error ${acl.error}`);
  const datasets: ObservedDataset[] = [];
  const own = names.filter((name) => name !== 'zookeeper' && name.length < 200 && !name.includes('/'));
  for (const name of own.slice(0, MOST_NODES)) {
    const below = await ask('children', `/${name}`);
    const rights = await ask('acl', `/${name}`);
    const children = below.error === 0 ? parseChildren(below.body).length : undefined;
    if (children !== undefined) readable++;
    if (rights.error === 0 && mayChange(parseAcl(rights.body))) writable++;
    datasets.push({ name: datasetName(name), ...(children === undefined ? {} : { documents: children }), fields: [] });
  }
  if (datasets.length > 0) context.record('getChildren2, getACL below /', `${datasets.length} nodes`);
  await connection.write(closeRequest(++xid));
  return concluded(datasets, own.length, readable, writable, root.error);
}

function concluded(
  datasets: ObservedDataset[],
  nodes: number,
  readable: number,
  writable: number,
  rootError: number,
): Answer {
  const notTested = [DATA];
  if (nodes > datasets.length) notTested.push(`${nodes - datasets.length} further nodes below the root`);
  if (readable === 0) {
    if (rootError !== NO_AUTH && writable === 0) throw malformed('ZooKeeper', `error ${rootError}`);
    if (writable === 0) {
      const reason = 'the ACL of the root gives strangers nothing';
      return { verdict: 'secured', datasets: [], reason, notTested: [...notTested, 'nodes by name'] };
    }
  }
  const seen = `${grouped(nodes)} ${nodes === 1 ? 'node' : 'nodes'} below the root`;
  if (writable > 0) {
    const reason = `ACLs let everybody change the tree (world:anyone); a stranger lists ${seen}`;
    return { verdict: 'anonymous-write', datasets, reason, notTested };
  }
  const reason = `a stranger lists ${seen}; the ACLs seen let nobody else than their owners change them`;
  return { verdict: 'anonymous-read', datasets, reason, notTested };
}

function mayChange(grants: readonly Grant[]): boolean {
  return grants.some(({ rights, scheme, id }) => scheme === 'world' && id === 'anyone' && (rights & CHANGES) !== 0);
}

export const zookeeper: ProbeService = {
  id: 'zookeeper',
  title: 'Apache ZooKeeper',
  version: 1,
  transport: 'tcp',
  serverSpeaksFirst: false,
  ports: [
    { port: 2181, tls: 'retry' },
    { port: 2281, tls: 'first' },
  ],
  allow: zookeeperAllow,
  remediation: {
    developer: 'Create every node with an ACL of its owner (`CREATOR_ALL_ACL`), never `OPEN_ACL_UNSAFE`.',
    it: 'In zoo.cfg set `clientPortAddress` to a private address, `4lw.commands.whitelist=srvr`, `admin.enableServer=false`, `sessionRequireClientSASLAuth=true` or `enforce.auth.enabled=true`, and `setAcl -R` what exists. Close 2181, 2281, 2888 and 3888 in the firewall.',
    security:
      'Whoever could write could redirect clients, brokers and configuration: compare the tree with a backup and rotate credentials kept in nodes.',
  },
  references: [
    'https://zookeeper.apache.org/doc/r3.8.0/zookeeperAdmin.html#sc_4lw',
    'https://zookeeper.apache.org/doc/r3.8.0/zookeeperProgrammers.html#sc_ZooKeeperAccessControl',
    'https://github.com/apache/zookeeper/blob/master/zookeeper-jute/src/main/resources/zookeeper.jute',
  ],
  tested: [
    {
      how: 'server',
      what: 'ZooKeeper 3.8.0 (open, read-only and digest ACL on the root, enforced authentication, TLS)',
    },
  ],
  probe,
};
