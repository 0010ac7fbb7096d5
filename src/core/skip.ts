/**
 * Something that was not checked, and why. A skip makes a run incomplete (exit code 3); silence never means clean.
 * `severity: 'note'` is for what is outside the job by design and does not make the run incomplete.
 */
export interface Skip {
  /** What was skipped: a path, an entry (`app.apk!classes.dex`), a host. Already redacted. */
  subject: string;
  /** Stable, upper-case: `ZIP_UNKNOWN_COMPRESSION`, `DEX_BAD_OFFSET`, `PROBE_TIMEOUT`. */
  code: string;
  reason: string;
  severity: 'incomplete' | 'note';
}
