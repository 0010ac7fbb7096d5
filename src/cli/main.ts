/** The `postern` command. Each verb is one file; what a verb needs is loaded only when it runs. */
import type { Command } from 'commander';
import { audit } from './audit.ts';
import { check } from './check.ts';
import { classify } from './classify.ts';
import { completion } from './completion.ts';
import { diff } from './diff.ts';
import { doctor } from './doctor.ts';
import { erase } from './erase.ts';
import { explain } from './explain.ts';
import { firewall } from './firewall.ts';
import { fix } from './fix.ts';
import { guard } from './guard/index.ts';
import { init } from './init.ts';
import { inspect } from './inspect.ts';
import { type Io, processIo } from './io.ts';
import { lab } from './lab.ts';
import { probe } from './probe/index.ts';
import { programOf, run, type Verb } from './program.ts';
import { scope } from './scope.ts';
import { vault } from './vault/index.ts';
import { verify } from './verify.ts';
import { watch } from './watch.ts';

const VERBS: readonly Verb[] = [
  check,
  inspect,
  audit,
  probe,
  classify,
  verify,
  firewall,
  fix,
  diff,
  watch,
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
  return programOf(VERBS, io, exit);
}

/** Runs one command line. Never throws; the result is the exit code. */
export function main(argv: readonly string[], io: Io = processIo()): Promise<number> {
  return run(VERBS, argv, io);
}
