import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { LoadedConfig } from '../config/index.ts';
import type { Receipt, ReceiptBody } from '../core/contract/receipt.ts';
import { PosternError } from '../core/errors.ts';
import { stringify } from '../report/json.ts';
import { interruptible } from './interrupt.ts';
import type { Io } from './io.ts';
import { checkFormats, collect, emit, type OutputOptions, withOutput, writeResult } from './output.ts';
import { createProgress } from './progress.ts';
import { findConfig } from './project.ts';
import { readJson } from './read-bounded.ts';
import { readCheckReportBytes } from './read-report.ts';
import { openScope } from './scope-of.ts';

const FORMATS = ['table', 'json', 'jsonl', 'markdown'];

interface VerifyOptions extends OutputOptions {
  config?: string;
  receipt?: string;
  write: string;
  trust: string[];
  only: string[];
  report?: string;
}

export function verify(program: Command, io: Io, exit: (code: number) => void): void {
  withOutput(
    program
      .command('verify')
      .description('repeat the outsider’s requests of a report and prove which doors are closed')
      .argument('[report]', 'what `check --output json=FILE` wrote')
      .option('--config <file>', 'postern.yaml with scope and controls (default: the nearest one upward)')
      .option('--write <file>', 'where the signed receipt goes', 'postern-receipt.json')
      .option('--report <file>', 'also write the report with the new states, as JSON')
      .option('--only <story>', 'this story alone, by its id; may be repeated', collect, [])
      .option('--receipt <file>', 'check a receipt instead of making one; contacts nothing')
      .option('--trust <key>', 'a public key to believe, besides those of postern.yaml; may be repeated', collect, []),
    FORMATS,
    'table',
  )
    .addHelpText(
      'after',
      `
A story is closed only when the outsider's own requests fail on every address, twice, and a positive control shows in the
same run that the service is alive. Without a control it stays unknown. For a store with \`guardedBy\` in postern.yaml the
gateway is asked as well: strangers get 401, a signed-in user an answer, and the ways around its policy fail.

Examples:
  $ postern verify report.json
  $ postern verify --receipt postern-receipt.json
  $ postern verify --receipt postern-receipt.json --trust "$(postern scope key)"

Exit codes: 0 all closed, 1 something is still exposed, 3 something is unknown, 2 an error or an invalid receipt.`,
    )
    .action(async (file: string | undefined, options: VerifyOptions) => {
      checkFormats(io, options, FORMATS);
      const config = await findConfig(io, options.config);
      if ((file === undefined) === (options.receipt === undefined)) {
        throw new PosternError('E_USAGE', 'name a report to verify, or a receipt to check with --receipt');
      }
      const result =
        options.receipt === undefined
          ? await prove(io, config, resolve(io.cwd, file ?? ''), options)
          : { receipt: await believe(io, config, options.receipt, options.trust), receiptPath: options.receipt };
      const { body } = result.receipt;
      const [{ render }, { formatOf }] = await Promise.all([import('../report/index.ts'), import('./format.ts')]);
      await emit(io, options, FORMATS, (format, look) =>
        // As JSON it is the receipt itself, signature included: what schema/receipt-1.json describes.
        format === 'json'
          ? stringify(result.receipt, 2)
          : render(formatOf(format), body, { ...look, receiptPath: result.receiptPath }),
      );
      exit(options.exitZero ? 0 : codeOf(body));
    });
}

async function prove(
  io: Io,
  config: LoadedConfig | undefined,
  file: string,
  options: VerifyOptions,
): Promise<{ receipt: Receipt; receiptPath: string }> {
  const { report, bytes } = await readCheckReportBytes(file);
  if (report.stories.length === 0) {
    throw new PosternError('E_USAGE', 'the report holds no story, so there is nothing to prove', {
      hint: 'Run `postern check` with targets in scope; a receipt needs an exposure that was seen before.',
    });
  }
  // A story that is not there would be neither exposed nor unknown, and the run would end with 0.
  const missing = options.only.find((id) => !report.stories.some((story) => story.id === id));
  if (missing !== undefined) {
    throw new PosternError('E_USAGE', `--only ${missing}: the report has no such story`, {
      hint: `Its stories: ${report.stories.map(({ id }) => id).join(', ') || 'none'}.`,
    });
  }
  // Without a configuration, loopback needs no authority; the rest is refused and stays unknown.
  const hosts = config ? [] : [...new Set(report.stories.flatMap(({ outsider }) => outsider.map(({ host }) => host)))];
  const scope = await openScope(config, hosts);
  const [{ runVerify }, { loadOrCreateSigningKey, signReceipt }] = await Promise.all([
    import('../check/index.ts'),
    import('../crypto/index.ts'),
  ]);
  const watched = config ? await observedRoles(config) : new Map();
  const key = await loadOrCreateSigningKey(config?.keys.signing ?? resolve(io.cwd, '.postern/signing.key'));
  const progress = await createProgress(io, options);
  const result = await interruptible(({ signal }) =>
    runVerify({
      report,
      reportBytes: bytes,
      scope,
      targets: config?.targets ?? [],
      vantage: config?.vantage ?? report.vantage,
      ...(options.only.length > 0 ? { only: options.only } : {}),
      ...(config ? { emptyPassword: config.emptyPassword, observedRoles: watched } : {}),
      env: io.env,
      signal,
      onProgress: ({ label, done, total }) => progress.update(label, done, total),
    }),
  );
  progress.stop();
  const receiptPath = resolve(io.cwd, options.write);
  const receipt = signReceipt(result.body, key);
  writeResult(receiptPath, `${JSON.stringify(receipt, null, 2)}\n`);
  if (options.report !== undefined) {
    writeResult(resolve(io.cwd, options.report), `${JSON.stringify(result.report, null, 2)}\n`);
  }
  if (!options.quiet) io.stderr.write(`Receipt ${receiptPath}, signed by key ${key.keyId}\n`);
  return { receipt, receiptPath: options.write };
}

/** What the policies of gateways only watch: read here, because `check` knows no gateway. */
async function observedRoles({ targets, path }: LoadedConfig): Promise<ReadonlyMap<string, readonly string[]>> {
  const policies = new Set(targets.flatMap(({ guardedBy }) => guardedBy?.policy ?? []));
  if (policies.size === 0) return new Map();
  const { existsSync } = await import('node:fs');
  const { isObserved, loadPolicy } = await import('../guard/policy/index.ts');
  const found = new Map<string, readonly string[]>();
  for (const file of policies) {
    if (!existsSync(file)) {
      throw new PosternError('E_INPUT_NOT_FOUND', `the gateway's policy ${file} is not there`, {
        at: { path },
        hint: 'Correct `guardedBy.policy`, or leave it out: the receipt then says nothing about `observe`.',
      });
    }
    const { roles } = await loadPolicy(file);
    found.set(
      file,
      roles.filter((role) => isObserved(role, Date.now())).map(({ name }) => name),
    );
  }
  return found;
}

async function believe(
  io: Io,
  config: LoadedConfig | undefined,
  file: string,
  trusted: readonly string[],
): Promise<Receipt> {
  const { value: receipt } = await readJson(resolve(io.cwd, file), 'E_RECEIPT_INVALID');
  const { verifyReceipt } = await import('../crypto/index.ts');
  const body = verifyReceipt(receipt, [...(config?.trust ?? []), ...trusted]);
  return { ...(receipt as Receipt), body };
}

function codeOf(body: ReceiptBody): 0 | 1 | 3 {
  if (body.stories.some(({ state }) => state === 'exposed')) return 1;
  return body.stories.some(({ state }) => state === 'unknown') ? 3 : 0;
}
