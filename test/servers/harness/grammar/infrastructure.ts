/** What the probes of src/probe/services/infrastructure.ts may send, by service id. */
import type { Judge } from './http.ts';

export const infrastructureGrammar: Readonly<Record<string, Judge>> = {};
