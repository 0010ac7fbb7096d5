/**
 * Splunk Enterprise, management port 8089, with TLS as it comes.
 *
 * ```
 * GET /                                         200, Atom with <title>splunkd</title>
 * GET /services/server/info?output_mode=json    401 {"messages":[{"type":"ERROR","text":"Unauthorized"}]} or "call not
 *                                               properly authenticated"; 200 {"generator":{"version":"9.1.2"},…}: many
 *                                               releases tell it to everybody, so it proves nothing
 * GET /services/<random>?output_mode=json       404; 2xx: a catch-all
 * GET /services/data/indexes?output_mode=json&count=50   401; {"entry":[{"name","content":{"totalEventCount"}}]}: the free
 *                                               licence, which knows no logins
 * ```
 *
 * Sources: https://docs.splunk.com/Documentation/Splunk/latest/RESTREF/RESTintrospect,
 * https://docs.splunk.com/Documentation/Splunk/latest/Admin/MoreaboutSplunkFree
 */
import { allowRequests } from '../../../net/request-templates.ts';
import { askJson, conclude, disbelieved, isLocked, known, notReady, seen } from '../../http-dialogue.ts';
import { at, count, text } from '../../json.ts';
import { datasetName } from '../../names.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import { recognised } from '../../recognition.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { remediation } from './remediation.ts';

const INFO = '/services/server/info?output_mode=json';
const INDEXES = '/services/data/indexes?output_mode=json&count=50';

async function askSplunk(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const info = await askJson(session, context, INFO);
  const told = text(at(info.json, 'generator', 'version'));
  const server = /^splunkd$/i.test(info.answer.headers.server ?? '');
  if (!server && told === undefined) return unidentified('Splunk');
  const base = known('splunk', parseVersion(told));
  if (isLocked(info)) return conclude(base, 'secured', `its information is refused (${info.status})`);
  if (info.status !== 200 || told === undefined) return notReady(base, 'its information', info);
  const control = await askJson(session, context, `/services/${context.nonce()}?output_mode=json`, {
    shown: '/services/<random>',
    maxBytes: 65_536,
  });
  if (control.status < 300) return disbelieved(base, 'a path that cannot exist', control.status);
  const list = await askJson(session, context, INDEXES);
  if (isLocked(list)) {
    const what = `the list of indexes is refused (${list.status}); its version is told to everybody`;
    return conclude(base, 'secured', what);
  }
  const entries = at(list.json, 'entry');
  if (list.status !== 200 || !Array.isArray(entries)) {
    return conclude(
      base,
      'metadata-only',
      `a stranger reads its information; the list of indexes answers ${list.status}`,
    );
  }
  const datasets = entries
    .filter((entry: unknown) => !/^_/.test(text(at(entry, 'name')) ?? '_'))
    .map((entry: unknown): ObservedDataset => {
      const documents = count(at(entry, 'content', 'totalEventCount'));
      const megabytes = count(at(entry, 'content', 'currentDBSizeMB'));
      return {
        name: datasetName(text(at(entry, 'name')) ?? ''),
        ...(documents === undefined ? {} : { documents }),
        ...(megabytes === undefined ? {} : { bytes: megabytes * 1_048_576 }),
        fields: [],
      };
    });
  const what = `no login is asked for: a stranger lists ${seen(datasets, 'index', 'indexes', 'events')}`;
  return conclude(
    base,
    'anonymous-read',
    what,
    ['events: they carry personal data', 'whether a stranger may write'],
    datasets,
  );
}

export const splunk: ProbeService = {
  id: 'search-logs',
  face: 'splunk',
  aliases: ['splunk'],
  title: 'Splunk',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 8089, tls: 'first' }],
  allow: allowRequests([
    { path: INFO, why: 'product and version; refused where logins are asked for' },
    { path: '/services/<nonce>?output_mode=json', why: 'the control request, which must fail' },
    { path: INDEXES, why: 'names, counts and sizes of indexes' },
  ]),
  remediation,
  references: ['https://docs.splunk.com/Documentation/Splunk/latest/RESTREF/RESTintrospect'],
  tested: [{ how: 'documentation', what: 'answers as Splunk’s REST API reference describes them (9.x)' }],
  recognise: (root) => {
    const own =
      /^splunkd$/i.test(root.headers.server ?? '') ||
      /<title>splunkd<\/title>/.test(root.body.subarray(0, 4_096).toString('latin1'));
    return recognised(root, own);
  },
  probe: askSplunk,
};
