import { runCases } from './run-cases.ts';
import { SECTION_E } from './section-e.ts';

runCases(SECTION_E);
