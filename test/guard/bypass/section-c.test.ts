import { runCases } from './run-cases.ts';
import { SECTION_C } from './section-c.ts';

runCases(SECTION_C);
