/**
 * Azure Blob Storage, HTTPS on `{account}.blob.core.windows.net`, and its emulator Azurite (10000), where the account is the
 * first part of the path. `buckets` of the target are containers: a stranger gets no list of them and none is guessed.
 * Identifier: `account`, for Azurite with an account of another name than `devstoreaccount1`.
 *
 * ```
 * GET /                                                       Azurite: 400 with `Server: Azurite-Blob/3.37.0`
 * GET /<random>?restype=container&comp=list&maxresults=1000   404 ResourceNotFound or ContainerNotFound; 403
 *                                                             AuthorizationFailure (Azurite); 409 PublicAccessNotPermitted:
 *                                                             the account lets no container be public; 200: a catch-all
 * GET /<container>?restype=container&comp=list&maxresults=1000
 *                                                             200 <EnumerationResults>: its access is "container"; 404
 *                                                             ResourceNotFound: private, "blob" (each blob is readable by
 *                                                             name), or not there
 * ```
 *
 * One page of at most 1,000 names is read for its length, sizes and patterns; no blob is asked for. Azure has no anonymous
 * writing.
 */

import type { HttpAnswer, HttpSession } from '../../../net/connection.ts';
import { allowRequests, type RequestTemplate } from '../../../net/request-templates.ts';
import { identifierOf, namedDatasets } from '../../identifiers.ts';
import { datasetName } from '../../names.ts';
import { parseVersion, sumKnown, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { type AzureAnswer, readAzure } from './answers.ts';

const LIST = '?restype=container&comp=list&maxresults=1000';
/** https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata */
const CONTAINER = /[a-z0-9$][a-z0-9-]{2,62}/;
/** Without it Azure answers as in 2009. */
const VERSION = { 'x-ms-version': '2020-10-02' };
const MOST_CONTAINERS = 20;
const EMULATED = 'devstoreaccount1';

async function askAzure(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const prefix = isAccountHost(context.host) ? '' : `/${identifierOf(context, 'account') ?? EMULATED}`;
  const control = await list(session, `${prefix}/${context.nonce()}`);
  context.record(`GET ${prefix}/<random>${LIST}`, shapeOf(control));
  const { answer, read } = control;
  if (read.kind === 'other' || !isAzure(answer)) return unidentified('Azure Blob Storage');
  const version = parseVersion(/^Azurite-Blob\/(.*)$/.exec(answer.headers.server ?? '')?.[1]);
  const base = {
    identified: true,
    product: isEmulator(answer) ? 'azurite' : 'azure-blob',
    ...(version === undefined ? {} : { version }),
    datasets: [],
    notTested: ['what shared access signatures allow: none was sent'],
  };
  if (isEmulator(answer)) {
    base.notTested.push(
      'the emulator’s own account key, which is published: unless another is set, it opens everything',
    );
  }
  if (read.kind === 'blobs') {
    return {
      ...base,
      verdict: 'inconclusive',
      reason: 'the control request for a container that cannot exist was answered with a list',
      notTested: ['what a stranger gets here'],
    };
  }
  if (read.code === 'PublicAccessNotPermitted') {
    return { ...base, verdict: 'secured', reason: 'the account lets no container be public (409)' };
  }
  return { ...base, ...(await askContainers(session, context, prefix, base.notTested)) };
}

type Containers = Pick<Observation, 'verdict' | 'documents' | 'bytes' | 'datasets' | 'reason' | 'notTested'>;

async function askContainers(
  session: HttpSession,
  context: ProbeContext,
  prefix: string,
  always: readonly string[],
): Promise<Containers> {
  const notTested = [...always];
  const { asked, left } = namedDatasets(context.options.buckets, new RegExp(`^${CONTAINER.source}$`), MOST_CONTAINERS);
  if (left > 0) notTested.push(`${left} further containers of the scope`);
  const datasets: ObservedDataset[] = [];
  for (const container of asked) {
    const listed = await list(session, `${prefix}/${container}`);
    const { read } = listed;
    context.record(`GET ${prefix}/${datasetName(container)}${LIST}`, shapeOf(listed));
    if (read.kind !== 'blobs') continue;
    const { page } = read;
    if (page.more) notTested.push(`blobs of ${datasetName(container)} beyond the first ${page.blobs}`);
    const whole = page.more ? {} : { documents: page.blobs, bytes: page.bytes };
    // Patterns of blob names stand where fields stand: they tell what kind of things lie there.
    datasets.push({ name: datasetName(container), ...whole, fields: page.patterns });
  }
  notTested.push('single blobs, which may be public although the list is not');
  if (datasets.length > 0) {
    const documents = sumKnown(datasets.map((one) => one.documents));
    const bytes = sumKnown(datasets.map((one) => one.bytes));
    return {
      verdict: 'anonymous-read',
      ...(documents === undefined ? {} : { documents }),
      ...(bytes === undefined ? {} : { bytes }),
      datasets,
      reason: `a stranger lists the blobs of ${datasets.length} of the ${asked.length} containers that the scope names`,
      notTested,
    };
  }
  if (asked.length === 0) {
    notTested.push('containers by name (list them under `buckets` of the target)');
    return { verdict: 'secured', datasets, reason: 'a stranger gets no list of containers', notTested };
  }
  notTested.push('containers that the scope does not name');
  const reason = `the lists of the ${asked.length} containers that the scope names are refused`;
  return { verdict: 'secured', datasets, reason, notTested };
}

interface Listed {
  answer: HttpAnswer;
  read: AzureAnswer;
}

async function list(session: HttpSession, container: string): Promise<Listed> {
  const answer = await session.get(`${container}${LIST}`, { headers: VERSION });
  return { answer, read: await readAzure(answer) };
}

function shapeOf({ answer, read }: Listed): string {
  if (read.kind === 'blobs') return `200, list of ${read.page.blobs} blobs${read.page.more ? ' and more' : ''}`;
  return read.kind === 'error' ? `${answer.status} ${read.code}` : `${answer.status}`;
}

function isAccountHost(host: string): boolean {
  return /\.blob\.(?:core\.windows|storage\.azure)\.net\.?$/i.test(host);
}

function isAzure({ headers }: HttpAnswer): boolean {
  return headers['x-ms-request-id'] !== undefined || /^(?:Azurite|Windows-Azure)-Blob/.test(headers.server ?? '');
}

function isEmulator({ headers }: HttpAnswer): boolean {
  return /^Azurite-Blob/.test(headers.server ?? '');
}

function requests(prefix: string): RequestTemplate[] {
  return [
    {
      path: `${prefix}/<nonce>${LIST}`,
      headers: VERSION,
      why: 'the control request: a container that does not exist, which must fail',
    },
    { path: `${prefix}/<container>${LIST}`, headers: VERSION, why: 'one page of the list of a container of the scope' },
  ];
}

export const azureBlob: ProbeService = {
  id: 'azure-blob',
  aliases: ['azurite'],
  title: 'Azure Blob Storage',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 10_000, tls: 'retry' },
    { port: 443, tls: 'first', managedOnly: true },
  ],
  recognise: (root) => (isAzure(root) ? 'sure' : 'no'),
  allow: allowRequests([...requests(''), ...requests(`/${EMULATED}`), ...requests('/<account>')], {
    account: 'identifier',
    container: { pattern: CONTAINER, example: 'avatars' },
  }),
  managed: true,
  remediation: {
    developer:
      'Hand the app short-lived user delegation SAS tokens for single blobs from your own API; take account keys and long-lived SAS tokens out of the app.',
    it: '`az storage account update --allow-blob-public-access false`, and `az storage container set-permission --public-access off` for each container; close Azurite’s 10000 to 10002 in the firewall: it is made for tests.',
    security:
      'Treat the listed blobs as copied; look in the `StorageRead` logs for `AuthenticationType: Anonymous`, rotate account keys and judge the duty to notify.',
  },
  references: [
    'https://learn.microsoft.com/rest/api/storageservices/list-blobs',
    'https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent',
    'https://github.com/Azure/Azurite',
  ],
  tested: [
    { how: 'server', what: 'Azurite 3.37.0 (private and public containers, plain and TLS)' },
    { how: 'recorded', what: 'PublicAccessNotPermitted as quoted in github.com/blobfile/blobfile/issues/139' },
  ],
  probe: askAzure,
};
