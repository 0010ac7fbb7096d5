/** What somebody who is not a stranger gets, beside the stranger's verdict. */
export const ACCESS_AS = ['stranger', 'signed-in', 'other-user', 'old-app'] as const;
export type AccessAs = (typeof ACCESS_AS)[number];

/** `unknown`: asked, and it could not be told; `untested`: not asked. */
export const ACCESS_ANSWERS = ['yes', 'no', 'unknown', 'untested'] as const;
export type AccessAnswer = (typeof ACCESS_ANSWERS)[number];

export interface Access {
  as: AccessAs;
  /** The endpoint as a template (`GET /orders/{id}`) or the data set: never an id or a value. */
  what: string;
  read: AccessAnswer;
  write: AccessAnswer;
  /** Why, in one sentence without values. */
  reason: string;
}
