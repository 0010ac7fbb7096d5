/**
 * InfluxDB, HTTP port 8086 (1.x and 2.x) and 8181 (3). The backup port 8088 of 1.x knows no login; it is not asked.
 *
 * ```
 * GET /ping       1.x, 2.x: 204 with X-Influxdb-Version; 3: 401 by default (github.com/influxdata/docs-v2/issues/7395), else
 *                 200 {"version":"3.0.1"}
 * GET /<random>   404; 2xx: a catch-all
 *
 * 1.x  GET /query?q=SHOW DATABASES         200 {"results":[{"series":[{"values":[["shop"]]}]}]}: `auth-enabled` is off, so
 *                                          everything is open; 401 "unable to parse authentication credentials"; 403
 *                                          "create admin user first": nobody has taken the first account yet
 *      GET /query?q=SHOW RETENTION POLICIES ON "<random>"   "database not found"; else nothing is believed
 *      GET /query?q=SHOW FIELD KEYS ON "<db>", SHOW TAG KEYS …, SHOW SERIES CARDINALITY …
 *      GET /query?q=SHOW TAG VALUES CARDINALITY ON "<db>" FROM "<measurement>" WITH KEY = "<tag>"   people, as a number
 * 2.x  GET /api/v2/setup                   {"allowed":true}: whoever comes first owns the server; false: tokens are needed
 * 3    GET /api/v3/configure/database?format=json   200 [{"iox::database":"shop"}]: `--without-auth`; 401
 * ```
 *
 * GET only: 1.x refuses writing statements sent so.
 * Sources: https://docs.influxdata.com/influxdb/v1/tools/api/, …/v1/query_language/explore-schema/,
 * …/v2/api/ (operation GetSetup), …/influxdb3/core/api/v3/
 */
import type { PostingSession } from '../../../net/connection.ts';
import { askJson, conclude, disbelieved, isLocked, type Known, known, notReady, seen } from '../../http-dialogue.ts';
import { at, text } from '../../json.ts';
import { datasetName } from '../../names.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import { perhaps } from '../../recognition.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { DATABASES, influxdbAllow, influxdbSampling, SETUP } from './allow.ts';
import { askOne } from './one.ts';

async function askInfluxdb(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const ping = await askJson(session, context, '/ping', { maxBytes: 65_536 });
  const told = ping.answer.headers['x-influxdb-version'] ?? text(at(ping.json, 'version'));
  const influx3 = context.port === 8181 || /^v?3\./.test(told ?? '');
  if (told === undefined && !isLocked(ping)) return unidentified('InfluxDB');
  const version = parseVersion(told);
  const base = known(undefined, version);
  if (isLocked(ping)) return await lockedPing(context, session, base);
  const control = await askJson(session, context, `/${context.nonce()}`, { shown: '/<random>', maxBytes: 65_536 });
  if (control.status < 300 && !isPage(control.answer.body)) {
    return disbelieved(base, 'a path that cannot exist', control.status);
  }
  if (influx3) return await askThree(context, session, base);
  if (/^v?2\./.test(told ?? '')) return await askTwo(context, session, base);
  return await askOne(context, session, base);
}

/** 2.x answers every unknown path with the page of its interface. */
function isPage(body: Buffer): boolean {
  return /<title>InfluxDB/i.test(body.subarray(0, 4_096).toString('latin1'));
}

/** 1.x with `ping-auth-enabled`, and 3 with tokens: both say so in their own words. */
async function lockedPing(context: ProbeContext, session: PostingSession, base: Known): Promise<Observation> {
  const list = await askJson(session, context, DATABASES, { maxBytes: 65_536 });
  const own =
    list.answer.headers['x-influxdb-version'] !== undefined ||
    /influx/i.test(list.answer.headers['www-authenticate'] ?? '');
  if (!isLocked(list)) return unidentified('InfluxDB');
  const refused = conclude(base, 'secured', `the list of databases is refused (${list.status})`);
  if (own) return refused;
  // 3 refuses everything without a word of its own: on its own port that fits it, and others.
  return context.port === 8181 && list.status === 401 ? { ...refused, tentative: true } : unidentified('InfluxDB');
}

async function askTwo(context: ProbeContext, session: PostingSession, base: Known): Promise<Observation> {
  const setup = await askJson(session, context, SETUP, { maxBytes: 65_536 });
  const allowed = at(setup.json, 'allowed');
  if (setup.status !== 200 || typeof allowed !== 'boolean')
    return notReady(base, 'the question whether it is set up', setup);
  if (allowed) {
    return conclude(base, 'anonymous-write', 'it is not set up yet: whoever comes first becomes its owner');
  }
  return conclude(base, 'secured', 'it is set up, and every request for data needs a token');
}

async function askThree(context: ProbeContext, session: PostingSession, base: Known): Promise<Observation> {
  const list = await askJson(session, context, DATABASES);
  if (isLocked(list)) return conclude(base, 'secured', `the list of databases is refused (${list.status})`);
  if (list.status !== 200 || !Array.isArray(list.json)) return notReady(base, 'the list of databases', list);
  const datasets: ObservedDataset[] = list.json
    .map((row: unknown) => text(at(row, 'iox::database')))
    .filter((name) => name !== undefined && name !== '_internal')
    .slice(0, 500)
    .map((name) => ({ name: datasetName(name ?? ''), fields: [] }));
  const what = `it runs without authentication: a stranger reads and changes ${seen(datasets, 'database', 'databases')}`;
  return conclude(base, 'anonymous-write', what, ['tables, fields and counts'], datasets);
}

export const influxdb: ProbeService = {
  id: 'influxdb',
  title: 'InfluxDB',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 8086, tls: 'retry' },
    { port: 8181, tls: 'retry' },
  ],
  allow: influxdbAllow,
  sampling: influxdbSampling,
  remediation: {
    developer: 'Send measurements to your own API; a token in an app is everybody’s.',
    it: '1.x: `CREATE USER … WITH ALL PRIVILEGES`, then `auth-enabled = true` in `[http]`, `https-enabled = true`, `bind-address` to a private address for 8086 and for the backup port 8088, which knows no login. 2.x: finish the set-up (`influx setup`). 3: never `--without-auth`. Close 8086, 8088 and 8181 in the firewall.',
    security:
      'Treat the series and their tags as read and changeable by strangers; look for unknown users and databases.',
  },
  references: [
    'https://docs.influxdata.com/influxdb/v1/administration/authentication_and_authorization/',
    'https://docs.influxdata.com/influxdb/v2/api/',
    'https://docs.influxdata.com/influxdb3/core/api/v3/',
  ],
  tested: [
    { how: 'server', what: 'InfluxDB 1.6.7 (open, auth-enabled, TLS)' },
    { how: 'documentation', what: 'answers as the API references of 2.x and 3 Core describe them' },
  ],
  recognise: (root) => {
    if (root.headers['x-influxdb-version'] !== undefined || isPage(root.body)) return 'sure';
    return perhaps(root, root.status === 404);
  },
  probe: askInfluxdb,
};
