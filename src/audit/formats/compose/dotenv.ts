/**
 * `.env` and `env_file`: `NAME=value` lines, `#` comments, optional `export`, quotes around a value.
 * https://docs.docker.com/reference/compose-file/interpolation/ and …/services/#env_file
 */
import { linesOf } from '../../source.ts';

const MAX_VARIABLES = 5_000;

export function readDotenv(text: string): Map<string, string> {
  const variables = new Map<string, string>();
  for (const line of linesOf(text)) {
    if (variables.size >= MAX_VARIABLES) break;
    if (line.text.length > 65_536) continue;
    const match = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*[=:](.*)$/.exec(line.text);
    if (!match) continue;
    const raw = (match[2] ?? '').trim();
    const quoted = /^(["'])(.*?)\1/.exec(raw);
    variables.set(match[1] ?? '', quoted ? (quoted[2] ?? '') : raw.replace(/(?<!\s)\s+#.*$/, ''));
  }
  return variables;
}
