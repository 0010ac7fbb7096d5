/**
 * The monitor of NATS, port 8222: HTTP without any access control.
 *
 * ```
 * GET /varz             {"server_id":…,"version":"2.9.10","connections":3,…}
 * GET /<random>         404; 2xx: a catch-all or a honeypot
 * GET /jsz?streams=1    {"messages":12,"bytes":800,"account_details":[{"stream_detail":[{"name":"ORDERS","state":{…}}]}]}
 * ```
 *
 * It shows names and sizes, never messages; /connz (addresses and names of clients) is not asked.
 */
import { at, count, parseJson, text } from '../../json.ts';
import { datasetName, grouped } from '../../names.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { natsMonitorAllow } from './allow.ts';
import { REMEDIATION } from './index.ts';

const MOST_STREAMS = 50;

async function probe(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const varz = await session.get('/varz');
  const body = parseJson(varz.body);
  const known =
    varz.status === 200 && text(at(body, 'server_id')) !== undefined && at(body, 'max_payload') !== undefined;
  if (!known) return unidentified('the monitor of NATS');
  const version = parseVersion(text(at(body, 'version')));
  context.record('GET /varz', '200');
  const base = { identified: true, product: 'nats-server', ...(version === undefined ? {} : { version }) };
  const control = await session.get(`/${context.nonce()}`, { maxBytes: 4_096 });
  context.record('GET /<random>', `${control.status}`);
  if (control.status < 300) {
    const reason = `the control request for a path that cannot exist was answered with ${control.status}`;
    return { ...base, verdict: 'inconclusive', datasets: [], reason, notTested: ['what a stranger gets here'] };
  }
  const answer = await session.get('/jsz?streams=1');
  const jetstream = answer.status === 200 ? parseJson(answer.body) : undefined;
  const datasets = streams(jetstream);
  context.record('GET /jsz?streams=1', `${answer.status}, ${datasets.length} streams`);
  const documents = count(at(jetstream, 'messages'));
  const bytes = count(at(jetstream, 'bytes'));
  return {
    ...base,
    verdict: 'metadata-only',
    ...(documents === undefined ? {} : { documents }),
    ...(bytes === undefined ? {} : { bytes }),
    datasets: datasets.slice(0, MOST_STREAMS),
    reason: `the monitor tells everybody about clients, subjects and ${grouped(datasets.length)} streams`,
    notTested: ['messages (port 4222)', 'clients and their subjects (/connz, never asked)'],
  };
}

function streams(jetstream: unknown): ObservedDataset[] {
  const accounts = at(jetstream, 'account_details');
  const details = (Array.isArray(accounts) ? accounts : []).map((account) => at(account, 'stream_detail'));
  return details
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .flatMap((stream): ObservedDataset[] => {
      const name = text(at(stream, 'name'));
      if (name === undefined) return [];
      const documents = count(at(stream, 'state', 'messages'));
      const bytes = count(at(stream, 'state', 'bytes'));
      return [
        {
          name: datasetName(name),
          ...(documents === undefined ? {} : { documents }),
          ...(bytes === undefined ? {} : { bytes }),
          fields: [],
        },
      ];
    });
}

export const natsMonitor: ProbeService = {
  id: 'nats',
  face: 'http',
  title: 'NATS monitor',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 8222, tls: 'retry' }],
  allow: natsMonitorAllow,
  remediation: REMEDIATION,
  references: ['https://docs.nats.io/running-a-nats-service/nats_admin/monitoring'],
  tested: [{ how: 'server', what: 'nats-server 2.9.10 (monitor, with and without JetStream)' }],
  recognise: ({ status, body }) => {
    if (/href=\.?\/varz\b/.test(body.toString('latin1'))) return 'sure';
    return status === 200 || status === 401 || status === 403 ? 'no' : 'possible';
  },
  probe,
};
