/**
 * FTP, 21 and 990 (TLS): what the protocol's own stranger, the user `anonymous`, gets.
 *
 * | we | the server |
 * |---|---|
 * | | `220 …` (it speaks first) |
 * | `USER anonymous` | 331; 230; 530: no anonymous login; 530/421/522/534 with TLS in its text: `AUTH TLS`, then again |
 * | `PASS postern@example.org` | 230: in; 530: secured (RFC 1635: an address, not a password) |
 * | `CWD /postern<random>` | 550; 250: a honeypot |
 * | `MLST /` | `perm=` with c, m, p or a: a stranger may create, or delete; told without writing (RFC 3659) |
 * | `STAT /` | 211–213 with the root's list, over the control connection |
 * | `QUIT` | |
 *
 * No data connection is ever opened: `STAT` gives the list over the control connection, so no address that a server
 * advertises (PASV) is used. Names become patterns at once; banners are used for a version only.
 */
import type { Connection } from '../../../net/connection.ts';
import { allowDeclared } from '../../declared-bytes.ts';
import { parseVersion, speak, unidentified } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { type FtpReply, parseListing, permissionsOf, readReply } from './replies.ts';

const CONTROL = '/postern';

export const ftpAllow = allowDeclared([
  { why: 'USER anonymous', bytes: 'USER anonymous\r\n' },
  { why: 'AUTH TLS – where the server wants TLS', bytes: 'AUTH TLS\r\n' },
  {
    why: 'PASS postern@example.org – the address that anonymous FTP asks for (RFC 1635)',
    bytes: 'PASS postern@example.org\r\n',
  },
  {
    why: 'CWD /postern<random> – must fail',
    bytes: 'CWD /posternx3f9c1d27ab84e05\r\n',
    matches: /CWD \/postern[a-z0-9]{16}\r\n/,
  },
  { why: 'MLST / – what may be done in the root', bytes: 'MLST /\r\n' },
  { why: 'STAT / – the root’s list over the control connection; names become patterns', bytes: 'STAT /\r\n' },
  { why: 'QUIT', bytes: 'QUIT\r\n' },
]);

export const ftp: ProbeService = {
  id: 'ftp',
  title: 'FTP',
  version: 1,
  transport: 'tcp',
  serverSpeaksFirst: true,
  ports: [
    { port: 21, tls: 'retry' },
    { port: 990, tls: 'first' },
  ],
  allow: ftpAllow,
  remediation: {
    developer: 'Exchange files over SFTP or an object store with signed requests; an app never needs an FTP address.',
    it: 'vsftpd.conf: `anonymous_enable=NO` (ProFTPD: remove `<Anonymous>`; FileZilla Server: delete the user `anonymous`); prefer SFTP. Close 21 and 990 in the firewall.',
    security:
      'Treat every file below the anonymous root as copied, and look for files there that are not yours: open upload folders are used as drop points.',
  },
  references: [
    'https://www.rfc-editor.org/rfc/rfc959',
    'https://www.rfc-editor.org/rfc/rfc1635',
    'https://www.rfc-editor.org/rfc/rfc3659#section-7',
  ],
  tested: [
    { how: 'server', what: 'vsftpd 3.0.3 (anonymous, secured), pyftpdlib 2.0.1 (read, write, secured, AUTH TLS, TLS)' },
  ],
  recogniseGreeting: (bytes) => {
    const greeting = bytes.toString('latin1', 0, 256);
    return /^220[ -]/.test(greeting) && !/SMTP/i.test(greeting);
  },
  probe,
};

async function probe(context: ProbeContext): Promise<Observation> {
  return await speak(context, 'FTP', (connection) => dialogue(context, connection));
}

async function dialogue(context: ProbeContext, connection: Connection): Promise<Observation> {
  const ask = async (command: string): Promise<FtpReply> => {
    await connection.write(Buffer.from(`${command}\r\n`, 'latin1'));
    return await readReply(connection);
  };
  const greeting = await readReply(connection);
  if (greeting.code === 421) return { ...blank(), reason: 'the server takes no connection now (421)' };
  if (greeting.code !== 220) return unidentified('FTP');
  const known = productOf(greeting.lines.join(' '));
  const base = { identified: true, datasets: [], notTested: [], ...known };
  let user = await ask('USER anonymous');
  // SMTP and others greet with 220 too.
  if ([500, 502, 503].includes(user.code)) return unidentified('FTP');
  if (connection.tls === undefined && wantsTls(user)) {
    context.record('USER anonymous', `${user.code}, wants TLS`);
    if ((await ask('AUTH TLS')).code !== 234) {
      return {
        ...base,
        verdict: 'secured',
        reason: `the server refuses the user anonymous without TLS (${user.code}), and offers no TLS`,
      };
    }
    await connection.startTls();
    user = await ask('USER anonymous');
  }
  let login = user;
  if (user.code === 331) {
    login = await ask('PASS postern@example.org');
    if (connection.tls === undefined && wantsTls(login)) {
      return {
        ...base,
        verdict: 'inconclusive',
        reason: 'the server wants TLS after the user’s name',
        notTested: ['the login over TLS'],
      };
    }
  }
  context.record('USER anonymous', `${user.code}${login === user ? '' : `, PASS ${login.code}`}`);
  if (login.code !== 230 && login.code !== 232) {
    if (![332, 430, 530, 532, 550].includes(login.code)) {
      return { ...blank(), ...known, reason: `the server fails at an anonymous login (${login.code})` };
    }
    return { ...base, verdict: 'secured', reason: `the server refuses the user anonymous (${login.code})` };
  }
  return { ...base, ...(await survey(context, ask)) };
}

async function survey(
  context: ProbeContext,
  ask: (command: string) => Promise<FtpReply>,
): Promise<Pick<Observation, 'verdict' | 'datasets' | 'documents' | 'bytes' | 'reason' | 'notTested'>> {
  const control = await ask(`CWD ${CONTROL}${context.nonce()}`);
  context.record('control: a folder that cannot exist', `${control.code}`);
  if (control.code < 400) {
    await ask('QUIT');
    return {
      verdict: 'inconclusive',
      datasets: [],
      reason: 'a folder that cannot exist was opened: no genuine FTP server answers so',
      notTested: ['reading', 'writing'],
    };
  }
  const facts = await ask('MLST /');
  const permissions = facts.code === 250 ? permissionsOf(facts.lines) : undefined;
  context.record('MLST /', permissions === undefined ? `${facts.code}` : `${facts.code}, perm=${permissions}`);
  const list = await ask('STAT /');
  const listed = [211, 212, 213].includes(list.code) ? parseListing(list.lines) : undefined;
  await ask('QUIT').catch(() => undefined);
  const counted = listed !== undefined && listed.files + listed.folders > 0;
  context.record('STAT /', counted ? `${listed.files} files, ${listed.folders} folders` : `${list.code}, no list`);
  const notTested = ['what lies below the root'];
  if (!counted)
    notTested.push('the list of files: this server tells none over the control connection, or the root is empty');
  if (permissions === undefined) notTested.push('writing: the server tells no permissions (MLST)');
  const found = {
    datasets: counted ? [{ name: '/', documents: listed.files, bytes: listed.bytes, fields: listed.patterns }] : [],
    ...(counted ? { documents: listed.files, bytes: listed.bytes } : {}),
    notTested,
  };
  if (/[acmp]/.test(permissions ?? '')) {
    return {
      ...found,
      verdict: 'anonymous-write',
      reason: 'the user anonymous logs in and may create files in the root (perm fact of MLST)',
    };
  }
  const seen = counted ? ` and lists ${listed.files} files and ${listed.folders} folders` : '';
  return { ...found, verdict: 'anonymous-read', reason: `the user anonymous logs in without a password${seen}` };
}

function wantsTls({ code, lines }: FtpReply): boolean {
  return (
    [421, 503, 522, 530, 534, 550].includes(code) &&
    /\b(?:TLS|SSL|encrypt(?:ion|ed)?|secure)\b/i.test(lines.join(' ').slice(0, 1_024))
  );
}

/** Only names of products that are known; a banner may say anything. */
function productOf(banner: string): { product?: string; version?: string } {
  const found =
    /\b(vsFTPd|ProFTPD|Pure-FTPd|FileZilla Server|pyftpdlib|Microsoft FTP Service|Serv-U)\b[ /v]{0,3}([\d.]{1,20})?/i.exec(
      banner.slice(0, 512),
    );
  if (found === null) return {};
  const version = parseVersion(found[2]?.replace(/\.$/, ''));
  return {
    product: (found[1] ?? '').toLowerCase().replaceAll(' ', '-'),
    ...(version === undefined ? {} : { version }),
  };
}

function blank(): Observation {
  return { identified: true, verdict: 'inconclusive', datasets: [], reason: '', notTested: ['reading', 'writing'] };
}
