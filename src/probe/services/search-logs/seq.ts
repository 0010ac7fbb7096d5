/**
 * Seq, HTTP port 5341 (and 80).
 *
 * ```
 * GET /api             200 {"Product":"Seq","Version":"2024.1.11146","Links":{…}}, for everybody
 * GET /api/<random>    404; 2xx: a catch-all
 * GET /api/signals?shared=true   401: authentication is on; 200 [{"Title":…}]: it is off, whoever comes is administrator
 * ```
 *
 * Events are never asked for: they carry personal data. Sources: https://datalust.co/docs/server-http-api,
 * https://datalust.co/docs/authentication, https://github.com/datalust/seq-api
 */
import { allowRequests } from '../../../net/request-templates.ts';
import { askJson, conclude, disbelieved, isLocked, known, notReady } from '../../http-dialogue.ts';
import { at, text } from '../../json.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import { perhaps } from '../../recognition.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { remediation } from './remediation.ts';

const SIGNALS = '/api/signals?shared=true';

async function askSeq(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const root = await askJson(session, context, '/api', { maxBytes: 65_536 });
  if (root.status !== 200 || text(at(root.json, 'Product')) !== 'Seq') return unidentified('Seq');
  const base = known('seq', parseVersion(text(at(root.json, 'Version'))));
  const control = await askJson(session, context, `/api/${context.nonce()}`, {
    shown: '/api/<random>',
    maxBytes: 65_536,
  });
  if (control.status < 300) return disbelieved(base, 'a path that cannot exist', control.status);
  const signals = await askJson(session, context, SIGNALS, {
    note: ({ json }) => (Array.isArray(json) ? `${json.length} signals` : undefined),
  });
  if (isLocked(signals)) return conclude(base, 'secured', `the list of signals is refused (${signals.status})`);
  if (signals.status !== 200 || !Array.isArray(signals.json)) return notReady(base, 'the list of signals', signals);
  const what = `authentication is off: a stranger opens the logs through ${signals.json.length} signals`;
  return conclude(base, 'anonymous-read', what, ['events: they carry personal data', 'whether a stranger may write']);
}

export const seq: ProbeService = {
  id: 'search-logs',
  face: 'seq',
  aliases: ['seq'],
  title: 'Seq',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 5341, tls: 'retry' }],
  allow: allowRequests([
    { path: '/api', why: 'product and version' },
    { path: '/api/<nonce>', why: 'the control request, which must fail' },
    { path: SIGNALS, why: 'whether authentication is on; titles are not kept' },
  ]),
  remediation,
  references: ['https://datalust.co/docs/authentication', 'https://datalust.co/docs/server-http-api'],
  tested: [{ how: 'documentation', what: 'answers as Seq’s server HTTP API reference describes them (2024)' }],
  recognise: (root) => {
    const page = /<title>Seq(?:<| |—)/.test(root.body.subarray(0, 16_384).toString('latin1'));
    return page
      ? 'sure'
      : perhaps(
          root,
          root.status === 200 && /"Product"\s*:\s*"Seq"/.test(root.body.subarray(0, 2_000).toString('latin1')),
        );
  },
  probe: askSeq,
};
