/** The dialogue that both search engines share; each service brings its product and how writing is told. */
import type { HttpAnswer, HttpSession } from '../../../net/connection.ts';
import { at, count, parseJson } from '../../json.ts';
import { datasetName, grouped } from '../../names.ts';
import { sumKnown, unidentified } from '../../observations.ts';
import type { Observation, ProbeContext } from '../../service.ts';
import { describeIndices } from './describe.ts';
import { type IndexRow, isPlainIndexName, isSystemIndex, readIndices } from './indices.ts';
import { type Banner, type Product, readBanner } from './product.ts';
import { LIST, OPEN_ONLY } from './requests.ts';
import { blockedIndices, UNTOLD, type WriteAccess } from './write-access.ts';

export interface SearchEngine {
  product: Product;
  title: string;
  writes(session: HttpSession, context: ProbeContext, version: string | undefined): Promise<WriteAccess>;
}

export async function askSearchEngine(engine: SearchEngine, context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const root = await session.get('/');
  const banner = readBanner(root);
  if (banner.product !== undefined && banner.product !== engine.product) return unidentified(engine.title);
  const list = await askList(session);
  const rows = readIndices(list);
  if (rows === undefined) return await withoutList(engine, context, session, root, banner, list);
  // A path rule in a proxy may lock `/` and forget `/_cat`: then only the list tells what this is.
  if (banner.product === undefined && !isSearchList(list, rows)) return unidentified(engine.title);
  context.record('GET /', shapeOfRoot(root, banner));
  context.record(`GET ${LIST}`, `200, list of ${rows.length} indices${list.truncated ? ' (cut)' : ''}`);
  const base = {
    identified: true,
    product: engine.product,
    ...(banner.version === undefined ? {} : { version: banner.version }),
  };
  const doubt = await failedControl(session, context);
  if (doubt !== undefined) return { ...base, ...doubt };
  return { ...base, ...(await openAnswer(engine, context, session, rows, list.truncated, banner.version)) };
}

/** A random index must not be found; where it is, every other answer says nothing either. */
async function failedControl(session: HttpSession, context: ProbeContext): Promise<OpenAnswer | undefined> {
  const control = await session.get(`/${context.nonce()}`, { maxBytes: 65_536 });
  context.record('GET /<random>', `${control.status}`);
  if (control.status >= 300) return undefined;
  return {
    verdict: 'inconclusive',
    datasets: [],
    reason: `the control request for an index that cannot exist was answered with ${control.status}`,
    notTested: ['what a stranger gets here'],
  };
}

/** `expand_wildcards` is known from 7.7 on; earlier versions refuse parameters that they do not know. */
async function askList(session: HttpSession): Promise<HttpAnswer> {
  const answer = await session.get(LIST + OPEN_ONLY);
  return answer.status === 400 ? await session.get(LIST) : answer;
}

function isSearchList(list: HttpAnswer, rows: readonly IndexRow[]): boolean {
  if (list.headers['x-elastic-product'] === 'Elasticsearch') return true;
  return rows.some((row) => row.documents !== undefined && row.bytes !== undefined);
}

async function withoutList(
  engine: SearchEngine,
  context: ProbeContext,
  session: HttpSession,
  root: HttpAnswer,
  banner: Banner,
  list: HttpAnswer,
): Promise<Observation> {
  const denied = list.status === 401 || list.status === 403;
  const known = banner.product !== undefined;
  const locked = banner.access === 'locked' && denied;
  if (!known && !locked) return unidentified(engine.title);
  context.record('GET /', shapeOfRoot(root, banner));
  context.record(`GET ${LIST}`, `${list.status}`);
  const base = {
    identified: true,
    ...(known ? { product: engine.product } : { tentative: true as const }),
    ...(banner.version === undefined ? {} : { version: banner.version }),
    datasets: [],
  };
  if (locked) {
    return {
      ...base,
      verdict: 'secured',
      reason: `both the banner and the list of indices are refused (${root.status}, ${list.status})`,
      notTested: [],
    };
  }
  const doubt = banner.access === 'open' ? await failedControl(session, context) : undefined;
  if (doubt !== undefined) return { ...base, ...doubt };
  const searched = banner.access === 'open' && denied ? await searchAll(session, context) : undefined;
  if (searched !== undefined) {
    const write = await engine.writes(session, context, banner.version);
    const notTested = ['indices by name: their list is refused'];
    if (write.writes === undefined) notTested.push('whether a stranger may write');
    return {
      ...base,
      verdict: write.writes ? 'anonymous-write' : 'anonymous-read',
      ...(searched.documents === undefined ? {} : { documents: searched.documents }),
      reason: `the list of indices is refused (${list.status}), and a search over all of them is answered; ${write.because}`,
      notTested,
    };
  }
  if (banner.access === 'open' && list.status >= 300 && list.status < 500 && list.status !== 429) {
    return {
      ...base,
      verdict: 'metadata-only',
      reason: `a stranger reads the banner with the version; the list of indices answers ${list.status}`,
      notTested: ['indices by name'],
    };
  }
  return {
    ...base,
    verdict: 'inconclusive',
    reason: `the service answers ${root.status} and ${list.status}: it is not ready or overloaded`,
    notTested: ['what a stranger gets here'],
  };
}

type OpenAnswer = Pick<Observation, 'verdict' | 'documents' | 'bytes' | 'datasets' | 'reason' | 'notTested'>;

async function openAnswer(
  engine: SearchEngine,
  context: ProbeContext,
  session: HttpSession,
  rows: readonly IndexRow[],
  cut: boolean,
  version: string | undefined,
): Promise<OpenAnswer> {
  const own = rows.filter((row) => !isSystemIndex(row.index)).sort((a, b) => (b.documents ?? 0) - (a.documents ?? 0));
  const notTested: string[] = [];
  if (cut) notTested.push('indices beyond the first part of the list, which is longer than the limit');
  const reads = await mayRead(session, context, own);
  const datasets = await describeIndices(session, context, own, reads !== false, notTested);
  const told = await engine.writes(session, context, version);
  // Where reading is denied there is access control after all, in a proxy for example.
  const write = reads === false && told.uncontrolled ? UNTOLD : told;
  const blocked = write.writes ? await blockedIndices(session, context) : undefined;
  const documents = sumKnown(own.map((row) => row.documents)) ?? 0;
  const bytes = sumKnown(own.map((row) => row.bytes)) ?? 0;
  const size = { documents, bytes, datasets };
  const seen = seenText(rows.length - own.length, own.length, documents);
  if (write.writes) {
    const lifted = blocked
      ? `; ${blocked} are blocked for writing${write.uncontrolled ? ', which anyone may lift' : ''}`
      : '';
    return {
      ...size,
      verdict: 'anonymous-write',
      reason: `a stranger reads ${seen}, and ${write.because}${lifted}`,
      notTested,
    };
  }
  if (write.writes === undefined) notTested.push('whether a stranger may write');
  // A user who sees no index, or whose reading is denied, has been given names and counts only.
  if (reads === false || own.length === 0) {
    return { ...size, verdict: 'metadata-only', reason: `a stranger lists ${seen} and reads no document`, notTested };
  }
  if (reads === undefined) notTested.push('whether documents come with the list of indices');
  return { ...size, verdict: 'anonymous-read', reason: `a stranger reads ${seen}; ${write.because}`, notTested };
}

function seenText(system: number, own: number, documents: number): string {
  const plain = `${own} ${own === 1 ? 'index' : 'indices'} with ${grouped(documents)} documents`;
  return system === 0 ? plain : `${plain} (beside ${system} of the product itself)`;
}

/** A role may search everything without seeing the list of indices. Undefined when nothing is found or told. */
async function searchAll(
  session: HttpSession,
  context: ProbeContext,
): Promise<{ documents: number | undefined } | undefined> {
  const answer = await session.get('/_search?size=0');
  const total = at(parseJson(answer.body), 'hits', 'total');
  // A number before 7.0; later an object whose value is a lower bound above 10,000.
  const found = count(total) ?? count(at(total, 'value'));
  context.record('GET /_search?size=0', `${answer.status}${found === undefined ? '' : ', a total'}`);
  if (answer.status !== 200 || found === undefined || found === 0) return undefined;
  return { documents: at(total, 'relation') === 'gte' ? undefined : found };
}

/** A search for no documents: 200 means that it would have brought some. Undefined when that cannot be told. */
async function mayRead(
  session: HttpSession,
  context: ProbeContext,
  own: readonly IndexRow[],
): Promise<boolean | undefined> {
  const biggest = own.find((row) => isPlainIndexName(row.index));
  if (biggest === undefined) return undefined;
  const answer = await session.get(`/${encodeURIComponent(biggest.index)}/_search?size=0&terminate_after=1`);
  context.record(`GET /${datasetName(biggest.index)}/_search?size=0`, `${answer.status}`);
  if (answer.status === 200) return true;
  return answer.status === 401 || answer.status === 403 ? false : undefined;
}

function shapeOfRoot(root: HttpAnswer, banner: Banner): string {
  if (banner.access === 'open')
    return `${root.status}, banner${banner.version === undefined ? '' : ` of ${banner.version}`}`;
  return `${root.status}`;
}
