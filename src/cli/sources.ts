import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CheckReport } from '../core/contract/check.ts';

/** The files that patches refer to, so that a report can show a patch as a diff. One that cannot be read is left out. */
export async function sourcesOf(
  root: string,
  report: Pick<CheckReport, 'findings' | 'stories'>,
): Promise<Map<string, Uint8Array>> {
  const patches = [
    ...report.findings.flatMap(({ patches }) => patches ?? []),
    ...report.stories.flatMap(({ tasks }) => tasks.flatMap(({ patches }) => patches)),
  ];
  const sources = new Map<string, Uint8Array>();
  for (const path of new Set(patches.map((patch) => patch.path))) {
    const bytes = await readFile(resolve(root, path)).catch(() => undefined);
    if (bytes) sources.set(path, bytes);
  }
  return sources;
}
