import { expect } from 'vitest';
import { type AskedScope, askPort } from '../../../src/probe/testing/ask.ts';
import { GRAMMAR, isContradictionCheck, isTls } from './grammar.ts';
import { startRecorder } from './recorder.ts';

/** What a probe says of a server, with every byte that it sends held against the service's grammar. */
export async function askWatched(
  port: number,
  service: string,
  scope: AskedScope = {},
): Promise<Awaited<ReturnType<typeof askPort>>> {
  const recorder = await startRecorder(port);
  try {
    const result = await askPort(recorder.port, service, undefined, scope);
    for (const sent of recorder.sent()) {
      if (!isContradictionCheck(sent) && !isTls(sent)) expect(GRAMMAR[service]?.(sent)).toBeUndefined();
    }
    return result;
  } finally {
    recorder.close();
  }
}
