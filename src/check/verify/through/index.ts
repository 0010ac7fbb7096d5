/** Through the gateway: the second half of the proof for a store that one guards. */
import { type GuardedBy, readSecret, type Target } from '../../../config/index.ts';
import type { ReceiptThrough } from '../../../core/contract/receipt.ts';
import { PosternError } from '../../../core/errors.ts';
import type { OutsiderRequest } from '../../../core/story.ts';
import type { Scope } from '../../../net/index.ts';
import { familyOf } from '../../correlate/index.ts';
import { hostName } from '../../gather/inspected.ts';
import { authorityOf } from '../../words.ts';
import { type Gateway, type Visit, visit } from './ask.ts';

export interface ThroughEnvironment {
  scope: Scope;
  /** Roles that a policy only watches, by the policy's path. */
  observedRoles: ReadonlyMap<string, readonly string[]>;
  env: NodeJS.ProcessEnv;
  now: () => Date;
  signal?: AbortSignal;
  /** For tests. */
  visit?: typeof visit;
}

/** The gateway that guards the store of these requests; undefined when none does. */
export function guardOf(requests: readonly OutsiderRequest[], targets: readonly Target[]): GuardedBy | undefined {
  return targets.find(
    ({ host, guardedBy }) =>
      guardedBy !== undefined &&
      requests.some(
        (request) => hostName(request.host) === hostName(host) && familyOf(request.service) === 'elasticsearch',
      ),
  )?.guardedBy;
}

/** Asks at the gateway. Never rejects for the gateway's sake: what could not be asked is part of the answer. */
export async function askThrough(guard: GuardedBy, environment: ThroughEnvironment): Promise<ReceiptThrough> {
  const { scope, env, now, signal } = environment;
  const gateway = authorityOf(guard.host, guard.port);
  const observed = guard.policy === undefined ? null : [...(environment.observedRoles.get(guard.policy) ?? [])];
  let seen: Visit = { strangers: [], controls: [], attempts: [] };
  let why = 'it was not asked';
  try {
    const target = scope.find(guard.host);
    if (!target) throw new PosternError('E_SCOPE', `${guard.host} is not in scope`);
    const asked: Gateway = { ...guard, target, authorization: await authorizationOf(guard, env) };
    seen = await (environment.visit ?? visit)(asked, signal ? { signal } : {});
  } catch (error) {
    if (!(error instanceof PosternError) || error.code === 'E_PROBE_FORBIDDEN') throw error;
    why = error.message;
  }
  const failed = seen.controls.find(({ ok }) => !ok);
  const ok = seen.controls.length > 0 && failed === undefined;
  return {
    gateway,
    stranger: { asked: seen.strangers.length, status: strangerStatus(seen) },
    control: {
      ok,
      detail: ok
        ? `the signed-in control is answered at ${gateway}`
        : `the signed-in control is not answered at ${gateway}: ${failed?.detail ?? why}`,
      at: now().toISOString(),
    },
    attempts: attemptsOf(seen),
    observed,
  };
}

async function authorizationOf({ scheme, credentials }: GuardedBy, env: NodeJS.ProcessEnv): Promise<string> {
  const secret = (await readSecret(credentials, env)).trim();
  // A line break or the like would end the header, and Node would quote the value in its error.
  if (!/^[\x21-\x7e]+$/.test(secret)) {
    throw new PosternError('E_INPUT_UNSUPPORTED', 'the credentials of the control are not one line of plain text');
  }
  return `${scheme} ${secret}`;
}

/** 401 when every stranger's request was answered so; otherwise the worst other status, null for no answer. */
function strangerStatus({ strangers }: Visit): number | null {
  const other = strangers.find(({ status }) => isAnswer(status)) ?? strangers.find(({ status }) => status !== 401);
  return other === undefined ? (strangers.length > 0 ? 401 : null) : other.status;
}

function isAnswer(status: number | null): boolean {
  return status !== null && status < 400;
}

/** An answer with no more documents than the control's own search is the own search under another name. */
function attemptsOf({ attempts, controls }: Visit): ReceiptThrough['attempts'] {
  const most = Math.max(...controls.map(({ total }) => total ?? -1), -1);
  const kinds = attempts.map(({ name, status, total, narrowable }) => {
    const kind = isRefusal(status)
      ? 'refused'
      : !isAnswer(status)
        ? 'unclear'
        : narrowable && total !== null && total <= most
          ? 'narrowed'
          : 'answered';
    return { name, kind };
  });
  const count = (kind: string) => kinds.filter((one) => one.kind === kind).length;
  const names = (kind: string) => [...new Set(kinds.filter((one) => one.kind === kind).map(({ name }) => name))];
  return {
    tried: attempts.length,
    refused: count('refused'),
    narrowed: count('narrowed'),
    answered: names('answered'),
    unclear: names('unclear'),
  };
}

/** 429 and 408 say that nobody looked at the request. */
function isRefusal(status: number | null): boolean {
  return status !== null && status >= 400 && status < 500 && status !== 429 && status !== 408;
}
