/**
 * The image that a Dockerfile's last stage stands on: `FROM [--platform=…] IMAGE [AS NAME]`, with `ARG NAME=default`
 * before it put in and named stages followed. https://docs.docker.com/reference/dockerfile/#from
 */
import { linesOf } from '../../source.ts';
import { interpolate } from './interpolate.ts';

const MAX_STAGES = 100;

/** @param given values of build arguments, which win over the defaults of `ARG` */
export function baseImage(
  text: string,
  given: ReadonlyMap<string, string>,
): { reference: string; known: boolean } | null {
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
