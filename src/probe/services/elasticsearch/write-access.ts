/** Whether a stranger who reads could also write, told from read-only answers. */
import type { HttpAnswer, HttpSession } from '../../../net/connection.ts';
import { at, isRecord, parseJson, text } from '../../json.ts';
import type { ProbeContext } from '../../service.ts';

export interface WriteAccess {
  /** Undefined: cannot be told without writing. */
  writes: boolean | undefined;
  /** True when no access control exists at all: everybody may do everything. */
  uncontrolled: boolean;
  /** Why, as the end of a sentence. */
  because: string;
}

export const UNTOLD: WriteAccess = { writes: undefined, uncontrolled: false, because: 'writing cannot be told' };

/** Plug-ins with rules of their own, which may forbid writing where reading is open. */
const GUARDING_PLUGIN = /security|search-?guard|readonlyrest|shield/i;

export async function elasticsearchWrites(
  session: HttpSession,
  context: ProbeContext,
  version: string | undefined,
): Promise<WriteAccess> {
  const xpack = await session.get('/_xpack?categories=features');
  const security = at(parseJson(xpack.body), 'features', 'security');
  if (xpack.status === 200 && isRecord(security)) {
    context.record('GET /_xpack?categories=features', `200, features.security.enabled is ${security.enabled === true}`);
    if (security.enabled !== true) {
      return await unlessGuarded(session, context, 'security is switched off, so no access control exists');
    }
    return await anonymousPrivileges(session, context);
  }
  context.record('GET /_xpack?categories=features', `${xpack.status}${hasNoHandler(xpack) ? ', no handler' : ''}`);
  const old = Number.parseInt(version ?? '', 10) < 5 && isMissingIndex(xpack);
  if (hasNoHandler(xpack) || old) {
    return await unlessGuarded(
      session,
      context,
      'the distribution has no security module, so no access control exists',
    );
  }
  // Stripped distributions fail on `_xpack`; whether security has handlers at all still tells.
  return await anonymousPrivileges(session, context);
}

export async function opensearchWrites(session: HttpSession, context: ProbeContext): Promise<WriteAccess> {
  const path = '/_plugins/_security/authinfo';
  const info = await session.get(path);
  if (hasNoHandler(info)) {
    context.record(`GET ${path}`, `${info.status}, no handler`);
    return await unlessGuarded(
      session,
      context,
      'the Security plug-in is absent or disabled, so no access control exists',
    );
  }
  const roles = at(parseJson(info.body), 'roles');
  if (info.status !== 200 || !Array.isArray(roles)) {
    context.record(`GET ${path}`, `${info.status}`);
    return UNTOLD;
  }
  const all = roles.includes('all_access');
  context.record(`GET ${path}`, `200, ${roles.length} roles${all ? ', all_access among them' : ''}`);
  return all ? { writes: true, uncontrolled: false, because: 'the anonymous user has the role all_access' } : UNTOLD;
}

async function unlessGuarded(session: HttpSession, context: ProbeContext, because: string): Promise<WriteAccess> {
  const path = '/_cat/plugins?format=json&h=component';
  const answer = await session.get(path);
  const plugins = parseJson(answer.body);
  const listed = answer.status === 200 && Array.isArray(plugins);
  const guards = listed ? plugins.filter((one) => GUARDING_PLUGIN.test(text(at(one, 'component')) ?? '')).length : 0;
  context.record(`GET ${path}`, listed ? `200, ${plugins.length} plug-ins, ${guards} guarding` : `${answer.status}`);
  // A Security plug-in that is installed and switched off has no handlers; one of another maker has others.
  if (guards > 0 && !because.includes('disabled')) return UNTOLD;
  return { writes: true, uncontrolled: true, because };
}

const WRITING = /^(?:all|write|index|create|create_doc|delete|manage|delete_index|create_index)$/;

/** `{"cluster":[…],"indices":[{"names":["*"],"privileges":["read"]}],…}` */
async function anonymousPrivileges(session: HttpSession, context: ProbeContext): Promise<WriteAccess> {
  const path = '/_security/user/_privileges';
  const answer = await session.get(path);
  const indices = at(parseJson(answer.body), 'indices');
  if (hasNoHandler(answer)) {
    context.record(`GET ${path}`, `${answer.status}, no handler`);
    return await unlessGuarded(session, context, 'security has no handlers, so no access control exists');
  }
  if (answer.status !== 200 || !Array.isArray(indices)) {
    context.record(`GET ${path}`, `${answer.status}`);
    return UNTOLD;
  }
  const writes = indices.some((grant) => {
    const privileges = at(grant, 'privileges');
    return Array.isArray(privileges) && privileges.some((one) => typeof one === 'string' && WRITING.test(one));
  });
  context.record(`GET ${path}`, `200, ${indices.length} grants, writing ${writes ? 'among them' : 'not among them'}`);
  const because = writes
    ? 'security is on and the anonymous user may write'
    : 'security is on and the anonymous user may only read';
  return { writes, uncontrolled: false, because };
}

/** The number of indices with a block on writing; undefined when it is not told. */
export async function blockedIndices(session: HttpSession, context: ProbeContext): Promise<number | undefined> {
  const path = '/_all/_settings/index.blocks.*?flat_settings=true';
  const answer = await session.get(path);
  const body = parseJson(answer.body);
  if (answer.status !== 200 || !isRecord(body)) return undefined;
  const blocked = Object.values(body).filter((index) => {
    const settings = at(index, 'settings');
    return (
      isRecord(settings) && Object.entries(settings).some(([name, value]) => isBlock(name) && String(value) === 'true')
    );
  }).length;
  context.record(`GET ${path}`, `200, ${blocked} indices blocked for writing`);
  return blocked;
}

function isBlock(name: string): boolean {
  return name === 'index.blocks.read_only' || name === 'index.blocks.write';
}

/** `no handler found for uri [/_xpack] and method [GET]`; 400 from 2.x on, 404 or 405 behind some proxies. */
function hasNoHandler(answer: HttpAnswer): boolean {
  return [400, 404, 405].includes(answer.status) && /no handler found for uri/i.test(answer.body.toString('latin1'));
}

/** Before 5.0 an unknown `_name` is an index name. */
function isMissingIndex(answer: HttpAnswer): boolean {
  return (
    answer.status === 404 && /IndexMissingException|index_not_found_exception/.test(answer.body.toString('latin1'))
  );
}
