/**
 * `npm start`: the whole job on the practice range, with the real commands. The range is started, `postern check` tells
 * the stories, `postern fix` patches the range's files, the stores start again from them, `postern verify` asks the same
 * questions once more, and `postern guard run` stands in front of the search service for those who may use it.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pc from 'picocolors';
import { PosternError } from '../src/core/errors.ts';
import { API_POLICY, API_PORT, createApiStory } from './demo/api.ts';
import { parseDemoArguments } from './demo/arguments.ts';
import { askAround, GUARD_PORT, nameGuard, ordersOf, startGuard, strangersAnswer } from './demo/guard.ts';
import { exitCodeOf, outcomeLines, outcomeOf } from './demo/outcome.ts';
import { accessLines, givenAwayLine, mendApi, openStoresOf, peopleLines, storeChain } from './demo/powers.ts';
import { here, type RunOptions, readJson, runPostern as runIn } from './demo/run.ts';
import { keepRunning, type Range, startRange } from './index.ts';
import { type RangeAddresses, whyNotFree } from './range/addresses.ts';

export interface DemoOptions {
  keep: boolean;
  dir?: string | undefined;
  /** Where the report and the receipt go. */
  reportDir: string;
  log(line: string): void;
  /** Aborted when the user has had enough. */
  signal: AbortSignal;
  /** Another pair of loopback addresses, and nothing but `log` is shown (tests). */
  apart?: RangeAddresses;
}

const HELP = `npm start [-- --keep] [-- --dir FOLDER]

Starts the practice range on loopback, checks it, closes it and proves it.
  --keep        leave the range running until Ctrl-C
  --dir FOLDER  keep the range's files there, to edit and patch by hand`;

/** Runs the demo as a command. The result is the exit code: 0 told, 2 failed, 3 a store could not be started. */
export async function main(argv: readonly string[]): Promise<number> {
  const interrupted = new AbortController();
  const onSignal = () => interrupted.abort();
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const { keep, dir, help } = parseDemoArguments(argv);
    if (help) {
      console.log(HELP);
      return 0;
    }
    const reportDir = resolve('postern-report');
    return await runDemo({ keep, dir, reportDir, log: console.log, signal: interrupted.signal });
  } catch (error) {
    if (interrupted.signal.aborted) return 130;
    console.error(`\n${pc.red('The demo stopped:')} ${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof PosternError) console.error(error.hint);
    return 2;
  } finally {
    process.removeListener('SIGINT', onSignal).removeListener('SIGTERM', onSignal);
  }
}

export async function runDemo(options: DemoOptions): Promise<number> {
  const { log, reportDir } = options;
  const started = performance.now();
  log(`\n${pc.bold('Postern: the practice range')}\n`);
  log('Bluemarket is a retail company that does not exist. Its app and its back end, open on purpose, run on this');
  log("machine's loopback. Every customer in it is synthetic, and nothing leaves this machine.");

  title(log, 1, "Starting Bluemarket's back end");
  log('');
  const range = await startRange(options.dir, {
    log: (line) => log(`  ${line}`),
    ...(options.apart ? { addresses: options.apart } : {}),
  });
  try {
    options.signal.throwIfAborted();
    const missing = range.services.filter(({ state }) => state === 'skipped');
    if (missing.length > 0) {
      log(
        pc.yellow(
          '\n  What was skipped is not shown. Where another program has the port, the answers are that program’s.',
        ),
      );
      log('  If it is another practice range: postern lab stop');
    }
    if (missing.length === range.services.length) {
      log('\nNo store could be started, so there is nothing to show.');
      return 3;
    }
    await mkdir(reportDir, { recursive: true });
    const code = await tell(range, options);
    log(`\nFinished in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
    if (options.keep) {
      log(`The range keeps running in ${range.dir} until Ctrl-C. Edit its deploy/ folder, then: postern lab restart`);
      await keepRunning(range, options.signal);
    }
    return code;
  } finally {
    await range.stop();
  }
}

async function tell(range: Range, options: DemoOptions): Promise<number> {
  const { log, reportDir } = options;
  const before = join(reportDir, 'report.json');
  const page = join(reportDir, 'report.html');
  const after = join(reportDir, 'after.json');
  const receipt = join(reportDir, 'receipt.json');
  const run = (args: readonly string[], how: RunOptions = {}) => runPostern(args, how, range, options);
  const heading = (text: string) => log(`\n  ${pc.bold(text)}`);

  const atFirst = range.services;

  title(log, 2, 'What a stranger gets, and what one customer gets of another');
  await run(['check', '--output', `json=${before}`, '--output', `html=${page}`], { fine: [0, 1, 3] });
  // Loaded late: zod takes its time, and nothing above needs it.
  const [{ receiptSchema }, { checkReportSchema }] = await Promise.all([
    import('../src/core/contract/receipt.ts'),
    import('../src/core/contract/check.ts'),
  ]);
  const found = checkReportSchema.parse(await readJson(before));
  const people = peopleLines(found);
  if (people.length > 0) heading('How many people that is: counted by the stores, no document was fetched');
  for (const line of people) log(`    ${line}`);

  title(log, 3, 'Closing the doors');
  await run(['fix', '--dry-run', '--quiet']);
  await run(['fix', '--yes'], { show: 'notes' });
  const hasApi = range.services.some(({ name, state }) => name === 'api' && state === 'running');
  const mended = hasApi ? await mendApi(range.dir) : [];
  if (mended.length > 0) heading("The API's mistakes are in its code: its developers mend them");
  for (const line of mended) log(`    ${line}`);
  const walls = await tellFirewalls(range, options, openStoresOf(found));

  title(log, 4, 'Starting the stores again, from the patched files');
  log('');
  await range.restart();

  title(log, 5, 'The same stranger, once more');
  await run(['verify', before, '--write', receipt], { fine: [0, 1, 3] });
  await run(['check', '--quiet', '--output', `json=${after}`], { fine: [0, 1, 3], show: 'command' });
  const { access = [], findings } = checkReportSchema.parse(await readJson(after));
  if (hasApi && access.length > 0) {
    heading(`The two accounts, too: ${givenAwayLine(found.findings, findings)}`);
    for (const line of accessLines(access)) log(`    ${line}`);
  }

  title(log, 6, 'The guard, for those who may in');
  const guardMissing = await guardMissingIn(range);
  if (guardMissing === undefined) await tellGuard(range, options, before, receipt);
  else log(pc.yellow(`\n  Skipped: ${guardMissing}`));

  title(log, 7, 'The next API: typed, encrypted, for its own app alone');
  const apiMissing = await apiMissingIn(range);
  if (apiMissing === undefined) await tellApi(range, options);
  else log(pc.yellow(`\n  Skipped: ${apiMissing}`));

  const { body, signature } = receiptSchema.parse(await readJson(receipt));
  const outcome = outcomeOf(body, findings, [
    ...atFirst,
    ...range.services,
    ...(guardMissing === undefined ? [] : [{ ...GUARD, state: 'skipped' as const, reason: guardMissing }]),
    ...(apiMissing === undefined ? [] : [{ ...API, state: 'skipped' as const, reason: apiMissing }]),
  ]);
  log('');
  for (const line of outcomeLines(outcome)) log(line.startsWith(' ') ? line : pc.bold(line));
  log(`\n${pc.bold('Written')}`);
  log(`  ${here(page)}   the report, to open in a browser`);
  log(`  ${here(receipt)}  the signed receipt. To check it, name the key that you trust:`);
  log(`    npx postern verify --receipt ${here(receipt)} --trust ${signature.publicKey}`);
  if (walls.length > 0) log(`  ${walls.map(here).join(', ')}   one firewall for each store's host`);
  log(`\n${pc.bold('Now with your own app')}`);
  log('  npx postern init                   writes a commented postern.yaml for your project');
  log('  npx postern inspect your-app.apk   what the package talks to and carries');
  log('  npx postern check                  the stories of your own app');
  return exitCodeOf(outcome);
}

const API = { name: 'resources', product: 'The typed API' } as const;
const GUARD = { name: 'guard', product: 'The guard' } as const;

/** The shop's own servers: who may reach the stores, and nobody else. */
const SHOP_SERVERS = 'shop-api=10.83.0.0/24';

/** Writes the firewall of each store's host, and shows what the first one lets in. Returns the files. */
async function tellFirewalls(
  range: Range,
  options: DemoOptions,
  stores: readonly { name: string; host: string }[],
): Promise<string[]> {
  const { log, reportDir } = options;
  const files: string[] = [];
  for (const [index, { name, host }] of stores.entries()) {
    const into = join(reportDir, `${name}.nft`);
    const args = ['firewall', 'generate', join(reportDir, 'report.json'), '--format', 'nftables', '--host', host];
    await runPostern(
      [...args, '--allow', SHOP_SERVERS],
      { into, show: index === 0 ? 'command' : 'nothing' },
      range,
      options,
    );
    files.push(into);
  }
  const [first, ...others] = files;
  if (first === undefined) return [];
  log(`\n  ${pc.bold("The firewall that should be there: the shop's own servers, and nobody else")}`);
  for (const line of storeChain(await readFile(first, 'utf8'))) log(`    ${line}`);
  if (others.length > 0) log(`    … and ${others.map(here).join(' and ')} likewise`);
  return files;
}

/** Why the guard cannot be shown; undefined when it can. */
async function guardMissingIn({ services, addresses }: Range): Promise<string | undefined> {
  if (services.find(({ name }) => name === 'search')?.state !== 'running') return 'the search service does not run';
  return await whyNotFree(addresses.outside, GUARD_PORT);
}

/** The gateway in front of the search service: what a customer and a stranger get, and the proof of it. */
async function tellGuard(range: Range, options: DemoOptions, before: string, receipt: string): Promise<void> {
  const { log } = options;
  const host = range.addresses.outside;
  const run = (args: readonly string[], how: RunOptions = {}) => runPostern(args, how, range, options);
  log(pc.cyan('\n  $ postern guard run guard/guard.yaml\n'));
  const guard = await startGuard(range.dir, options.signal);
  try {
    log(`  It listens on ${host}:${GUARD_PORT}, and reaches the store inside with an account that may read orders.`);
    log(`\n  ${pc.bold('A signed-in customer asks for all orders and gets the own ones, the phone masked')}`);
    const own = await ordersOf(host, range.dir);
    for (const line of own.lines) log(`    ${line}`);
    log(`\n  ${pc.bold('A stranger asks the same')}`);
    log(`    ${await strangersAnswer(host)}`);
    const around = await askAround(host, range.dir, own.total);
    const counts = `${around.refused} refused, ${around.narrowed} answered with the own orders alone`;
    log(`\n  ${pc.bold(`The customer tries ${around.tried} ways around it: ${counts}`)}`);
    for (const line of around.lines) log(`    ${line}`);

    await run([
      ...['guard', 'explain', 'GET', '/orders/_search?size=2&_source=status,phone', '--policy', 'guard/guard.yaml'],
      ...['--issuer', 'bluemarket', '--claim', 'scope=orders.read', '--claim', `customer=${own.customer}`],
    ]);
    const named = await nameGuard(range.configPath);
    log(`\n  ${pc.bold('Proof, around it and through it.')} postern.yaml says now, at the search service:`);
    for (const line of named) log(`  ${line}`);
    await run(['verify', before, '--write', receipt, '--quiet'], { fine: [0, 1, 3] });
    await run(['guard', 'journal', 'verify', 'guard/journal/decisions.jsonl']);
  } finally {
    await guard.stop();
  }
}

/** Why the API cannot be shown; undefined when it can. */
async function apiMissingIn({ services, addresses }: Range): Promise<string | undefined> {
  if (services.find(({ name }) => name === 'db')?.state !== 'running') return 'the database does not run';
  return await whyNotFree(addresses.outside, API_PORT);
}

/** Typed resources over the shop's database: what the app, another customer and the database itself see, and the erasure. */
async function tellApi(range: Range, options: DemoOptions): Promise<void> {
  const { log } = options;
  const story = createApiStory(range.dir, range.addresses);
  await story.prepare();
  log(pc.cyan(`\n  $ postern guard run ${API_POLICY}\n`));
  const guard = await startGuard(range.dir, options.signal, API_POLICY);
  try {
    const { subject, lines } = await story.use();
    log(`  ${pc.bold("The shop's app, on a phone that was made up for this")}`);
    for (const line of lines) log(`    ${line}`);
    log(`\n  ${pc.bold('The same address, read directly in the database')}`);
    for (const line of await story.row()) log(`         ${line}`);
    await runPostern(
      ['erase', '-', '--policy', API_POLICY, '--yes', '--receipts', 'guard/receipts'],
      { input: `${subject}\n` },
      range,
      options,
    );
    log(`\n  ${pc.bold('After it')}`);
    for (const line of await story.after()) log(`    ${line}`);
    for (const line of await story.row()) log(`         in the database: ${line}`);
  } finally {
    await guard.stop();
  }
}

/** A real command in the range's folder. */
function runPostern(args: readonly string[], how: RunOptions, { dir }: Range, options: DemoOptions): Promise<void> {
  return runIn(args, how, { ...options, dir, quiet: options.apart !== undefined });
}

function title(log: DemoOptions['log'], step: number, text: string): void {
  log(`\n${pc.bold(`${step}/7  ${text}`)}`);
}
