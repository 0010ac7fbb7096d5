/**
 * A long run that can be stopped and taken up again: results and finished targets stand in a file of mode 0600, line by
 * line. Of a target that was not finished, the ports that were told stand, and the others are asked.
 */
import { appendFileSync, chmodSync, existsSync } from 'node:fs';
import { z } from 'zod';
import { vantageReportSchema } from '../../core/contract/vantage.ts';
import { PosternError } from '../../core/errors.ts';
import type { ProbeTarget } from '../../probe/index.ts';
import type { ProbeResult } from '../../probe/service.ts';
import { readBounded } from '../read-bounded.ts';

const headSchema = z.object({ resume: z.literal(1), scope: z.string(), vantage: z.string() });
const lineSchema = z.union([
  z.object({ done: z.string() }),
  z.object({ result: vantageReportSchema.shape.results.element }),
]);

export interface ResumeFile {
  /** What was told before. */
  readonly earlier: readonly ProbeResult[];
  isDone(target: ProbeTarget): boolean;
  /** A port of a target that was not finished. */
  isAsked(target: ProbeTarget, address: string, port: number): boolean;
  result(result: ProbeResult): void;
  done(target: ProbeTarget): void;
  /** Lines that could not be read, as the last one of a run that was killed. */
  readonly broken: number;
}

/** @throws PosternError `E_USAGE` when the file is of another scope or another place */
export async function openResumeFile(path: string, scope: string, vantage: string): Promise<ResumeFile> {
  const done = new Set<string>();
  const found: ProbeResult[] = [];
  let broken = 0;
  if (existsSync(path)) {
    const [first = '', ...lines] = (await readBounded(path)).toString('utf8').split('\n');
    const head = headSchema.safeParse(parse(first));
    if (!head.success) {
      throw new PosternError('E_USAGE', `${path} is no file of an earlier run`, { hint: 'Name a new file.' });
    }
    if (head.data.scope !== scope || head.data.vantage !== vantage) {
      const what = head.data.scope === scope ? `was asked from ${head.data.vantage}` : 'belongs to another scope';
      throw new PosternError('E_USAGE', `what ${path} holds ${what}`, { hint: 'Start anew with another file.' });
    }
    for (const text of lines) {
      if (text === '') continue;
      const line = lineSchema.safeParse(parse(text));
      if (!line.success) broken++;
      else if ('done' in line.data) done.add(line.data.done);
      else found.push(line.data.result as ProbeResult);
    }
    // A run that was killed may have left half a line.
    append(path, '\n');
  } else {
    append(path, `${JSON.stringify({ resume: 1, scope, vantage })}\n`);
    chmodSync(path, 0o600);
  }
  // What could not be told when the run was stopped is asked again.
  const earlier = found.filter(({ target, verdict }) => done.has(target) || verdict !== 'inconclusive');
  const asked = new Set(earlier.map(({ target, address, port }) => placeOf(target, address, port)));
  return {
    earlier,
    isDone: ({ label }) => done.has(label),
    isAsked: ({ label }, address, port) => asked.has(placeOf(label, address, port)),
    result: (result) => append(path, `${JSON.stringify({ result })}\n`),
    done: ({ label }) => append(path, `${JSON.stringify({ done: label })}\n`),
    broken,
  };
}

function placeOf(label: string, address: string | null, port: number | null): string {
  return JSON.stringify([label, address, port]);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function append(path: string, text: string): void {
  try {
    appendFileSync(path, text, { mode: 0o600 });
  } catch (cause) {
    throw new PosternError('E_OUTPUT', `${path} could not be written`, { cause });
  }
}
