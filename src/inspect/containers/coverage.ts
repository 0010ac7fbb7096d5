import type { ReadResult } from '../formats/result.ts';
import type { PackageSink } from '../source.ts';
import type { EntryProblem } from './read-entry.ts';

/**
 * Accounts for every entry of an archive: each that was read or should have been by name, and the many that say nothing
 * (images, layouts without a string that matters) by kind, with their count.
 */
export interface Coverage {
  /** One entry's result. An incomplete one is a skip too, so that the run says that it is incomplete. */
  add(label: string, result: ReadResult): void;
  /** An entry whose bytes are missing or incomplete. */
  problem(label: string, problem: EntryProblem, partly: boolean): void;
  /** Counts an entry among others of its kind. */
  count(kind: string, status: 'read' | 'skipped', reason: string): void;
  /** Hands over the counts. */
  finish(prefix: string): void;
}

export function createCoverage(sink: PackageSink): Coverage {
  const counts = new Map<string, { kind: string; status: 'read' | 'skipped'; reason: string; count: number }>();
  function add(label: string, result: ReadResult): void {
    sink.coverage({ entry: label, status: result.status, reason: result.reason });
    if (result.code !== undefined) {
      const severity = result.note ? 'note' : 'incomplete';
      sink.skip({ subject: label, code: result.code, reason: result.reason, severity });
    }
  }
  return {
    add,
    problem(label, { code, reason }, partly) {
      add(label, { status: partly ? 'partial' : 'failed', reason, code });
    },
    count(kind, status, reason) {
      const key = `${status} ${kind} ${reason}`;
      const known = counts.get(key) ?? { kind, status, reason, count: 0 };
      known.count++;
      counts.set(key, known);
    },
    finish(prefix) {
      for (const { kind, status, reason, count } of counts.values()) {
        sink.coverage({
          entry: `${prefix}(${kind})`,
          status,
          reason: `${count} ${count === 1 ? 'entry' : 'entries'}: ${reason}`,
        });
      }
    },
  };
}
