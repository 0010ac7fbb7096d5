import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { PosternError } from '../core/errors.ts';
import type { Io } from './io.ts';

interface ServiceLine {
  name: string;
  product: string;
  state: string;
  reason?: string | undefined;
  addresses: readonly string[];
  port: number;
}

export function lab(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program
    .command('lab')
    .description('the practice range: a sample app and stores that are open on purpose, on loopback')
    .addHelpText(
      'after',
      `
Examples:
  $ postern lab start                 start it and leave it running until Ctrl-C
  $ postern lab start --dir range     keep its files in ./range, to edit and patch them
  $ postern lab restart               start the stores again from their files, after \`postern fix\`
  $ postern lab status
  $ postern lab stop`,
    );
  const say = (line: string) => void io.stdout.write(`${line}\n`);
  command
    .command('start')
    .addHelpText('after', '\nExample:\n  $ postern lab start --dir range')
    .description('start the range in the foreground')
    .option('--dir <folder>', 'where its files go (default: a temporary folder)')
    .action(async (options: { dir?: string }) => {
      const { announceRange, startRange } = await import('../../lab/index.ts');
      const range = await startRange(options.dir === undefined ? undefined : resolve(io.cwd, options.dir), {
        log: (line) => io.stderr.write(`${line}\n`),
      });
      try {
        let stop: () => void = () => {};
        const stopped = new Promise<void>((done) => {
          stop = done;
        });
        process.once('SIGINT', stop);
        process.once('SIGTERM', stop);
        const announcement = await announceRange(range, stop);
        for (const service of range.services) say(serviceLine(service));
        say(`\nTry in another terminal:\n  postern check --config ${range.configPath}`);
        say(`\n${guardHint(range.dir, range.addresses.outside)}\n\nCtrl-C stops the range.`);
        await stopped;
        await announcement.close();
        exit(range.services.some(({ state }) => state === 'skipped') ? 3 : 0);
      } finally {
        await range.stop();
      }
    });
  command
    .command('status')
    .addHelpText('after', '\nExample:\n  $ postern lab status')
    .description('what runs, and where its files are')
    .action(async () => {
      const { status } = await runningRange();
      for (const service of status.services) say(serviceLine(service));
      say(`files    ${status.dir}\nconfig   ${status.configPath}`);
      exit(status.services.some(({ state }) => state === 'skipped') ? 3 : 0);
    });
  command
    .command('restart')
    .addHelpText('after', '\nExample:\n  $ postern lab restart')
    .description('start the stores again from their files as they are now')
    .action(async () => {
      const status = await (await runningRange()).restart();
      for (const service of status.services) say(serviceLine(service));
      exit(status.services.some(({ state }) => state === 'skipped') ? 3 : 0);
    });
  command
    .command('stop')
    .addHelpText('after', '\nExample:\n  $ postern lab stop')
    .description('stop the range that runs in another terminal')
    .action(async () => {
      await (await runningRange()).stop();
      say('stopped');
      exit(0);
    });
}

function guardHint(dir: string, outside: string): string {
  return [
    'The guard, in front of the search service:',
    `  postern guard run ${join(dir, 'guard', 'guard.yaml')}`,
    `  curl -H "Authorization: Bearer $(cat ${join(dir, 'secrets', 'customer-token')})" http://${outside}:9280/orders/_search`,
  ].join('\n');
}

async function runningRange() {
  const { findRange } = await import('../../lab/index.ts');
  const range = await findRange();
  if (range) return range;
  throw new PosternError('E_LAB', 'no range is running', { hint: 'Start one with `postern lab start`.' });
}

function serviceLine({ name, product, state, reason, addresses, port }: ServiceLine): string {
  const where = addresses.map((address) => `${address}:${port}`).join(', ');
  return `${state.padEnd(8)} ${name.padEnd(8)} ${product}  ${state === 'running' ? where : (reason ?? '')}`;
}
