/** Who reads what from an API: a stranger, a signed-in user, another user, an old version of the app. Reading only. */
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { PosternError } from '../../core/errors.ts';
import type { Skip } from '../../core/skip.ts';
import { createDialer, deadlineIn, type NetworkTarget, type PinnedAddress } from '../../net/index.ts';
import { askEndpoint } from './endpoint.ts';
import { accessFindings } from './findings.ts';
import type { AccessConfig, AccessOptions, AccessOutcome, Account, EndpointAccess } from './model.ts';
import { withoutStop } from './reading.ts';
import { requestsOf, shownAs } from './requests.ts';
import { Session } from './session.ts';

/**
 * Asks each endpoint with the first two accounts, one endpoint after the other, at one address of the target. What fails
 * is a skip; only the caller's mistakes are thrown.
 *
 * @throws PosternError `E_SCOPE` for a target that no scope made
 */
export async function probeAccess(
  target: NetworkTarget,
  { api, accounts }: AccessConfig,
  options: AccessOptions = {},
): Promise<AccessOutcome> {
  const dialer = options.dialer ?? createDialer();
  const now = options.now ?? (() => new Date());
  const isPersonal = options.isPersonal ?? (() => false);
  const subject = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${api.port}`;
  const outcome: AccessOutcome = {
    host: target.host,
    port: api.port,
    address: null,
    endpoints: [],
    access: [],
    exchanges: [],
    findings: [],
    skips: [],
  };
  const skip = (what: string, reason: string, severity: Skip['severity'] = 'incomplete') =>
    outcome.skips.push({ subject: what, code: 'ACCESS_NOT_TESTED', reason, severity });
  for (const reason of api.notTested) skip(subject, reason, 'note');
  const [a, b, ...more] = accounts;
  if (a === undefined || b === undefined) {
    skip(subject, 'who reads whose objects is told by two accounts; fewer are configured');
    return outcome;
  }
  if (more.length > 0) skip(subject, `only ${a.name} and ${b.name} were asked for each other’s objects`, 'note');
  if (isDeepStrictEqual(a.headers, b.headers)) {
    skip(subject, `${a.name} and ${b.name} sign in with the same credentials: they are one account`);
    return outcome;
  }
  for (const account of [a, b]) checkHeaders(account);

  const at = await firstAddress(dialer, target);
  if (at instanceof PosternError) {
    skip(subject, withoutStop(at.message));
    return outcome;
  }
  outcome.address = at.address;
  // Of this run only: hashes of two runs cannot be compared, and nobody can look one up.
  const key = randomBytes(32);
  for (const endpoint of api.endpoints) {
    const what = shownAs(api, endpoint);
    if (options.signal?.aborted) {
      skip(`${subject} ${what}`, 'the run was stopped before this was asked');
      continue;
    }
    const session = new Session({
      dialer,
      target,
      at,
      port: api.port,
      tls: api.tls,
      allow: requestsOf(api, endpoint),
      deadline: deadlineIn(options.deadlineMs ?? 30_000, options.signal),
      firstByteMs: options.firstByteMs ?? 8_000,
      now,
    });
    try {
      const told = await askEndpoint(session, api, endpoint, [a, b], key);
      add(outcome, told);
      outcome.findings.push(
        ...accessFindings(told, { host: target.host, port: api.port, address: at.address, isPersonal, now }),
      );
      const open = told.access.find(({ as, read }) => as === 'other-user' && read === 'unknown');
      if (open !== undefined) skip(`${subject} ${what}`, open.reason);
    } finally {
      session.close();
    }
  }
  return outcome;
}

function add(outcome: AccessOutcome, told: EndpointAccess): void {
  outcome.endpoints.push(told);
  outcome.access.push(...told.access);
  outcome.exchanges.push(...told.exchanges);
}

async function firstAddress(
  dialer: ReturnType<typeof createDialer>,
  target: NetworkTarget,
): Promise<PinnedAddress | PosternError> {
  try {
    const { addresses, refused } = await dialer.resolve(target);
    const [at] = addresses;
    return at ?? refused[0]?.error ?? new PosternError('E_PROBE_IO', `The name ${target.host} has no address.`);
  } catch (error) {
    if (error instanceof PosternError && error.code === 'E_PROBE_IO') return error;
    throw error;
  }
}

/** @throws PosternError `E_USAGE` without the value, which is a secret */
function checkHeaders({ name, headers }: Account): void {
  for (const [header, value] of Object.entries(headers)) {
    if (/^[\x20-\x7e]*$/.test(value)) continue;
    throw new PosternError(
      'E_USAGE',
      `The header ${header} of the account ${name} holds a character that no header may.`,
      {
        hint: 'Look for a line break or a byte order mark in its file.',
      },
    );
  }
}

export { dryAccess } from './dry-run.ts';
export { apiAssetId } from './findings.ts';
export type { AccessConfig, AccessOptions, AccessOutcome, Account } from './model.ts';
export { endpointsOf } from './openapi.ts';
export { accessRules } from './rules.ts';
export { accessOfStore } from './stores.ts';
