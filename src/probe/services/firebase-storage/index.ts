/**
 * Cloud Storage for Firebase, HTTPS on `firebasestorage.googleapis.com`, which all projects share: asked are the default
 * buckets of the scope's project, and every request carries its id. Asked without a token, as its security rules see a
 * stranger. Identifiers: `projectId` (bound by the authority); `datasets` of the target are folders, where rules open one
 * folder and not the root.
 *
 * ```
 * GET /v0/b/<project>-<random>.appspot.com/o?maxResults=1000   404: no such bucket; 200: a catch-all
 * GET /v0/b/<project>.firebasestorage.app/o?maxResults=1000    200 {"prefixes":[],"items":[{"name":…,"bucket":…}]}: listable;
 * GET /v0/b/<project>.appspot.com/o?maxResults=1000            403 {"error":{"code":403,"message":"Permission denied."}}: the
 *                                                              rules refuse; 404: no such bucket; 412: the project's service
 *                                                              account has lost its access; 402: over quota
 * GET …/o?maxResults=1000&prefix=<folder>%2F                   the same for one folder
 * ```
 *
 * One page of at most 1,000 names is read for its length and patterns; no object and no object's metadata is asked for.
 * Whether writing is open stands in the rules only.
 */
import type { HttpAnswer, HttpSession } from '../../../net/connection.ts';
import { allowRequests } from '../../../net/request-templates.ts';
import { identifierOf, lacksIdentifier, namedDatasets } from '../../identifiers.ts';
import { at, isRecord, parseJson, text } from '../../json.ts';
import { datasetName, grouped } from '../../names.ts';
import { sumKnown, unidentified } from '../../observations.ts';
import { objectPattern } from '../../patterns.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { readRefusal, refusalWord } from '../google/answers.ts';

const PAGE = 'maxResults=1000';
/** Of the default buckets; the first one since October 2024. */
const DOMAINS = ['firebasestorage.app', 'appspot.com'] as const;
const FOLDER = /[A-Za-z0-9_][\w.-]{0,63}/;
const MOST_FOLDERS = 10;
const MOST_PATTERNS = 100;
const PROTOCOL = 'the API of Cloud Storage for Firebase';

interface Listing {
  objects: number;
  more: boolean;
  patterns: string[];
}

async function askStorage(context: ProbeContext): Promise<Observation> {
  const project = identifierOf(context, 'projectId');
  if (project === undefined) return lacksIdentifier('projectId');
  const session = await context.http();
  const control = await session.get(`/v0/b/${project}-${context.nonce()}.appspot.com/o?${PAGE}`, { maxBytes: 65_536 });
  const refused = readRefusal(control);
  context.record(
    `GET /v0/b/<project>-<random>.appspot.com/o?${PAGE}`,
    refused ? refusalWord(refused) : `${control.status}`,
  );
  if (refused === undefined) return unidentified(PROTOCOL);
  const datasets: ObservedDataset[] = [];
  const notTested = ['single objects, which may be readable although the list is not', 'sizes: they stand in metadata'];
  const statuses: number[] = [];
  const folders = namedDatasets(context.options.datasets, new RegExp(`^${FOLDER.source}$`), MOST_FOLDERS);
  for (const domain of DOMAINS) {
    const root = await list(session, context, `${project}.${domain}`, undefined);
    if (root === undefined) return unidentified(PROTOCOL);
    statuses.push(root.status);
    if ('listing' in root) {
      datasets.push(datasetOf(`${project}.${domain}`, root.listing, notTested));
      continue;
    }
    for (const folder of root.status === 403 ? folders.asked : []) {
      const inside = await list(session, context, `${project}.${domain}`, folder);
      if (inside === undefined || !('listing' in inside) || inside.listing.objects === 0) continue;
      datasets.push(datasetOf(`${project}.${domain}/${folder}`, inside.listing, notTested));
    }
  }
  return conclude(statuses, datasets, notTested);
}

function conclude(statuses: readonly number[], datasets: ObservedDataset[], notTested: string[]): Observation {
  const base = { identified: true, product: 'firebase-storage', datasets, notTested };
  if (datasets.length > 0) {
    const documents = sumKnown(datasets.map((one) => one.documents));
    notTested.push('whether a stranger may write: only the rules tell');
    const many = documents === undefined ? 'files' : `${grouped(documents)} files`;
    return {
      ...base,
      verdict: 'anonymous-read',
      ...(documents === undefined ? {} : { documents }),
      reason: `a stranger lists ${many} of the project’s storage`,
    };
  }
  if (statuses.includes(403)) {
    notTested.push('folders that the scope does not name, which may have rules of their own');
    return { ...base, verdict: 'secured', reason: 'the rules refuse the list of files (403)' };
  }
  if (statuses.every((status) => status === 404)) {
    return { ...base, verdict: 'unidentified', reason: 'the project has no default bucket', notTested: [] };
  }
  const other = statuses.filter((status) => status !== 404).join(' and ');
  return {
    ...base,
    verdict: 'inconclusive',
    reason: `the list of files is answered with ${other}: the bucket is not in working order, or over its quota`,
    notTested: ['what a stranger gets here'],
  };
}

type Listed = { status: number } | { status: 200; listing: Listing };

/** `undefined` for an answer that is not of this API. */
async function list(
  session: HttpSession,
  context: ProbeContext,
  bucket: string,
  folder: string | undefined,
): Promise<Listed | undefined> {
  const query = `?${PAGE}${folder === undefined ? '' : `&prefix=${folder}%2F`}`;
  const answer = await session.get(`/v0/b/${bucket}/o${query}`);
  const refusal = readRefusal(answer);
  const listing = readListing(answer);
  const shown = folder === undefined ? query : `?${PAGE}&prefix=${datasetName(folder)}%2F`;
  context.record(
    `GET /v0/b/${bucket}/o${shown}`,
    listing === undefined
      ? refusal
        ? refusalWord(refusal)
        : `${answer.status}`
      : `200, list of ${listing.objects} names`,
  );
  if (listing !== undefined) return { status: 200, listing };
  return refusal === undefined ? undefined : { status: refusal.status };
}

function readListing(answer: HttpAnswer): Listing | undefined {
  const body = parseJson(answer.body);
  if (answer.status !== 200 || !isRecord(body)) return undefined;
  const { items = [], prefixes = [] } = body;
  if (!Array.isArray(items) || !Array.isArray(prefixes)) return undefined;
  if (!('items' in body) && !('prefixes' in body)) return undefined;
  const names = items.flatMap((item) => text(at(item, 'name')) ?? []);
  const patterns = new Set<string>();
  for (const name of names) if (patterns.size < MOST_PATTERNS) patterns.add(objectPattern(name));
  return { objects: names.length, more: 'nextPageToken' in body, patterns: [...patterns] };
}

function datasetOf(name: string, listing: Listing, notTested: string[]): ObservedDataset {
  if (listing.more) notTested.push(`files of ${datasetName(name)} beyond the first ${listing.objects}`);
  // Patterns of file names stand where fields stand: they tell what kind of things lie there.
  return {
    name: datasetName(name),
    ...(listing.more ? {} : { documents: listing.objects }),
    fields: listing.patterns,
  };
}

export const firebaseStorage: ProbeService = {
  id: 'firebase-storage',
  title: 'Cloud Storage for Firebase',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 443, tls: 'first', managedOnly: true }],
  allow: allowRequests(
    [
      {
        path: `/v0/b/<projectId>-<nonce>.appspot.com/o?${PAGE}`,
        why: 'the control request: a bucket that does not exist, which must fail',
      },
      ...DOMAINS.flatMap((domain) => [
        { path: `/v0/b/<projectId>.${domain}/o?${PAGE}`, why: 'one page of the default bucket’s list' },
        { path: `/v0/b/<projectId>.${domain}/o?${PAGE}&prefix=<folder>%2F`, why: 'the same for a folder of the scope' },
      ]),
    ],
    { projectId: 'identifier', folder: { pattern: FOLDER, example: 'avatars' } },
  ),
  managed: true,
  ladder: false,
  remediation: {
    developer:
      'In storage.rules let nobody in by default and open each path to its owner: `match /users/{uid}/{file=**} { allow read, write: if request.auth != null && request.auth.uid == uid; }`; remove `if true`, and give `get` without `list` where single files are public. Deploy with `firebase deploy --only storage`, and enforce App Check.',
    it: 'See that nobody gave `allUsers` a role on the bucket itself (`gcloud storage buckets get-iam-policy`), which overrules storage.rules.',
    security:
      'Treat the listed files as copied: their names are enough to ask for each one. Look at the usage graphs for bulk downloads, revoke download tokens and judge the duty to notify.',
  },
  references: [
    'https://firebase.google.com/docs/storage/security',
    'https://firebase.google.com/docs/storage/web/list-files',
    'https://github.com/firebase/firebase-js-sdk/tree/main/packages/storage',
  ],
  tested: [
    { how: 'recorded', what: 'the refusal as quoted in github.com/firebase/flutterfire/issues/1326' },
    { how: 'documentation', what: 'lists as read by firebase-js-sdk' },
  ],
  probe: askStorage,
};
