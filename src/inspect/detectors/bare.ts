/**
 * Endpoints without a scheme: `api.shop.example`, `203.0.113.7:9200`, `db.shop.example:27017/customers`,
 * `user:password@host`. A name with dots is far more often a Java package, a property or a file than a host, so a bare
 * name counts only when its shape says so.
 */
import { isLikelyBareSuffix, isPublicSuffix } from '../data/top-level-domains.ts';
import { isAddress } from './url.ts';

export interface BareEndpoint {
  host: string;
  port?: number;
  path: string;
  user?: string;
  password?: string;
}

const SHAPE =
  /^(?:([\w.+-]{1,64}):([^\s:@/"']{1,128})@)?((?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.){1,8}(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59}|\d{1,3}))(?::(\d{1,5}))?(\/[\w\-./~%{}$=&?+:@]{0,512})?$/;

/** First labels of names that are packages, properties or files of a platform, not hosts. */
const NOT_HOSTS = new Set(
  (
    'com org net io edu gov de fr uk ru cn jp kr br it nl eu us co me tv in info biz app dev ai java javax jakarta kotlin kotlinx ' +
    'android androidx dalvik sun jdk junit okhttp okhttp3 okio retrofit retrofit2 rx dagger scala groovy apple ns ui res ' +
    'system user file text image action intent debug ro persist sys os window document process module exports this self ' +
    'math object array string console react vue angular jquery node log http https event data config settings meta ' +
    'microsoft mono xamarin unity unityengine flutter dart plugins plugin vnd google.protobuf'
  ).split(' '),
);

/** `mailto:jane@example.org` is an address of a person, not a login. */
const NOT_USERS = new Set(
  'mailto sip sips xmpp acct im tel sms skype jabber news cid mid from to cc bcc reply-to author by'.split(' '),
);

/** Top-level domains that are file extensions too. */
const FILE_ENDINGS = new Set(
  'zip mov app py sh so rs pl md ps js cc mm ai id is at it to name info ms vi la st sc gs lt ls mp as my so do in me py'.split(
    ' ',
  ),
);

/** @param text a whole string literal, resource or attribute value */
export function parseBare(text: string): BareEndpoint | undefined {
  if (text.length < 4 || text.length > 600 || text.includes(' ')) return undefined;
  const match = SHAPE.exec(text);
  const name = match?.[3];
  if (match === null || name === undefined) return undefined;
  const port = match[4] === undefined ? undefined : Number(match[4]);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  const user = match[1];
  if (user !== undefined && NOT_USERS.has(user.toLowerCase())) return undefined;
  const path = match[5] ?? '';
  const hostLike = isAddress(name)
    ? port !== undefined || user !== undefined || path !== ''
    : isHostName(name, port !== undefined || user !== undefined, path !== '');
  if (!hostLike) return undefined;
  return {
    host: name,
    ...(port === undefined ? {} : { port }),
    path,
    ...(user === undefined || match[2] === undefined ? {} : { user, password: match[2] }),
  };
}

function isHostName(name: string, marked: boolean, hasPath: boolean): boolean {
  const labels = name.split('.');
  const last = labels.at(-1) ?? '';
  const first = labels[0] ?? '';
  if (!isPublicSuffix(last) || /^\d/.test(last)) return false;
  if (first === 'www') return labels.length > 2;
  if (NOT_HOSTS.has(first) || name.includes('_')) return false;
  if (name.endsWith('.apps.googleusercontent.com')) return false; // an OAuth client id
  if (marked) return true;
  if (labels.length === 2) return first.length >= 3 && isLikelyBareSuffix(last) && !hasPath && !FILE_ENDINGS.has(last);
  return !FILE_ENDINGS.has(last) && isLikelyBareSuffix(last);
}
