import { runCases } from './run-cases.ts';
import { SECTION_B } from './section-b.ts';

runCases(SECTION_B);
