/**
 * The image that a Dockerfile's last stage stands on: `FROM [--platform=…] IMAGE [AS NAME]`, with `ARG NAME=default`
 * before it put in and named stages followed. https://docs.docker.com/reference/dockerfile/#from
 */
import { splitWords } from '../../containers/command.ts';
import { linesOf } from '../../source.ts';
import { interpolate } from './interpolate.ts';

const MAX_STAGES = 100;

export interface Build {
  base: { reference: string; known: boolean } | null;
  /** Files of the context that the last stage copies: from, to. */
  copies: readonly (readonly [string, string])[];
  /** `CMD` of the last stage. */
  command: readonly string[] | null;
}

const MAX_COPIES = 200;

/** What a Dockerfile makes, as far as its plain lines tell. `given`: values of build arguments. */
export function readBuild(text: string, given: ReadonlyMap<string, string>): Build {
  let copies: (readonly [string, string])[] = [];
  let command: string[] | null = null;
  for (const { text: line } of linesOf(text)) {
    if (line.length > 4096) continue;
    if (/^\s*FROM\s/i.test(line)) {
      copies = [];
      command = null;
    }
    const copy = /^\s*(?:COPY|ADD)\s+(?:--(?!from)\S+\s+)*([^\s"[\]*?$-]\S*)\s+(\S+)\s*$/i.exec(line);
    if (copy?.[1] && copy[2] && copies.length < MAX_COPIES) copies.push([copy[1], copy[2]]);
    const run = /^\s*CMD\s+(.*)$/i.exec(line)?.[1];
    if (run !== undefined) command = run.trim().startsWith('[') ? listed(run) : splitWords(run);
  }
  return { base: baseImage(text, given), copies, command };
}

function listed(text: string): string[] | null {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : null;
  } catch {
    return null;
  }
}

/** @param given values of build arguments, which win over the defaults of `ARG` */
function baseImage(text: string, given: ReadonlyMap<string, string>): { reference: string; known: boolean } | null {
  const variables = new Map<string, string>();
  const stages = new Map<string, { reference: string; known: boolean }>();
  let last: { reference: string; known: boolean } | null = null;
  for (const { text: line } of linesOf(text)) {
    if (line.length > 4096 || stages.size > MAX_STAGES) continue;
    const argument = /^\s*ARG\s+([A-Za-z_]\w*)(?:=(.*))?$/i.exec(line);
    if (argument && last === null) {
      const value = given.get(argument[1] ?? '') ?? argument[2]?.trim().replace(/^(["'])(.*)\1$/, '$2');
      if (value !== undefined) variables.set(argument[1] ?? '', value);
    }
    const from = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line);
    if (!from) continue;
    const written = interpolate(from[1] ?? '', variables);
    last = stages.get(written.text.toLowerCase()) ?? { reference: written.text, known: written.known };
    if (from[2]) stages.set(from[2].toLowerCase(), last);
  }
  return last;
}
