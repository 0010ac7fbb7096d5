/** What the probes of src/probe/services/application.ts may send, by service id. */
import type { Judge } from './http.ts';

export const applicationGrammar: Readonly<Record<string, Judge>> = {};
