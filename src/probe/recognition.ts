/** What the answer to `GET /` says, for services that always answer it in the same way. */
import type { HttpAnswer } from '../net/connection.ts';

type Recognition = 'sure' | 'possible' | 'no';

/**
 * @param known whether this is the service’s own answer
 * @returns `possible` behind a lock or an overloaded front, where anything may stand; else `no`
 */
export function recognised(root: HttpAnswer, known: boolean): Recognition {
  if (known) return 'sure';
  return root.status === 401 || root.status === 403 || root.status >= 500 ? 'possible' : 'no';
}

/** As `recognised`, for services whose answer to `/` others give too. */
export function perhaps(root: HttpAnswer, fits: boolean): Recognition {
  return fits ? 'possible' : recognised(root, false);
}
