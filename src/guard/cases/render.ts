import { diffLines } from 'diff';
import type { Difference } from './compare.ts';
import type { CaseResult } from './run.ts';

/** How lines are set off; without colours they are set off by their signs alone. */
export interface Paint {
  green(text: string): string;
  red(text: string): string;
  dim(text: string): string;
}

const PLAIN: Paint = { green: (text) => text, red: (text) => text, dim: (text) => text };

/** What a terminal shows of a run: failures with their differences, and the sum. */
export function renderCases(results: readonly CaseResult[], paint: Paint = PLAIN): string {
  const lines = results.flatMap((result) => [
    `${result.passed ? paint.green('✓') : paint.red('✗')} ${result.case.name}`,
    ...(result.passed ? [] : failure(result, paint)),
  ]);
  const failed = results.filter(({ passed }) => !passed).length;
  const sum = `${results.length} case${results.length === 1 ? '' : 's'}, ${failed} failed`;
  return `${[...lines, '', failed > 0 ? paint.red(sum) : paint.green(sum)].join('\n')}\n`;
}

function failure({ case: one, differences }: CaseResult, paint: Paint): string[] {
  const { request } = one;
  const asked =
    'resource' in request ? `${request.resource}.${request.operation}` : `${request.method} ${request.path}`;
  return [
    paint.dim(`    ${one.at.path}:${one.at.line}:${one.at.column}  ${asked}`),
    ...differences.flatMap((difference) => differenceLines(difference, paint)),
  ];
}

function differenceLines({ what, expected, actual }: Difference, paint: Paint): string[] {
  const head = `    ${what}: ${paint.red('- expected')} ${paint.green('+ actual')}`;
  return [
    head,
    ...diffLines(`${expected}\n`, `${actual}\n`).flatMap(({ added, removed, value }) =>
      value
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => {
          if (added) return paint.green(`      + ${line}`);
          return removed ? paint.red(`      - ${line}`) : paint.dim(`        ${line}`);
        }),
    ),
  ];
}
