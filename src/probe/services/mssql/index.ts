/**
 * Microsoft SQL Server and what speaks TDS (Azure SQL, Babelfish), 1433.
 *
 * | we | the server |
 * |---|---|
 * | `12 01 …` PRELOGIN: VERSION, ENCRYPTION (off), INSTOPT, THREADID, MARS | `04 01 …` with the same options: version, encryption |
 *
 * That is all: SQL Server has no anonymous users, and a failed login may lock an account. Servers that speak TDS 8
 * (`Force Strict Encryption`) want TLS from the first byte; the runner tries it once after a silent close.
 * Encryption in the answer: 0 off, 1 on, 2 not supported, 3 required.
 * Source: MS-TDS, sections 2.2.6.5 and 2.2.3.1, https://learn.microsoft.com/openspecs/windows_protocols/ms-tds/.
 */
import { ByteCursor } from '../../byte-cursor.ts';
import { allowDeclared } from '../../declared-bytes.ts';
import { malformed, speak, unidentified } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';

/** Header (8), five options of 5 bytes and the terminator, then their data at offsets 26, 32, 33, 34, 38. */
const PRELOGIN = Buffer.from(
  '1201002f00000000' +
    '00001a0006' +
    '0100200001' +
    '0200210001' +
    '0300220004' +
    '0400260001' +
    'ff' +
    '000000000000' +
    '00' +
    '00' +
    '00000000' +
    '00',
  'hex',
);
const RESPONSE = 0x04;
const LONGEST = 4_096;

const ENCRYPTION: Readonly<Record<number, string>> = {
  0: 'encrypts the login only',
  1: 'encrypts on request',
  2: 'supports no encryption',
  3: 'requires encryption',
};

export const mssqlAllow = allowDeclared([
  { why: 'PRELOGIN – version and encryption; no login follows', bytes: PRELOGIN },
]);

export const mssql: ProbeService = {
  id: 'mssql',
  title: 'Microsoft SQL Server',
  version: 1,
  transport: 'tcp',
  serverSpeaksFirst: false,
  ports: [{ port: 1433, tls: 'retry' }],
  allow: mssqlAllow,
  remediation: {
    developer:
      'Connect from the back end with a login of its own and `Encrypt=Strict` or `Encrypt=True`; the app itself must never hold a database address.',
    it: 'SQL Server Configuration Manager: `Force Encryption = Yes`, TCP/IP on the private address only; disable `sa`, use Windows or Entra authentication. Azure SQL: remove the firewall rule 0.0.0.0–255.255.255.255. Close 1433/tcp and 1434/udp in the firewall.',
    security:
      'A reachable SQL Server is guessed at all day: look for failed logins (error 18456) in its log and rotate weak passwords.',
  },
  references: [
    'https://learn.microsoft.com/openspecs/windows_protocols/ms-tds/60f56408-0188-4cd5-8b90-25c6f2423868',
    'https://learn.microsoft.com/sql/relational-databases/security/securing-sql-server',
  ],
  tested: [
    {
      how: 'documentation',
      what: 'the PRELOGIN response of MS-TDS section 4.2 (learn.microsoft.com/openspecs/windows_protocols/ms-tds)',
    },
  ],
  probe,
};

async function probe(context: ProbeContext): Promise<Observation> {
  return await speak(context, 'TDS', async (connection) => {
    await connection.write(PRELOGIN);
    const head = await connection.read(8);
    const length = head.readUInt16BE(2);
    // A packet of another protocol: its length is not waited for.
    if (head[0] !== RESPONSE || length < 8 + 6 || length > LONGEST) return unidentified('TDS');
    const options = parseOptions(await connection.read(length - 8));
    const told = options.get(0);
    if (told === undefined || told.length < 6) return unidentified('TDS');
    const version = `${told[0]}.${told[1]}.${told.readUInt16BE(2)}`;
    const encryption = ENCRYPTION[options.get(1)?.[0] ?? -1] ?? 'does not say whether it encrypts';
    context.record('PRELOGIN', `version ${version}, ${encryption}`);
    return {
      identified: true,
      version,
      product: 'sql-server',
      verdict: 'secured',
      datasets: [],
      reason: `the server asks everybody for a login; it ${encryption}`,
      notTested: ['any login: failed ones lock accounts', 'the SQL Server Browser on 1434/udp'],
    };
  });
}

/** The options of a PRELOGIN message by their token. */
export function parseOptions(body: Buffer): Map<number, Buffer> {
  const options = new Map<number, Buffer>();
  const list = new ByteCursor(body, 'TDS');
  for (;;) {
    const token = list.u8();
    if (token === 0xff) return options;
    const at = list.u16be();
    const length = list.u16be();
    if (options.has(token) || at + length > body.length) throw malformed('TDS', 'options');
    options.set(token, body.subarray(at, at + length));
  }
}
