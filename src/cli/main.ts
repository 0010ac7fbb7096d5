/** The `postern` command. Each verb is one file; what a verb needs is loaded only when it runs. */
import { Command, CommanderError } from 'commander';
import { PosternError } from '../core/errors.ts';
import { VERSION } from '../core/version.ts';
import { audit } from './audit.ts';
import { check } from './check.ts';
import { completion } from './completion.ts';
import { diff } from './diff.ts';
import { doctor } from './doctor.ts';
import { erase } from './erase.ts';
import { explain } from './explain.ts';
import { reportFailure } from './failure.ts';
import { fix } from './fix.ts';
import { guard } from './guard/index.ts';
import { init } from './init.ts';
import { inspect } from './inspect.ts';
import { type Io, processIo, watchStreams } from './io.ts';
import { lab } from './lab.ts';
import { probe } from './probe.ts';
import { scope } from './scope.ts';
import { vault } from './vault/index.ts';
import { verify } from './verify.ts';

/** A verb adds its command to the program. Its action returns the exit code. */
export type Verb = (program: Command, io: Io, exit: (code: number) => void) => void;

const VERBS: readonly Verb[] = [
  check,
  inspect,
  audit,
  probe,
  verify,
  fix,
  diff,
  guard,
  vault,
  erase,
  scope,
  lab,
  init,
  doctor,
  explain,
  completion,
];

export function createProgram(io: Io, exit: (code: number) => void): Command {
  const program = new Command('postern')
    .description(
      'Closes the back door of mobile apps: finds the data stores an app leaves open, proves it, closes them.',
    )
    .version(VERSION)
    .showSuggestionAfterError()
    .showHelpAfterError('Run the command with --help for its options and examples.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .addHelpText(
      'after',
      `
Examples:
  $ postern init                       write a postern.yaml for this project
  $ postern check                      inspect, audit, probe and tell the stories
  $ postern inspect app-release.apk    what one package talks to and carries
  $ postern diff old.apk new.apk       what changed between two builds
  $ postern fix --dry-run              show the patches as a diff
  $ postern verify report.json         prove that the doors are closed

Exit codes: 0 clean, 1 findings at or above --fail-on, 2 usage, configuration or internal error, 3 incomplete.
Nothing leaves this machine but requests to targets that your postern.yaml authorizes.`,
    );
  for (const verb of VERBS) verb(program, io, exit);
  // Sub-commands do not inherit these from the program.
  inheritSettings(program);
  return program;
}

function inheritSettings(parent: Command): void {
  for (const command of parent.commands) {
    command.exitOverride().copyInheritedSettings(parent);
    inheritSettings(command);
  }
}

/** Runs one command line. Never throws; the result is the exit code. */
export async function main(argv: readonly string[], io: Io = processIo()): Promise<number> {
  const written = watchStreams(io);
  const code = await runVerb(argv, io);
  const cause = await written();
  if (cause === undefined) return code;
  return reportFailure(io, new PosternError('E_OUTPUT', `stdout could not be written: ${cause.message}`, { cause }));
}

async function runVerb(argv: readonly string[], io: Io): Promise<number> {
  let code = 0;
  const program = createProgram(io, (value) => {
    code = value;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version end this way too, with 0; every real usage error is 2.
      return error.exitCode === 0 || error.code === 'commander.help' ? 0 : 2;
    }
    return reportFailure(io, error);
  }
}
