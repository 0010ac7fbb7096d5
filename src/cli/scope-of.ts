import { readFile } from 'node:fs/promises';
import type { LoadedConfig, Target } from '../config/index.ts';
import { PosternError } from '../core/errors.ts';
import type { AuthorityRequest, Scope, ScopeEntry } from '../net/index.ts';

/**
 * The scope of a run: the targets of postern.yaml, plus loopback hosts named on the command line, which need no further
 * authority.
 *
 * @param named hosts from the command line; one that is neither loopback nor configured ends in `refused` (`E_SCOPE`)
 */
export async function openScope(config: LoadedConfig | undefined, named: readonly string[]): Promise<Scope> {
  const { createScope, isLoopback, parseAddress, systemEnvironment } = await import('../net/index.ts');
  const configured = config?.targets ?? [];
  const known = new Set(configured.map(({ host }) => host.toLowerCase()));
  const entries: ScopeEntry[] = [];
  const outside: { host: string; error: PosternError }[] = [];
  for (const host of new Set(named)) {
    if (known.has(host.toLowerCase())) continue;
    const address = parseAddress(host);
    if (host.toLowerCase() === 'localhost') {
      entries.push({ host, addresses: ['127.0.0.1'], resolve: 'listed', authority: 'loopback' });
    } else if (address && isLoopback(address)) {
      entries.push({ host, addresses: [host], resolve: 'listed', authority: 'loopback' });
    } else {
      const error = new PosternError('E_SCOPE', `${host} is not in scope and was not contacted.`, {
        hint: 'Add it to `targets` in postern.yaml with its addresses and their authority.',
        ...(config ? { at: { path: config.path } } : {}),
      });
      outside.push({ host, error });
    }
  }
  const own: ScopeEntry[] = [];
  for (const target of configured) {
    try {
      own.push(await entryOf(target));
    } catch (error) {
      if (!(error instanceof PosternError)) throw error;
      outside.push({ host: target.host, error });
    }
  }
  const scope = await createScope([...own, ...entries], systemEnvironment(config?.trust ?? []));
  return { ...scope, refused: [...scope.refused, ...outside] };
}

async function entryOf(target: Target): Promise<ScopeEntry> {
  return {
    host: target.host,
    addresses: target.addresses,
    resolve: target.resolve,
    authority: await requestOf(target),
    ports: target.ports,
    buckets: target.buckets ?? [],
    datasets: target.datasets ?? [],
    identifiers: target.identifiers ?? {},
    ...(target.managedService === undefined ? {} : { managedService: target.managedService }),
  };
}

async function requestOf({ authority, host }: Target): Promise<AuthorityRequest> {
  if (typeof authority === 'string') return authority;
  if ('provider' in authority) return { project: { provider: authority.provider, id: authority.project } };
  return { statement: await readStatement(authority.statement, host) };
}

async function readStatement(
  path: string,
  host: string,
): Promise<Extract<AuthorityRequest, { statement: unknown }>['statement']> {
  const { signedStatementSchema } = await import('../crypto/index.ts');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new PosternError('E_AUTHORITY', `the statement for ${host}, ${path}, cannot be read`, { cause });
  }
  try {
    return signedStatementSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new PosternError('E_AUTHORITY', `${path} is not a signed scope statement`, {
      hint: 'Make one with `postern scope sign`.',
      cause,
    });
  }
}
