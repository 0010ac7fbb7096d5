import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { LoadedConfig } from '../config/index.ts';
import type { WatchReceiver } from '../config/watch.ts';
import { PosternError } from '../core/errors.ts';
import { plain } from '../report/untrusted.ts';
import type { Receiver } from '../watch/index.ts';
import { inputOf } from './check-input.ts';
import type { Io } from './io.ts';
import { journalOf } from './journal-of.ts';
import { parseFailOn } from './output.ts';
import { findConfig } from './project.ts';
import { readCheckReport } from './read-report.ts';

interface WatchCommand {
  config?: string;
  once: boolean;
  testNotify: boolean;
  quiet: boolean;
  failOn?: string;
}

export function watch(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('watch')
    .description('check again and again, and tell a webhook, Slack or mailbox what changed')
    .option('--config <file>', 'postern.yaml to use; its `watch` section says when and whom to tell')
    .option('--once', 'run the check now, tell what changed since the last one, and end', false)
    .option('--test-notify', 'send one test message to each receiver, and end', false)
    .option('--fail-on <severity>', 'with --once: exit with 1 at this severity or above')
    .option('--quiet', 'print nothing but errors', false)
    .addHelpText(
      'after',
      `
Runs in the foreground until it is stopped (let systemd, a container or screen keep it). One run at a time; after a
restart it goes on: a missed run is made up for once, and messages that could not be delivered are tried again.
Messages hold names of services, verdicts and counts, nothing personal.

In postern.yaml:
  watch:
    every: 6h                    # or: cron: '17 3 * * *' with timezone: Europe/Berlin
    jitter: 10m
    notify:
      - slack: { urlEnv: POSTERN_SLACK_URL }
      - webhook: { urlFile: secrets/webhook-url, secretFile: secrets/webhook-key }
      - email: { smtp: 'mail.example.com:587', from: postern@example.com, to: [security@example.com],
                 username: postern, passwordEnv: SMTP_PASSWORD }

Examples:
  $ postern watch
  $ postern watch --once --fail-on high        from cron or a pipeline
  $ postern watch --test-notify`,
    )
    .action(async (options: WatchCommand) => {
      const config = await findConfig(io, options.config);
      if (!config) throw new PosternError('E_CONFIG_NOT_FOUND', 'there is no postern.yaml here or above');
      const failOn = parseFailOn(options.failOn, config.failOn);
      if (options.testNotify) {
        exit(await testReceivers(io, config));
        return;
      }
      const report = await keepWatch(io, config, options);
      if (report === undefined || !options.once) {
        exit(options.once ? 3 : 0);
        return;
      }
      const { checkExitCode } = await import('../check/index.ts');
      exit(checkExitCode(report, { failOn, exitZero: false }));
    });
}

async function keepWatch(io: Io, config: LoadedConfig, options: WatchCommand) {
  const [room, { runCheck }, { diffChecks }, { render }] = await Promise.all([
    import('../watch/index.ts'),
    import('../check/index.ts'),
    import('../check/diff.ts'),
    import('../report/index.ts'),
  ]);
  room.checkSchedule(config.watch.schedule);
  const folder = room.openWatchFolder(config.watch.reports);
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const complain = (line: string) => {
    io.stderr.write(`${new Date().toISOString()} ${plain(line)}\n`);
  };
  try {
    return await room.watch({
      project: config.project,
      schedule: config.watch.schedule,
      folder,
      keep: config.watch.keep,
      tell: config.watch.tell,
      receivers: config.watch.receivers.length,
      deliver: async (at, notice) => {
        const receiver = config.watch.receivers[at];
        if (receiver !== undefined) await room.deliver(await receiverOf(receiver, io), notice);
      },
      check: async (signal) => {
        // Read anew: what the team changed meanwhile holds from the next run on.
        const now = (await findConfig(io, config.path)) ?? config;
        const journal = await journalOf(io, undefined, now);
        try {
          const { input } = await inputOf(io, now, { paths: [], targets: [] });
          const report = await runCheck({
            ...input,
            signal,
            ...(journal === undefined ? {} : { onSend: (sent) => journal.write(sent) }),
          });
          return { report, text: await render('json', report) };
        } finally {
          journal?.close();
        }
      },
      readReport: (path) => readCheckReport(path).catch(() => undefined),
      diff: (before, after) => diffChecks({ path: 'before', report: before }, { path: 'after', report: after }),
      say: options.quiet ? () => undefined : complain,
      complain,
      signal: stopped.signal,
      once: options.once,
      now: () => new Date(),
      random: Math.random,
      sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
    });
  } finally {
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
    folder.release();
  }
}

async function testReceivers(io: Io, config: LoadedConfig): Promise<number> {
  const { receivers } = config.watch;
  if (receivers.length === 0) {
    throw new PosternError('E_USAGE', 'postern.yaml names no receiver', { hint: 'List some under `watch.notify`.' });
  }
  const { deliver } = await import('../watch/index.ts');
  const title = `${config.project}: a test message of postern watch`;
  let failed = 0;
  for (const [index, receiver] of receivers.entries()) {
    const name = `${receiver.kind} (${index + 1} of ${receivers.length})`;
    try {
      const notice = { at: new Date().toISOString(), title, lines: ['Messages arrive here.'], drift: null };
      await deliver(await receiverOf(receiver, io), notice);
      io.stdout.write(`ok    ${name}\n`);
    } catch (error) {
      if (!(error instanceof PosternError)) throw error;
      failed++;
      io.stdout.write(`fail  ${name}  ${plain(error.message)}\n`);
    }
  }
  return failed > 0 ? 2 : 0;
}

/** With its secrets, read at the moment of use. */
async function receiverOf(receiver: WatchReceiver, io: Io): Promise<Receiver> {
  const { readSecret } = await import('../config/index.ts');
  switch (receiver.kind) {
    case 'slack':
      return { kind: 'slack', url: await readSecret(receiver.url, io.env) };
    case 'webhook': {
      const secret = receiver.secret === undefined ? undefined : await readSecret(receiver.secret, io.env);
      return { kind: 'webhook', url: await readSecret(receiver.url, io.env), secret };
    }
    case 'email': {
      const { smtp, security, username, password, from, to } = receiver;
      const [, host, port] =
        /^(?:\[([0-9a-f:]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(smtp)?.filter((part) => part !== undefined) ?? [];
      if (host === undefined || port === undefined) {
        throw new PosternError('E_CONFIG_INVALID', `"${smtp}" is no mail server`, { hint: 'Write host:port.' });
      }
      const login =
        username === undefined || password === undefined
          ? undefined
          : { username, password: await readSecret(password, io.env) };
      return { kind: 'email', host, port: Number(port), security, login, from, to };
    }
  }
}
