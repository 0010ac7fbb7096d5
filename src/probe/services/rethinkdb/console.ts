/**
 * RethinkDB's administration console, HTTP port 8080. It works as the user `admin` and asks nobody for a password, whatever
 * the passwords in the database are; it can only be switched off (`no-http-admin`) or kept from strangers by a proxy.
 *
 * | request | answer |
 * |---|---|
 * | `GET /` | 200 with the title "RethinkDB Administration Console"; 401 of a proxy |
 * | `GET /<random>` | 404; 200: a catch-all |
 *
 * No query is sent: they would go by POST and open a session on the server.
 * Source: https://rethinkdb.com/docs/security/ ("The web interface").
 */
import type { HttpAnswer } from '../../../net/connection.ts';
import { allowRequests } from '../../../net/request-templates.ts';
import { unidentified } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { REMEDIATION } from './index.ts';

export const rethinkdbConsoleAllow = allowRequests([
  { path: '/', why: 'whether the console is there' },
  { path: '/<nonce>', why: 'a page that cannot exist; must be refused' },
]);

export const rethinkdbConsole: ProbeService = {
  id: 'rethinkdb',
  face: 'http',
  title: 'RethinkDB (console)',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 8080, tls: 'retry' }],
  allow: rethinkdbConsoleAllow,
  remediation: REMEDIATION,
  references: ['https://rethinkdb.com/docs/security/', 'https://rethinkdb.com/docs/administration-tools/'],
  tested: [
    { how: 'documentation', what: 'the console’s first page (github.com/rethinkdb/rethinkdb, admin/templates)' },
  ],
  recognise: (root) => (isConsole(root) ? 'sure' : 'no'),
  probe,
};

async function probe(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const root = await session.get('/');
  if (!isConsole(root)) return unidentified('the console of RethinkDB');
  const control = await session.get(`/${context.nonce()}`);
  context.record('GET /; GET /<random>', `${root.status}, ${control.status}`);
  if (control.status < 300) {
    return {
      identified: true,
      verdict: 'inconclusive',
      datasets: [],
      reason: 'a page that cannot exist was answered as well',
      notTested: ['reading', 'writing'],
    };
  }
  return {
    identified: true,
    product: 'rethinkdb',
    verdict: 'anonymous-write',
    datasets: [],
    reason:
      'the administration console is shown to strangers; it runs every query as the user admin without a password',
    notTested: ['names and numbers of tables (port 28015 tells them)'],
  };
}

function isConsole(root: HttpAnswer): boolean {
  return (
    root.status === 200 &&
    /<title>\s*RethinkDB Administration Console\s*<\/title>/i.test(root.body.toString('utf8', 0, 4_096))
  );
}
