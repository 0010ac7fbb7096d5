/** `HEAD /{index}/_doc/{id}` and `HEAD /{index}/_source/{id}`: the status of the look-up, and no body. */
import type { Dialect, Plan, StoreContext, StoreReply } from '../../../contract/store.ts';
import type { Call } from './call.ts';
import { planDocument } from './get.ts';
import type { Found } from './lookup.ts';
import { bodiless } from './plan.ts';

export function planExists(call: Call, context: StoreContext): Plan {
  return planDocument(call, context, 'exists', (found, { dialect }) => exists(found !== undefined, found, dialect));
}

export function planExistsSource(call: Call, context: StoreContext): Plan {
  return planDocument(call, context, 'exists', (found, { dialect }) =>
    exists(found?.hit._source !== undefined, found, dialect),
  );
}

function exists(there: boolean, found: Found | undefined, dialect: Dialect): StoreReply {
  return bodiless(there ? 200 : 404, {
    dialect,
    documents: found === undefined ? [] : [found.document],
    outcome: there ? 'answered' : 'absent',
  });
}
