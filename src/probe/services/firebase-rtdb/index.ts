/**
 * Firebase Realtime Database, HTTPS: `{project}.firebaseio.com`, `{project}-default-rtdb.firebaseio.com`,
 * `{project}-default-rtdb.{region}.firebasedatabase.app`. A plain `GET /.json` would download the whole database, so only
 * `shallow=true` is ever sent: keys, no values (https://firebase.google.com/docs/database/rest/app-management).
 *
 * ```
 * GET /.json?shallow=true&timeout=3s        200 {"users":true,"orders":true}; 200 null: readable and empty;
 *                                           401 {"error":"Permission denied"}; 400 {"error":"Data requested exceeds the
 *                                           maximum size …"}: allowed, and too much for the time given (prefetchTest of
 *                                           firebase/firebase-tools reads it so); 404: no such database, or
 *                                           {"error":"Database lives in a different region…","correctUrl":…};
 *                                           423: deactivated or disabled; 402: over quota
 * GET /<random>.json?shallow=true&…         200 null where the root is readable; anything else: no such database server
 * GET /<random>                             where the root is null: 200 null here means a catch-all
 * GET /<key>.json?shallow=true&timeout=3s   the number of children, for keys that do not look like values
 * ```
 *
 * Keys are often values (user ids, e-mail addresses with commas): they travel as patterns. Whether writing is open cannot
 * be told without writing.
 */
import { namePattern } from '../../../core/redact.ts';
import type { HttpAnswer, HttpSession } from '../../../net/connection.ts';
import { allowRequests } from '../../../net/request-templates.ts';
import { at, isRecord, parseJson, text } from '../../json.ts';
import { sumKnown, unidentified } from '../../observations.ts';
import { isStructural } from '../../patterns.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';

const QUERY = '.json?shallow=true&timeout=3s';
const MOST_CHILDREN_ASKED = 10;

async function askFirebase(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const answer = await session.get(`/${QUERY}`);
  const body = parseJson(answer.body);
  const error = text(at(body, 'error')) ?? '';
  const known = { identified: true, datasets: [], notTested: [] };
  context.record(`GET /${QUERY}`, shapeOf(answer, body));
  if ((answer.status === 401 || answer.status === 403) && error.startsWith('Permission denied')) {
    return {
      ...known,
      verdict: 'secured',
      reason: 'the rules deny reading the root',
      notTested: ['paths below the root, which may have rules of their own', 'whether a stranger may write'],
    };
  }
  if (answer.status === 423 || answer.status === 402) {
    return {
      ...known,
      verdict: 'inconclusive',
      reason: `the database is deactivated or over its quota (${answer.status})`,
    };
  }
  if (answer.status === 404 && at(body, 'correctUrl') !== undefined) {
    const reason = 'the database lives in another region; add its regional host to the scope';
    return { ...known, verdict: 'inconclusive', reason };
  }
  if (answer.status === 404 && /^(?:404 Not Found|Firebase error)/.test(error)) {
    return { ...known, verdict: 'unidentified', reason: 'the provider knows no database of this name' };
  }
  const shallow = answer.status === 200 && (body === null || isShallow(body));
  const tooLarge = answer.status === 400 && error.startsWith('Data requested exceeds the maximum size');
  if (!shallow && !answer.truncated && !tooLarge) return unidentified('the Firebase Realtime Database protocol');
  const control = await session.get(`/${context.nonce()}${QUERY}`, { maxBytes: 65_536 });
  context.record(`GET /<random>${QUERY}`, shapeOf(control, parseJson(control.body)));
  if (control.status !== 200 || parseJson(control.body) !== null) {
    return unidentified('the Firebase Realtime Database protocol');
  }
  // An empty database and a server that says `null` to everything differ outside the REST API.
  if (body === null && (await saysNullAnywhere(session, context))) {
    return unidentified('the Firebase Realtime Database protocol');
  }
  const notTested = ['whether a stranger may write: only the rules tell'];
  if (answer.truncated) notTested.push('keys beyond the limit of one answer');
  if (tooLarge) notTested.push('keys: the root is too large for one answer');
  const keys = isRecord(body) && !tooLarge ? Object.keys(body) : [];
  const datasets = await describe(session, context, keys);
  const documents = sumKnown(datasets.map((one) => one.documents));
  return {
    identified: true,
    product: 'firebase-rtdb',
    verdict: 'anonymous-read',
    ...(documents === undefined ? {} : { documents }),
    datasets,
    reason: tooLarge
      ? 'the rules let a stranger read the root, which is too large for one answer'
      : keys.length === 0
        ? 'a stranger reads the root, which is empty'
        : `a stranger reads the root with ${keys.length} keys`,
    notTested,
  };
}

/** Without `.json` the real one sends browsers to its console. */
async function saysNullAnywhere(session: HttpSession, context: ProbeContext): Promise<boolean> {
  const page = await session.get(`/${context.nonce()}`, { maxBytes: 65_536 });
  context.record('GET /<random>', `${page.status}`);
  return page.status === 200 && parseJson(page.body) === null;
}

/** With `shallow`, whatever has children is `true`; the root's own primitives come as they are. */
function isShallow(body: unknown): boolean {
  return isRecord(body) && Object.values(body).some((value) => value === true);
}

/** A root with more children than this is no list of tables: its keys are people, carts, chats. */
const MOST_TABLES = 50;

/** Keys of one pattern are one set; a set with a plain name is asked for its number of children. */
async function describe(
  session: HttpSession,
  context: ProbeContext,
  keys: readonly string[],
): Promise<ObservedDataset[]> {
  const sets = new Map<string, string[]>();
  for (const key of keys) {
    const pattern = isStructural(key) || keys.length <= MOST_TABLES ? namePattern(key) : '*';
    const set = sets.get(pattern);
    if (set === undefined) sets.set(pattern, [key]);
    else set.push(key);
  }
  const datasets: ObservedDataset[] = [];
  let asked = 0;
  for (const [name, members] of sets) {
    const [key = ''] = members;
    if (members.length > 1 || name !== key || asked >= MOST_CHILDREN_ASKED || !/^[\w-]{1,64}$/.test(key)) {
      datasets.push({ name, ...(members.length > 1 ? { documents: members.length } : {}), fields: [] });
      continue;
    }
    asked++;
    const answer = await session.get(`/${key}${QUERY}`);
    const children = parseJson(answer.body);
    const counted = answer.status === 200 && isRecord(children) ? Object.keys(children).length : undefined;
    context.record(`GET /${key}${QUERY}`, shapeOf(answer, children));
    datasets.push({ name, ...(counted === undefined ? {} : { documents: counted }), fields: [] });
  }
  return datasets;
}

function shapeOf(answer: HttpAnswer, body: unknown): string {
  if (body === null) return `${answer.status}, null`;
  if (answer.status === 200 && isRecord(body)) return `200, object of ${Object.keys(body).length} keys`;
  return `${answer.status}`;
}

export const firebaseRtdb: ProbeService = {
  id: 'firebase-rtdb',
  title: 'Firebase Realtime Database',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 443, tls: 'first', managedOnly: true }],
  allow: allowRequests(
    [
      { path: `/${QUERY}`, why: 'keys of the root, no values' },
      {
        path: `/<key>${QUERY}`,
        why: 'the number of children of a key, without their values; a random key as control request',
      },
      {
        path: '/<nonce>',
        why: 'a second control where the root is empty: only a server that says null to everything says it here',
      },
    ],
    { key: { pattern: /[\w-]{1,64}/, example: 'users' } },
  ),
  managed: true,
  remediation: {
    developer:
      'Write rules per path in database.rules.json: `".read": "auth != null && auth.uid === $uid"`, `".write"` likewise, with `.validate`; never `true` at the root. Deploy with `firebase deploy --only database`, and enforce App Check.',
    it: 'Nothing runs on your servers: see that rules are deployed from version control and that nobody edits them in the console.',
    security:
      'Treat the keys and what lies below them as read by strangers; look at the usage graphs for bulk downloads and rotate leaked tokens.',
  },
  references: [
    'https://firebase.google.com/docs/database/rest/retrieve-data#shallow',
    'https://firebase.google.com/docs/database/security/core-syntax',
  ],
  tested: [
    {
      how: 'recorded',
      what: 'the refusal as quoted in github.com/step-up-labs/firebase-authentication-dotnet/issues/48',
    },
    { how: 'documentation', what: 'answers as described at firebase.google.com/docs/reference/rest/database' },
  ],
  probe: askFirebase,
};
