import { PosternError } from '../../core/errors.ts';
import type { Io } from '../io.ts';

const LONGEST = 4096;

/**
 * The person that a verb is about: as the policy's claim says it. With `-` it is the first line of stdin, so that it stands in
 * no history and no list of processes. Never printed.
 *
 * @throws PosternError `E_USAGE`
 */
export async function readSubject(io: Io, argument: string): Promise<string> {
  const subject = argument === '-' ? await firstLine(io) : argument;
  if (subject === '') throw new PosternError('E_USAGE', 'the subject is empty: name the person, or give - and stdin');
  if (subject.length > LONGEST) throw new PosternError('E_USAGE', 'the subject is too long to be one');
  return subject;
}

async function firstLine(io: Io): Promise<string> {
  let text = '';
  for await (const part of io.stdin) {
    text += String(part);
    if (text.includes('\n') || text.length > LONGEST) break;
  }
  return text.split(/\r?\n/, 1)[0] ?? '';
}

/**
 * Asks before something that cannot be taken back.
 *
 * @throws PosternError `E_USAGE` where nobody can be asked
 */
export async function confirmed(
  io: Io,
  question: string,
  options: { yes: boolean; stdinTaken: boolean },
): Promise<boolean> {
  if (options.yes) return true;
  if (io.stdin.isTTY !== true || options.stdinTaken) {
    throw new PosternError('E_USAGE', 'this cannot be taken back, and nobody can be asked here', {
      hint: 'Add --yes if it is meant.',
    });
  }
  const { confirm } = await import('@inquirer/prompts');
  return confirm({ message: question, default: false }, { output: process.stderr });
}
