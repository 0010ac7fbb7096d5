/**
 * Every error code with what the operator can do about it. Docs are generated from this table.
 * Codes are stable; messages are not.
 */
export const ERROR_CODES = {
  E_USAGE: 'The command line is wrong. Run the command with --help.',
  E_CONFIG_NOT_FOUND: 'No postern.yaml was found. Run `postern init`, or pass paths on the command line.',
  E_CONFIG_INVALID: 'postern.yaml is not valid. The message names file, line and column.',
  E_POLICY_INVALID:
    'The policy (guard.yaml) or a file of decision cases is not valid. The message names file, line and column.',
  E_INPUT_NOT_FOUND: 'The file or folder does not exist or cannot be read. Check the path and its permissions.',
  E_INPUT_UNSUPPORTED: 'The file is not a format that this command reads.',
  E_INPUT_CORRUPT: 'The file is damaged so badly that nothing could be read from it.',
  E_INPUT_LIMIT: 'The input is larger than the limits allow. The message names the limit.',
  E_SCOPE: 'The target is outside the authorized scope. Add it to postern.yaml together with its authority.',
  E_AUTHORITY: 'The authority for a target could not be confirmed. The message says what is missing.',
  E_PROBE_FORBIDDEN:
    'A probe tried to send a request outside its allow-list. This is a defect of the probe; please report it.',
  E_PROBE_IO: 'The connection to a target failed. The message says how.',
  E_PATCH_STALE: 'The file changed after the finding was made. Run the audit again.',
  E_PATCH_INEFFECTIVE: 'The patch would not clear its finding, or would change other lines, and was not applied.',
  E_REPORT_INVALID: 'The report file is not a report of this tool or is damaged.',
  E_RECEIPT_INVALID: 'The receipt is damaged, was changed after signing, or is signed by a key that is not pinned.',
  E_KEY: 'A key file cannot be used: it is missing, damaged, or readable by others (mode 0600 is required).',
  E_IGNORE_INVALID: 'The ignore file is not valid: every entry needs an id, a statement and an expiry date.',
  E_LAB: 'The practice range could not be started or stopped. The message says which part.',
  E_GUARD: 'The gateway could not be started or asked. The message says which part.',
  E_NOTIFY: 'A message of `postern watch` was not delivered. It is tried again.',
  E_OUTPUT: 'A result could not be written. Check the path, its permissions and the free space.',
  E_INTERNAL: 'A defect in Postern. Please report it with the message.',
} as const;
export type ErrorCode = keyof typeof ERROR_CODES;

export interface PosternErrorOptions {
  /** Where: a file with 1-based line and column, when there is one. */
  at?: { path: string; line?: number; column?: number };
  /** What to do about it, when it is more specific than the code's own advice. */
  hint?: string;
  cause?: unknown;
}

/** The one error class that this tool throws on purpose; `code` narrows it. */
export class PosternError extends Error {
  readonly code: ErrorCode;
  readonly at: PosternErrorOptions['at'];
  readonly hint: string;

  constructor(code: ErrorCode, message: string, options: PosternErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PosternError';
    this.code = code;
    this.at = options.at;
    this.hint = options.hint ?? ERROR_CODES[code];
  }
}
