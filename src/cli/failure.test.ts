import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { reportFailure } from './failure.ts';

function failureOf(error: unknown): string {
  const stderr = new PassThrough();
  const io = { stdout: new PassThrough(), stderr, stdin: new PassThrough(), env: {}, cwd: '.' };
  expect(reportFailure(io, error)).toBe(2);
  return String(stderr.read());
}

it('does not call Ctrl-C at a question a defect', () => {
  const error = Object.assign(new Error('User force closed the prompt with SIGINT'), { name: 'ExitPromptError' });
  expect(failureOf(error)).toBe('Stopped at the question; what it asked about was not done.\n');
});

it('calls what nobody expected a defect, without the message, which may quote what was read', () => {
  const text = failureOf(new Error('hunter2-made-up'));
  expect(text).toContain('E_INTERNAL');
  expect(text).not.toContain('hunter2');
});
