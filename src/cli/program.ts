/** The `postern` command around its verbs: what holds for every one of them. */
import { Command, CommanderError } from 'commander';
import { PosternError } from '../core/errors.ts';
import { VERSION } from '../core/version.ts';
import { reportFailure } from './failure.ts';
import { type Io, watchStreams } from './io.ts';

/** A verb adds its command to the program. Its action returns the exit code. */
export type Verb = (program: Command, io: Io, exit: (code: number) => void) => void;

export function programOf(verbs: readonly Verb[], io: Io, exit: (code: number) => void): Command {
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
  for (const verb of verbs) verb(program, io, exit);
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
export async function run(verbs: readonly Verb[], argv: readonly string[], io: Io): Promise<number> {
  const written = watchStreams(io);
  const code = await runVerb(verbs, argv, io);
  const cause = await written();
  if (cause === undefined) return code;
  return reportFailure(io, new PosternError('E_OUTPUT', `stdout could not be written: ${cause.message}`, { cause }));
}

async function runVerb(verbs: readonly Verb[], argv: readonly string[], io: Io): Promise<number> {
  let code = 0;
  const program = programOf(verbs, io, (value) => {
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
