import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { PosternError } from '../../core/errors.ts';
import type { OfflineDecision } from '../../guard/explain/decide-offline.ts';
import { type Io, wantsColor } from '../io.ts';
import { collect, print } from '../output.ts';
import { loadNamedPolicy } from './load.ts';

interface ExplainOptions {
  policy: string;
  role: string[];
  issuer?: string;
  claim: string[];
  data?: string;
  format: string;
}

export function guardExplain(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .command('explain')
    .description('say which rule decides a request, and the exact request that reaches the store')
    .argument('<method>', 'GET, POST, …')
    .argument('<path>', 'path and query as a client sends them')
    .option('--policy <file>', 'the policy', 'guard.yaml')
    .option('--role <name>', 'who asks: a role of the policy; may be repeated', collect, [])
    .option('--issuer <name>', 'who asks: an issuer of the policy, whose claims decide the roles')
    .option('--claim <name=value>', 'a claim of who asks; JSON, or text; may be repeated', collect, [])
    .option('--data <body>', 'the body, or @FILE')
    .option('--format <format>', 'text or json', 'text')
    .addHelpText(
      'after',
      `
Nothing is sent. Exit code 0 when the request is allowed, 1 when it is refused.

Examples:
  $ postern guard explain GET /orders/_search --role mobile --claim tenant=t1
  $ postern guard explain POST /orders/_search --issuer shop --claim 'scope=shop.read' --claim tenant=t1 \\
      --data '{"query":{"match":{"phone":"9"}}}'`,
    )
    .action(async (method: string, path: string, options: ExplainOptions) => {
      if (options.format !== 'text' && options.format !== 'json') {
        throw new PosternError('E_USAGE', `this command has no format "${options.format}"`, {
          hint: 'Use text or json.',
        });
      }
      const policy = await loadNamedPolicy(io, options.policy);
      const [{ createOfflineDecider }, { principalOf }] = await Promise.all([
        import('../../guard/explain/decide-offline.ts'),
        import('../../guard/cases/principal.ts'),
      ]);
      if (options.role.length === 0 && options.issuer === undefined) {
        throw new PosternError('E_USAGE', 'who asks? Name a --role or an --issuer', {
          hint: `Roles of this policy: ${policy.roles.map(({ name }) => name).join(', ')}.`,
        });
      }
      const unknown = options.role.find((name) => !policy.roles.some((role) => role.name === name));
      if (unknown !== undefined) {
        throw new PosternError('E_USAGE', `the policy has no role "${unknown}"`, {
          hint: `It has ${policy.roles.map(({ name }) => name).join(', ')}.`,
        });
      }
      const claims = Object.fromEntries(options.claim.map(claimOf));
      const principal = principalOf(
        {
          ...(options.issuer !== undefined && { issuer: options.issuer }),
          ...(options.role.length > 0 && { roles: options.role }),
          subject: 'someone',
          claims,
        },
        policy,
      );
      const body = await bodyOf(io, options.data);
      const lines = /\/_(?:msearch|bulk)(?:\?|$)/.test(path);
      const decision = await createOfflineDecider(policy)(
        {
          method,
          target: path,
          headers: body.length === 0 ? [] : ['content-type', lines ? 'application/x-ndjson' : 'application/json'],
          body,
        },
        principal,
      );
      const text =
        options.format === 'json'
          ? JSON.stringify(decision, null, 2)
          : textOf(decision, principal.roles, pc.createColors(wantsColor(io, io.stdout)));
      await print(io, text);
      exit(decision.decision === 'allow' ? 0 : 1);
    });
}

function claimOf(text: string): [string, ReturnType<typeof JSON.parse>] {
  const at = text.indexOf('=');
  if (at <= 0) throw new PosternError('E_USAGE', `--claim ${text}: expected NAME=VALUE`);
  const value = text.slice(at + 1);
  try {
    return [text.slice(0, at), JSON.parse(value)];
  } catch {
    return [text.slice(0, at), value];
  }
}

async function bodyOf(io: Io, data: string | undefined): Promise<Uint8Array> {
  if (data === undefined) return new Uint8Array();
  if (!data.startsWith('@')) return Buffer.from(data);
  return readFile(resolve(io.cwd, data.slice(1))).catch((cause: unknown) => {
    throw new PosternError('E_INPUT_NOT_FOUND', `${data.slice(1)} cannot be read`, { cause });
  });
}

function textOf(
  decision: OfflineDecision,
  roles: readonly string[],
  colors: ReturnType<typeof pc.createColors>,
): string {
  const { allow } = { allow: decision.decision === 'allow' };
  const lines = [
    `${allow ? colors.green('allowed') : colors.red('refused')}  ${decision.status}${decision.code === null ? '' : `  ${decision.code}`}`,
  ];
  const add = (name: string, value: string) => lines.push(`${colors.dim(name.padEnd(10))} ${value}`);
  add('roles', roles.join(', ') || 'none');
  if (decision.detail) add('because', decision.detail);
  if (decision.operation !== null) add('operation', decision.operation);
  if (decision.rules.length > 0) add(decision.rules.length > 1 ? 'rules' : 'rule', decision.rules.join(', '));
  if (decision.indices.length > 0) add('indices', decision.indices.join(', '));
  if (decision.observed !== null) add('watched', `enforcing would ${decision.observed} it`);
  if (decision.requests.length === 0) add('to the store', 'nothing');
  for (const { method, path, body } of decision.requests) {
    add('to the store', `${method} ${path}`);
    if (body !== null) lines.push(indented(body));
  }
  return lines.join('\n');
}

function indented(body: string): string {
  return body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.stringify(JSON.parse(line), null, 2).replace(/^/gm, '    '))
    .join('\n');
}
