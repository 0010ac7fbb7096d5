/**
 * How a thing changed between two checks. `opened`: a stranger gets something now that he did not get before; `closed`: the
 * same request is turned away now; `lost`: it cannot be told any more; `changed`: open in both, and different; `new` and
 * `gone`: of findings and proposals. In the order in which they are told.
 */
export const CHECK_CHANGES = ['opened', 'changed', 'lost', 'closed', 'new', 'gone'] as const;
