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
 * `getTableList` opens a database for all who are connected: it is not asked.
 */
import { allowRequests } from '../../../net/request-templates.ts';
import { at, parseJson } from '../../json.ts';
import { datasetName } from '../../names.ts';
import { unidentified } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { concluded, counted, doubtful, type Identity, okJson, SHORT_ANSWER } from '../web-answers.ts';

const LIST = '/getDbList';
const MOST_DATABASES = 100;

async function askDebugDatabase(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const answer = await session.get(LIST, { maxBytes: SHORT_ANSWER });
  const identity: Identity = { identified: true, product: 'android-debug-database' };
  if (answer.status === 401 && /realm="Debug database admin pw"/.test(answer.headers['www-authenticate'] ?? '')) {
    context.record(`GET ${LIST}`, '401');
    return concluded(identity, 'secured', 'a password is asked for (401)', ['how strong the password is']);
  }
  const names = namesIn(okJson(answer));
  if (names === undefined) return unidentified('Android Debug Database');
  context.record(`GET ${LIST}`, `200, ${counted(names.length, 'database')}`);
  const control = await session.get(`/${context.nonce()}`, { maxBytes: SHORT_ANSWER });
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
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 8080, tls: 'never' }],
  // Devices are no back ends: asked where the owner put one into scope, by port or by name.
  ladder: false,
  allow: allowRequests([
    { path: LIST, why: 'names of the app’s databases' },
    { path: '/<nonce>', why: 'the control request, which must fail' },
  ]),
  remediation,
  references: [
    'https://github.com/amitshekhariitbhu/Android-Debug-Database',
    'https://github.com/amitshekhariitbhu/Android-Debug-Database/blob/master/debug-db-base/src/main/java/com/amitshekhar/server/RequestHandler.java',
  ],
  tested: [
    {
      how: 'recorded',
      what: 'Android Debug Database 1.0.7: answers as RequestHandler.java of the library writes them',
    },
  ],
  // Its answers have a type and a length, and nothing that names a server.
  recognise: ({ headers }) =>
    headers.server === undefined && headers['x-powered-by'] === undefined ? 'possible' : 'no',
  probe: askDebugDatabase,
};
