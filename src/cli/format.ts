import { type Format, parseFormat } from '../report/index.ts';

/** `table` is what people type; the room calls it by what it is drawn for. */
export function formatOf(name: string): Format {
  return parseFormat(name === 'table' ? 'terminal' : name);
}
