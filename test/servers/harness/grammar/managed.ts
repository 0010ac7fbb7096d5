/** What the probes of src/probe/services/managed.ts may send, by service id. */
import type { Judge } from './http.ts';

export const managedGrammar: Readonly<Record<string, Judge>> = {};
