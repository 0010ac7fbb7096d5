import { parseArgs } from 'node:util';

export interface DemoArguments {
  /** Leave the range running until Ctrl-C. */
  keep: boolean;
  /** The range's folder; a temporary one by default. */
  dir: string | undefined;
  help: boolean;
}

/** @throws TypeError for an option that does not exist (node:util parseArgs) */
export function parseDemoArguments(argv: readonly string[]): DemoArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: { keep: { type: 'boolean' }, dir: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  return { keep: values.keep ?? false, dir: values.dir, help: values.help ?? false };
}
