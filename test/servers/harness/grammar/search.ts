/** What the probes of src/probe/services/search.ts may send, by service id. */
import type { Judge } from './http.ts';

export const searchGrammar: Readonly<Record<string, Judge>> = {};
