/**
 * Aerospike, info protocol, port 3000 (4333 with TLS).
 *
 * ```
 * 02 01 <6 bytes: length> "build\nedition\nnamespaces\n<random>\n"
 *        → "build\t6.4.0.1\nedition\tAerospike Community Edition\nnamespaces\ttest\n<random>\t"; with security
 *          "ERROR:80:not authenticated" alone, without a name and a tab
 * 02 01 … "sets/<namespace>\n"   → "sets/test\tns=test:set=customers:objects=12:…;"
 * ```
 *
 * The Community Edition knows no logins. Where the Enterprise Edition has them, nothing but its version is told without.
 *
 * Sources: https://aerospike.com/docs/server/reference/info/, https://aerospike.com/docs/server/operations/configure/security/
 * access-control/, https://github.com/aerospike/aerospike-client-go/blob/master/info.go and node_validator.go
 */
import type { Connection } from '../../../net/connection.ts';
import { allowDeclared } from '../../declared-bytes.ts';
import { datasetName, grouped } from '../../names.ts';
import { malformed, parseCount, parseVersion, sumKnown, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { remediation } from './remediation.ts';

const MOST_NAMESPACES = 10;
const LONGEST_ANSWER = 1024 * 1024;
const PLAIN_NAMESPACE = /^[A-Za-z0-9_-]{1,31}$/;

function info(...names: readonly string[]): Buffer {
  const body = Buffer.from(names.map((name) => `${name}\n`).join(''), 'latin1');
  const head = Buffer.alloc(8);
  head.writeUInt8(2, 0);
  head.writeUInt8(1, 1);
  head.writeUIntBE(body.length, 2, 6);
  return Buffer.concat([head, body]);
}

async function ask(connection: Connection, ...names: readonly string[]): Promise<Map<string, string>> {
  await connection.write(info(...names));
  const head = await connection.read(8);
  const length = head.readUIntBE(2, 6);
  if (head[0] !== 2 || head[1] !== 1 || length > LONGEST_ANSWER) throw malformed('Aerospike', 'no info message');
  const lines = (await connection.read(length)).toString('latin1').split('\n');
  return new Map(
    lines.slice(0, 100).flatMap((line) => {
      const at = line.indexOf('\t');
      // A refusal of the whole request has no name before it.
      if (at < 0) return isError(line) ? [['', line] as const] : [];
      return [[line.slice(0, at), line.slice(at + 1)] as const];
    }),
  );
}

function isError(answer: string): boolean {
  return /^(?:ERROR|FAIL)\b/i.test(answer);
}

async function askAerospike(context: ProbeContext): Promise<Observation> {
  const connection = await context.connect();
  const nonce = context.nonce();
  const first = await ask(connection, 'build', 'edition', 'namespaces', nonce);
  const [build = '', edition = '', namespaces = '', control = ''] = ['build', 'edition', 'namespaces', nonce].map(
    (name) => first.get(name) ?? '',
  );
  const version = parseVersion(build);
  const refusal = isError(namespaces) ? namespaces : (first.get('') ?? '');
  const shut = /^ERROR:80\b|authenticat/i.test(refusal);
  if (version === undefined && !shut) return unidentified('Aerospike');
  const kept = shut ? 'refused' : `${namespaces.split(';').length} namespaces`;
  context.record('info build, edition, namespaces, <random>', kept);
  const base = { identified: true, product: 'aerospike', ...(version === undefined ? {} : { version }) } as const;
  if (shut) {
    return {
      ...base,
      verdict: 'secured',
      datasets: [],
      reason: 'the namespaces are refused: no login was sent',
      notTested: [],
    };
  }
  // Each name is answered on a line of its own, also the one that does not exist.
  if (!first.has(nonce) || (control !== '' && !isError(control))) {
    const reason = 'the control request for a command that cannot exist was answered';
    return { ...base, verdict: 'inconclusive', datasets: [], reason, notTested: ['what a stranger gets here'] };
  }
  const names = namespaces
    .split(';')
    .filter((name) => PLAIN_NAMESPACE.test(name))
    .slice(0, MOST_NAMESPACES);
  const datasets: ObservedDataset[] = [];
  for (const name of names) {
    const answer = await ask(connection, `sets/${name}`);
    const sets = setsOf(name, answer.get(`sets/${name}`) ?? '');
    context.record(`info sets/${datasetName(name)}`, `${sets.length} sets`);
    datasets.push(...sets);
  }
  const documents = sumKnown(datasets.map((one) => one.documents));
  const size = { ...(documents === undefined ? {} : { documents }), datasets };
  const listed = `${names.length} namespaces with ${grouped(documents ?? 0)} records in sets`;
  const notTested = ['names of bins: they stand in records only'];
  if (/community/i.test(edition)) {
    const reason = `the Community Edition knows no logins: a stranger reads and changes ${listed}`;
    return { ...base, ...size, verdict: 'anonymous-write', reason, notTested };
  }
  const reason = `a stranger lists ${listed}; security is not enabled`;
  return {
    ...base,
    ...size,
    verdict: 'anonymous-read',
    reason,
    notTested: [...notTested, 'whether a stranger may write'],
  };
}

/** `ns=test:set=customers:objects=12:memory_data_bytes=…:device_data_bytes=…;` */
function setsOf(namespace: string, answer: string): ObservedDataset[] {
  if (isError(answer)) return [];
  return answer
    .split(';')
    .slice(0, 200)
    .flatMap((row) => {
      const facts = new Map(
        row.split(':').flatMap((part) => {
          const at = part.indexOf('=');
          return at < 0 ? [] : [[part.slice(0, at), part.slice(at + 1)] as const];
        }),
      );
      const set = facts.get('set') ?? facts.get('set_name');
      if (set === undefined || set === '') return [];
      const documents = parseCount(facts.get('objects') ?? facts.get('n_objects'));
      const bytes = sumKnown([
        parseCount(facts.get('memory_data_bytes')),
        parseCount(facts.get('device_data_bytes')),
        parseCount(facts.get('data_used_bytes')),
      ]);
      const name = `${datasetName(namespace)}.${datasetName(set)}`;
      return [
        {
          name,
          ...(documents === undefined ? {} : { documents }),
          ...(bytes === undefined ? {} : { bytes }),
          fields: [],
        },
      ];
    });
}

const FIRST = /^build\nedition\nnamespaces\n[a-z][0-9a-f]{15}\n$/;
const SETS = /^sets\/[A-Za-z0-9_-]{1,31}\n$/;

/** The whole request: its length is that of its text. */
function carries(bytes: Buffer, text: RegExp): boolean {
  const body = bytes.subarray(8).toString('latin1');
  return text.test(body) && bytes.equals(info(...body.split('\n').slice(0, -1)));
}

export const aerospike: ProbeService = {
  id: 'couchbase-riak',
  face: 'aerospike',
  aliases: ['aerospike'],
  title: 'Aerospike',
  version: 1,
  transport: 'tcp',
  serverSpeaksFirst: false,
  ports: [
    { port: 3000, tls: 'never' },
    { port: 4333, tls: 'first' },
  ],
  allow: allowDeclared([
    {
      why: 'info build, edition, namespaces – product, version and names of namespaces; a random name as control request, which must fail',
      bytes: info('build', 'edition', 'namespaces', 'x3f9c1d27ab84e05'),
      permits: (bytes) => carries(bytes, FIRST),
    },
    {
      why: 'info sets/<namespace> – names and sizes of sets',
      bytes: info('sets/test'),
      permits: (bytes) => carries(bytes, SETS),
    },
  ]),
  remediation,
  references: ['https://aerospike.com/docs/server/reference/info/'],
  tested: [
    {
      how: 'documentation',
      what: 'answers as Aerospike’s info command reference (6.x) and aerospike-client-go (node_validator.go) describe them',
    },
  ],
  ladder: false,
  probe: askAerospike,
};
