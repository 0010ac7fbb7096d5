/**
 * Android Debug Database: a web server inside a debug build, port 8080, that shows the app's databases and preferences and
 * runs any SQL on them. It knows no reading without writing.
 *
 * ```
 * GET /getDbList   {"rows":[["shop.db","false","true"],["APP_SHARED_PREFERENCES","false","false"]],"isSuccessful":true,…}
 *                  401, realm "Debug database admin pw", where DEBUG_DB_PASSWORD… is set
 * GET /<random>    500 without a body: the control request
 * ```
 *
 * It is written by hand there: lines end with LF alone (`println` on Android) and refusals have no empty line after their
 * head. Readers of HTTP refuse both, so its answers are read here as bytes. It looks for a line `GET /…` and reads on to the
 * first empty one.
 *
 * `getTableList` opens a database for all who are connected: it is not asked.
 */
import type { HttpAnswer } from '../../../net/connection.ts';
import { allowDeclared } from '../../declared-bytes.ts';
import { at, parseJson } from '../../json.ts';
import { datasetName } from '../../names.ts';
import { unidentified } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { concluded, counted, doubtful, type Identity, okJson, SHORT_ANSWER } from '../web-answers.ts';

const LIST = '/getDbList';
const MOST_DATABASES = 100;

function line(path: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.0\r\n\r\n`);
}

/** Up to the end of the stream, or of the body where its length is told. */
async function ask(context: ProbeContext, path: string): Promise<HttpAnswer> {
  const connection = await context.connect();
  try {
    await connection.write(line(path));
    let all = Buffer.alloc(0);
    let answer = read(all);
    while (!answer.whole && all.length < SHORT_ANSWER) {
      const more = await connection.readSome(SHORT_ANSWER - all.length);
      if (more.length === 0) break;
      all = Buffer.concat([all, more]);
      answer = read(all);
    }
    return answer;
  } finally {
    connection.close();
  }
}

function read(all: Buffer): HttpAnswer & { whole: boolean } {
  const text = all.toString('latin1');
  const end = /\r?\n\r?\n/.exec(text);
  const [first = '', ...lines] = text.slice(0, end?.index ?? text.length).split(/\r?\n/);
  const headers: Record<string, string> = {};
  for (const one of lines.slice(0, 100)) {
    const colon = one.indexOf(':');
    if (colon > 0) headers[one.slice(0, colon).toLowerCase()] = one.slice(colon + 1).trim();
  }
  const body = end === null ? Buffer.alloc(0) : all.subarray(end.index + end[0].length);
  const length = /^\d{1,9}$/.test(headers['content-length'] ?? '') ? Number(headers['content-length']) : Infinity;
  const status = Number(/^HTTP\/1\.[01] (\d{3})\b/.exec(first)?.[1] ?? 0);
  return { status, headers, body, truncated: false, whole: end !== null && body.length >= length };
}

async function askDebugDatabase(context: ProbeContext): Promise<Observation> {
  const answer = await ask(context, LIST);
  const identity: Identity = { identified: true, product: 'android-debug-database' };
  if (answer.status === 401 && /realm="Debug database admin pw"/.test(answer.headers['www-authenticate'] ?? '')) {
    context.record(`GET ${LIST}`, '401');
    return concluded(identity, 'secured', 'a password is asked for (401)', ['how strong the password is']);
  }
  const names = namesIn(okJson(answer));
  if (names === undefined) return unidentified('Android Debug Database');
  context.record(`GET ${LIST}`, `200, ${counted(names.length, 'database')}`);
  const control = await ask(context, `/${context.nonce()}`);
  context.record('GET /<random>', `${control.status}`);
  if (control.status < 300 && namesIn(parseJson(control.body)) !== undefined)
    return doubtful(identity, 'a path that does not exist');
  return {
    ...identity,
    verdict: 'anonymous-write',
    datasets: names.map((name) => ({ name: datasetName(name), fields: [] })),
    reason: `a debug build shows ${counted(names.length, 'database')} of the app to everybody and runs any SQL on them`,
    notTested: ['tables and rows: listing them would change which database is open'],
  };
}

/** The library always lists the preferences, under a name of its own. */
function namesIn(body: unknown): string[] | undefined {
  const rows = at(body, 'rows');
  if (at(body, 'isSuccessful') !== true || !Array.isArray(rows)) return undefined;
  const names = rows.slice(0, MOST_DATABASES).flatMap((row: unknown) => {
    const name: unknown = Array.isArray(row) ? row[0] : row;
    return typeof name === 'string' ? [name] : [];
  });
  return names.includes('APP_SHARED_PREFERENCES') ? names : undefined;
}

/** What is done about debugging that was left on, whichever door stands open. */
export const remediation = {
  developer:
    'Keep debug libraries out of release builds: `debugImplementation` (never `implementation`) for debug-db, Flipper and Stetho in build.gradle, and check the release APK for them.',
  it: 'Turn network debugging off on the devices (`adb usb`, or developer options), and let no network reach 5555 and 8080 of devices.',
  security:
    'Treat what the app kept on the device as read and changed, and a device whose ADB stood open as taken over: set it up anew.',
};

export const androidDebugDatabase: ProbeService = {
  id: 'android-debug',
  face: 'http',
  title: 'Android Debug Database',
  version: 1,
  transport: 'tcp',
  serverSpeaksFirst: false,
  ports: [{ port: 8080, tls: 'never' }],
  // Devices are no back ends: asked where the owner put one into scope, by port or by name.
  ladder: false,
  allow: allowDeclared([
    { why: 'GET /getDbList – names of the app’s databases', bytes: line(LIST) },
    {
      why: 'GET /<random> – the control request, which must fail',
      bytes: line('/x3f9c1d27ab84e05'),
      matches: /GET \/[a-z][0-9a-f]{15} HTTP\/1\.0\r\n\r\n/,
    },
  ]),
  remediation,
  references: [
    'https://github.com/amitshekhariitbhu/Android-Debug-Database',
    'https://github.com/amitshekhariitbhu/Android-Debug-Database/blob/master/debug-db-base/src/main/java/com/amitshekhar/server/RequestHandler.java',
  ],
  tested: [
    {
      how: 'documentation',
      what: 'Android Debug Database 1.0.7: answers as RequestHandler.java of the library writes them',
    },
  ],
  probe: askDebugDatabase,
};
