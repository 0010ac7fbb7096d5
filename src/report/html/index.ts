/** Reports as pages: see `page.ts` for what all of them are. */
import type { Described } from '../input.ts';
import type { RenderOptions } from '../options.ts';

export type Paged = Extract<Described, { kind: 'check' | 'fleet' | 'diff' | 'check-diff' }>;

/** Each page is loaded when it is asked for. */
export async function renderHtml(described: Paged, options: RenderOptions): Promise<string> {
  switch (described.kind) {
    case 'check':
      return (await import('./check-page.ts')).checkPage(described.report, options);
    case 'fleet':
      return (await import('./fleet-page.ts')).fleetPage(described.report);
    case 'check-diff':
      return (await import('./check-diff-page.ts')).checkDiffPage(described.report);
    case 'diff':
      return (await import('./diff-page.ts')).diffPage(described.report);
  }
}
