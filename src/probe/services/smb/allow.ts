import { allowDeclared } from '../../declared-bytes.ts';
import { COMMAND, type Ids, logoff, negotiate, onPipe, openPipe, sessionSetup, treeConnect } from './messages.ts';

const NOTHING: Ids = { message: 0, tree: 0, session: 0n };
const FILE = Buffer.alloc(16);

/** `\\host\share`, without anything below a share. */
const PATH = /^\\\\[A-Za-z0-9.:_-]{1,255}\\[^\\/\x00-\x1f]{1,80}$/;

export const smbAllow = allowDeclared([
  declared('NEGOTIATE, dialects 2.0.2 to 3.0.2', negotiate),
  declared('SESSION_SETUP, NTLM, first half', (ids) => sessionSetup(ids, 'negotiate')),
  declared('SESSION_SETUP of nobody: no name, no password', (ids) => sessionSetup(ids, 'anonymous')),
  {
    why: 'TREE_CONNECT postern<random> (must fail), IPC$ and each share – its answer tells what may be done there',
    bytes: treeConnect(NOTHING, '\\\\store.example.org\\IPC$'),
    permits: (sent) => {
      const path = sent.toString('utf16le', 76);
      return isCommand(sent, COMMAND.treeConnect) && PATH.test(path) && treeConnect(idsOf(sent), path).equals(sent);
    },
  },
  declared('CREATE (open) of the pipe srvsvc', openPipe),
  declared('srvsvc bind', (ids, sent) => onPipe(ids, fileOf(sent), 'bind')),
  declared('srvsvc NetrShareEnum, level 1 – names of shares', (ids, sent) => onPipe(ids, fileOf(sent), 'shares')),
  declared('LOGOFF', logoff),
]);

/** Written again from its ids it is the same. */
function declared(why: string, build: (ids: Ids, sent: Buffer) => Buffer) {
  return {
    why,
    bytes: build(NOTHING, FILE),
    permits: (sent: Buffer) => sent.length >= 68 && build(idsOf(sent), sent).equals(sent),
  };
}

function isCommand(sent: Buffer, command: number): boolean {
  return sent.length > 76 && sent.length < 1_024 && sent.readUInt16LE(16) === command;
}

function idsOf(sent: Buffer): Ids {
  return { message: sent.readUInt32LE(28), tree: sent.readUInt32LE(40), session: sent.readBigUInt64LE(44) };
}

function fileOf(sent: Buffer): Buffer {
  return sent.length >= 92 ? sent.subarray(76, 92) : FILE;
}
