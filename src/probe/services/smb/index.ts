/**
 * SMB shares, 445: what nobody – the anonymous login, no name and no password – gets.
 *
 * | we | the server |
 * |---|---|
 * | NEGOTIATE 2.0.2 to 3.0.2 | the dialect |
 * | SESSION_SETUP, NTLM of nobody | success; ACCESS_DENIED or LOGON_FAILURE: secured |
 * | TREE_CONNECT postern<random> | BAD_NETWORK_NAME or ACCESS_DENIED; success: a honeypot |
 * | TREE_CONNECT IPC$, pipe srvsvc, NetrShareEnum | names of shares; or refused (`restrict anonymous = 2`) |
 * | TREE_CONNECT of each disk share | MaximalAccess: FILE_READ_DATA 0x1, FILE_WRITE_DATA 0x2, told without writing |
 * | LOGOFF | |
 *
 * No file is opened and no folder listed. One anonymous login locks no account. Port 139 (NetBIOS) is not asked.
 * Sources: MS-SMB2, MS-NLMP, MS-SRVS (learn.microsoft.com/openspecs) and a real Samba.
 */
import type { Connection } from '../../../net/connection.ts';
import { datasetName } from '../../names.ts';
import { speak, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { smbAllow } from './allow.ts';
import {
  COMMAND,
  type Ids,
  logoff,
  negotiate,
  onPipe,
  openPipe,
  readAnswer,
  type SmbAnswer,
  STATUS,
  sessionSetup,
  treeConnect,
} from './messages.ts';
import { isBindAck, parseShares } from './srvsvc.ts';

const MOST_SHARES = 12;
const READ_DATA = 0x01;
/** FILE_WRITE_DATA, FILE_APPEND_DATA, DELETE_CHILD, GENERIC_ALL. */
const WRITE_DATA = 0x1000_0046;

export const smb: ProbeService = {
  id: 'smb',
  title: 'SMB shares',
  version: 1,
  transport: 'tcp',
  serverSpeaksFirst: false,
  ladder: false,
  ports: [{ port: 445, tls: 'never' }],
  allow: smbAllow,
  remediation: {
    developer: 'Exchange files through your own API or an object store; an app never talks SMB.',
    it: 'smb.conf: `map to guest = Never`, `restrict anonymous = 2`, `guest ok = no` on every share, `server min protocol = SMB3`, `smb encrypt = required`. Windows: disable the guest account and `RestrictNullSessAccess = 1`. Close 445 and 139 in the firewall, always.',
    security:
      'Treat every file on an open share as copied, and as encrypted or planted where it was writable: open shares are how ransomware spreads.',
  },
  references: [
    'https://learn.microsoft.com/openspecs/windows_protocols/ms-smb2/',
    'https://www.samba.org/samba/docs/current/man-html/smb.conf.5.html',
  ],
  tested: [
    { how: 'server', what: 'Samba 4.17.12 (guest read, guest write, no guests, restrict anonymous)' },
    { how: 'documentation', what: 'Windows Server' },
  ],
  probe,
};

class Session {
  readonly #connection: Connection;
  readonly #ids: Ids = { message: 0, tree: 0, session: 0n };

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async ask(build: (ids: Ids) => Buffer, tree = 0): Promise<SmbAnswer> {
    await this.#connection.write(build({ ...this.#ids, tree }));
    this.#ids.message += 1;
    const answer = await readAnswer(this.#connection);
    if (answer.session !== 0n) this.#ids.session = answer.session;
    return answer;
  }
}

async function probe(context: ProbeContext): Promise<Observation> {
  return await speak(context, 'SMB 2', (connection) => dialogue(context, new Session(connection)));
}

async function dialogue(context: ProbeContext, session: Session): Promise<Observation> {
  const hello = await session.ask(negotiate);
  if (hello.command !== COMMAND.negotiate || hello.body.length < 6) return unidentified('SMB 2');
  if (hello.status !== STATUS.success) {
    return {
      ...unclear(`the server refuses dialects 2.0.2 to 3.0.2 (${hex(hello.status)})`),
      notTested: ['SMB 3.1.1 only servers'],
    };
  }
  const dialect = hello.body.readUInt16LE(4);
  const version = `${dialect >> 8}.${(dialect >> 4) & 0xf}.${dialect & 0xf}`;
  const base = { identified: true, version };
  const first = await session.ask((ids) => sessionSetup(ids, 'negotiate'));
  const login =
    first.status === STATUS.moreProcessing ? await session.ask((ids) => sessionSetup(ids, 'anonymous')) : first;
  context.record('NEGOTIATE; SESSION_SETUP of nobody', `${version}, ${hex(login.status)}`);
  if (login.status !== STATUS.success) {
    return {
      ...base,
      verdict: 'secured',
      datasets: [],
      reason: `the anonymous login is refused (${hex(login.status)})`,
      notTested: ['the guest account and other accounts'],
    };
  }
  const connect = (share: string) => session.ask((ids) => treeConnect(ids, `\\\\${hostOf(context.host)}\\${share}`));
  const control = await connect(`postern${context.nonce()}`);
  context.record('control: TREE_CONNECT of a share that cannot exist', hex(control.status));
  if (control.status === STATUS.success) {
    return { ...base, ...unclear('a share that cannot exist was connected: no genuine server answers so') };
  }
  const listed = await listShares(session, await connect('IPC$'));
  context.record('IPC$, NetrShareEnum', listed === undefined ? 'refused' : `${listed.length} disk shares`);
  const names = [...new Set([...(context.options.datasets ?? []), ...(listed ?? [])])];
  const asked = names.filter((name) => /^[^\\/\x00-\x1f]{1,80}$/.test(name)).slice(0, MOST_SHARES);
  const datasets: ObservedDataset[] = [];
  let writable = 0;
  for (const name of asked) {
    const answer = await connect(name);
    const access = answer.status === STATUS.success && answer.body.length >= 16 ? answer.body.readUInt32LE(12) : 0;
    if ((access & READ_DATA) === 0 && (access & WRITE_DATA) === 0) continue;
    if ((access & WRITE_DATA) !== 0) writable++;
    datasets.push({ name: datasetName(name), fields: [] });
  }
  context.record('TREE_CONNECT of each share', `${datasets.length} of ${asked.length} open, ${writable} writable`);
  await session.ask(logoff).catch(() => undefined);
  return { ...base, datasets, ...conclude(listed, datasets.length, writable, names.length - asked.length) };
}

function conclude(
  listed: readonly string[] | undefined,
  open: number,
  writable: number,
  further: number,
): Pick<Observation, 'verdict' | 'reason' | 'notTested'> {
  const notTested = ['names and numbers of files', 'rights in the file system below the shares'];
  if (further > 0) notTested.push(`${further} further shares`);
  if (listed === undefined)
    notTested.push('shares that are not named under `datasets` of the target: listing them is refused');
  if (writable > 0)
    return {
      verdict: 'anonymous-write',
      reason: `nobody may connect ${open} shares and write to ${writable} of them (MaximalAccess)`,
      notTested,
    };
  if (open > 0) return { verdict: 'anonymous-read', reason: `nobody may connect ${open} shares and read`, notTested };
  if (listed !== undefined) {
    return {
      verdict: 'metadata-only',
      reason: `nobody may log in and list ${listed.length} shares, but connects none of those asked`,
      notTested,
    };
  }
  return { verdict: 'secured', reason: 'nobody may log in, but may neither list nor connect shares', notTested };
}

async function listShares(session: Session, pipes: SmbAnswer): Promise<string[] | undefined> {
  if (pipes.status !== STATUS.success) return undefined;
  const { tree } = pipes;
  const opened = await session.ask(openPipe, tree);
  if (opened.status !== STATUS.success || opened.body.length < 80) return undefined;
  const file = opened.body.subarray(64, 80);
  const bound = await session.ask((ids) => onPipe(ids, file, 'bind'), tree);
  if (bound.status !== STATUS.success || !isBindAck(outputOf(bound))) return undefined;
  const shares = await session.ask((ids) => onPipe(ids, file, 'shares'), tree);
  if (shares.status !== STATUS.success) return undefined;
  return parseShares(outputOf(shares))?.flatMap(({ name, disk }) => (disk && name !== '' ? [name] : []));
}

function outputOf({ body, at }: SmbAnswer): Buffer {
  return body.length >= 40 ? at(body.readUInt32LE(32), body.readUInt32LE(36)) : Buffer.alloc(0);
}

/** Servers compare the name with nothing; brackets of IPv6 would be refused by our own allow-list. */
function hostOf(host: string): string {
  return host.replace(/^\[|\]$/g, '').slice(0, 255);
}

function hex(status: number): string {
  return `0x${status.toString(16).padStart(8, '0')}`;
}

function unclear(reason: string): Observation {
  return { identified: true, verdict: 'inconclusive', datasets: [], reason, notTested: ['reading', 'writing'] };
}
