import { runCases } from './run-cases.ts';
import { SECTION_A } from './section-a.ts';

runCases(SECTION_A);
