import { PosternError } from '../core/errors.ts';
import { plain, plainLines } from '../report/untrusted.ts';
import { type Io, stderrColors } from './io.ts';

/** Prints what was wrong, where, and what to do. Returns the exit code, which is 2 for every failure. */
export function reportFailure(io: Io, error: unknown): 2 {
  const colors = stderrColors(io);
  if (error instanceof PosternError) {
    const at = error.at
      ? `${[error.at.path, error.at.line, error.at.column].filter((part) => part !== undefined).join(':')}: `
      : '';
    io.stderr.write(
      `${colors.red(colors.bold('error'))} ${plain(`${at}${error.message}`)} ${colors.dim(`(${error.code})`)}\n`,
    );
    io.stderr.write(`  ${plainLines(error.hint)}\n`);
    return 2;
  }
  // What the questions throw on Ctrl-C (@inquirer/core): the user's decision, and no defect.
  if (error instanceof Error && error.name === 'ExitPromptError') {
    io.stderr.write('Stopped at the question; what it asked about was not done.\n');
    return 2;
  }
  io.stderr.write(`${colors.red(colors.bold('error'))} ${plainLines(defectOf(error))} ${colors.dim('(E_INTERNAL)')}\n`);
  io.stderr.write('  This is a defect in Postern. Please report it with the lines above.\n');
  return 2;
}

/**
 * What happened and where in the code. The message only where the runtime alone writes it: a parser's message quotes what
 * it read, and that may be a secret.
 */
function defectOf(error: unknown): string {
  if (!(error instanceof Error)) return `a ${typeof error} was thrown`;
  const own = [TypeError, RangeError, ReferenceError].some((kind) => error instanceof kind);
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line));
  return [`${error.name}${own ? `: ${error.message}` : code}`, ...frames].join('\n');
}
