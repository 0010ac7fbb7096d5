/**
 * rsync daemon, 873.
 *
 * | we | the daemon |
 * |---|---|
 * | | `@RSYNCD: 31.0 …` (it speaks first) |
 * | `@RSYNCD: 30.0`, `#list` | message of the day, `module<TAB>comment` lines, `@RSYNCD: EXIT` |
 * | `@RSYNCD: 30.0`, `postern<random>` (own connection) | `@ERROR: Unknown module …`; `@RSYNCD: OK`: a honeypot |
 * | `@RSYNCD: 30.0`, `<module>` (own connection each) | `@RSYNCD: OK`: open; `@RSYNCD: AUTHREQD …`: secured; `@ERROR: access denied …` |
 *
 * After `OK` the connection is closed: no file list is asked for. Comments and messages of the day are dropped. Whether a
 * module is `read only` shows only in a transfer, which is never begun.
 * Sources: https://github.com/RsyncProject/rsync/blob/master/clientserver.c, rsyncd.conf(5).
 */
import type { Connection } from '../../../net/connection.ts';
import { allowDeclared } from '../../declared-bytes.ts';
import { datasetName } from '../../names.ts';
import { malformed, unidentified } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';

const MOST_MODULES = 4;
const MOST_LINES = 500;
const LONGEST_LINE = 2_048;

/** Every daemon since 3.0 speaks 30, and it needs no list of digests. */
const GREETING = '@RSYNCD: 30.0\n';
const MODULE = /[^\x00-\x1f\x7f/#@ ][^\x00-\x1f\x7f/]{0,127}\n/;
const WHOLE_MODULE = new RegExp(`^(?:${MODULE.source})$`);

export const rsyncAllow = allowDeclared([
  { why: 'greeting: protocol 30.0', bytes: GREETING },
  { why: '#list – names of modules', bytes: '#list\n' },
  {
    why: 'postern<random> – a module that cannot exist; must be refused',
    bytes: 'posternx3f9c1d27ab84e05\n',
    matches: MODULE,
  },
  {
    why: '<module> – whether it asks for a password; closed at once after the answer',
    bytes: 'backups\n',
    matches: MODULE,
  },
]);

export const rsync: ProbeService = {
  id: 'rsync',
  title: 'rsync daemon',
  version: 1,
  transport: 'tcp',
  serverSpeaksFirst: true,
  ports: [{ port: 873, tls: 'never' }],
  allow: rsyncAllow,
  remediation: {
    developer:
      'Copy files over SSH (`rsync -e ssh`) or from an object store with signed requests; an app never talks to an rsync daemon.',
    it: 'rsyncd.conf, per module: `auth users = …` with `secrets file` (mode 600), `hosts allow = <private network>`, `read only = yes`, `list = no`; bind with `address = 127.0.0.1` or the private address and close 873 in the firewall.',
    security:
      'Treat everything below the `path` of an open module as copied: backups and dumps hold the personal data of the whole system.',
  },
  references: [
    'https://download.samba.org/pub/rsync/rsyncd.conf.5',
    'https://github.com/RsyncProject/rsync/blob/master/clientserver.c',
  ],
  tested: [{ how: 'server', what: 'rsync 3.5.0 daemon (open, auth users, hosts deny, list = no)' }],
  recogniseGreeting: (bytes) => bytes.toString('latin1', 0, 9) === '@RSYNCD: ',
  probe,
};

type Door = 'open' | 'password' | 'denied' | 'unknown' | 'unclear';

async function probe(context: ProbeContext): Promise<Observation> {
  const connection = await context.connect();
  let version: string | undefined;
  let listed: string[];
  try {
    version = await greet(connection);
    if (version === undefined) return unidentified('the rsync protocol');
    await connection.write(Buffer.from('#list\n'));
    listed = await readModules(connection);
  } finally {
    connection.close();
  }
  context.record('#list', `${listed.length} modules`);
  const base = { identified: true, version };
  const control = await knock(context, `postern${context.nonce()}`);
  context.record('control: a module that cannot exist', control);
  if (control === 'open' || control === 'password') {
    return {
      ...base,
      verdict: 'inconclusive',
      datasets: [],
      reason: 'a module that cannot exist was not refused: no genuine rsync daemon answers so',
      notTested: ['reading', 'writing'],
    };
  }
  const named = (context.options.datasets ?? []).filter((name) => !listed.includes(name));
  const modules = [...listed, ...named].filter((name) => WHOLE_MODULE.test(`${name}\n`));
  const doors: { name: string; door: Door }[] = [];
  for (const name of modules.slice(0, MOST_MODULES)) doors.push({ name, door: await knock(context, name) });
  context.record('<module>', doors.map(({ door }) => door).join(', ') || 'none asked');
  return { ...base, ...conclude(listed, doors, modules.length) };
}

function conclude(
  listed: readonly string[],
  doors: readonly { name: string; door: Door }[],
  all: number,
): Pick<Observation, 'verdict' | 'datasets' | 'reason' | 'notTested'> {
  const notTested = ['numbers and names of files', 'writing: only a transfer would tell'];
  if (all > doors.length) notTested.push(`${all - doors.length} further modules`);
  const open = doors.filter(({ door }) => door === 'open');
  if (open.length > 0) {
    return {
      verdict: 'anonymous-read',
      datasets: open.map(({ name }) => ({ name: datasetName(name), fields: [] })),
      reason: `${open.length} of ${doors.length} modules asked ${open.length === 1 ? 'opens' : 'open'} without a password`,
      notTested,
    };
  }
  if (listed.length > 0) {
    return {
      verdict: 'metadata-only',
      datasets: listed.slice(0, MOST_LINES).map((name) => ({ name: datasetName(name), fields: [] })),
      reason: `a stranger lists the names of ${listed.length} modules; those asked want a password or refuse this client`,
      notTested,
    };
  }
  return {
    verdict: 'secured',
    datasets: [],
    reason: 'the daemon lists no module to a stranger',
    notTested: ['modules that are not listed (name them under `datasets` of the target)', ...notTested],
  };
}

/** @returns the protocol's version; undefined when the peer is no rsync daemon */
async function greet(connection: Connection): Promise<string | undefined> {
  // A line of another protocol ends somewhere too; only its start is looked at.
  const start = (await connection.read(9)).toString('latin1');
  if (start !== '@RSYNCD: ') return undefined;
  const line = (await connection.readUntil('\n', LONGEST_LINE)).toString('latin1');
  const version = /^(\d{1,3}(?:\.\d{1,3})?)(?:\s|$)/.exec(line)?.[1];
  if (version === undefined) return undefined;
  await connection.write(Buffer.from(GREETING));
  return version;
}

async function readLine(connection: Connection): Promise<string> {
  return (await connection.readUntil('\n', LONGEST_LINE)).toString('utf8').replace(/\r?\n$/, '');
}

async function readModules(connection: Connection): Promise<string[]> {
  const names: string[] = [];
  for (let lines = 0; lines < MOST_LINES; lines++) {
    const line = await readLine(connection);
    if (/^@RSYNCD: EXIT/.test(line) || line.startsWith('@ERROR')) return names;
    const tab = line.indexOf('\t');
    // The message of the day comes in the same way; modules have a tab after a name of at least 15 columns.
    if (tab >= 15) names.push(line.slice(0, tab).trimEnd());
  }
  throw malformed('rsync', 'an endless list');
}

async function knock(context: ProbeContext, module: string): Promise<Door> {
  const connection = await context.connect();
  try {
    if ((await greet(connection)) === undefined) return 'unclear';
    await connection.write(Buffer.from(`${module}\n`));
    for (let lines = 0; lines < MOST_LINES; lines++) {
      const line = await readLine(connection);
      if (line.startsWith('@RSYNCD: OK')) return 'open';
      if (line.startsWith('@RSYNCD: AUTHREQD')) return 'password';
      if (/^@ERROR: Unknown module/i.test(line)) return 'unknown';
      if (line.startsWith('@ERROR')) return 'denied';
      if (line.startsWith('@RSYNCD: EXIT')) return 'unclear';
    }
    return 'unclear';
  } finally {
    connection.close();
  }
}
