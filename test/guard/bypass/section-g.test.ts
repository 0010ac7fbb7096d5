import { runCases, runStories } from './run-cases.ts';
import { SECTION_G, STORIES_G } from './section-g.ts';

runCases(SECTION_G);
runStories(STORIES_G);
