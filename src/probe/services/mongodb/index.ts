/**
 * MongoDB and what speaks its protocol (DocumentDB, FerretDB, Cosmos DB).
 *
 * Dialogue (OP_MSG, one connection; OP_QUERY on a second one for servers before 3.6, which close on OP_MSG):
 *   hello, buildInfo                     who and which version; answered before authentication
 *   postern<random>                      code 59 CommandNotFound (anything else: no MongoDB, or a honeypot)
 *   listDatabases                        code 13 Unauthorized: secured | databases, sizes
 *   connectionStatus                     nobody is logged in
 *   listCollections per database         names
 *   collStats | count per collection     documents and bytes from metadata
 *   listIndexes per collection           names of indexed fields (no document is read)
 *   getCmdLineOpts                       ok: access control is off, so a stranger may write as well; answer dropped
 *
 * `listDatabases` answers ok with an empty list on secured servers too (nuclei-templates #16327): an empty list is
 * followed by listCollections on `admin`. Run against FerretDB 1.24 (SQLite); code 13 and OP_QUERY are scripted.
 */
import { PosternError } from '../../../core/errors.ts';
import { scramFinal, scramFirst } from '../../auth/scram.ts';
import { isMalformed, parseVersion, sumKnown, unidentified, unlessMalformed } from '../../observations.ts';
import type { ControlCredentials, Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { allow, controlAllow, sampling } from './allow.ts';
import { type Ask, array, asker, batch, code, count, isOk, shape, text } from './answers.ts';
import type { Doc, Value } from './bson.ts';
import { measure } from './measure.ts';
import { type Collection, sampleCollections } from './sample.ts';
import type { Dialect } from './wire.ts';

const MAX_DATABASES = 16;
const MAX_COLLECTIONS = 60;
const SYSTEM_DATABASES = new Set(['admin', 'config', 'local']);

const UNAUTHORIZED = 13;
const COMMAND_NOT_FOUND = 59;
const REFUSES_STRANGERS = new Set([UNAUTHORIZED, 18, 33, 391, 8000]);

const NOT_TESTED = ['names of fields without an index (that would mean reading documents)'];

export const mongodb: ProbeService = {
  id: 'mongodb',
  title: 'MongoDB',
  version: 2,
  transport: 'tcp',
  serverSpeaksFirst: false,
  ports: [
    { port: 27017, tls: 'retry' },
    { port: 27018, tls: 'retry' },
    { port: 27019, tls: 'retry' },
  ],
  allow,
  remediation: {
    developer:
      'Connect from the back end with a user that has `readWrite` on its own database only, over TLS; the app itself must never hold a MongoDB address.',
    it: 'mongod.conf: `security.authorization: enabled` (create an administrator first), `net.bindIp: 127.0.0.1,<private address>`, `net.tls.mode: requireTLS`; close 27017–27019 in the firewall. Atlas: remove 0.0.0.0/0 from the IP access list.',
    security:
      'Open MongoDB servers are wiped for ransom within hours: compare document counts with backups, and treat everything held here as copied.',
  },
  references: [
    'https://www.mongodb.com/docs/manual/administration/security-checklist/',
    'https://www.mongodb.com/docs/manual/reference/command/listDatabases/',
    'https://github.com/projectdiscovery/nuclei-templates/issues/16294',
  ],
  tested: [
    { how: 'server', what: 'FerretDB 1.24.2 (MongoDB wire protocol: open, authentication, TLS)' },
    { how: 'documentation', what: 'MongoDB 4.4 to 8' },
  ],
  sampling,
  control: { allow: controlAllow, run: logIn },
  probe,
};

async function probe(context: ProbeContext): Promise<Observation> {
  return (await unlessMalformed(inEitherDialect(context))) ?? unidentified('the MongoDB protocol');
}

async function inEitherDialect(context: ProbeContext): Promise<Observation> {
  const first = await converse(context, 'msg');
  if (!(first instanceof PosternError)) return first;
  // No answer at all: servers before 3.6 close on OP_MSG.
  const second = await converse(context, 'query');
  if (second instanceof PosternError) throw first;
  return second;
}

/** @returns the failure when the connection failed before a first answer */
async function converse(context: ProbeContext, dialect: Dialect): Promise<Observation | PosternError> {
  const connection = await context.connect();
  try {
    const ask = asker(connection, dialect);
    let hello: Doc;
    try {
      hello = await ask('admin', dialect === 'msg' ? { hello: 1 } : { isMaster: 1 });
    } catch (error) {
      if (error instanceof PosternError && error.code === 'E_PROBE_IO' && !isMalformed(error)) return error;
      throw error;
    }
    return await dialogue(context, ask, hello);
  } finally {
    connection.close();
  }
}

async function dialogue(context: ProbeContext, ask: Ask, hello: Doc): Promise<Observation> {
  if (
    !hello.has('ok') ||
    (!hello.has('maxWireVersion') && !hello.has('ismaster') && !hello.has('isWritablePrimary') && !hello.has('errmsg'))
  ) {
    return unidentified('the MongoDB protocol');
  }
  const build = await ask('admin', { buildInfo: 1 });
  const version = parseVersion(text(build.get('version')));
  const ferret = parseVersion(text(build.get('ferretdbVersion')) ?? ferretOf(build));
  const known = { identified: true, version: ferret ?? version, product: ferret ? 'ferretdb' : 'mongodb' };
  context.record('hello; buildInfo', `version ${known.version ?? 'not told'}`);

  const control = await ask('admin', { [`postern${context.nonce()}`]: 1 });
  context.record('control: a command that does not exist', shape(control));
  const controlled =
    !isOk(control) &&
    (code(control) === COMMAND_NOT_FOUND || /no such (?:cmd|command)/.test(text(control.get('errmsg')) ?? ''));
  const listed = await ask('admin', { listDatabases: 1, nameOnly: false });
  context.record('listDatabases', isOk(listed) ? `${array(listed.get('databases')).length} databases` : shape(listed));
  if (!isOk(listed)) {
    return REFUSES_STRANGERS.has(code(listed)) ||
      /requires authentication|not authorized|auth/i.test(text(listed.get('errmsg')) ?? '')
      ? secured(known, `listing databases requires authentication (code ${code(listed)})`)
      : { ...known, ...unclear(`listing databases failed (code ${code(listed)})`) };
  }
  if (!controlled) {
    if (REFUSES_STRANGERS.has(code(control))) return secured(known, 'commands require authentication');
    return {
      ...known,
      ...unclear('a command that does not exist was not refused as such: no genuine MongoDB answers so'),
    };
  }
  return survey(context, ask, hello, known, array(listed.get('databases')));
}

interface Known {
  identified: boolean;
  version: string | undefined;
  product: string;
}

async function survey(
  context: ProbeContext,
  ask: Ask,
  hello: Doc,
  known: Known,
  listed: Value[],
): Promise<Observation> {
  const databases = listed.flatMap((entry) => {
    const name = entry instanceof Map ? text(entry.get('name')) : undefined;
    return name ? [{ name, bytes: entry instanceof Map ? count(entry.get('sizeOnDisk')) : undefined }] : [];
  });
  const notTested = [...NOT_TESTED];
  if (databases.length === 0) {
    const admin = await ask('admin', { listCollections: 1, nameOnly: true });
    context.record('listCollections on admin', shape(admin));
    if (!isOk(admin))
      return secured(known, `the list of databases is empty and listing collections is refused (code ${code(admin)})`);
  }
  const status = await ask('admin', { connectionStatus: 1, showPrivileges: true });
  const info = status.get('authInfo');
  const users = info instanceof Map ? array(info.get('authenticatedUsers')).length : 0;
  context.record('connectionStatus', isOk(status) ? `${users} authenticated users` : shape(status));

  const ours = databases.filter(({ name }) => !SYSTEM_DATABASES.has(name) && Buffer.byteLength(name) <= 64);
  const datasets: ObservedDataset[] = [];
  const collections: Collection[] = [];
  let readable = databases.length === 0;
  let left = MAX_COLLECTIONS;
  for (const { name } of ours.slice(0, MAX_DATABASES)) {
    const answer = await ask(name, { listCollections: 1, nameOnly: true });
    if (!isOk(answer)) continue;
    readable = true;
    for (const collection of batch(answer)) {
      const title = text(collection.get('name')) ?? '';
      if (
        collection.get('type') === 'view' ||
        title === '' ||
        title.startsWith('system.') ||
        Buffer.byteLength(title) > 255
      )
        continue;
      if (left-- <= 0) break;
      const dataset = await measure(context, ask, name, title);
      datasets.push(dataset);
      collections.push({ database: name, collection: title, dataset });
    }
  }
  if (left < 0) notTested.push(`collections beyond the first ${MAX_COLLECTIONS}`);
  if (ours.length > MAX_DATABASES) notTested.push(`${ours.length - MAX_DATABASES} further databases`);
  context.record('listCollections; collStats; listIndexes', `${datasets.length} collections`);
  if (ours.length === 0 && databases.length > 0)
    readable = isOk(await ask('admin', { listCollections: 1, nameOnly: true }));

  await sampleCollections(context, collections);

  const options = await ask('admin', { getCmdLineOpts: 1 });
  context.record('getCmdLineOpts', isOk(options) ? 'answered (access control is off)' : shape(options));
  const found = {
    ...known,
    datasets,
    documents: sumKnown(datasets.map((dataset) => dataset.documents)) ?? 0,
    bytes: sumKnown(datasets.map((dataset) => dataset.bytes)) ?? sumKnown(ours.map((database) => database.bytes)),
    notTested,
  };
  const primary = hello.get('isWritablePrimary') ?? hello.get('ismaster');
  const frozen = primary !== true || hello.get('readOnly') === true;
  if (isOk(options) && users === 0 && readable) {
    return frozen
      ? {
          ...found,
          verdict: 'anonymous-read',
          reason: 'access control is off; this member takes no writes',
          notTested: [...notTested, 'writing on the primary'],
        }
      : {
          ...found,
          verdict: 'anonymous-write',
          reason: 'access control is off: a stranger may read and change every collection',
        };
  }
  if (readable) {
    return {
      ...found,
      verdict: 'anonymous-read',
      reason: 'a stranger may list databases and collections',
      notTested: [...notTested, 'writing'],
    };
  }
  return { ...found, verdict: 'metadata-only', reason: 'a stranger may list databases but not their collections' };
}

async function logIn(context: ProbeContext, { username, password }: ControlCredentials): Promise<boolean> {
  const connection = await context.connect();
  try {
    const ask = asker(connection, 'msg');
    const nonce = context.nonce();
    const first = await ask('admin', {
      saslStart: 1,
      mechanism: 'SCRAM-SHA-256',
      payload: Buffer.from(scramFirst(username, nonce)),
    });
    const serverFirst = first.get('payload');
    const conversationId = first.get('conversationId');
    if (!isOk(first) || !Buffer.isBuffer(serverFirst) || typeof conversationId !== 'number') return false;
    const step = await scramFinal(username, password, nonce, serverFirst.toString('utf8'));
    const final = await ask('admin', { saslContinue: 1, conversationId, payload: Buffer.from(step.message) });
    const serverFinal = final.get('payload');
    if (!isOk(final) || !Buffer.isBuffer(serverFinal)) return false;
    if (!step.verify(serverFinal.toString('utf8'))) {
      throw new PosternError('E_PROBE_IO', 'the server could not prove that it knows the password');
    }
    if (final.get('done') === true) return true;
    return isOk(await ask('admin', { saslContinue: 1, conversationId, payload: Buffer.alloc(0) }));
  } finally {
    connection.close();
  }
}

function ferretOf(build: Doc): string | undefined {
  const ferret = build.get('ferretdb');
  return ferret instanceof Map ? text(ferret.get('version')) : undefined;
}

function secured(known: Known, reason: string): Observation {
  return { ...known, verdict: 'secured', datasets: [], reason, notTested: [] };
}

function unclear(reason: string): Pick<Observation, 'verdict' | 'datasets' | 'reason' | 'notTested'> {
  return { verdict: 'inconclusive', datasets: [], reason, notTested: ['reading', 'writing'] };
}
