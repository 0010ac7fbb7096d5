/** The positive control: those who may use the store still can, or it is seen alive from inside. */
import { type Control, readSecret, type Target } from '../../config/index.ts';
import type { ReceiptStory } from '../../core/contract/receipt.ts';
import { PosternError } from '../../core/errors.ts';
import type { OutsiderRequest } from '../../core/story.ts';
import { isExposed } from '../../core/verdict.ts';
import {
  createScope,
  isLoopback,
  type NetworkTarget,
  parseAddress,
  type Scope,
  systemEnvironment,
} from '../../net/index.ts';
import { familyOf } from '../correlate/index.ts';
import { hostName } from '../gather/inspected.ts';
import type { Verbs } from '../verbs.ts';
import { authorityOf } from '../words.ts';

type ReceiptControl = NonNullable<ReceiptStory['control']>;

export interface ControlEnvironment {
  scope: Scope;
  targets: readonly Target[];
  verbs: Verbs;
  env: NodeJS.ProcessEnv;
  now: () => Date;
  signal?: AbortSignal;
}

/** The first control that works, else the last that failed; null when none is configured for these requests. */
export async function runControls(
  requests: readonly OutsiderRequest[],
  environment: ControlEnvironment,
): Promise<ReceiptControl | null> {
  let last: ReceiptControl | null = null;
  for (const { request, control } of controlsFor(requests, environment.targets)) {
    last = await runOne(request, control, environment).catch((error: unknown) => {
      if (!(error instanceof PosternError)) throw error;
      return { kind: kindOf(control), detail: error.message, ok: false, at: environment.now().toISOString() };
    });
    if (last.ok) return last;
  }
  return last;
}

/** Logins first: they show most. */
function controlsFor(
  requests: readonly OutsiderRequest[],
  targets: readonly Target[],
): { request: OutsiderRequest; control: Control }[] {
  const found = targets.flatMap((target) => {
    const request = requests.find(({ host }) => hostName(host) === hostName(target.host));
    if (!request) return [];
    return target.controls
      .filter((control) => familyOf(control.service) === familyOf(request.service))
      .filter((control) => control.port === undefined || control.port === request.port)
      .map((control) => ({ request, control }));
  });
  return found.sort((a, b) => Number(a.control.kind !== 'authorized') - Number(b.control.kind !== 'authorized'));
}

async function runOne(
  request: OutsiderRequest,
  control: Control,
  environment: ControlEnvironment,
): Promise<ReceiptControl> {
  return control.kind === 'authorized'
    ? await logIn(request, control, environment)
    : await lookFromInside(request, control, environment);
}

async function logIn(
  request: OutsiderRequest,
  control: Extract<Control, { kind: 'authorized' }>,
  { scope, verbs, env, now, signal }: ControlEnvironment,
): Promise<ReceiptControl> {
  const target = scope.find(request.host, request.project);
  if (!target) throw new PosternError('E_SCOPE', `${request.host} is not in scope`);
  const password = await readSecret(control.password, env);
  const { ok, detail } = await verbs.runControl(
    target,
    request.service,
    request.port,
    { username: control.username, password },
    signal ? { signal } : {},
  );
  return { kind: 'authorized', detail, ok, at: now().toISOString() };
}

async function lookFromInside(
  request: OutsiderRequest,
  control: Extract<Control, { kind: 'trusted-vantage' }>,
  { scope, verbs, now, signal }: ControlEnvironment,
): Promise<ReceiptControl> {
  const at = authorityOf(control.at.host, control.at.port);
  const target = scope.find(control.at.host) ?? (await loopbackTarget(control.at.host));
  if (!target) {
    throw new PosternError('E_SCOPE', `the trusted address ${at} is neither loopback nor a target in scope`);
  }
  const asked = { label: at, target, port: control.at.port, service: request.service };
  let detail = `the service gave no answer at ${at}`;
  for await (const result of verbs.probe([asked], signal ? { signal } : {})) {
    const alive = result.verdict === 'secured' || isExposed(result.verdict);
    detail = alive ? `the service is seen alive at ${at}` : `at ${at}: ${result.reason}`;
    if (alive) return { kind: 'trusted-vantage', detail, ok: true, at: now().toISOString() };
  }
  return { kind: 'trusted-vantage', detail, ok: false, at: now().toISOString() };
}

async function loopbackTarget(host: string): Promise<NetworkTarget | undefined> {
  const address = parseAddress(host === 'localhost' ? '127.0.0.1' : host);
  if (!address || !isLoopback(address)) return undefined;
  const scope = await createScope(
    [{ host, addresses: [address.text], resolve: 'listed', authority: 'loopback' }],
    systemEnvironment([]),
  );
  return scope.targets[0];
}

function kindOf(control: Control): ReceiptControl['kind'] {
  return control.kind;
}
