/** What the probes of src/probe/services/database.ts may send, by service id. */
import type { Judge } from './http.ts';

export const databaseGrammar: Readonly<Record<string, Judge>> = {};
