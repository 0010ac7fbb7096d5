import { basename, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import type { FirewallConfig } from '../config/firewall-schema.ts';
import { PosternError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import type { Outcome } from '../core/outcome.ts';
import type { FirewallFormat, HostView, LetIn, Reach, ReachSource, StateFile, StorePort } from '../firewall/index.ts';
import { plain } from '../report/untrusted.ts';
import { exitCodeOf } from './exit-code.ts';
import type { Io } from './io.ts';
import { collect, emit, type OutputOptions, parseFailOn, print, withOutput } from './output.ts';
import { findConfig } from './project.ts';
import { readBounded } from './read-bounded.ts';
import { readCheckReport } from './read-report.ts';

const FORMATS = ['table', 'json'];

interface ReadOptions extends OutputOptions {
  config?: string;
  host?: string;
  outside: string[];
}

interface GenerateOptions {
  format: string;
  allow: string[];
  port: string[];
  public: string[];
  host?: string;
  wholeHost: boolean;
  sshPort?: string;
  config?: string;
}

export function firewall(program: Command, io: Io, exit: (code: number) => void): void {
  const verb = program
    .command('firewall')
    .description('read what a host lets in, and write the firewall that should be there')
    .addHelpText(
      'after',
      `
Examples:
  $ postern firewall read ss.txt nft.json            what this host lets in, and which rule decides
  $ postern firewall generate --format nftables --port elasticsearch=9200 --allow api=10.0.1.0/24`,
    );
  readCommand(verb, io, exit);
  generateCommand(verb, io, exit);
}

function readCommand(verb: Command, io: Io, exit: (code: number) => void): void {
  withOutput(
    verb
      .command('read')
      .description('what a host lets in, from its own state')
      .argument('[file...]', 'files with its state; none: those that postern.yaml lists under firewall'),
    FORMATS,
    'table',
  )
    .option('--host <name>', 'name of the host that the files are of')
    .option('--outside <interface>', 'an interface that faces outside, e.g. eth0; may be repeated', collect, [])
    .option('--config <file>', 'postern.yaml to use')
    .addHelpText(
      'after',
      `
Reads the output of ss -ltnp, nft -j list ruleset, iptables-save, ip6tables-save, ufw status verbose and docker inspect,
and Terraform (terraform show -json of a plan or a state, or .tf), told by content. Nothing is run and nothing is sent.

Examples:
  $ ss -ltnp > ss.txt; nft -j list ruleset > nft.json; docker inspect $(docker ps -q) > docker.json
  $ postern firewall read ss.txt nft.json docker.json
  $ postern firewall read main.tf --format json`,
    )
    .action(async (files: string[], options: ReadOptions) => {
      const config = await findConfig(io, options.config);
      const settings = config?.firewall;
      const paths = files.length > 0 ? files.map((file) => resolve(io.cwd, file)) : (settings?.state ?? []);
      if (paths.length === 0) {
        throw new PosternError('E_USAGE', 'there is nothing to read', {
          hint: 'Name files with the state of the host, or list them in postern.yaml under `firewall: { state: [...] }`.',
        });
      }
      const failOn = parseFailOn(options.failOn, config?.failOn);
      const [{ judgeHostState, letIn, readHostState }, storePorts] = await Promise.all([
        import('../firewall/index.ts'),
        storePortsOf(),
      ]);
      const host = options.host ?? (files.length > 0 ? undefined : settings?.host);
      const outside = options.outside.length > 0 ? options.outside : (settings?.outside ?? []);
      const view = readHostState(await stateFiles(io, paths), {
        ...(host !== undefined && { host }),
        ...(outside.length > 0 && { outside }),
      });
      const outcome = judgeHostState(view, [], storePorts);
      const ports = view.hasSockets
        ? []
        : letIn(
            view,
            storePorts.map(({ port }) => port),
          );
      await emit(io, options, FORMATS, (format) =>
        format === 'json'
          ? `${JSON.stringify(documentOf(view, outcome, ports), null, 2)}\n`
          : tableOf(view, outcome, ports),
      );
      exit(exitCodeOf(outcome.findings, outcome.skips, failOn, options.exitZero));
    });
}

async function stateFiles(io: Io, paths: readonly string[]): Promise<StateFile[]> {
  const files: StateFile[] = [];
  for (const path of paths) {
    const bytes = await readBounded(path, LIMITS.configBytes);
    const shown = relative(io.cwd, path);
    files.push({ path: shown.startsWith('..') ? basename(path) : shown, text: bytes.toString('utf8') });
  }
  return files;
}

/** Ports by which stores are known, from the services of the probe. */
async function storePortsOf(): Promise<StorePort[]> {
  const [{ services }, { storePortsOf: portsOf }] = await Promise.all([
    import('../probe/index.ts'),
    import('../check/host-state.ts'),
  ]);
  return portsOf(services);
}

function documentOf(view: HostView, { findings, skips }: Outcome, ports: readonly LetIn[]): unknown {
  return {
    ...(view.host !== undefined && { host: view.host }),
    files: view.files,
    openings: view.openings,
    ...(ports.length > 0 && { letIn: ports }),
    groups: view.groups.map(({ provider, name, place }) => ({ provider, name, place })),
    findings,
    skips,
  };
}

const VERDICTS = { accept: 'let in', drop: 'dropped', reject: 'rejected', unknown: 'unknown' } as const;

function tableOf(view: HostView, { findings, skips }: Outcome, ports: readonly LetIn[]): string {
  const lines: string[] = [];
  const rows = view.openings.map(({ address, port, process, container, inside, decision, pastInput }) => [
    `${address.includes(':') ? `[${address}]` : address}:${port}`,
    plain(container ?? process ?? ''),
    inside ? 'inside only' : VERDICTS[decision.verdict],
    inside || decision.verdict === 'accept' ? '' : decision.admits.slice(0, 3).join(' '),
    inside ? '' : decidedBy(decision),
    pastInput === undefined ? '' : 'past the input filter',
  ]);
  if (rows.length > 0)
    lines.push(...columns([['waits at', 'program', 'strangers', 'admits', 'decided by', ''], ...rows]), '');
  if (ports.length > 0)
    lines.push('Without sockets (ss -ltnp): store ports that the filters let strangers through to', '');
  for (const { family, port, decision } of ports) lines.push(`IPv${family} port ${port}: ${decidedBy(decision)}`);
  if (ports.length > 0) lines.push('');
  if (view.groups.length > 0) lines.push(...view.groups.map(({ provider, name }) => `${provider}: ${plain(name)}`), '');
  for (const { severity, rule, message } of findings)
    lines.push(`${severity.toUpperCase()} ${rule}: ${plain(message)}`);
  for (const { subject, reason, severity } of skips) {
    lines.push(`${severity === 'note' ? 'note' : 'NOT TOLD'} ${plain(subject)}: ${plain(reason)}`);
  }
  if (findings.length + ports.length === 0)
    lines.push('No store port is open to strangers, as far as these files tell.');
  return `${lines.join('\n')}\n`;
}

function decidedBy({ place, text }: HostView['openings'][number]['decision']): string {
  if (place.path === '') return plain(text);
  const at = place.line === undefined ? '' : `:${place.line}`;
  return `${plain(text)} (${plain(place.path)}${at})`;
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.min(40, Math.max(...rows.map((row) => row[at]?.length ?? 0))));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function generateCommand(verb: Command, io: Io, exit: (code: number) => void): void {
  verb
    .command('generate')
    .description('write the firewall that should be there: who has to reach what, and nobody else')
    .argument('[report]', 'a report of `postern check` in JSON; its stores are closed to all but --allow')
    .requiredOption('--format <format>', 'nftables, ufw, compose, networkpolicy, aws, gcp, azure')
    .option(
      '--allow <NAME=CIDR>',
      'who has to reach the stores; NAME alone for compose and networkpolicy; may be repeated',
      collect,
      [],
    )
    .option('--port <SERVICE=PORT>', 'a store and its port; may be repeated', collect, [])
    .option('--public <port>', 'a port that everybody may reach; may be repeated', collect, [])
    .option('--host <name>', 'of a report with several hosts, the one to write for')
    .option('--whole-host', 'nftables, ufw: drop everything that is not listed, not the stores alone', false)
    .option('--ssh-port <port>', 'nftables, ufw: where you log in (22)')
    .option('--config <file>', 'postern.yaml to use')
    .addHelpText(
      'after',
      `
Who reaches what also comes from postern.yaml:
  firewall:
    reach:
      - { service: elasticsearch, port: 9200, from: [{ name: api, cidrs: [10.0.1.0/24] }] }
    publicPorts: [443]

Nothing is applied: the result is printed, with how to check, apply and undo it in its first lines.

Examples:
  $ postern firewall generate report.json --format nftables --allow api=10.0.1.0/24 > postern.nft
  $ postern firewall generate --format compose --port redis=6379 --allow worker
  $ postern firewall generate --format aws --port elasticsearch=9200 --allow office=198.51.100.0/28`,
    )
    .action(async (report: string | undefined, options: GenerateOptions) => {
      const { FIREWALL_FORMATS, generateFirewall, reachOfReport } = await import('../firewall/index.ts');
      const format = FIREWALL_FORMATS.find((known): known is FirewallFormat => known === options.format);
      if (format === undefined) {
        throw new PosternError('E_USAGE', `this command has no format "${options.format}"`, {
          hint: `Use one of ${FIREWALL_FORMATS.join(', ')}.`,
        });
      }
      const settings = (await findConfig(io, options.config))?.firewall;
      const allow = options.allow.map(sourceOf);
      const named: Reach[] = options.port.map((spec) => ({ ...storeOf(spec), protocol: 'tcp', from: allow }));
      const reported = report === undefined ? [] : await storesOf(resolve(io.cwd, report));
      const { host } = options;
      const sshPort = options.sshPort === undefined ? settings?.sshPort : portOf(options.sshPort);
      const model = {
        reach: [...(settings === undefined ? [] : configured(settings, allow)), ...named, ...reported],
        publicPorts: [...(settings?.publicPorts ?? []), ...options.public.map(portOf)],
      };
      const written = generateFirewall(format, model, {
        wholeHost: options.wholeHost,
        ...(host !== undefined && { host }),
        ...(sshPort !== undefined && { sshPort }),
      });
      await print(io, written);
      exit(0);

      async function storesOf(path: string): Promise<Reach[]> {
        const { assets, edges } = await readCheckReport(path);
        return reachOfReport(assets, edges, allow);
      }
    });
}

function configured(settings: FirewallConfig, allow: readonly ReachSource[]): Reach[] {
  return settings.reach.map(({ service, port, protocol, host, from }) => ({
    service,
    port,
    protocol,
    from: [...from, ...allow],
    ...(host !== undefined && { host }),
  }));
}

/** `api=10.0.1.0/24,10.0.2.0/24`, or `api` alone. */
function sourceOf(spec: string): ReachSource {
  const [name = '', blocks] = spec.split(/=(.*)/s);
  if (name === '') {
    throw new PosternError('E_USAGE', `--allow ${plain(spec)}: expected NAME=CIDR`, {
      hint: 'For example --allow api=10.0.1.0/24',
    });
  }
  return { name, cidrs: blocks === undefined ? [] : blocks.split(',').filter((block) => block !== '') };
}

/** `elasticsearch=9200` */
function storeOf(spec: string): { service: string; port: number } {
  const [service = '', port] = spec.split(/=(.*)/s);
  if (service === '' || port === undefined) {
    throw new PosternError('E_USAGE', `--port ${plain(spec)}: expected SERVICE=PORT`, {
      hint: 'For example --port redis=6379',
    });
  }
  return { service, port: portOf(port) };
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new PosternError('E_USAGE', `${plain(text)} is no port`, { hint: 'A port is a number from 1 to 65535.' });
}
