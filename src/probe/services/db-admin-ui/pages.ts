/** Administration pages of databases: where each lies, and what its answer says. */
import type { HttpAnswer } from '../../../net/connection.ts';
import { at, isRecord, parseJson, text } from '../../json.ts';
import { parseVersion } from '../../observations.ts';

export interface Page {
  /** `login`: strangers see a form; `open`: they are inside. */
  access: 'login' | 'open';
  version?: string | undefined;
  /** Whether whoever is inside may change what is there, where the page tells. */
  writes?: boolean;
  /** Databases that the page names. */
  databases?: string[];
  /** Databases that it keeps logins for. */
  connections?: number;
}

export interface AdminUi {
  readonly product: string;
  readonly title: string;
  readonly paths: readonly string[];
  /** Posted with `{}` instead of GET, where the page at the root is the product's own: elsewhere it could become a document. */
  readonly post?: RegExp;
  readonly judge: (answer: HttpAnswer) => Page | undefined;
}

const MOST_DATABASES = 100;

/** `CommonParams.setAll({…,logged_in:true,…,version:"5.2.1",auth_type:"config",user:"root"})` */
function phpMyAdmin(answer: HttpAnswer): Page | undefined {
  const page = pageOf(answer);
  if (page === undefined) return undefined;
  const cookie = /(?:^|, )(?:phpMyAdmin(?:_https)?|pma_lang)=/.test(answer.headers['set-cookie'] ?? '');
  if (!/phpMyAdmin/.test(page) || !(cookie || /CommonParams\.setAll|name="pma_username"/.test(page))) return undefined;
  const version = parseVersion(/[,{](?:version|PMA_VERSION):"([^"]{1,40})"/.exec(page)?.[1]);
  if (/name="pma_username"/.test(page)) return { access: 'login', version };
  const inside = /[,{]logged_in:true[,}]/.test(page) || /[,{]auth_type:"config"/.test(page);
  if (!inside) return { access: 'login', version };
  return { access: 'open', version, ...(/[,{]user:"root"/.test(page) ? { writes: true } : {}) };
}

function adminer(answer: HttpAnswer): Page | undefined {
  const page = pageOf(answer);
  const cookie = /(?:^|, )adminer_(?:sid|key|version)=/.test(answer.headers['set-cookie'] ?? '');
  if (page === undefined || !/<title>[^<]{0,200}- (?:Adminer|Editor)\b/.test(page)) return undefined;
  if (!cookie && !/adminer/i.test(page)) return undefined;
  const told = /<span class=['"]version['"]>\s*([\d.]{1,20})/.exec(page) ?? /verifyVersion, '([\d.]{1,20})'/.exec(page);
  const login = /name=['"]auth\[(?:driver|username)\]['"]/.test(page);
  return { access: login ? 'login' : 'open', version: parseVersion(told?.[1]) };
}

/** `<title>Home - Mongo Express</title>`, a row with `<a href="/db/shop/">` for each database. */
function mongoExpress(answer: HttpAnswer): Page | undefined {
  const page = pageOf(answer);
  if (page === undefined || !/<title>[^<]{0,200}Mongo Express<\/title>/.test(page)) return undefined;
  if (/<title>\s*Login\b/.test(page)) return { access: 'login' };
  const names = [...page.matchAll(/href="(?:\/[\w-]{1,40})?\/db\/([^"/]{1,200})\/?"/g)]
    .slice(0, 500)
    .map(([, name]) => name ?? '');
  const databases = [...new Set(names)].slice(0, MOST_DATABASES).map(decoded);
  return { access: 'open', databases, ...(/Create Database/.test(page) ? { writes: true } : {}) };
}

/** `GET /api/databases`: `[{"id":…,"host":…,"port":6379,"name":…,"connectionType":"STANDALONE"}]`. There is no login. */
function redisInsight(answer: HttpAnswer): Page | undefined {
  const list = answer.status === 200 && !answer.truncated ? parseJson(answer.body) : undefined;
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const own = list.every(
    (one) => isRecord(one) && 'id' in one && 'port' in one && ('connectionType' in one || 'modules' in one),
  );
  return own ? { access: 'open', connections: list.length, writes: true } : undefined;
}

/** The login page, or in desktop mode the browser itself. */
function pgAdmin(answer: HttpAnswer): Page | undefined {
  if (answer.status >= 300 && answer.status < 400) {
    return /\/login\?next=[^&]{0,80}browser/.test(answer.headers.location ?? '') &&
      /pga4_session|PGADMIN/i.test(answer.headers['set-cookie'] ?? '')
      ? { access: 'login' }
      : undefined;
  }
  const page = pageOf(answer);
  if (page === undefined || !/<title>[^<]{0,80}pgAdmin 4[^<]{0,80}<\/title>/.test(page)) return undefined;
  const number = Number(/[?&]ver=(\d{5,6})\b/.exec(page)?.[1]);
  const version = number > 0 ? `${Math.floor(number / 10_000)}.${Math.floor((number % 10_000) / 100)}` : undefined;
  const login = /name="csrf_token"|\/authenticate\/login|"loginUrl"|security\/login/.test(page);
  return { access: login ? 'login' : 'open', version };
}

/** `POST /connections/list`: `[{"_id":…,"engine":"postgres@dbgate-plugin-postgres",…}]`; 401 where a login is asked for. */
function dbGate(answer: HttpAnswer): Page | undefined {
  const body = answer.truncated ? undefined : parseJson(answer.body);
  if (
    answer.status === 401 &&
    /missing authorization|invalid token/i.test(
      text(at(body, 'error')) ?? text(body) ?? answer.body.toString('latin1').slice(0, 200),
    )
  ) {
    return { access: 'login' };
  }
  if (answer.status !== 200 || !Array.isArray(body) || body.length === 0) return undefined;
  const own = body.every((one) => /@dbgate-plugin-/.test(text(at(one, 'engine')) ?? ''));
  return own ? { access: 'open', connections: body.length, writes: true } : undefined;
}

function pageOf({ status, body }: HttpAnswer): string | undefined {
  return status === 200 ? body.toString('utf8') : undefined;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

export const ADMIN_UIS: readonly AdminUi[] = [
  {
    product: 'phpmyadmin',
    title: 'phpMyAdmin',
    paths: ['/phpmyadmin/', '/phpMyAdmin/', '/pma/', '/'],
    judge: phpMyAdmin,
  },
  { product: 'adminer', title: 'Adminer', paths: ['/adminer.php', '/adminer/', '/adminer', '/'], judge: adminer },
  { product: 'mongo-express', title: 'mongo-express', paths: ['/', '/mongo-express/'], judge: mongoExpress },
  { product: 'redisinsight', title: 'Redis Insight', paths: ['/api/databases'], judge: redisInsight },
  { product: 'pgadmin', title: 'pgAdmin', paths: ['/browser/', '/pgadmin4/browser/'], judge: pgAdmin },
  { product: 'dbgate', title: 'DbGate', paths: ['/connections/list'], post: /<title>[^<]{0,80}DbGate/i, judge: dbGate },
];
