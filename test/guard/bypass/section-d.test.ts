import { runCases, runStories } from './run-cases.ts';
import { SECTION_D, STORIES_D } from './section-d.ts';

runCases(SECTION_D);
runStories(STORIES_D);
